"""The dialog that verifies: who calls, with or without a write test, every call, and the path that it lights."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.text import _, mark
from wizard.tui.screens.task import Line, Task, looked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.aws.verify.result import Verification
    from wizard.aws.verify.run import Options
    from wizard.plan import Plan


class Verifying(Task):
    """Answers with nothing; the session keeps the path that was lit."""

    REPLIES: ClassVar = (
        ("verify", mark("Verify")),
        ("write", mark("Verify, and write a test object")),
        ("close", mark("Back")),
    )

    def __init__(self, plan: Plan, profiles: Sequence[str], destination_profile: str) -> None:
        super().__init__(_("Verify with real calls"))
        self.plan = plan
        self.profiles = tuple(profiles)
        self.destination_profile = destination_profile
        self._called: list[Line] = []
        self._now = ""

    def compose(self) -> ComposeResult:
        """Make the list of callers above the text."""
        with Vertical(classes="frame reading full") as frame:
            frame.border_title = self.titled(self.heading)
            yield Static(_("Whose credentials make the calls?"), markup=False, classes="paragraph", id="who")
            yield OptionList(id="callers", markup=False)
            yield from self.lower_half()

    def begin(self) -> None:
        """Offer the callers; nothing is called before one is chosen."""
        self.offer("verify", "write", "close")
        callers = self.query_one("#callers", OptionList)
        callers.add_option(Option(_("as the setup says: {profile}").format(profile=self._own()), id="-"))
        callers.add_options(Option(name, id=f"p{name}") for name in self.profiles)
        callers.highlighted = 0
        self.show(
            [
                (
                    _("What the setup allows is called, then what it must not allow: only calls that destroy nothing."),
                    "dim",
                ),
                (_("A write test puts a marked object under the prefix, and deletes it again."), "dim"),
            ]
        )
        callers.focus()

    def _own(self) -> str:
        profile = self.plan.setup.profile
        if self.plan.setup.method == "bucket-policy":
            return _("AWS's default")
        if self.plan.setup.method == "iam-user":
            return profile.name
        return profile.source_profile or profile.credential_source

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a caller begins without writing."""
        event.stop()
        self.pressed("verify")

    def pressed(self, name: str) -> None:
        """Begin, or go back."""
        if name == "close":
            self.leave()
            return
        chosen = self.query_one("#callers", OptionList)
        option = chosen.get_option_at_index(chosen.highlighted or 0)
        self.profile = "" if option.id == "-" else (option.id or "")[1:]
        self.write_test = name == "write"
        chosen.display = self.query_one("#who").display = False
        self.running, self._called = True, []
        self._watch = None
        self.offer()
        self.show([])
        super().begin()

    def work(self) -> None:
        """Make the calls (in the thread)."""
        from wizard.aws.verify import run as verify

        found = verify.verify(self.plan.setup, self._options())
        self.post(lambda: self.show_done(found))

    def _options(self) -> Options:
        from wizard.aws.verify.run import Options

        return Options(
            source_profile=self.profile,
            destination_profile=self.destination_profile,
            write_test=self.write_test,
            tell=lambda event: self.post(lambda: self.told(event)),
            stop=lambda: self.run_watch.stopping,
            ask_mfa=self.ask_mfa,
        )

    def told(self, event: object) -> None:
        """Show a call, its waiting, its result."""
        from wizard.aws.verify.probe import Calling, Left, Waiting
        from wizard.aws.verify.result import VERDICT_SIGNS, Tried, Verdict

        match event:
            case Calling(action, target):
                self.say(_("Trying {action} on {target}").format(action=action, target=target), "dim")
            case Waiting(action, waited, patience, _said):
                text = _("{action}: refused, waiting: {waited:.0f} s of {patience:.0f} s")
                self.say(text.format(action=action, waited=waited, patience=patience), "warn")
            case Left(text):
                self._called.append((f"! {text}", "warn"))
            case Tried():
                looks = {Verdict.HOLDS: "good", Verdict.FAILS: "bad", Verdict.NOT_TRIED: "dim"}
                word = _("refused") if event.expected == "denied" and event.verdict is Verdict.HOLDS else ""
                line = f"{VERDICT_SIGNS[event.verdict]} {word} {event.action}  {event.target}".replace("  ", " ", 1)
                self._called.append((line, looks[event.verdict]))
                self.show(self._called, to_end=True)

    def show_done(self, found: Verification) -> None:
        """Show the verdict and every call; the path on the screen is lit."""
        from wizard.aws.verify.told import text_of

        self.running = False
        text = list(text_of(found))
        verdict = text[-1].strip()
        self.app.wizard.show_verified(self.plan, found.path)
        lines = looked("\n".join(text[:-1]))
        self.show(lines, to_line=next((number for number, line in enumerate(lines) if line[0].startswith("✗")), 0))
        if found.failed and not self._was_applied():
            verdict += " " + _("It was not applied from here yet: Ctrl+X applies it.")
        self.say(verdict, "good" if found.holds else "bad" if found.failed else "warn")
        self.offer("close", "verify")

    def _was_applied(self) -> bool:
        """Whether a run of this setup changed something that still stands, as far as the journal knows."""
        from wizard.state import journal

        name = self.plan.setup.name
        return any(run.setup_name == name and run.left_to_undo() for run in journal.runs())
