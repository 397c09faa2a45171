"""The app around the wizard's screen: its drafts, its clipboard, what is found, and how it begins and ends."""

from __future__ import annotations

import gc
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.actions import SkipAction
from textual.binding import Binding

from wizard import ways
from wizard.errors import WizardError
from wizard.state import read_only
from wizard.text import _
from wizard.tui import narrowing
from wizard.tui.app import INTERRUPTED
from wizard.tui.draft_offer import DraftOffer
from wizard.tui.drafting import DraftKeeper
from wizard.tui.messages import Messages
from wizard.tui.practising import Practising
from wizard.tui.screens.wizard import WizardScreen
from wizard.tui.session import Origin, Session
from wizard.tui.sides import Sides
from wizard.tui.themed_app import ThemedApp
from wizard.tui.titling import Titling, title_of
from wizard.tui.ways import IN_THE_APP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.screen import Screen

    from wizard.demo import Practice
    from wizard.tui.analyzing import Analyzing
    from wizard.tui.proving import Proving
    from wizard.tui.screens.dialogs import Dialog
    from wizard.tui.sides import Side
    from wizard.tui.widgets.message import Severity

T = TypeVar("T")


class WizardApp(ThemedApp):
    """The wizard."""

    CSS_PATH = "wizard.tcss"
    TITLE = "s3-crossaccount"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "interrupt", show=False, priority=True)]

    def __init__(
        self, raw: Mapping[str, Any], *, origin: str = "", practice: Callable[[], Practice] | None = None
    ) -> None:
        super().__init__()
        self.session = Session()
        self.origin = origin
        if raw:
            self.session.begin(raw, Origin.FILE)
        self.practising = Practising(self, practice) if practice else None
        self.read_only = read_only.is_on()
        self.titling = Titling()
        self.messages = Messages(self)
        self.failure: WizardError | None = None
        self.sides = Sides(self.session, self._found, self.from_thread, self.ask_mfa)
        self.proving: Proving | None = None
        self.wizard = WizardScreen(self.session, badge=self.badge)
        self.drafts = DraftKeeper(self._tell_from_thread)
        self.kept: dict[str, Any] = dict(self.session.raw)
        self._saved = False
        self._offered = False
        self._told: set[str] = set()
        self.wrote = False

    @property
    def badge(self) -> str:
        """What the header says all the time, and every dialog in its title."""
        parts = (_("practice accounts") if self.practising else "", _("read-only") if self.read_only else "")
        return " · ".join(part for part in parts if part)

    @cached_property
    def analyzing(self) -> Analyzing:
        """What AWS says of texts; nobody asks before the first frame."""
        from wizard.tui.analyzing import Analyzing

        return Analyzing(self)

    def get_default_screen(self) -> Screen[Any]:
        """Start with the wizard's screen itself: no splash, no screen below it."""
        return self.wizard

    def on_load(self) -> None:
        """Name keys and buttons, where a command would name its options."""
        ways.use(IN_THE_APP)

    def on_mount(self) -> None:
        """Begin with what a hand-over asks, where one was read in."""
        narrowing.begin(self)

    def on_unmount(self) -> None:
        """Leave the words to the next front end of the process."""
        ways.use()

    def on_ready(self) -> None:
        """After the first frame: look for a draft, unless the answers came from a file."""
        from wizard.tui.proving import Proving

        # What was loaded so far stays: the collector need not walk through it again at some keystroke.
        gc.freeze()
        gc.enable()
        self.proving = Proving(self, self.wizard.show_evidence)
        self.proving.ready = True
        self.retitle()
        self.wizard.prove()
        if self.practising is not None:
            self.practising.start()
            return
        self.run_worker(self.look_at_profiles, thread=True, name="profiles")
        if not self.origin and not self.session.raw:
            self.run_worker(DraftOffer(self).look, thread=True, name="draft")

    def look_at_profiles(self) -> None:
        """Suggest the profiles of the AWS config file (in a thread: it may be large)."""
        from wizard.profiles.read import read

        try:
            names = read().names
        except WizardError:
            return  # writing the profile says which line can't be read
        if names:
            self.from_thread(lambda: self.suggest("profiles", names))

    def retitle(self) -> None:
        """Say in the terminal's title what is worked on."""
        if self._driver is not None and not self.is_headless:
            sequence = self.titling.sequence(title_of(self.session, practice=self.practising is not None))
            if sequence:
                self.write_to_terminal(sequence)

    @property
    def practice(self) -> Practice | None:
        """The practice accounts, once they are started."""
        return self.practising.here if self.practising is not None else None

    @property
    def _to_come(self) -> bool:
        return self.practising is not None and self.practising.here is None

    @property
    def waits_for_practice(self) -> bool:
        """Whether the practice accounts are still to come: until then no call may be made, it would go to AWS."""
        if self._to_come:
            self.say(_("The practice accounts are starting: a moment, please."))
        return self._to_come

    def look_around(self) -> None:
        """Follow the answers with what is looked at in the accounts, and offer it once."""
        self.retitle()
        self.sides.follow()
        values = self.session.built.values
        named = all(f"{side}.account_id" in values for side in self.sides.all)
        if named and not self._offered and self.origin == "" and self.session.suggestions.get("profiles"):
            self._offered = True
            if not any(side.ours or side.others for side in self.sides.all.values()):
                self.say(_("Ctrl+L: pick a profile for each account, and what is there is suggested."))

    def _found(self, side: Side) -> None:
        """Show what discovery has published; another account than the typed one is said at once."""
        snapshot = side.snapshot
        # A dialog about the accounts says it itself.
        is_seen = self.screen is not self.wizard
        if snapshot is not None and snapshot.mismatch and snapshot.problem not in self._told and not is_seen:
            self._told.add(snapshot.problem)
            self.say(snapshot.problem, severity="error")
        self.wizard.show_found()
        follow = getattr(self.screen, "follow", None)
        if self.screen is not self.wizard and follow is not None:
            follow()

    def ask_mfa(self, prompt: str) -> str:
        """Ask for an MFA code, from a thread, and wait for it there."""
        from queue import SimpleQueue

        from wizard.tui.screens.task import Code

        answers: SimpleQueue[str | None] = SimpleQueue()
        self.from_thread(lambda: self.ask(Code(prompt), answers.put))
        return answers.get() or ""

    def suggest(self, kind: str, values: Sequence[str]) -> None:
        """Offer values that were found (`Question.found` names the kind) beneath the field that asks for them."""
        self.session.suggestions = {**self.session.suggestions, kind: tuple(values)}
        self.wizard.panel.follow()

    def ask(self, dialog: Dialog[T], answered: Callable[[T | None], None] | None = None) -> None:
        """Open a dialog; `answered` gets what it closes with."""
        opening = self.push_screen(dialog, answered)
        del opening  # not awaited: the answer comes when it comes

    def keep(self) -> None:
        """Keep the answers as a draft, if they changed."""
        if self.session.raw != self.kept and not self._to_come:
            self.kept = dict(self.session.raw)
            self._saved = False
            self.drafts.keep(self.kept)

    def answers_saved(self) -> None:
        """Note that the answers are in a file: the draft is no longer needed."""
        self._saved = True
        self.drafts.discard()

    def say(self, text: str, *, severity: Severity = "information") -> None:
        """Say something above the footer, for a while."""
        self.messages.say(text, severity)

    def _tell_from_thread(self, text: str) -> None:
        self.from_thread(lambda: self.say(text, severity="warning"))

    def copy(self, name: str, text: str) -> None:
        """Copy a text in a thread, and say how certain it is that it arrived."""
        from wizard.tui.copying import copy

        self.run_worker(lambda: copy(self, name, text), thread=True, group="copy", exit_on_error=True)

    def write_to_terminal(self, sequence: str) -> None:
        """Send an escape sequence to the terminal (the clipboard's)."""
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Give the command palette every action, and the themes."""
        from wizard.tui.palette import commands

        return commands(self) if screen is self.wizard else ()

    def action_command_palette(self) -> None:
        """Open the command palette, in the person's language."""
        from wizard.tui.palette import open_in

        open_in(self)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what is selected in a field or with the mouse, by the ways of our own."""
        self._clipboard = text
        self.copy(_("the selection"), text)

    async def action_interrupt(self) -> None:
        """Ctrl+C: copy what is selected and let it go; else stop, with the exit status that it has everywhere."""
        from wizard.tui.copying import take_selected

        selected = take_selected(self)
        if selected:
            self.copy_to_clipboard(selected)
        elif hasattr(self.screen, "action_stop"):
            raise SkipAction  # what runs in the accounts is stopped, not the app
        else:
            self.exit(INTERRUPTED)

    async def action_quit(self) -> None:
        """Quit; the answers are kept."""
        self.exit(0)

    @property
    def kept_as_draft(self) -> bool:
        """Whether the next start will offer to go on."""
        return bool(self.session.raw) and not self._saved and self.session.raw == self.kept
