"""The one screen of the wizard: it switches its step; everything on it follows every keystroke."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from wizard.methods.question import Kind
from wizard.text import _
from wizard.tui import narrowing
from wizard.tui.actions import ACTIONS, BY_ID, IN_REVIEW_ONLY
from wizard.tui.screens.acting import Acting
from wizard.tui.screens.handing import Handing
from wizard.tui.screens.selectable import SelectableScreen
from wizard.tui.screens.telling import Telling
from wizard.tui.screens.walking import GUARDS, Walking
from wizard.tui.session import REVIEW, Origin, is_typed
from wizard.tui.steps import first_of
from wizard.tui.widgets.access_path import AccessPathView
from wizard.tui.widgets.documents import SIDE_BY_SIDE, Documents
from wizard.tui.widgets.keys import Keys
from wizard.tui.widgets.message import MessageLine
from wizard.tui.widgets.question import QuestionPanel
from wizard.tui.widgets.rail import Rail
from wizard.tui.widgets.review import ACTIONS_BESIDE, CONFIRM, Review
from wizard.tui.widgets.size import TooSmall

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wizard.access_path import AccessPath
    from wizard.plan import Plan
    from wizard.tui.proving import Evidence
    from wizard.tui.session import Session
    from wizard.tui.widgets.drawn import Drawn
    from wizard.tui.wizard_app import WizardApp

_HEIGHTS = (("-short", 0, 28), ("-middle", 28, 36), ("-tall", 36, 10_000))


class WizardScreen(Walking, Telling, Handing, Acting, SelectableScreen, Screen[None]):
    """Rail, question or review, documents, access path, footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(action.keys, action.name, action.title, show=False, priority=action.key != "escape", id=action.id)
            for action in ACTIONS
        ),
        Binding("tab", "walk(1)", show=False, priority=True),
        Binding("shift+tab", "walk(-1)", show=False, priority=True),
        Binding("pageup", "scroll(-1)", show=False, priority=True),
        Binding("pagedown", "scroll(1)", show=False, priority=True),
    ]

    app: WizardApp

    def __init__(self, session: Session, *, badge: str = "") -> None:
        super().__init__()
        self.session = session
        self.rail = Rail(session, badge=badge)
        self.panel = QuestionPanel(session, self.answered)
        self.review = Review(session)
        self.documents = Documents(session)
        self.path = AccessPathView(session)
        self.message = MessageLine()
        self.keys = Keys(session)

    def compose(self) -> ComposeResult:
        """Make the screen, from top to bottom."""
        self._fit()
        yield TooSmall()
        yield self.rail
        yield self.panel
        yield self.documents
        yield self.path
        yield self.message
        yield self.keys

    def on_mount(self) -> None:
        """Show the step in hand."""
        self.show_step()

    def on_resize(self) -> None:
        """Fit another size of the terminal."""
        self._fit()

    def _fit(self) -> None:
        """Name the size for the style sheet; before the first layout, so that there is one only."""
        width, height = self.app.size
        self.set_class(width >= SIDE_BY_SIDE, "-wide")
        self.set_class(width < SIDE_BY_SIDE, "-tabs")
        self.set_class(width < ACTIONS_BESIDE, "-values-only")
        for name, least, below in _HEIGHTS:
            self.set_class(least <= height < below, name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of the review's own actions to the text field elsewhere."""
        return super().check_action(action, parameters) if action not in IN_REVIEW_ONLY or self._in_review else False

    @property
    def _in_review(self) -> bool:
        return self.session.question is None

    def prove(self) -> None:
        """Ask for the proof and the findings of what is shown; they follow a moment later."""
        if self.app.proving is not None:
            self.app.proving.want(self.session.plan, self.app.sides.all["destination"])

    def show_evidence(self, evidence: Evidence) -> None:
        """Show what was proven and checked."""
        evidence = self.app.analyzing.within(evidence)
        if self.session.take_evidence(evidence):
            self.path.redraw()
            self.documents.show_findings(evidence.by_text)

    def show_answers(self) -> None:
        """Show in the panes what AWS said of the documents."""
        if self.session.evidence is not None:
            self.show_evidence(self.session.evidence)

    def show_verified(self, plan: Plan, path: AccessPath) -> None:
        """Show the path that real calls have lit."""
        self.session.take_verified(plan, path)
        self.path.redraw()

    def show_found(self) -> None:
        """Show what discovery found meanwhile."""
        self.panel.follow()
        self.keys.redraw()
        self.review.mismatches = self.app.sides.mismatches()
        if self._in_review and self.review.is_attached:
            self.review.follow()
        self.prove()

    def take_found(self, value: str | None) -> None:
        """Put a value that was found into the field; in a list beside what is there."""
        question = self.session.question
        if not value or question is None:
            return
        self.session.take(question.key, value)
        before = self.session.field_text(question) if question.kind is Kind.LIST else ""
        self.panel.text_field.value = f"{before}, {value}" if before and value not in before else value
        self.panel.text_field.cursor_position = len(self.panel.text_field.value)

    def follow(self) -> None:
        """Show what follows from the answers as they are."""
        self.prove()
        self.documents.follow()
        self.path.redraw()
        self.panel.follow()
        self.rail.redraw()
        self.keys.redraw()

    def show_step(self) -> None:
        """Show the question in hand, or the review."""
        question = self.session.question
        self.set_class(question is None, "-review")
        self.panel.display = question is not None
        if question is None and not self.review.is_attached:
            mounting = self.mount(self.review, after=self.panel)
            del mounting  # not awaited: it is filled after the next frame
        self.review.display = question is None
        if question is not None:
            self.documents.ask_about(question.pane)
            self.panel.ask()
        else:
            if not self.documents.sheets[self.documents.in_hand].needed:
                self.documents.take("iam")
            self.call_after_refresh(self._show_review)
        self.follow()

    def _show_review(self) -> None:
        if self.session.question is None:
            self.review.follow()
            self.review.values.focus()

    def go(self, key: str) -> None:
        """Take a question or the review in hand."""
        left = self.session.key
        if key != REVIEW and not self.session.to_review:
            self._came_from = ""
        self.session.go(key)
        self.app.look_around()
        self.show_step()
        self.app.keep()
        if self.session.over:
            narrowing.hold(self.app, left)

    def answered(self, value: Any) -> None:
        """Follow the value in the field."""
        question = self.session.question
        if question is not None and not self._says_nothing_new(value):
            self.answer(question.key, value)

    def _says_nothing_new(self, value: Any) -> bool:
        """Whether the field only shows what is known: it was filled, nobody typed."""
        question = self.session.question
        if question is None or value is None:
            return True
        if is_typed(question):
            return str(value) == self.session.field_text(question)
        return bool(value == self.session.chosen(question))

    def answer(self, key: str, value: Any) -> None:
        """Set an answer; everything follows."""
        self.documents.answer_changes(key)
        origin = Origin.FOUND if self.session.is_found(key, value) else Origin.TYPED
        if self.session.put(key, value, origin):
            self.follow()
            self.documents.show_change()
            self.app.keep()

    def on_question_panel_accepted(self, event: QuestionPanel.Accepted) -> None:
        """Enter: the answer is taken if it is valid, and the next question asked."""
        event.stop()
        question = self.session.question
        if question is None:
            return
        value = self.panel.value()
        if question.key == "method" or not self._says_nothing_new(value):
            self.answer(question.key, value)
        self.panel.told.add(question.key)
        if self.session.problem(question.key) is not None:
            self.panel.follow()
            return
        if question.key == GUARDS and self.session.waits_for_confirmation:
            self.confirm_guards(self.advance)
            return
        self.advance()

    def on_drawn_clicked(self, event: Drawn.Clicked) -> None:
        """Go to a step of the rail, or do what a key of the footer does."""
        event.stop()
        if event.drawn is self.rail and event.target == REVIEW:
            self.action_review()
        elif event.drawn is self.rail:
            self.session.to_review = False
            self.go(first_of(self.session, event.target))
        elif event.target in BY_ID:
            self.call_later(self.run_action, BY_ID[event.target].name)

    def on_question_panel_wanted(self, event: QuestionPanel.Wanted) -> None:
        """Go to another question of the step."""
        event.stop()
        self.go(event.key)

    def on_review_changing(self, event: Review.Changing) -> None:
        """Ask a row's question, and come back to the review then."""
        event.stop()
        if event.key == CONFIRM:
            self.confirm_guards(self.show_step)
            return
        if event.key == narrowing.WIDER:
            narrowing.hold(self.app, self.session.key)
            return
        self.panel.told.add(event.key)
        self.session.to_review = True
        self.go(event.key)

    def on_review_doing(self, event: Review.Doing) -> None:
        """Do an action of the review."""
        event.stop()
        self.call_later(self.run_action, BY_ID[event.action].name)

    def refocus(self) -> None:
        """Give the keyboard back to the field, or to the review."""
        if self.session.question is None:
            self.review.values.focus()
        else:
            self.panel.focus_field()

    def action_scroll(self, pages: int) -> None:
        """Scroll the document in hand."""
        self.documents.scroll_in_hand(pages)

    def action_other(self) -> None:
        """Show the other IAM policy."""
        if self.documents.show_other() is None:
            self.app.say(_("This method has one IAM policy only."))

    def action_pane(self) -> None:
        """Take the next document in hand."""
        self.documents.take_next()

    async def action_leave(self) -> None:
        """Quit."""
        await self.app.action_quit()
