"""The access path under the documents: a picture where there is room, else a line for each account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.tui import picture
from wizard.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from wizard.tui.paint import Row
    from wizard.tui.session import Session

_WIDE, _TALL, _MIDDLE = 120, 36, 28


class AccessPathView(Drawn):
    """The path of the setup as it is now."""

    ALLOW_SELECT = True

    def __init__(self, session: Session) -> None:
        super().__init__(id="path")
        self.session = session

    def draw(self, width: int) -> list[Row]:
        """Return the picture; states that are of the answers before are marked until they are judged anew."""
        rows = self._draw(width)
        return picture.as_old(rows) if self.session.stale else rows

    def _draw(self, width: int) -> list[Row]:
        """Return the picture, and under it what is possible, what stays out, what nobody could see."""
        path, size = self.session.path, self.app.size
        if size.width >= _WIDE and size.height >= _TALL:
            return [*picture.picture(path, width), *picture.notes(path, width, brief=False)]
        if size.height >= _MIDDLE:
            return [*picture.chain(path, width, words=True), *picture.notes(path, width, brief=True)]
        chain = picture.chain(path, width, words=False)
        return chain if self.session.step == "method" else [*chain, *picture.notes(path, width, brief=True)]

    def on_resize(self) -> None:
        """Draw anew: the height decides too."""
        self.redraw()
