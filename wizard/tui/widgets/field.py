"""The fields in which answers are given: a line of text, and a list to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wizard.methods.question import Kind
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from textual import events

    from wizard.methods.question import Question

# Far above the longest list of ARNs that fits a policy; a pasted book would only freeze the screen.
_LONGEST = 20_000


class Walk(Message):
    """The person goes on to another question of the step without accepting this one."""

    def __init__(self, by: int) -> None:
        super().__init__()
        self.by = by


class TextField(Input):
    """A line of text. Down and Up go to the next and the previous question; a paste of several lines is taken whole."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "walk(1)", show=False),
        Binding("up", "walk(-1)", show=False),
    ]
    ALLOW_SELECT = False

    def __init__(self, changed: Callable[[], None]) -> None:
        self._told = changed
        super().__init__(id="field", select_on_focus=True, max_length=_LONGEST)
        self.kind = Kind.TEXT

    def _watch_value(self, value: str) -> None:
        # Told at once and not by a message: what follows is painted in the same frame as the character, not a
        # frame (17 ms) later. And the size is set without Textual's layout of the whole screen.
        self.set_reactive(TextField.virtual_size, Size(self.content_width, 1))
        super()._watch_value(value)
        if self.is_mounted:
            self._told()

    def action_walk(self, by: int) -> None:
        """Go to another question."""
        self.post_message(Walk(by))

    def _on_paste(self, event: events.Paste) -> None:
        """Take a paste: a list's lines as its members, else the first line that says something."""
        event.stop()
        event.prevent_default()
        told = [line.strip() for line in event.text.splitlines() if line.strip()]
        if not told:
            return
        text = ", ".join(told) if self.kind is Kind.LIST else told[0]
        room = _LONGEST - len(self.value)
        self.replace(text[:room], *self.selection)


class ChoiceField(OptionList):
    """A list of choices; the one that is highlighted is the answer. `y` and `n` answer yes and no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "say('yes')", show=False),
        Binding("n", "say('no')", show=False),
    ]
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="choices", markup=False)
        self.values: list[Any] = []

    def offer(self, question: Question, chosen: Any, *, recommended: str = "") -> None:
        """Show a question's choices, the chosen one highlighted."""
        labels: list[tuple[Any, str]]
        if question.kind is Kind.FLAG:
            labels = [(True, _("Yes")), (False, _("No"))]
        else:
            labels = [(choice.value, _(choice.label)) for choice in question.choices]
        self.values = [value for value, _label in labels]
        self.clear_options()
        for value, label in labels:
            prompt = Content(label)
            if value == recommended:
                prompt = Content.assemble(label, ("  ★ " + _("recommended"), "$success"))
            self.add_option(Option(prompt))
        self.highlighted = self.values.index(chosen) if chosen in self.values else 0

    @property
    def value(self) -> Any:
        """The highlighted value."""
        return self.values[self.highlighted] if self.highlighted is not None and self.values else None

    def action_say(self, word: str) -> None:
        """Answer yes or no by a letter."""
        if self.values == [True, False]:
            self.highlighted = 0 if word == "yes" else 1
