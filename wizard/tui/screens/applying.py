"""The dialog that applies: what changes in each account, the confirmation, then every step while it is made."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input

from wizard.text import _, mark
from wizard.tui.run_steps import Steps
from wizard.tui.screens.task import Line, Task, looked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.aws.apply import Outcome
    from wizard.aws.clients import Place
    from wizard.aws.preparing import Prepared
    from wizard.errors import WizardError
    from wizard.plan import Change, Choices, Plan

_TICK_SECONDS = 0.5


class Applying(Task):
    """Answers with "verify" where that is to be done next."""

    REPLIES: ClassVar = (
        ("apply", mark("Apply")),
        ("existing", mark("Use what is there")),
        ("drop", mark("Drop deleted principals")),
        ("again", mark("Go on with it")),
        ("verify", mark("Verify")),
        ("close", mark("Back")),
    )

    def __init__(self, plan: Plan, places: Mapping[str, Place], others: tuple[str, ...]) -> None:
        super().__init__(_("Apply"))
        self.plan = plan
        self.places = places
        self.others = others
        self.prepared: Prepared | None = None
        self.steps: Steps | None = None
        self._word = ""
        self._typed = "apply"  # what typing the word decides

    def begin(self) -> None:
        """Start the thread, and let the clock run."""
        self.say(_("Looking at what is there …"), "dim")
        self.set_interval(_TICK_SECONDS, self._tick)
        super().begin()

    def work(self) -> None:
        """Look, wait for the decision, apply (in the thread)."""
        from wizard.aws import accounts, apply, preparing
        from wizard.aws.sinks import sink
        from wizard.plan import Choices

        choices = Choices()
        entered = accounts.enter(self.plan.setup, self.places, self.run_watch, ask_mfa=self.ask_mfa)
        try:
            while True:
                prepared = preparing.prepare(self.plan, entered, choices)
                self.post(partial(self.show_prepared, prepared))
                decision = self.decide()
                if decision is None:
                    return
                if decision == "apply":
                    break
                choices = _chosen(choices, decision, prepared)
            outcome = apply.apply(prepared, self.run_watch, sink(self.plan.profile), again=self._again)
            self.post(lambda: self.show_done(outcome))
        finally:
            entered.close()

    def _again(self, now: Prepared) -> bool:
        self.post(lambda: self.show_prepared(now, again=True))
        return self.decide() == "again"

    def show_prepared(self, prepared: Prepared, *, again: bool = False) -> None:
        """Show what would change, and offer what can be decided."""
        from wizard.aws import told
        from wizard.aws.preparing import broken
        from wizard.plan import shown

        self.prepared, self.running = prepared, False
        lines: list[Line] = [(_("! Somebody changed it meanwhile. The plan as it is now:"), "warn")] if again else []
        lines += [*_in_the_way(prepared), *((f"! {text}", "warn") for text in prepared.warnings)]
        lines += [(f"– {text}", "dim") for text in self.others]
        lines += [("", "text")] if lines else []
        lines += _overview(prepared.changes)
        lines += looked(shown.changes(prepared.changes, prepared.found))
        nothing = not prepared.ours and broken(prepared.plan.setup.name) is None
        if nothing:
            lines = [*looked(told.nothing(prepared)), *([("", "text"), *lines] if lines else [])]
        self.show(lines, to_line=0)
        self._offer_what_can_be(prepared, nothing=nothing, again=again)

    def _offer_what_can_be(self, prepared: Prepared, *, nothing: bool, again: bool) -> None:
        from wizard.methods.guards import shut_out
        from wizard.plan.cautions import needs_lockout_confirmation

        if nothing:
            self.say(_("Nothing to change here."), "good")
            self.offer("verify", "close")
            return
        if prepared.refusal or prepared.problems:
            self.say(_("Nothing is changed: see what stands in the way."), "bad")
            more = [name for name, may in (("existing", _existing(prepared)), ("drop", _deleted(prepared))) if may]
            self.offer("close", *more)
            return
        said = _("Changes: {count}. Nothing is changed before you say so; undo puts everything back.")
        self.say(said.format(count=len(prepared.ours)))
        setup = prepared.plan.setup
        if needs_lockout_confirmation(setup, prepared.ours) and not self.app.read_only:
            self._word, self._typed = setup.bucket.name, "again" if again else "apply"
            field = self.query_one("#task-word", Input)
            field.display, field.placeholder, field.value = True, self._word, ""
            said = _("The guards can lock everybody out: type the bucket's name to set them all the same.")
            self.say(said, "warn")
            self.show([*((f"! {text}", "warn") for text in shut_out(setup)), ("", "text"), *self.lines], to_line=0)
            self.offer("close")
            field.focus()
            return
        self.offer("again" if again else "apply", "close")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Apply, where the word is the bucket's name."""
        event.stop()
        if not self._word or not event.input.display:
            return  # nothing is asked
        if event.value.strip() == self._word:
            event.input.display = False
            self.pressed(self._typed)
        else:
            self.say(_("That is not {word}.").format(word=self._word), "bad")

    def pressed(self, name: str) -> None:
        """Take a decision."""
        if name in {"apply", "again"} and self.prepared is not None:
            self.running = True
            self.steps = self.steps or Steps(self.prepared.ours)
            self.app.wrote = True
            self.offer()
            self.say(_("Applying …"), "dim")
            self._tick()
            self.decided(name)
        elif name in {"existing", "drop"}:
            self.offer()
            self.say(_("Looking at what is there …"), "dim")
            self.decided(name)
        else:
            self.leave("verify" if name == "verify" else "")

    def told(self, event: object) -> None:
        """Show an event of the run."""
        if self.steps is not None:
            self.steps.take(event)
            self._tick()

    def _tick(self) -> None:
        if self.running and self.steps is not None:
            self.show(self.steps.lines())

    def show_done(self, outcome: Outcome) -> None:
        """Show what was done, and what is left to others."""
        from wizard.aws import told

        self.running = False
        lines = self.steps.lines() if self.steps else []
        self.show([*lines, ("", "text"), *looked(told.done(outcome))], to_end=True)
        if any(not change.ours for change in outcome.left):
            self.say(_("Your side is applied. Verify when the others have done theirs: see above."), "good")
            self.offer("close", "verify")
        else:
            self.say(_("Applied."), "good")
            self.offer("verify", "close")

    def failed(self, error: WizardError, *, stopped: bool = False) -> None:
        """Show which step it was that did not get through."""
        if self.steps is not None:
            self.steps.end(stopped=stopped)
            self.lines = self.steps.lines()
        super().failed(error, stopped=stopped)


