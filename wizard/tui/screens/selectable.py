"""The screen's part in selecting with the mouse: which character of a drawn text is under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.errors import NoWidget
from textual.screen import Screen

from wizard.tui.widgets.drawn import Selectable

if TYPE_CHECKING:
    from textual.geometry import Offset
    from textual.widget import Widget

    from wizard.tui.wizard_app import WizardApp


class SelectableScreen(Screen[Any]):
    """Asks drawn texts themselves: to mark each painted cell with its place, as Textual does, costs every frame.

    In front it shows the app's message.
    """

    app: WizardApp

    def on_screen_resume(self) -> None:
        """Show what was said while another screen was in front."""
        self.app.messages.place()

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Return the widget under a cell, and the character of its text; a selection stays in the text it began in."""
        began = self._select_state.start.content_widget if self._selecting and self._select_state else None
        if isinstance(began, Selectable) and began.is_attached:
            return began, began.character_at(x, y)
        try:
            widget, _region = self.get_widget_at(x, y)
        except NoWidget:
            return None, None
        if isinstance(widget, Selectable) and widget.allow_select:
            return widget, widget.character_at(x, y)
        return super().get_widget_and_offset_at(x, y)
