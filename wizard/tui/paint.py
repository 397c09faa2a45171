"""Rows of styled text as plain values: cell widths, wrapping, padding; no widget and no terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one look of `wizard.tui.looks`; `target` names what a click on it does.

    `source` is what a row was wrapped from, for whoever copies it: on the first row the whole text, on the rows that
    go on with it GOES_ON. Without one the row stands for itself.
    """

    text: str
    look: str = "text"
    target: str = ""
    source: str | None = None

    @property
    def width(self) -> int:
        """Its width in cells."""
        return cell_len(self.text)


Row = tuple[Piece, ...]
# What a word that is longer than a line may be broken into: an account's id stays whole.
_ID = 12
_UNITS = re.compile(r"(?<!\d)\d{12}(?!\d)|.", re.DOTALL)
_BLANKS_END_IT = re.compile(r"\S+\s*|\s+")
_WIDE = ("\u1100", "\uffdc")
_CLOSING = frozenset("、。，．）」』】：；！？ー")
GOES_ON = ""


def row(*parts: Piece | str) -> Row:
    """Make a row; plain strings get the plain look."""
    return tuple(Piece(part) if isinstance(part, str) else part for part in parts if part not in {"", None})


def width_of(pieces: Iterable[Piece]) -> int:
    """Return a row's width in cells."""
    return sum(piece.width for piece in pieces)


def padded(pieces: Row, width: int, look: str = "text") -> Row:
    """Fill a row up with blanks to a width in cells."""
    missing = width - width_of(pieces)
    return (*pieces, Piece(" " * missing, look)) if missing > 0 else pieces


def fit(text: str, width: int) -> str:
    """Cut or fill a text to exactly `width` cells; what is cut ends with an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(width - 1, 0)) + "…" * (width > 0)


def wrap(text: str, width: int, *, hang: int = 0) -> list[str]:
    """Wrap a text to lines of at most `width` cells; all but the first begin with `hang` blanks.

    Breaks at blanks, between wide characters (Japanese has no blanks), and inside what is longer than a line.
    """
    width = max(width, 8)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrapped(paragraph, width, hang)
    return lines


def _wrapped(text: str, width: int, hang: int) -> list[str]:
    lines, line, used = [], "", 0
    for word in _words(text):
        size = cell_len(word)
        if used + cell_len(word.rstrip()) <= width:
            line, used = line + word, used + size
            continue
        if line.strip():
            lines.append(line.rstrip())
            line = " " * hang
        indent = line if cell_len(line) <= width // 2 else " " * hang  # of a line that has nothing else yet
        line = indent if not line.strip() else line
        for part in _pieces(word, width - max(hang, cell_len(indent) if not line.strip() else 0)):
            if line.strip():
                lines.append(line.rstrip())
                line = " " * hang
            line = line + part
        used = cell_len(line)
    return [*lines, line.rstrip()]


def _words(text: str) -> list[str]:
    words = _BLANKS_END_IT.findall(text)
    if text.isascii():
        return words
    return [part for word in words for part in ((word,) if word.isascii() else _between_wide(word))]


@lru_cache(maxsize=4096)
def _between_wide(word: str) -> tuple[str, ...]:
    """Break a word around wide characters: each is a word of its own, but for closing marks, which never begin a line.

    By hand: compiling a pattern with all of them would take the first frame 6 ms.
    """
    words: list[str] = []
    was_wide = True
    for char in word:
        wide = _WIDE[0] <= char <= _WIDE[1]
        begins = (wide or was_wide) and not char.isspace() and not (was_wide and char in _CLOSING)
        if begins or not words:
            words.append(char)
        else:
            words[-1] += char
        was_wide = was_wide if char.isspace() else wide
    return tuple(words)


def _pieces(word: str, width: int) -> list[str]:
    out, part, used = [], "", 0
    for unit in _UNITS.findall(word) if width >= _ID else word:
        size = cell_len(unit)
        if used + size > width and unit != " ":
            out.append(part)
            part, used = "", 0
        part, used = part + unit, used + size
    return [*out, part]


def paragraph(text: str, width: int, look: str = "text", *, hang: int = 0, target: str = "") -> list[Row]:
    """Return a wrapped text as rows of one look."""
    return unbroken(text, width, look, hang=hang, target=target) if text else []


def unbroken(text: str, width: int, look: str = "text", *, hang: int = 0, target: str = "") -> list[Row]:
    """Return one line of a text as rows of one look, at least one; who copies them gets the line."""
    return [
        (Piece(part, look, target, GOES_ON if number else text),)
        for number, part in enumerate(wrap(text, width, hang=hang))
    ]


def labelled(label: str, text: str, width: int, *, column: int, looks: tuple[str, str] = ("dim", "text")) -> list[Row]:
    """Return a label in a column of its own and a wrapped text beside it."""
    lines = wrap(text, width - column)
    first = row(Piece(set_cell_size(label, column), looks[0]), Piece(lines[0], looks[1]))
    return [first, *(row(" " * column, Piece(line, looks[1])) for line in lines[1:])]


def flow(items: Iterable[Row], width: int, *, gap: int = 2, hang: int = 0) -> list[Row]:
    """Set items one after another and break between them; an item is never broken."""
    rows: list[Row] = []
    current: Row = ()
    for item in items:
        if current and width_of(current) + gap + width_of(item) > width:
            rows.append(current)
            current = row(" " * hang)
        elif current and width_of(current) > hang * bool(rows):
            current = (*current, Piece(" " * gap))
        current = (*current, *item)
    return [*rows, current] if current else rows
