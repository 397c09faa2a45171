"""The dialog that puts back what the last run of this setup changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from wizard.text import _, mark
from wizard.tui.run_steps import Steps
from wizard.tui.screens.task import Task, looked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.aws.backs import Back
    from wizard.aws.clients import Place
    from wizard.aws.preparing_undo import Undoing as Prepared
    from wizard.errors import WizardError
    from wizard.state.run import Run


class Undoing(Task):
    """Shows what would be put back, asks, and puts it back."""

    REPLIES: ClassVar = (
        ("undo", mark("Put it back")),
        ("own", mark("Only this setup's statements")),
        ("close", mark("Back")),
    )

    def __init__(self, run: Run, places: Mapping[str, Place]) -> None:
        super().__init__(_("Undo the run {run}").format(run=run.id))
        self.run = run
        self.places = places
        self.steps = Steps(())
        self._own_only = False

    def begin(self) -> None:
        """Start the thread, and let the clock run."""
        self.say(_("Looking at what is there …"), "dim")
        self.set_interval(0.5, self._tick)
        super().begin()

    def work(self) -> None:
        """Look, wait for the decision, put back (in the thread)."""
        from wizard.aws import preparing_undo, undo

        own = False
        while True:
            undoing = preparing_undo.prepare(self.run, self.run_watch, self.places, own_only=own, ask_mfa=self.ask_mfa)
            try:
                self.post(partial(self.show_prepared, undoing))
                decision = self.decide()
                if decision == "undo":
                    self.post(partial(self.show_done, undo.undo(undoing, self.run_watch)))
                    return
                if decision is None:
                    return
                own = True
            finally:
                undoing.close()

    def show_prepared(self, undoing: Prepared) -> None:
        """Show what would be put back."""
        from wizard.aws.told import of_undo

        self.show(looked(of_undo(undoing)))
        if undoing.stops and self._own_only:
            self.say(_("Somebody else changed this setup's own statements too: put that back by hand."), "bad")
            self.offer("close")
            return
        if undoing.stops:
            self.say(_("Others changed it since: put back only this setup's statements, or nothing."), "bad")
            self.offer("close", "own")
            return
        self.steps = Steps(tuple(back.change for back in undoing.backs), back=True)
        self.say(_("To be put back: {count}.").format(count=len(undoing.backs) - len(undoing.conflicts)))
        self.offer("undo", "close")

    def pressed(self, name: str) -> None:
        """Take a decision."""
        if name == "close":
            self.leave()
            return
        self.running = name == "undo"
        self._own_only = self._own_only or name == "own"
        self.offer()
        self.say(_("Putting back …") if self.running else _("Looking at what is there …"), "dim")
        self._tick()
        self.decided(name)

    def told(self, event: object) -> None:
        """Show an event of the run."""
        self.steps.take(event)
        self._tick()

    def _tick(self) -> None:
        if self.running:
            self.show(self.steps.lines())

    def show_done(self, done: tuple[Back, ...]) -> None:
        """Show what was put back."""
        self.running = False
        self.show([*self.steps.lines()], to_end=True)
        session = self.app.session
        session.verified = None
        if session.evidence is not None:
            self.app.wizard.show_evidence(session.evidence)  # what was verified is no longer there
        said = (
            _("Put back: {count}. What others changed since stays.")
            if self._own_only
            else _("Put back: {count}. Everything is as it was.")
        )
        self.say(said.format(count=len(done)), "good")
        self.offer("close")

    def failed(self, error: WizardError, *, stopped: bool = False) -> None:
        """Show which step it was that did not get through."""
        if self.steps.at:
            self.steps.end(stopped=stopped)
            self.lines = self.steps.lines()
        super().failed(error, stopped=stopped)
