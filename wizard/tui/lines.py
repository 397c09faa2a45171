"""Lays out documents for a pane: coloured, and wrapped under their own indentation."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len

from wizard.tui.paint import Piece, Row, row, wrap
from wizard.tui.sheets import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable

# One line of `json.dumps(indent=2)`: indentation, perhaps a key, a string or bare value, what closes it.
_JSON = re.compile(r'( *)(?:("(?:[^"\\]|\\.)*")(: ))?("(?:[^"\\]|\\.)*"|[-\w.]+)?(.*)', re.DOTALL)
_INI = re.compile(r"([\w.-]+)(\s*=\s*)(.*)")
_UNNAMED = re.compile(r'(?<=^")S3xSetup(?=[A-Z])')
# A long name breaks after one of these, if one stands in the last part of the row.
_BREAKS = frozenset("/:,-. =")
_LEAST = 12


@lru_cache(maxsize=8192)
def layout(line: str, width: int, language: str) -> tuple[Row, ...]:
    """Return a line of a document as rows of at most `width` cells."""
    return _READERS[language](line, max(width, _LEAST))


def _json(line: str, width: int) -> tuple[Row, ...]:
    match = _JSON.fullmatch(line)
    if match is None:  # pragma: no cover -- the expression takes every line
        return ((Piece(line),),)
    indent, key, colon, value, rest = (part or "" for part in match.groups())
    head = (Piece(indent), *_strings(key, "property"), Piece(colon, "dim")) if key else (Piece(indent),)
    look = _look_of(key, value)
    tail = row(Piece(rest, "dim")) if rest else ()
    whole = (*head, *_strings(value, look), *tail)
    if cell_len(line) <= width:
        return (tuple(piece for piece in whole if piece.text),)
    hang = min(len(indent) + 2, width - _LEAST)
    if not key:
        hang = min(len(indent), width - _LEAST)
    over = cell_len(value + rest) - (width - hang)
    if 0 < over <= min(len(rest), hang):
        hang -= over  # a comma has no line of its own
    broken = _broken(value + rest, width - hang, 1)
    rows: list[Row] = [(*head[:-1], Piece(":", "dim"))] if key else []
    for number, part in enumerate(broken):
        closing = part.removesuffix(rest) if number == len(broken) - 1 and rest else part
        pad = " " * (hang + (number > 0))
        rows.append((Piece(pad), *_strings(closing, look), *(tail if closing != part else ())))
    return tuple(rows)


def _look_of(key: str, value: str) -> str:
    if key == '"Effect"':
        return "deny" if value == '"Deny"' else "allow"
    return "string" if value.startswith('"') else "number"


def _strings(text: str, look: str) -> Row:
    """Split a text at its placeholders, which have a look of their own."""
    if "<" not in text and "S3xSetup" not in text:
        return (Piece(text, look),) if text else ()
    out: list[Piece] = []
    end = 0
    spans = [match.span() for match in OPEN.finditer(text)] or [m.span() for m in _UNNAMED.finditer(text)]
    for start, stop in spans:
        out += [Piece(text[end:start], look), Piece(text[start:stop], "open")]
        end = stop
    return tuple(piece for piece in (*out, Piece(text[end:], look)) if piece.text)


def _broken(text: str, width: int, hang: int) -> list[str]:
    """Break a text into parts of `width` cells, the parts after the first `hang` narrower."""
    parts: list[str] = []
    while cell_len(text) > width - hang * bool(parts):
        room = width - hang * bool(parts)
        end = _cells(text, room)
        nice = next((at for at in range(end, max(end * 2 // 3, 1), -1) if text[at - 1] in _BREAKS), end)
        # A placeholder stays whole: its brackets are what marks it.
        spans = [match.span() for match in OPEN.finditer(text)]
        nice = next((a for a, b in spans if a < nice < b and a > 0), nice)
        parts.append(text[:nice])
        text = text[nice:]
    return [*parts, text]


def _cells(text: str, room: int) -> int:
    """Return how many characters fit into `room` cells; at least one."""
    used = 0
    for number, char in enumerate(text):
        used += cell_len(char)
        if used > room:
            return max(number, 1)
    return len(text)


def _ini(line: str, width: int) -> tuple[Row, ...]:
    if line.startswith("#"):
        return _plain(line, width, "dim")
    if line.startswith("["):
        return _plain(line, width, "strong")
    match = _INI.fullmatch(line)
    if match is None or cell_len(line) > width:
        return _plain(line, width, "string")
    key, equals, value = match.groups()
    return ((Piece(key, "property"), Piece(equals, "dim"), *_strings(value, "string")),)


def _shell(line: str, width: int) -> tuple[Row, ...]:
    return _plain(line, width, "dim" if line.startswith("#") else "text")


def _plain(line: str, width: int, look: str) -> tuple[Row, ...]:
    first, *rest = _broken(line, width, 4)
    return (_strings(first, look), *((Piece("    "), *_strings(part, look)) for part in rest))


_READERS: dict[str, Callable[[str, int], tuple[Row, ...]]] = {"json": _json, "ini": _ini, "shell": _shell}
LANGUAGES = frozenset(_READERS)


def prose(text: str, width: int) -> list[Row]:
    """Return a reason as dim, wrapped rows."""
    return [tuple(_strings(line, "dim")) for line in wrap(text, width)]
