"""The dialog that lists what was found for the question in hand; what is typed narrows the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wizard.text import _
from wizard.tui.screens.dialogs import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Picking(Dialog[str]):
    """Answers with a value of the list, or with nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("ctrl+f,f10", "cancel", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, title: str, values: Sequence[str]) -> None:
        super().__init__(classes="dialog")
        self.heading = title
        self.values = tuple(values)

    def compose(self) -> ComposeResult:
        """Make the field and the list."""
        with Vertical(classes="frame") as frame:
            frame.border_title = self.titled(self.heading)
            frame.border_subtitle = _("Enter takes it · Esc goes back")
            yield Input(placeholder=_("type to narrow the list"), id="narrow")
            yield OptionList(id="found", markup=False)

    def on_mount(self) -> None:
        """List everything."""
        self._list("")
        self.query_one("#narrow").focus()

    def _list(self, word: str) -> None:
        found = self.query_one("#found", OptionList)
        found.clear_options()
        found.add_options(
            Option(value, id=f"v{number}") for number, value in enumerate(self.values) if word.lower() in value.lower()
        )
        found.highlighted = 0 if found.option_count else None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._list(event.value.strip())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the one that is highlighted."""
        event.stop()
        option = self.query_one("#found", OptionList).highlighted_option
        if option is not None:
            self.answer(self.values[int((option.id or "v0")[1:])])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one that was clicked."""
        event.stop()
        self.answer(self.values[int((event.option_id or "v0")[1:])])

    def action_move(self, by: int) -> None:
        """Move in the list while the field has the keyboard."""
        found = self.query_one("#found", OptionList)
        if found.option_count:
            found.highlighted = ((found.highlighted or 0) + by) % found.option_count

    def action_cancel(self) -> None:
        """Go back."""
        self.answer("")
