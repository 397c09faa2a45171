"""The base of what the wizard draws itself: rows of pieces, cached, with clicks on pieces; no layout at a keystroke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wizard.tui.looks import styles_of
from wizard.tui.paint import width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.geometry import Offset, Size
    from textual.selection import Selection

    from wizard.tui.paint import Piece, Row


class Selectable(Widget):
    """A widget of rows in which the mouse selects text. `selected` is what is selected in it now.

    What selecting needs is imported with the first selection: the first frame doesn't wait for it.
    """

    selected: Selection | None = None
    # Whether rows that say something of the text are left out where the text itself is selected.
    SOURCES_ONLY = False

    def shown_rows(self) -> Sequence[Row]:
        """Return all rows, as they are shown."""
        raise NotImplementedError

    def character_at(self, x: int, y: int) -> Offset:
        """Return the character under a cell of the screen (or the nearest that is shown): its column and its row."""
        from wizard.tui import selecting

        region = self.content_region
        inside = min(max(y, region.y), region.bottom - 1) - region.y
        return selecting.offset_in(self.shown_rows(), x - region.x, inside + self.scroll_offset.y)

    def selection_updated(self, selection: Selection | None) -> None:
        """Keep what is selected, for painting."""
        self.selected = selection
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that is selected, unwrapped, and what stands between it and the next widget's."""
        from wizard.tui import selecting

        return selecting.text_of(self.shown_rows(), selection, sources_only=self.SOURCES_ONLY), "\n"

    def forget_selection(self) -> None:
        """Drop the selection: what it was of is no longer shown."""
        if self.selected is not None:
            self.screen.clear_selection()

    def with_selection(self, strip: Strip, y: int) -> Strip:
        """Return a row's strip with its selected part marked."""
        if self.selected is None:
            return strip
        from wizard.tui import selecting

        return selecting.marked(strip, y, self.selected)


class Drawn(Selectable):
    """A widget whose content is rows of pieces, made by `draw` for a width in cells."""

    ALLOW_SELECT = False

    class Clicked(Message):
        """A piece with a target was clicked."""

        def __init__(self, drawn: Drawn, target: str) -> None:
            super().__init__()
            self.drawn = drawn
            self.target = target

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 -- Textual's own name
        super().__init__(id=id, classes=classes, markup=False)
        self._rows: list[Row] = []
        self._rows_width = -1

    def draw(self, width: int) -> list[Row]:
        """Return the rows; each widget has its own."""
        raise NotImplementedError

    def rows(self, width: int) -> list[Row]:
        """Return the rows for a width, made once."""
        if width != self._rows_width:
            self._rows, self._rows_width = self.draw(width), width
        return self._rows

    def redraw(self) -> None:
        """Make the rows anew; the layout is asked for only where their number changed."""
        if self._rows_width < 0:
            return
        before = self._rows
        self._rows = self.draw(self._rows_width)
        if self._rows != before:
            self.forget_selection()
            if len(before) != len(self._rows) and self.styles.is_auto_height:
                self.refresh(layout=True)
            else:
                self.refresh(*changed_regions(before, self._rows, self._rows_width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- Textual's
        """Return how many rows there are (Textual asks when the height is `auto`)."""
        return len(self.rows(width))

    def render_line(self, y: int) -> Strip:
        """Return one line for Textual's compositor."""
        width = self.content_size.width
        rows = self.rows(width)
        return self.with_selection(strip_of(self, rows[y] if y < len(rows) else (), width), y)

    def shown_rows(self) -> Sequence[Row]:
        """Return the rows of the width that is shown."""
        return self._rows

    def on_click(self, event: events.Click) -> None:
        """Tell what was clicked; the end of a selection is no click."""
        offset = event.get_content_offset(self)
        if offset is None or self.selected is not None:
            return
        target = target_at(self.rows(self.content_size.width), offset.x, offset.y)
        if target:
            event.stop()
            self.post_message(self.Clicked(self, target))


def strip_of(widget: Widget, pieces: Row, width: int) -> Strip:
    """Return a row as a strip of exactly `width` cells, on the widget's background."""
    styles = styles_of(widget)
    segments = [Segment(piece.text, styles[piece.look]) for piece in pieces]
    return Strip(segments, width_of(pieces)).adjust_cell_length(width, styles["text"])


def changed_regions(before: list[Row], after: list[Row], width: int) -> list[Region]:
    """Return the lines that differ: only they are painted anew."""
    count = max(len(before), len(after))
    return [
        Region(0, y, width, 1) for y in range(count) if y >= len(before) or y >= len(after) or before[y] != after[y]
    ]


def target_at(rows: list[Row], x: int, y: int) -> str:
    """Return the target of the piece under a cell, if it has one."""
    if not 0 <= y < len(rows):
        return ""
    piece: Piece
    for piece in rows[y]:
        if 0 <= x < piece.width:
            return piece.target
        x -= piece.width
    return ""
