"""The question in hand: prompt, field, what is said beneath it, the step's others; beside it why it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Container, Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.input import Selection

from wizard.methods.question import Kind
from wizard.methods.registry import METHODS
from wizard.text import _
from wizard.tui import explain
from wizard.tui.paint import Row, paragraph
from wizard.tui.session import is_typed
from wizard.tui.values import sentence
from wizard.tui.widgets.drawn import Drawn
from wizard.tui.widgets.field import ChoiceField, TextField

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.widget import Widget

    from wizard.methods.question import Question
    from wizard.tui.session import Session

_MIDDLE, _TALL = 28, 36
_RECOMMENDED = next(method.id for method in METHODS.values() if method.recommended)


class Part(Drawn):
    """One of the texts of the panel."""

    ALLOW_SELECT = True

    def __init__(self, panel: QuestionPanel, name: str) -> None:
        super().__init__(id=name)
        self.panel = panel

    def draw(self, width: int) -> list[Row]:
        """Return the part's rows for the question in hand."""
        question = self.panel.session.question
        return self.panel.rows_of(self.id or "", question, width) if question else []


class QuestionPanel(Container):
    """The upper part of the screen while a question is in hand.

    `answered` is called with the value at each keystroke and each other choice.
    """

    class Accepted(Message):
        """Enter: the value is to be taken, and the next question asked."""

    class Wanted(Message):
        """Another question of the step was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, session: Session, answered: Callable[[Any], None]) -> None:
        super().__init__(id="question")
        self.session = session
        self.answered = answered
        self.told: set[str] = set()
        self.text_field = TextField(self._typed)
        self.choice_field = ChoiceField()
        self._parts = {name: Part(self, name) for name in ("prompt", "beneath", "in-step", "why")}

    def compose(self) -> ComposeResult:
        """Make the two columns; on a narrow screen they stand one above the other."""
        with Vertical(id="ask"):
            yield self._parts["prompt"]
            yield self.text_field
            yield self.choice_field
            yield self._parts["beneath"]
            yield self._parts["in-step"]
        yield self._parts["why"]

    def on_mount(self) -> None:
        """Ask the first question."""
        self.ask()

    def rows_of(self, part: str, question: Question, width: int) -> list[Row]:
        """Return the rows of one of the panel's texts."""
        height = self.app.size.height
        if part == "prompt":
            return paragraph(sentence(self.session, question.prompt), width, "strong")
        if part == "beneath":
            return explain.beneath(self.session, question, width, told=question.key in self.told)
        if part == "in-step":
            return explain.in_step(self.session, question, width, brief=height < _MIDDLE)
        # A short screen has its title in the list already, and no line for a blank.
        return explain.why(self.session, question, width, brief=height < _MIDDLE, dense=height < _TALL)

    def ask(self) -> None:
        """Show the question in hand, with its answer so far in the field."""
        question = self.session.question
        if question is None:
            return
        if not self.session.is_missing(question.key) and question.key in self.session.raw:
            self.told.add(question.key)
        typed = is_typed(question)
        self.text_field.display, self.choice_field.display = typed, not typed
        if typed:
            self._fill(question)
        else:
            recommended = _RECOMMENDED if question.key == "method" else ""
            with self.prevent(OptionList.OptionHighlighted):
                self.choice_field.offer(question, self.session.chosen(question), recommended=recommended)
        self.follow()
        self.focus_field()

    def _fill(self, question: Question) -> None:
        self.text_field.kind = question.kind
        example = question.example
        self.text_field.placeholder = _("for example {example}").format(example=example) if example else ""
        text = self.session.field_text(question)
        self.text_field.value = text
        self.text_field.selection = Selection(0, len(text))  # what is typed now replaces it

    def focus_field(self) -> None:
        """Put the keyboard into the field."""
        question = self.session.question
        field: Widget = self.text_field if question and is_typed(question) else self.choice_field
        if self.app.focused is not field:
            field.focus(scroll_visible=False)

    def follow(self) -> None:
        """Show what follows from the answers as they are."""
        question = self.session.question
        if question is not None:
            wrong = question.key in self.told and self.session.problem(question.key) is not None
            self.set_class(wrong, "-wrong")
        for part in self._parts.values():
            part.redraw()

    def value(self) -> Any:
        """Return the value in the field."""
        question = self.session.question
        if question is None:
            return None
        if not is_typed(question):
            return self.choice_field.value
        text = self.text_field.value
        return int(text) if question.kind is Kind.NUMBER and text.isascii() and text.isdigit() else text

    def _typed(self) -> None:
        """Follow a keystroke."""
        question = self.session.question
        if question is not None and is_typed(question):
            self.answered(self.value())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the text field."""
        event.stop()
        self.post_message(self.Accepted())

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another choice is highlighted: the documents preview it."""
        event.stop()
        self.answered(self.choice_field.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on a choice."""
        event.stop()
        self.post_message(self.Accepted())

    def on_drawn_clicked(self, event: Drawn.Clicked) -> None:
        """Go to a question of the step, or take a suggestion, that was clicked."""
        event.stop()
        kind, _colon, value = event.target.partition(":")
        if kind == "use":
            self.session.take(self.session.key, value)
            self.text_field.value = value
        else:
            self.post_message(self.Wanted(event.target))
