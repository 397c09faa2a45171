"""The small dialogs: a text to read, a question with buttons, a word to type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from wizard.text import _
from wizard.tui.screens.selectable import SelectableScreen
from wizard.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from wizard.tui.paint import Row

T = TypeVar("T")
Variant = Literal["default", "primary", "success", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One button: what it answers, its label, and how it looks."""

    id: str
    label: str
    variant: Variant = "default"


class Text(Drawn):
    """Rows that a function draws for a width."""

    ALLOW_SELECT = True

    def __init__(self, drawing: Callable[[int], list[Row]]) -> None:
        super().__init__(classes="text")
        self.drawing = drawing

    def draw(self, width: int) -> list[Row]:
        """Return the rows."""
        return self.drawing(width)


class Dialog(SelectableScreen, ModalScreen[T]):
    """The base of the dialogs: their style sheet, and the answer with which one closes."""

    CSS_PATH = "../dialogs.tcss"

    def titled(self, title: str) -> str:
        """Return the title of its frame as markup: with what the header says, which it may lie over."""
        badge = self.app.badge
        return _escaped(title) + (f" [bold $background on $warning] {_escaped(badge)} [/]" if badge else "")

    def answer(self, result: T | None) -> None:
        """Close it; whoever opened it gets the answer, and once only: keys typed ahead may answer twice."""
        if self.app.screen is not self:
            return
        closing = self.dismiss(result)
        del closing  # not awaited: a screen can't wait for its own end


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")


def said_read_only() -> str:
    """Return what a dialog says that could write, in a read-only run."""
    return _("Read-only: nothing is written.")


class Reading(Dialog[None]):
    """A text to read; it scrolls, and Esc or Enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", show=False),
        Binding("f1,f9,ctrl+g", "close", show=False),
        Binding("up", "scroll(-1)", show=False, priority=True),
        Binding("down", "scroll(1)", show=False, priority=True),
        Binding("pageup", "scroll(-10)", show=False, priority=True),
        Binding("pagedown,space", "scroll(10)", show=False, priority=True),
    ]

    def __init__(self, title: str, drawing: Callable[[int], list[Row]]) -> None:
        super().__init__(classes="dialog")
        self.heading = title
        self.text = Text(drawing)

    def compose(self) -> ComposeResult:
        """Make the frame and the text in it."""
        with VerticalScroll(classes="frame reading", can_focus=True) as frame:
            frame.border_title = self.titled(self.heading)
            frame.border_subtitle = _("Esc closes")
            yield self.text

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        frame = self.query_one(".frame", VerticalScroll)
        frame.scroll_to(y=frame.scroll_offset.y + by, animate=False)

    def action_close(self) -> None:
        """Close it."""
        self.answer(None)


class Choosing(Dialog[str]):
    """A question with buttons; the first one has the keyboard, Esc answers `cancel`, which changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, paragraphs: Sequence[str], replies: Sequence[Reply], *, cancel: str) -> None:
        super().__init__(classes="dialog")
        self.cancel = cancel
        self.heading = title
        self.paragraphs = tuple(paragraphs)
        self.replies = tuple(replies)

    def compose(self) -> ComposeResult:
        """Make the text and the buttons."""
        with Vertical(classes="frame") as frame:
            frame.border_title = self.titled(self.heading)
            with VerticalScroll(classes="body", can_focus=False):
                for paragraph in self.paragraphs:
                    yield Static(paragraph, markup=False, classes="paragraph")
            with Horizontal(classes="buttons"):
                for reply in self.replies:
                    yield Button(reply.label.replace("[", "\\["), variant=reply.variant, id=f"reply-{reply.id}")

    def on_mount(self) -> None:
        """Give the first button the keyboard."""
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        event.stop()
        self.answer((event.button.id or "").removeprefix("reply-"))

    def action_cancel(self) -> None:
        """Answer with what changes nothing."""
        self.answer(self.cancel)


class Typing(Dialog[bool]):
    """Asks for a word to be typed exactly, before something that can't be taken back easily."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    def __init__(self, title: str, paragraphs: Sequence[str], word: str) -> None:
        super().__init__(classes="dialog")
        self.heading = title
        self.paragraphs = tuple(paragraphs)
        self.word = word

    def compose(self) -> ComposeResult:
        """Make the text and the field."""
        with Vertical(classes="frame") as frame:
            frame.border_title = self.titled(self.heading)
            frame.border_subtitle = _("Enter confirms · Esc goes back")
            with VerticalScroll(classes="body", can_focus=False):
                for paragraph in self.paragraphs:
                    yield Static(paragraph, markup=False, classes="paragraph")
            yield Input(id="word", placeholder=self.word)
            yield Static("", markup=False, id="word-error", classes="error")

    def on_mount(self) -> None:
        """Give the field the keyboard."""
        self.query_one("#word").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on only if the word is right."""
        event.stop()
        if event.value.strip() == self.word:
            self.answer(True)
            return
        said = _("That is not {word}.").format(word=self.word)
        self.query_one("#word-error", Static).update(said)

    def action_cancel(self) -> None:
        """Go back."""
        self.answer(False)
