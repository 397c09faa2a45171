"""The base of the dialogs that work in the accounts: a thread of its own, what it tells, and how it is stopped."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from wizard.errors import CancelledError, WizardError
from wizard.text import _
from wizard.tui.paint import Row, paragraph, unbroken
from wizard.tui.screens.dialogs import Dialog, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult

    from wizard.aws.watch import Watch
    from wizard.tui.wizard_app import WizardApp

T = TypeVar("T")
# The replies that change something in an account; a read-only run offers none of them.
CHANGING = frozenset(("apply", "again", "undo", "write"))
Line = tuple[str, str]
_SIGNS = {"✓": "good", "◆": "good", "✗": "bad", "–": "dim", "●": "accent", "○": "dim", "!": "warn"}


class Code(Dialog[str]):
    """Asks for an MFA code."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    def __init__(self, prompt: str) -> None:
        super().__init__(classes="dialog")
        self.prompt = prompt

    def compose(self) -> ComposeResult:
        """Make the field."""
        with Vertical(classes="frame") as frame:
            frame.border_title = self.titled(_("MFA code"))
            frame.border_subtitle = _("Enter takes it · Esc goes on without")
            yield Static(self.prompt.strip(), markup=False, classes="paragraph")
            yield Input(id="code", placeholder="123456", max_length=12)

    def on_mount(self) -> None:
        """Give the field the keyboard."""
        self.query_one("#code").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the code."""
        event.stop()
        self.answer(event.value.strip())

    def action_cancel(self) -> None:
        """Go on without one."""
        self.answer("")


class Task(Dialog[str]):
    """Something that is done in the accounts, shown while it goes on.

    `work` runs in a daemon thread, so that nothing ever waits for AWS, quitting least of all; it takes the
    person's decisions from `decide`. What it tells goes through `post`.
    """

    app: WizardApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", show=False, priority=True),
        Binding("ctrl+c", "stop(True)", show=False, priority=True),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False, priority=True),
        Binding("pagedown", "scroll(8)", show=False, priority=True),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]
    REPLIES: ClassVar[tuple[tuple[str, str], ...]] = ()
    AUTO_FOCUS = ""  # a field or a button that isn't offered yet must not take a key

    def __init__(self, heading: str) -> None:
        super().__init__(classes="dialog task")
        self.heading = heading
        self.lines: list[Line] = []
        self.said: Line = ("", "text")
        self.running = False
        self.offered: tuple[str, ...] = ()
        self._decisions: SimpleQueue[str | None] = SimpleQueue()
        self._watch: Watch | None = None
        self._host: WizardApp  # the app, for the thread: a dialog that is gone has none any more

    @property
    def run_watch(self) -> Watch:
        """The watch of the run, by which it is stopped."""
        if self._watch is None:
            from wizard.aws.watch import Watch

            self._watch = Watch(tell=lambda told: self.post(lambda: self.told(told)))
        return self._watch

    def compose(self) -> ComposeResult:
        """Make the frame, the text, a field for a word, the buttons."""
        with Vertical(classes="frame reading full") as frame:
            frame.border_title = self.titled(self.heading)
            yield from self.lower_half()

    def lower_half(self) -> ComposeResult:
        """Make what every task has: the text, a field for a word, the buttons."""
        with VerticalScroll(classes="body", can_focus=False):
            yield Text(self._draw)
        with Vertical(id="task-state"):
            yield Text(lambda width: paragraph(self.said[0], width, self.said[1]))
        yield Input(id="task-word")
        with Horizontal(classes="buttons"):
            for name, label in self.REPLIES:
                yield Button(_(label), id=f"reply-{name}")

    def on_mount(self) -> None:
        """Begin. Textual calls the `on_mount` of every class: a task of another kind has its own `begin` instead."""
        self.query_one("#task-word").display = False
        self.offer()
        self.begin()

    def begin(self) -> None:
        """Start the thread."""
        self._host = self.app
        threading.Thread(target=self._work, name="task", daemon=True).start()

    def _work(self) -> None:
        try:
            self.work()
        except CancelledError as error:
            said = error
            self.post(lambda: self.failed(said, stopped=True))
        except WizardError as error:
            failure = error
            self.post(lambda: self.failed(failure))
        except Exception as error:  # noqa: BLE001 -- a bug: raised again on the app's thread, which ends with a report
            self._host.bug(error)

    def work(self) -> None:
        """Do it (in the thread)."""
        raise NotImplementedError

    def told(self, event: object) -> None:
        """Show an event of the run."""

    def decide(self) -> str | None:
        """Wait (in the thread) for what the person decides; None: nothing further."""
        return self._decisions.get()

    def decided(self, what: str | None) -> None:
        """Hand a decision to the thread."""
        self._decisions.put(what)

    def post(self, act: Callable[[], None]) -> None:
        """Do something on the app's thread, if the dialog is still there."""
        self._host.from_thread(lambda: act() if self.is_attached else None)

    def ask_mfa(self, prompt: str) -> str:
        """Ask for a code (from the thread); a dialog that was left asks for nothing any more."""
        if not self.is_attached:
            raise CancelledError(_("Stopped."))
        return self._host.ask_mfa(prompt)

    def say(self, text: str, look: str = "text") -> None:
        """Show a sentence beneath the text."""
        self.said = (text, look)
        state = self.query_one("#task-state Text", Text)
        state.redraw()
        state.refresh(layout=True)

    def show(self, lines: Iterable[Line], *, to_end: bool = False, to_line: int | None = None) -> None:
        """Show lines in place of those that are shown; scrolled to their end, or to one of them (from 0)."""
        self.lines = list(lines)
        text = self.query_one(".body Text", Text)
        text.redraw()
        text.refresh(layout=True)
        body = self.query_one(".body", VerticalScroll)
        if to_end:
            self.call_after_refresh(body.scroll_end, animate=False)
        elif to_line is not None:
            above = len(self._rows(self.lines[:to_line], body.scrollable_content_region.width))
            self.call_after_refresh(body.scroll_to, y=above, animate=False)

    def offer(self, *names: str) -> None:
        """Offer these buttons, in a read-only run none that changes something; without any, keys do nothing.

        The first one has the keyboard that changes nothing: a bare Enter is a no, as on the command line.
        """
        kept_out = CHANGING.intersection(names) if self.app.read_only else ()
        self.offered = names = tuple(name for name in names if name not in kept_out)
        for button in self.query(Button):
            button.display = (button.id or "").removeprefix("reply-") in names
        if names:
            safe = next((name for name in names if name not in CHANGING), names[0])
            self.query_one(f"#reply-{safe}", Button).focus()
        else:
            self.set_focus(None)
        frame = self.query_one(".frame")
        keys = _("↑↓ scroll · Enter · Esc back") if names else _("↑↓ scroll · Esc closes")
        if self.running:
            keys = _("↑↓ scroll · Esc stops after the call in flight")
        if len(names) > 1:
            keys = _("↑↓ scroll · ←→ choose · Enter · Esc back")
        if kept_out:
            keys = _("read-only: nothing can be changed · Esc back")
        frame.border_subtitle = keys

    def failed(self, error: WizardError, *, stopped: bool = False) -> None:
        """Show how it ended before its end."""
        self.running = False
        look = "warn" if stopped else "bad"
        sign = "!" if stopped else "✗"
        first, *rest = f"{sign} {error}".splitlines()
        said = [(first, look), *((f"  {line}", look) for line in rest)]
        self.show([*self.lines, *([("", "text")] if self.lines else []), *said], to_end=True)
        self.say(_("Stopped.") if stopped else _("It did not get through: see above."), look)
        self.offer("close")

    def _draw(self, width: int) -> list[Row]:
        return self._rows(self.lines, width)

    def _rows(self, lines: Iterable[Line], width: int) -> list[Row]:
        return [row for line, look in lines for row in unbroken(line, width, look, hang=_indent(line) + 2)]

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take a decision, if it is still one."""
        event.stop()
        name = (event.button.id or "").removeprefix("reply-")
        if name in self.offered:
            self.pressed(name)

    def pressed(self, name: str) -> None:
        """Do what a button says; "close" by default."""
        if name == "close":
            self.leave()

    def leave(self, result: str = "") -> None:
        """Close the dialog; the thread comes to its end by itself."""
        self.decided(None)
        self.answer(result)

    def action_stop(self, interrupted: bool = False) -> None:  # noqa: FBT001, FBT002 -- an argument of a binding
        """Esc: while it runs, the first one lets the call in flight end, the second one leaves at once.

        Before it runs it leaves at once, also while it is still looked at; Ctrl+C says what one more would do.
        """
        if not self.running:
            if interrupted:
                self.app.say(self.said_interrupted())
            self.leave()
        elif not self.run_watch.stopping:
            self.run_watch.stop()
            self.say(_("Stopping after the call in flight. Esc again leaves at once."), "warn")
            self.query_one(".frame").border_subtitle = _("Esc leaves at once")
        else:
            self.leave("left")

    def said_interrupted(self) -> str:
        """Return what Ctrl+C says that closes the dialog."""
        if self.offered:
            return _("Closed. Ctrl+C once more ends the app.")
        return _("Stopped: nothing was changed. Ctrl+C once more ends the app.")

    def action_scroll(self, by: int) -> None:
        """Scroll the text."""
        body = self.query_one(".body", VerticalScroll)
        body.scroll_to(y=body.scroll_offset.y + by, animate=False)


def _indent(line: str) -> int:
    return min(len(line) - len(line.lstrip()), 12)


def looked(text: str) -> list[Line]:
    """Give the lines of a text their looks: a difference's, and those of states by their sign."""
    return [(line, _look(line)) for line in text.splitlines()]


def _look(line: str) -> str:
    if line.startswith(("---", "+++")):
        return "dim"
    if line[:1] in {"+", "-", "@"}:
        return {"+": "good", "-": "gone", "@": "note"}[line[:1]]
    if line[:1].isdigit() and ". " in line[:5]:
        return "accent"
    if line.startswith("=="):
        return "strong"
    return _SIGNS.get(line.lstrip()[:1], "text")
