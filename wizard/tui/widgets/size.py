"""Says so where the terminal is smaller than what everything fits into."""

from __future__ import annotations

from wizard.text import _
from wizard.tui.paint import Row, paragraph
from wizard.tui.widgets.drawn import Drawn

LEAST_WIDTH, LEAST_HEIGHT = 80, 24


class TooSmall(Drawn):
    """One line, shown below 80×24."""

    def __init__(self) -> None:
        super().__init__(id="too-small")

    def draw(self, width: int) -> list[Row]:
        """Return the line, or nothing where the terminal is large enough."""
        size = self.app.size
        if size.width >= LEAST_WIDTH and size.height >= LEAST_HEIGHT:
            return []
        text = _("This terminal has {width}×{height}; from 80×24 on nothing is cut off.")
        return paragraph(text.format(width=size.width, height=size.height), width, "warn")

    def on_resize(self) -> None:
        """Look again."""
        self.redraw()
