"""A pane that shows a text of any length: wrapped for its width, painted as it scrolls into view, selectable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.scroll_view import ScrollView

from wizard.tui import lines
from wizard.tui.paint import GOES_ON, Piece, Row, unbroken
from wizard.tui.widgets.drawn import Selectable, strip_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.strip import Strip

Line = tuple[str, str]  # a line, and its look or the language that it is written in
_AT_ONCE, _PAUSE_SECONDS = 250, 0.005  # lines; so many are laid out within a frame
_LARGE = 3000  # lines; more are shown without colours, so that they are there at once


class TextPane(ScrollView, Selectable, can_focus=True):
    """Shows lines. They are laid out when the lines or the width change."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id=id, classes="text-pane")
        self.lines: Sequence[Line] = ()
        self._rows: list[Row] = []
        self._made_width = 0
        self._done = 0

    def show(self, shown: Sequence[Line], *, title: str = "", keep_place: bool = False) -> None:
        """Show lines, from their start on unless the place is kept."""
        self.lines = shown
        self.border_title = title.replace("[", "\\[")
        self._made_width = 0
        self.forget_selection()
        self._make()
        if not keep_place:
            self.scroll_to(y=0, animate=False)
        self.refresh()

    def on_resize(self) -> None:
        """Wrap for another width."""
        self._make()

    def _make(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0 or width == self._made_width:
            return
        self._made_width, self._rows, self._done = width, [], 0
        self._make_more(self.lines, width)

    def _make_more(self, lines: Sequence[Line], width: int) -> None:
        """Lay out the next lines; those after them follow when the app has nothing else to do."""
        if lines is not self.lines or width != self._made_width:
            return  # another text, or another width, has come meanwhile
        coloured = len(lines) <= _LARGE
        for text, look in lines[self._done : self._done + _AT_ONCE]:
            self._rows += _laid(text, look, width, coloured=coloured)
        self._done += _AT_ONCE
        self.virtual_size = Size(width, len(self._rows))
        if self._done < len(lines):
            self.set_timer(_PAUSE_SECONDS, lambda: self._make_more(lines, width))

    def shown_rows(self) -> Sequence[Row]:
        """Return all rows."""
        return self._rows

    def render_line(self, y: int) -> Strip:
        """Return one line, as the scroll position has it."""
        self._make()
        number = y + self.scroll_offset.y
        pieces = self._rows[number] if number < len(self._rows) else ()
        return self.with_selection(strip_of(self, pieces, self.scrollable_content_region.width), number)

    def scroll_lines(self, by: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + by, animate=False)


def _laid(text: str, look: str, width: int, *, coloured: bool) -> Sequence[Row]:
    if look not in lines.LANGUAGES:
        return [()] if not text.strip() else unbroken(text, width, look, hang=_indent(text) + 2)
    if not text.strip():
        return [()]
    if not coloured:
        if len(text) <= width and text.isascii():
            return [(Piece(text),)]
        return unbroken(text, width, "text", hang=_indent(text) + 2)
    laid = lines.layout(text, width, look)
    return [(Piece("", source=GOES_ON if number else text), *part) for number, part in enumerate(laid)]


def _indent(text: str) -> int:
    return min(len(text) - len(text.lstrip()), 12)
