"""The first screen of a hand-over: who gets what, on which resource, at which risk, and what isn't asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from wizard.plan.asked_risks import SIGNS, Weight
from wizard.text import _
from wizard.tui.paint import Row, labelled, paragraph
from wizard.tui.screens.dialogs import Dialog, Text

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wizard.plan.asked import Asked

_WIDEST = 118
_LOOKS = {SIGNS[Weight.HIGH]: "bad", SIGNS[Weight.MIDDLE]: "warn"}


def asked_rows(asked: Asked, width: int) -> list[Row]:
    """Return what is asked: a title, then each part with its name in a column of its own."""
    width = min(width, _WIDEST)
    sections = asked.sections()
    column = max(cell_len(title) for title, _lines in sections) + 2
    rows = [*paragraph(asked.title, width, "strong"), ()]
    for title, lines in sections:
        for number, line in enumerate(lines):
            look = _LOOKS.get(line.partition(" ")[0], "text") if lines is not asked.not_asked else "good"
            name = title if number == 0 else ""
            rows += labelled(name, line, width, column=column, looks=("accent", look))
    return rows


class AskedScreen(Dialog[bool]):
    """Answers with whether to go on to the review; Esc doesn't."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "on", show=False, priority=True),
        Binding("escape,q,ctrl+q", "off", show=False, priority=True),
        Binding("up", "scroll(-1)", show=False, priority=True),
        Binding("down", "scroll(1)", show=False, priority=True),
        Binding("pageup", "scroll(-10)", show=False, priority=True),
        Binding("pagedown,space", "scroll(10)", show=False, priority=True),
    ]

    def __init__(self, asked: Asked, *, first: bool = True) -> None:
        super().__init__(classes="dialog asked")
        self.first = first
        self.text = Text(lambda width: asked_rows(asked, width))

    def compose(self) -> ComposeResult:
        """Make the frame and the text in it."""
        with VerticalScroll(classes="frame reading full", can_focus=True) as frame:
            frame.border_title = self.titled(_("What this file asks of you"))
            frame.border_subtitle = (
                _("Enter: review it, and grant less · ↑↓ scroll · Esc quits")
                if self.first
                else _("↑↓ scroll · Esc closes")
            )
            yield self.text

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        frame = self.query_one(".frame", VerticalScroll)
        frame.scroll_to(y=frame.scroll_offset.y + by, animate=False)

    def action_on(self) -> None:
        """Go on."""
        self.answer(True)

    def action_off(self) -> None:
        """Leave it at that."""
        self.answer(False)
