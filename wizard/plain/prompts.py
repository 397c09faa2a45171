"""What every prompt can do: choose, type a line, type a secret; and which kind of prompts a terminal can show."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Wish(Enum):
    """What may be typed at any prompt in place of an answer; no answer is ever written so."""

    BACK = "<"
    HELP = "?"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list; `hint` says when it is right. A value of `?` or `<` is that wish."""

    value: str
    label: str
    hint: str = ""


class Prompts(Protocol):
    """A way of asking. Ctrl-C raises KeyboardInterrupt and Ctrl-D EOFError, from every prompt."""

    def choose(self, message: str, options: Sequence[Option], default: str | None = None) -> str | Wish:
        """Let one of the options be chosen, and return its value."""

    def line(self, message: str, *, typed: str = "", default: str | None = None, wrong: str = "") -> str | Wish:
        """Let a line be typed. `typed` was accepted before, and can be changed or kept; `wrong` was not accepted.

        "" is returned for the default (`default`: as it is typed, "" for none; None: there is no default).
        """

    def secret(self, message: str) -> str | Wish:
        """Let a line be typed that is not shown."""


def wish(text: str) -> str | Wish:
    """Return the wish that a typed text is, also in full-width characters, or the text."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return Wish(plain) if plain in {"<", "?"} else text


def prompts_for(environ: Mapping[str, str]) -> Prompts:
    """Return the prompts for a terminal: numbered lines for a dumb one and where ACCESSIBLE is set."""
    dumb = environ.get("TERM", "dumb") in {"", "dumb", "unknown"}
    if dumb or environ.get("ACCESSIBLE", "") not in {"", "0"}:
        from wizard.plain.line_prompts import LinePrompts

        return LinePrompts()
    from wizard.plain.questionary_prompts import QuestionaryPrompts

    return QuestionaryPrompts()
