"""The footer: every action with its key, in as many lines as it takes; a click does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.text import _
from wizard.tui.actions import in_footer
from wizard.tui.paint import Piece, Row, flow
from wizard.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from wizard.tui.session import Session


class Keys(Drawn):
    """The actions that do something now, with their keys."""

    def __init__(self, session: Session) -> None:
        super().__init__(id="keys")
        self.session = session

    def draw(self, width: int) -> list[Row]:
        """Return the actions in a flow; a group's heading stands before its first."""
        items: list[Row] = []
        group = ""
        for action in in_footer(self.session):
            head: Row = ()
            if action.group and action.group != group:
                head = (Piece(f"{_(action.group)} ", "dim"),)
            group = action.group
            key = Piece(action.key_label, "key", action.id)
            items.append((*head, key, Piece(f" {_(action.short)}", "text", action.id)))
        rows = flow(items, width, gap=2)
        closer = flow(items, width, gap=1)
        return closer if len(closer) < len(rows) else rows