def _in_the_way(prepared: Prepared) -> list[Line]:
    """Return what forbids the changes: each reason once, with the changes that it holds up."""
    lines = [(f"✗ {prepared.refusal}", "bad")] if prepared.refusal else []
    for reason in dict.fromkeys(change.problem for change in prepared.problems):
        lines.append((f"✗ {reason}", "bad"))
        lines += [(f"    {change.what}", "text") for change in prepared.problems if change.problem == reason]
    return lines


def _overview(planned: tuple[Change, ...]) -> list[Line]:
    """Return every step in a line, as the run will show them; the differences follow, and may be long."""
    if not planned:
        return []
    from wizard.plan.change import WHO

    lines = []
    for change in planned:
        whose = "" if change.ours else f" [{_(WHO[change.by])}]"
        lines.append((f"{'○' if change.ours else '–'} {change.account_id}: {change.what}{whose}", "text"))
    return [*lines, ("", "text")]


def _chosen(choices: Choices, decision: str, prepared: Prepared) -> Choices:
    if decision == "drop":
        return replace(choices, drop_deleted=True)
    return replace(choices, existing=choices.existing | _existing(prepared))


def _existing(prepared: Prepared) -> frozenset[str]:
    """Return the roles and users that are there, were read whole, and that this setup didn't make."""
    from wizard.plan.found import Identity, NotKnown

    out = set()
    for change in prepared.problems:
        there = prepared.found.identity(change.target)
        if isinstance(there, Identity) and not there.is_of(prepared.plan.setup.name):
            parts = (there.inline, there.attached, there.groups)
            if not any(isinstance(part, NotKnown) for part in parts):
                out.add(change.target)
    return frozenset(out - prepared.choices.existing)


def _deleted(prepared: Prepared) -> bool:
    """Whether principals that no longer exist stand in the way."""
    from wizard.plan.merge import UnreadableError, deleted_principals

    for change in prepared.problems:
        with suppress(UnreadableError):
            if deleted_principals(change.then) and not prepared.choices.drop_deleted:
                return True
    return False
