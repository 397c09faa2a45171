"""Prints what is said between the prompts: plain lines, wrapped at the terminal's width, never redrawn."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from wizard.text import _, language

if TYPE_CHECKING:
    from wizard.errors import WizardError

_NARROWEST, _WIDEST = 40, 100


def say(text: str = "", *, indent: int = 0) -> None:
    """Print a text, each of its lines wrapped between words; JSON, commands and diffs go through `show`."""
    width = min(_WIDEST, max(_NARROWEST, shutil.get_terminal_size().columns - 1))
    if language() == "ja":
        width //= 2  # a full-width character takes two cells
    blanks = " " * indent
    lines = [
        textwrap.fill(
            line,
            width,
            initial_indent=blanks,
            subsequent_indent=blanks,
            break_long_words=False,  # an ARN is pasted from here
            break_on_hyphens=False,
        )
        for line in text.splitlines() or [""]
    ]
    show("\n".join(lines))


def show(text: str) -> None:
    """Print a text as it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tell(error: WizardError) -> None:
    """Print an error: what, why and how to mend it, each on lines of its own."""
    first = f"{error.where}: {error.what}" if error.where else error.what
    say(_("Not possible: {what}").format(what=first))
    say_reasons(error)


def say_reasons(error: WizardError) -> None:
    """Print the rule behind an error, and how to mend it."""
    for part in (error.why, error.mend):
        if "\n" in part:
            show(part)  # lines to add by hand: to be copied as they are
        elif part:
            say(part, indent=2)
