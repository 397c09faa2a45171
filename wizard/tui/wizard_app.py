"""The app around the wizard's screen: its themes, its drafts, its clipboard, and its end after a bug."""

from __future__ import annotations

import gc
import os
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from textual.app import App, SystemCommand
from textual.message import Message

from wizard.errors import AwsError, WizardError
from wizard.text import _
from wizard.tui import themes
from wizard.tui.actions import ACTIONS, IN_REVIEW_ONLY, in_footer
from wizard.tui.app import INTERRUPTED
from wizard.tui.drafting import DraftKeeper, offered
from wizard.tui.proving import Proving
from wizard.tui.screens.wizard import WizardScreen
from wizard.tui.session import Origin, Session
from wizard.tui.sides import Sides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.binding import BindingType
    from textual.screen import Screen

    from wizard.clipboard import Copied
    from wizard.demo import Practice
    from wizard.state.drafts import Draft
    from wizard.tui.screens.dialogs import Dialog
    from wizard.tui.sides import Side

T = TypeVar("T")


class Posted(Message):
    """Something to be done on the app's thread."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act = act


class WizardApp(App[int]):
    """The wizard. `crashed` is the bug that ended it, if one did."""

    CSS_PATH = "wizard.tcss"
    TITLE = "s3-crossaccount"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+c", "interrupt", "Quit")]

    def __init__(
        self, raw: Mapping[str, Any], *, origin: str = "", practice: Callable[[], Practice] | None = None
    ) -> None:
        self._wants_no_color = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=True if self._wants_no_color else None)
        self.session = Session()
        self.origin = origin
        if raw:
            self.session.begin(raw, Origin.FILE)
        self.practice: Practice | None = None
        self.failure: WizardError | None = None
        self._begin_practice = practice
        self.sides = Sides(self.session, self._found, self.from_thread, self.ask_mfa)
        self.proving: Proving | None = None
        self.wizard = WizardScreen(self.session, badge=_("practice accounts") if practice else "")
        self.drafts = DraftKeeper(self._tell_from_thread)
        self.crashed: BaseException | None = None
        self._kept: dict[str, Any] = dict(self.session.raw)
        self._saved = False
        self._offered = False
        self._told: set[str] = set()
        self.wrote = False
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.chosen(os.environ, no_color=self._wants_no_color)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give Textual's own themes the colours that ours name."""
        return themes.DEFAULTS

    def get_default_screen(self) -> Screen[Any]:
        """Start with the wizard's screen itself: no splash, no screen below it."""
        return self.wizard

    def on_ready(self) -> None:
        """After the first frame: look for a draft, unless the answers came from a file."""
        # What was loaded so far stays: the collector need not walk through it again at some keystroke.
        gc.freeze()
        gc.enable()
        self.proving = Proving(self, self.wizard.show_evidence)
        self.proving.ready = True
        self.wizard.prove()
        if self._begin_practice is not None:
            threading.Thread(target=self._practise, args=(self._begin_practice,), daemon=True).start()
            return
        self.run_worker(self._look_at_profiles, thread=True, name="profiles")
        if not self.origin and not self.session.raw:
            self.run_worker(self._look_for_draft, thread=True, name="draft")

    def _look_at_profiles(self) -> None:
        from wizard.profiles.read import read

        try:
            names = read().names
        except WizardError:
            return  # writing the profile says which line can't be read
        if names:
            self.call_from_thread(self.suggest, "profiles", names)

    def _practise(self, begin: Callable[[], Practice]) -> None:
        """Start the practice accounts and wait for them, then look round in them (in a thread)."""
        try:
            practice = begin()
            self.from_thread(lambda: self._entered(practice))
            if not practice.wait_ready():
                raise AwsError(_("The practice accounts did not get ready in time."))
        except WizardError as error:
            failure = error
            self.from_thread(lambda: self._give_up(failure))
            return
        self._look_at_profiles()
        self.from_thread(lambda: self._look_into_practice(practice))

    def _entered(self, practice: Practice) -> None:
        self.practice, self._begin_practice = practice, None
        self.keep()  # what was typed until now; before, the draft would have gone into the person's own folder

    @property
    def waits_for_practice(self) -> bool:
        """Whether the practice accounts are still to come: until then no call may be made, it would go to AWS."""
        if self._begin_practice is not None:
            self.say(_("The practice accounts are starting: a moment, please."))
        return self._begin_practice is not None

    def _give_up(self, failure: WizardError) -> None:
        """End: without the practice accounts the next call would go to AWS itself."""
        self.failure = failure
        self.exit(failure.exit_status)

    def _look_into_practice(self, practice: Practice) -> None:
        self.sides.know(
            {
                "source.account_id": practice.source_account,
                "destination.account_id": practice.destination_account,
                "bucket.name": practice.bucket,
                "bucket.region": practice.region,
            }
        )
        self.sides.choose("source", practice.source_profile)
        self.sides.choose("destination", practice.destination_profile)
        self.wizard.show_found()

    def look_around(self) -> None:
        """Follow the answers with what is looked at in the accounts, and offer it once."""
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
        if snapshot is not None and snapshot.mismatch and snapshot.problem not in self._told:
            self._told.add(snapshot.problem)
            self.say(snapshot.problem, severity="error")
        self.wizard.show_found()
        follow = getattr(self.screen, "follow", None)
        if self.screen is not self.wizard and follow is not None:
            follow()

    def from_thread(self, act: Callable[[], None]) -> None:
        """Do something on the app's own thread; whoever calls doesn't wait for it."""
        with suppress(RuntimeError):  # the loop has ended: nobody is there to see it
            self.post_message(Posted(act))

    def on_posted(self, event: Posted) -> None:
        """Do what a thread asked for."""
        event.act()

    def ask_mfa(self, prompt: str) -> str:
        """Ask for an MFA code, from a thread, and wait for it there."""
        from wizard.tui.screens.task import Code

        answers: SimpleQueue[str | None] = SimpleQueue()
        self.from_thread(lambda: self.ask(Code(prompt), answers.put))
        return answers.get() or ""

    def suggest(self, kind: str, values: Sequence[str]) -> None:
        """Offer values that were found (`Question.found` names the kind) beneath the field that asks for them."""
        self.session.suggestions = {**self.session.suggestions, kind: tuple(values)}
        self.wizard.panel.follow()

    def _look_for_draft(self) -> None:
        draft = offered()
        if draft is not None and draft.answers:
            self.call_from_thread(self._offer, draft)

    def _offer(self, draft: Draft) -> None:
        from wizard.tui.screens.dialogs import Choosing, Reply

        saved = draft.saved.astimezone()
        if self.session.raw:
            # Somebody who types already is not interrupted.
            when = saved.strftime("%Y-%m-%d %H:%M")
            self.say(_("Answers of {when} are kept as well: start anew to go on with them.").format(when=when))
            return
        session = Session()
        session.begin(draft.answers, Origin.DRAFT)
        method = _(session.plan.method.title)
        told = [
            _("Answers of {when} were not finished: {method}, {count} answers.").format(
                when=saved.strftime("%Y-%m-%d %H:%M"), method=method, count=len(draft.answers)
            )
        ]
        replies = [
            Reply("go-on", _("Go on with them"), "primary"),
            Reply("anew", _("Start anew")),
            Reply("discard", _("Delete them")),
        ]

        def answered(reply: str | None) -> None:
            self._take_draft(draft, reply or "later")

        self.ask(Choosing(_("Go on where you stopped?"), told, replies, cancel="later"), answered)

    def _take_draft(self, draft: Draft, reply: str) -> None:
        from wizard.state import drafts

        try:
            if reply == "go-on":
                own = drafts.adopt(draft)
                if own is None:
                    self.say(_("Another wizard took it up meanwhile."), severity="warning")
                    return
                self.drafts.adopt(own)
                self.session.begin(draft.answers, Origin.DRAFT)
                self._kept = dict(self.session.raw)
                self.wizard.show_step()
            elif reply == "discard":
                drafts.discard(draft)
        except WizardError as error:
            self.say(str(error), severity="warning")
        self.wizard.refocus()

    def ask(self, dialog: Dialog[T], answered: Callable[[T | None], None] | None = None) -> None:
        """Open a dialog; `answered` gets what it closes with."""
        opening = self.push_screen(dialog, answered)
        del opening  # not awaited: the answer comes when it comes

    def keep(self) -> None:
        """Keep the answers as a draft, if they changed."""
        if self.session.raw != self._kept and self._begin_practice is None:
            self._kept = dict(self.session.raw)
            self._saved = False
            self.drafts.keep(self._kept)

    def answers_saved(self) -> None:
        """Note that the answers are in a file: the draft is no longer needed."""
        self._saved = True
        self.drafts.discard()

    def say(self, text: str, *, severity: Literal["information", "warning", "error"] = "information") -> None:
        """Say something in a corner of the screen."""
        self.notify(text, severity=severity, markup=False, timeout=8)

    def _tell_from_thread(self, text: str) -> None:
        if self.is_running:
            self.call_from_thread(self.say, text, severity="warning")

    def copy(self, name: str, text: str) -> None:
        """Copy a text in a thread, and say how certain it is that it arrived."""
        self.run_worker(lambda: self._copy(name, text), thread=True, group="copy", exit_on_error=True)

    def _copy(self, name: str, text: str) -> None:
        from wizard import clipboard

        copied = clipboard.copy(text, write_terminal=self.write_to_terminal)
        said, severity = said_of(name, copied)
        self.call_from_thread(self.say, said, severity=severity)

    def write_to_terminal(self, sequence: str) -> None:
        """Send an escape sequence to the terminal (the clipboard's)."""
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Give the command palette every action, and the themes."""
        if screen is not self.wizard:
            return
        usable = {action.id for action in in_footer(self.session)}
        if self.practice is not None:
            about = _("What they are, and what they are known to get wrong.")
            yield SystemCommand(_("About the practice accounts"), about, self._doing("gaps"))
        for action in ACTIONS:
            if action.id != "palette" and (action.id in usable or action.id not in IN_REVIEW_ONLY):
                title = f"{_(action.title)} ({action.key_label})"
                yield SystemCommand(title, _(action.help), self._doing(action.name))
        for theme in themes.THEMES:
            title = _("Theme: {name}").format(name=theme.name.removeprefix("s3-"))
            yield SystemCommand(title, _("Colours for a dark or a light terminal."), self._theming(theme.name))

    def _doing(self, name: str) -> Callable[[], None]:
        return lambda: self.call_later(self.wizard.run_action, name)  # type: ignore[return-value] # scheduled or not

    def _theming(self, name: str) -> Callable[[], None]:
        return lambda: setattr(self, "theme", name)

    async def action_interrupt(self) -> None:
        """Ctrl+C: stop, with the exit status that it has everywhere."""
        self.exit(INTERRUPTED)

    async def action_quit(self) -> None:
        """Quit; the answers are kept."""
        self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        """End after a bug without a traceback on the screen: `run` raises it again."""
        self.crashed = self.crashed or error
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    @property
    def kept_as_draft(self) -> bool:
        """Whether the next start will offer to go on."""
        return bool(self.session.raw) and not self._saved and self.session.raw == self._kept


def said_of(name: str, copied: Copied) -> tuple[str, Literal["information", "warning"]]:
    """Return what is said of a copy: "Copied" only when it is certain."""
    from wizard.clipboard import How as how  # noqa: N813 -- read as a word below

    if copied.certain:
        return _("Copied: {name}").format(name=name), "information"
    if copied.how is how.TMUX:
        said = _("Copied into tmux's buffer: {name} (prefix ] pastes it). Ctrl+S saves files.")
        return said.format(name=name), "information"
    if copied.how is how.TOO_LONG:
        said = _("Too long for the terminal's clipboard: {name}. Ctrl+S saves it to files.")
        return said.format(name=name), "warning"
    if copied.sent:
        said = _("Sent to the terminal: {name}. Whether it arrived can't be known: Ctrl+S saves files.")
        return said.format(name=name), "information"
    return _("No clipboard was found for {name}. Ctrl+S saves it to files.").format(name=name), "warning"
