"""Prompts that only print and read lines: for dumb terminals, and for screen readers."""

from __future__ import annotations

import getpass
import unicodedata
from typing import TYPE_CHECKING

from wizard.plain.prompts import Wish, wish
from wizard.plain.say import say
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wizard.plain.prompts import Option

# What is typed for an empty answer where Enter alone keeps a former one.
EMPTY = '""'


class LinePrompts:
    """Asks with `input`: nothing is drawn twice, and choices are numbered."""

    def choose(self, message: str, options: Sequence[Option], default: str | None = None) -> str | Wish:
        """Print the numbered options, and read a number (or a value) until it is one of them."""
        for number, option in enumerate(options, start=1):
            say(f"{number}. {option.label}")
            if option.hint:
                say(option.hint, indent=3)
        standing = next((str(n) for n, option in enumerate(options, start=1) if option.value == default), "")
        while True:
            text = _read(input, _with_default(message, standing or None))
            answer = wish(text)
            if isinstance(answer, Wish):
                return answer
            found = _chosen(unicodedata.normalize("NFKC", text).strip() or standing, options)
            if found is not None:
                return wish(found.value)
            say(_("Type a number from 1 to {count}.").format(count=len(options)))

    def line(self, message: str, *, typed: str = "", default: str | None = None, wrong: str = "") -> str | Wish:
        """Read a line; Enter alone keeps what was typed before, or takes the default."""
        del wrong  # a line that was read can't be edited
        if typed and default is not None:
            message = _('{message} ("" for {default})').format(message=message, default=default or _("none"))
        text = _read(input, _with_default(message, typed or default))
        if text.strip() == EMPTY:
            return ""
        return wish(text) if text.strip() else typed

    def secret(self, message: str) -> str | Wish:
        """Read a line that the terminal doesn't echo."""
        return wish(_read(getpass.getpass, _("{message} (not shown): ").format(message=message)))


def _with_default(message: str, default: str | None) -> str:
    if default is None:
        return f"{message} " if message.endswith(("?", "？", ")")) else f"{message}: "
    return f"{message} [{default or _('none')}]: "


def _read(read: Callable[[str], str], prompt: str) -> str:
    while True:
        try:
            return read(prompt)
        except UnicodeDecodeError:
            say(_("That can't be read in this terminal's encoding: type it again."))


def _chosen(text: str, options: Sequence[Option]) -> Option | None:
    for number, option in enumerate(options, start=1):
        if text and text.casefold() in {str(number), option.value.casefold(), option.label.casefold()}:
            return option
    return None
