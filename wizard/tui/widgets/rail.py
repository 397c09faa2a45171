"""The rail: the steps with their state as sign, word and colour, and what the header has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.questions.catalogue import STEPS
from wizard.text import _
from wizard.tui.paint import Piece, Row, padded, width_of
from wizard.tui.session import REVIEW
from wizard.tui.steps import Mark, mark_of
from wizard.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from wizard.tui.session import Session

_SIGNS = {Mark.DONE: "✓", Mark.CURRENT: "●", Mark.TODO: "○", Mark.WRONG: "!", Mark.NONE: "·"}
_LOOKS = {Mark.DONE: "good", Mark.CURRENT: "accent", Mark.TODO: "text", Mark.WRONG: "bad", Mark.NONE: "dim"}


class Rail(Drawn):
    """The steps in one line; a click on a step goes there. `badge` says e.g. "practice accounts"."""

    def __init__(self, session: Session, *, badge: str = "") -> None:
        super().__init__(id="rail")
        self.session = session
        self.badge = badge

    def draw(self, width: int) -> list[Row]:
        """Return the steps, closer together where the line is short."""
        steps = self._steps(" › ")
        if width_of(steps) > width:
            steps = self._steps(" ")
        name = (Piece("s3-crossaccount", "dim"),)
        badge = (Piece(f" {self.badge} ", "badge"),) if self.badge else ()
        right = (*badge, Piece("  "), *name) if badge else name
        room = width - width_of(steps)
        if width_of(right) + 2 <= room:
            return [(*padded(steps, width - width_of(right)), *right)]
        for closer in (steps, self._steps(" ")) if badge else ():
            if width_of(closer) + width_of(badge) + 1 <= width:
                return [(*padded(closer, width - width_of(badge)), *badge)]
        return [steps, badge] if badge else [steps]

    def _steps(self, between: str) -> Row:
        out: list[Piece] = []
        for step in STEPS:
            if step.id == "profile" and self.session.is_read_by_destination:
                continue  # for good: another method would not ask it either
            state = mark_of(self.session, step.id)
            if out:
                out.append(Piece(between, "dim"))
            target = step.id if state is not Mark.NONE or step.id == REVIEW else ""
            out.append(Piece(f"{_SIGNS[state]} {_(step.title)}", _LOOKS[state], target))
        return tuple(out)
