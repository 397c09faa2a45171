"""The terminal's window title: what is worked on; as it was before at the end."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.tui.session import Session

# xterm's window operations keep the title on the terminal's own stack; 2 is the window's, without the icon's.
_KEEP, _RESTORE, _SET = "\x1b[22;2t", "\x1b[23;2t", "\x1b]2;{text}\x07"
_LONGEST = 80
_UNTITLED = ("", "dumb", "linux", "vt")


def can_title(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal has a title: a console has none, and would show the text."""
    term = environ.get("TERM", "")
    return term not in _UNTITLED and not term.startswith(("vt1", "vt2", "linux-"))


def title_of(session: Session, *, practice: bool) -> str:
    """Return the title: the practice accounts, the setup's name once it has one, or else the method."""
    setup = session.built.setup
    about = setup.name if "name" not in setup.unanswered else _(session.plan.method.title)
    text = f"s3-crossaccount: {_('practice accounts') if practice else about}"
    # An answer may come from somebody else's file: nothing in it may end the sequence and begin another one.
    return "".join(char if char.isprintable() else "?" for char in text)[:_LONGEST]


class Titling:
    """The title of one run. `sequence` gives what is to be sent to the terminal for a text, if anything."""

    def __init__(self) -> None:
        self._can = can_title()
        self._told = ""

    def sequence(self, text: str) -> str:
        """Return what sets the title, the first time after keeping the one before; nothing where it is set already."""
        if not self._can or text == self._told:
            return ""
        kept = "" if self._told else _KEEP
        self._told = text
        return kept + _SET.format(text=text)

    def restore(self) -> None:
        """Give the terminal its title back (on standard error, which is where the app was shown)."""
        if self._told and sys.__stderr__ is not None and sys.__stderr__.isatty():
            sys.__stderr__.write(_RESTORE)
            sys.__stderr__.flush()
