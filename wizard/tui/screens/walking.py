"""How one goes from question to question, for the wizard's screen: on, back, past, through a guard's confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from wizard.text import _
from wizard.tui.session import REVIEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.tui.session import Session
    from wizard.tui.widgets.field import Walk
    from wizard.tui.widgets.question import QuestionPanel
    from wizard.tui.widgets.review import Review
    from wizard.tui.wizard_app import WizardApp

GUARDS = "guards.exempt_principals"


class Walking(Screen[None]):
    """The ways between the questions and the review; a part of the wizard's screen."""

    app: WizardApp
    session: Session
    panel: QuestionPanel
    review: Review
    _came_from = ""  # the question from which the review was looked at

    def go(self, key: str) -> None:
        """Take a question or the review in hand (the wizard's screen does)."""
        raise NotImplementedError

    def advance(self) -> None:
        """Go to the next question that needs an answer, or back to the review from where one came."""
        after = self.session.next_key(needed=True)
        if self.session.to_review and not (after == GUARDS and self.session.problem(after) is not None):
            self.session.to_review = False
            after = REVIEW
        self.go(after)

    def confirm_guards(self, then: Callable[[], None]) -> None:
        """Ask for the bucket's name before a guard that can lock everybody out goes through."""
        setup = self.session.built.setup
        if "bucket.name" in setup.unanswered:
            self.app.say(_("Name the bucket first: its name confirms the guards."), severity="warning")
            self.go("bucket.name")
            return

        def typed(right: object) -> None:
            if right:
                self.session.confirm()
                then()

        from wizard.tui.screens.dialogs import Typing

        lines = [one for one in self.session.plan.warnings if one][:4]
        ask = _("To go on without an exempt administrator, type the bucket's name: {bucket}").format(
            bucket=setup.bucket.name
        )
        self.app.ask(Typing(_("This can lock everybody out"), [*lines, ask], setup.bucket.name), typed)

    def on_walk(self, event: Walk) -> None:
        """Down or Up in the text field."""
        event.stop()
        self.action_walk(event.by)

    def action_walk(self, by: int) -> None:
        """Go to the next or the previous question, whatever this one's answer is; in the review, to the other list."""
        if self.session.question is None:
            other = self.review.values.has_focus and self.review.doing.display
            (self.review.doing if other else self.review.values).focus()
            return
        if not self.session.is_missing(self.session.key):
            self.panel.told.add(self.session.key)
        key = self.session.next_key(needed=False) if by > 0 else self.session.previous_key(needed=False)
        if key != self.session.key:
            self.session.to_review = self.session.to_review and key != REVIEW
            self.go(key)

    def action_back(self) -> None:
        """Go to the needed question before this one."""
        if self.session.to_review:
            self.session.to_review = False
            self.go(REVIEW)
            return
        before = self.session.previous_key(needed=True)
        if self.session.question is None and self._came_from in {one.key for one in self.session.walk()}:
            before = self._came_from
        if before != self.session.key:
            self.go(before)
        else:
            self.app.say(_("This is the first step. Ctrl+Q quits; the answers are kept."))

    def action_review(self) -> None:
        """Go to the review; Esc comes back to the question."""
        self.session.to_review = False
        if self.session.question is not None:
            self._came_from = self.session.key
        self.go(REVIEW)
