"""What a person selects with the mouse in drawn rows: the text itself, and not the way in which it was wrapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Offset
from textual.strip import Strip

from wizard.tui.paint import GOES_ON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.selection import Selection

    from wizard.tui.paint import Row

# Reversed, so that it shows without colours too.
_SELECTED = Style(reverse=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row's content stands in its source: from `start` on, after `lead` characters of the row's own."""

    source: int
    start: int
    lead: int
    length: int


def text_of(rows: Sequence[Row], selection: Selection, *, sources_only: bool = False) -> str:
    """Return what is selected, each source's part in one line as it was before it was wrapped.

    With `sources_only` rows that stand for themselves are left out where any other is selected.
    """
    first = selection.start or Offset(0, 0)
    last = selection.end or Offset(1_000_000, len(rows) - 1)
    sources, places = _places(rows)
    parts: dict[int, tuple[int, int]] = {}
    for y in range(max(first.y, 0), min(last.y, len(rows) - 1) + 1):
        place = places[y]
        whole = place.lead + place.length
        left = min(first.x, whole) if y == first.y else 0
        right = min(last.x, whole) if y == last.y else whole
        start = place.start + max(left - place.lead, 0)
        end = max(place.start + right - place.lead, start)
        known = parts.get(place.source)
        parts[place.source] = (known[0], end) if known else (start, end)
    own = {number for number in parts if sources[number][1]}
    kept = own if sources_only and any(parts[number][1] > parts[number][0] for number in own) else parts.keys()
    lines = [sources[number][0][start:end].rstrip() for number, (start, end) in parts.items() if number in kept]
    return "\n".join(lines)


def _places(rows: Sequence[Row]) -> tuple[list[tuple[str, bool]], list[Place]]:
    """Return the sources (each with whether rows were wrapped from it), and the place of each row in one of them."""
    sources: list[tuple[str, bool]] = []
    places: list[Place] = []
    at = 0
    for row in rows:
        shown = "".join(piece.text for piece in row).rstrip()
        told = next((piece.source for piece in row if piece.source is not None), None)
        if told == GOES_ON and sources and sources[-1][1]:
            content = shown.lstrip()
            source = sources[-1][0]
            start = _found(source, content, at)
        else:
            source = shown if told is None or told == GOES_ON else told
            sources.append((source, bool(told)))
            content = next((shown[lead:] for lead in range(len(shown) + 1) if source.startswith(shown[lead:])), "")
            start = 0
        at = start + len(content)
        places.append(Place(len(sources) - 1, start, len(shown) - len(content), len(content)))
    return sources, places


def _found(source: str, content: str, at: int) -> int:
    """Return where a row's content goes on in its source: only blanks were left out between two rows."""
    found = source.find(content, at)
    return found if found >= 0 else at


def marked(strip: Strip, y: int, selection: Selection) -> Strip:
    """Return a row's strip with the selected part of it marked."""
    span = selection.get_span(y)
    if span is None:
        return strip
    start, end = span
    text = strip.text
    left = cell_len(text[:start])
    right = cell_len(text.rstrip() if end < 0 else text[:end])
    if right <= left:
        return strip
    inside = strip.crop(left, right).apply_style(_SELECTED)
    return Strip.join([strip.crop(0, left), inside, strip.crop(right)])


def offset_in(rows: Sequence[Row], x: int, y: int) -> Offset:
    """Return the character under a cell of the rows, or the nearest one."""
    if not rows:
        return Offset(0, 0)
    y = min(max(y, 0), len(rows) - 1)
    return Offset(_character(_characters(rows[y]), x), y)


def _characters(row: Row) -> Iterator[str]:
    for piece in row:
        yield from piece.text


def _character(characters: Iterator[str], x: int) -> int:
    used = number = 0
    for number, character in enumerate(characters):
        used += cell_len(character)
        if used > x:
            return number
    return number + 1 if used else 0
