"""The order of the questions: step by step, needed ones first, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.methods import guards
from wizard.plain.ask import ask, confirm
from wizard.plain.prompts import Wish
from wizard.plain.say import say, tell
from wizard.plain.wording import filled, label, shown_answer
from wizard.questions.catalogue import BY_KEY, STEPS
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.methods.question import Question
    from wizard.plain.session import Session

_OFFER = "offer:"  # before a step's id: the offer of its optional questions


class Interview:
    """Asks what isn't settled yet. `asked` is what was asked before, so that `<` leads back to it."""

    def __init__(self, session: Session, asked: Sequence[str] = ()) -> None:
        self._session = session
        self._trail = list(asked)
        self._opened: set[str] = set()
        self._step = BY_KEY[asked[-1]].step if asked else ""
        self._settled = {key for key in session.given if key in BY_KEY and not session.problem(key)}
        if not session.built.problems:
            self.settle_all()

    def settle_all(self) -> None:
        """Take every answer as it stands, the defaults too."""
        self._settled |= set(BY_KEY) | {_OFFER + step.id for step in STEPS}

    def run(self) -> None:
        """Ask until every question that arises is answered. Raises BadInputError where asking can't mend it."""
        while (item := next(self._open_items(), None)) is not None:
            self._enter(item)
            if self._put(item) is Wish.BACK:
                self.back()
            else:
                self._settled.add(item)
                self._trail.append(item)

    def again(self, key: str) -> None:
        """Ask a question again, then whatever is missing or breaks by its new answer; `<` takes all of it back."""
        before = self._session.answers()
        self.settle_all()
        item: str | None = key
        while item is not None:
            if self._put(item) is Wish.BACK:
                self._session.restore(before)
                say(_("Taken back: the answers are as they were."))
                return
            item = next(self._open_items(), None)

    def back(self) -> bool:
        """Unsettle what was asked last, so that it is asked again; False where nothing was asked."""
        if not self._trail:
            say(_("There is nothing before this."))
            return False
        item = self._trail.pop()
        self._settled.discard(item)
        if item.startswith(_OFFER):
            self._opened.discard(item.removeprefix(_OFFER))
        return True

    def _open_items(self) -> Iterator[str]:
        for item in self._items():
            if item not in self._settled:
                yield item
        for problem in self._session.built.problems:
            question = BY_KEY.get(problem.key)
            if question not in self._session.all_questions():
                raise problem.error
            if not problem.missing:
                tell(problem.error)
            yield problem.key

    def _items(self) -> Iterator[str]:
        for step in STEPS[:-1]:  # the review comes after the interview
            questions = self._session.questions(step.id)
            if step.id in self._opened:
                yield from (question.key for question in questions)
                continue
            yield from (question.key for question in questions if question.needed)
            asked = any(question.key in self._trail for question in questions)
            if asked and not all(question.needed for question in questions):
                yield _OFFER + step.id

    def _enter(self, item: str) -> None:
        """Print a step's title when it is entered."""
        step_id = item.removeprefix(_OFFER) if item.startswith(_OFFER) else BY_KEY[item].step
        if step_id == self._step:
            return
        self._step = step_id
        steps = [step for step in STEPS if step is STEPS[-1] or self._session.questions(step.id)]
        number = next((n for n, step in enumerate(steps, start=1) if step.id == step_id), 0)
        if number:
            say()
            title = _(steps[number - 1].title)
            say(_("Step {number} of {count}: {title}").format(number=number, count=len(steps), title=title))

    def _put(self, item: str) -> Wish | None:
        if not item.startswith(_OFFER):
            outcome = ask(self._session, BY_KEY[item])
            if outcome is None and BY_KEY[item].step == "guards":
                for line in guards.shut_out(self._session.built.setup):
                    say(_("Warning: {text}").format(text=line))
            return outcome
        step_id = item.removeprefix(_OFFER)
        answer = self._offer([one for one in self._session.questions(step_id) if not one.needed])
        if answer is True:
            self._opened.add(step_id)
        return answer if isinstance(answer, Wish) else None

    def _offer(self, optional: list[Question]) -> bool | Wish:
        names = _(", ").join(label(question.key) for question in optional)
        explain = "\n".join(
            f"{filled(question.prompt, self._session)} {shown_answer(question, self._session.value(question))}"
            for question in optional
        )
        say()
        return confirm(
            self._session.prompts, _("Optional here: {names}. Answer now?").format(names=names), explain=explain
        )
