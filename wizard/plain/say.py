"""Prints what is said between the prompts: plain lines, wrapped at the terminal's width, never redrawn."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING

from wizard.text import _, visible

if TYPE_CHECKING:
    from wizard.errors import WizardError

_NARROWEST, _WIDEST = 40, 100
# Japanese has no blanks: a line may break between its characters, but not before or after these.
_WIDE = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60"
_OPENING, _CLOSING = "(「『（【〈《", "),.:;、。，．」』）】〉》！？：；・ー…々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_PIECE = rf"\s+|[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*"
_WORD = r"\s+|\S+"


def say(text: str = "", *, indent: int = 0) -> None:
    """Print a text, each of its lines wrapped between words; JSON, commands and diffs go through `show`."""
    width = min(_WIDEST, max(_NARROWEST, shutil.get_terminal_size().columns - 1))
    blanks = " " * indent
    lines = [piece for line in text.splitlines() or [""] for piece in wrapped(line, width - indent)]
    show("\n".join(f"{blanks}{line}".rstrip() for line in lines))


def wrapped(line: str, width: int) -> list[str]:
    """Break a line into parts of at most `width` cells, but for longer words: an ARN is pasted from here."""
    lines, room = [""], width
    for piece in re.findall(_WORD if line.isascii() else _PIECE, line):
        cells = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in piece)
        if cells > room and lines[-1].strip():
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            room = width
            if piece.isspace():
                continue
        lines[-1] += piece
        room -= cells
    return lines


def show(text: str) -> None:
    """Print a text as it is."""
    sys.stdout.write(f"{visible(text)}\n")
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
