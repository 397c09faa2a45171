"""The line that says what just happened: above the footer, or beneath a dialog, and never over anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wizard.tui.paint import Row, fit, paragraph
from wizard.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from textual import events

Severity = Literal["information", "warning", "error"]
_SIGNS: dict[Severity, tuple[str, str]] = {
    "information": ("·", "text"),
    "warning": ("!", "warn"),
    "error": ("✗", "bad"),
}
# Of the screen's height: what is longer has its place in the review too.
_MOST = 3


class MessageLine(Drawn):
    """One message, wrapped; it takes no room while there is none. A click puts it away."""

    ALLOW_SELECT = True

    def __init__(self) -> None:
        super().__init__(classes="message")
        self.text = ""
        self.severity: Severity = "information"
        self.display = False

    def draw(self, width: int) -> list[Row]:
        """Return the message with the sign of its severity."""
        sign, look = _SIGNS[self.severity]
        own = self.text[:1] in {"✓", "✗", "!"}
        text = self.text.replace("\n", "\n  ")  # beneath the first line's words, not its sign
        rows = paragraph(text if own else f"{sign} {text}", width, look, hang=2)
        most = max(self.app.size.height // _MOST, 1)
        if len(rows) > most:
            last = rows[most - 1][0]
            rows[most - 1 :] = paragraph(fit(f"{last.text} …", width).rstrip(), width, look)
        return rows

    def show(self, text: str, severity: Severity = "information") -> None:
        """Show a message in place of the one before; "" for none."""
        if (text, severity) == (self.text, self.severity):
            return
        self.forget_selection()
        self.text, self.severity = text, severity
        self._rows_width = -1
        self.display = bool(text)
        self.refresh(layout=True)

    def on_click(self, event: events.Click) -> None:
        """Put it away; the end of a selection is no click."""
        event.stop()
        if self.selected is None:
            self.show("")
