"""Keeps what a terminal acts on out of everything that Textual writes: names and files of others hold anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter

from wizard.text import without_controls

if TYPE_CHECKING:
    from textual.color import Color


class WithoutControls(LineFilter):
    """Takes control characters out of each line, whichever widget made it; they have no width, so all stays in place.

    Textual itself hands an escape sequence in a text on to the terminal.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 -- Textual's
        """Return the segments without control characters; the same ones where there are none."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(without_controls(segment.text), segment.style)
            for segment in segments
        ]
