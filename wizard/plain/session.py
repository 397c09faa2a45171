"""One run of the plain front end: the answers so far, where each came from, and what was written.

What builds a Setup is imported when the first answer is there: the first question doesn't wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.answers import HANDOVER
from wizard.errors import BadInputError
from wizard.text import _, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wizard.answers.build import Built, Problem
    from wizard.methods.question import Question
    from wizard.plain.prompts import Prompts
    from wizard.plan.ceiling import Ceiling
    from wizard.state.drafts import OwnDraft

TYPED = mark("typed")
DEFAULT = mark("default")
DRAFT = mark("earlier, unfinished answers")


class Session:
    """The answers of one run. `given` has all that was ever answered, also to questions that don't arise now."""

    def __init__(self, raw: Mapping[str, Any], *, origin: str, environ: Mapping[str, str], prompts: Prompts) -> None:
        self.prompts = prompts
        self.environ = environ
        self.given: dict[str, Any] = dict(raw)
        self.origins = dict.fromkeys(raw, _("answers file {file}").format(file=origin))
        self.written: list[str] = []  # files that were written, to be told when the person stops
        self.handed_over = False  # whether anything left this program: written or copied
        self.lockout_confirmed: object = None  # the guards for which the bucket's name was typed
        self._origin = origin
        self._draft: OwnDraft | None = None
        self._drafts_work = True
        self._built: Built | None = None
        self.ceiling = _ceiling(self.given)  # what a hand-over asks for; None where nobody handed anything over

    @property
    def built(self) -> Built:
        """What the answers so far become: made once for each change of them."""
        if self._built is None:
            from wizard.answers.build import build

            self._built = build(self.raw())
        return self._built

    def value(self, question: Question) -> Any:
        """Return what a question's answer stands at (a default, too), or None."""
        return self.built.values.get(question.key) if self.given else None

    def require_consistent(self) -> None:
        """Raise BadInputError where an answers file contradicts itself, so that asking can't mend it."""
        from wizard.answers.build import build

        for problem in build(self.given).problems:
            if not problem.missing and problem_of(self.built, problem.key) is None:
                error = problem.error
                where = f"{self._origin}: {problem.key}" if self._origin else problem.key
                raise BadInputError(error.what, where=where, why=error.why, mend=error.mend)

    def raw(self) -> dict[str, Any]:
        """Return the answers to the questions that arise: what an answers file holds."""
        return _arising(self.given)

    def attempt(self, key: str, value: Any) -> Built:
        """Return what becomes of the answers with one more, without taking it."""
        from wizard.answers.build import build

        return build(_arising(_with(self.given, key, value)))

    def put(self, key: str, value: Any) -> None:
        """Take an answer. Where none was given an Enter on the default gives none; one that is kept is as it was.

        An empty one means the default again.
        """
        if key not in self.given and self._is_default(key, value):
            value = ""
        kept = value != "" and self.given.get(key) == value
        self.given = _with(self.given, key, value)
        self.origins[key] = self.origins.get(key, TYPED) if kept else TYPED
        self._built = None
        self._save_draft()

    def _is_default(self, key: str, value: Any) -> bool:
        from wizard.methods.question import REQUIRED
        from wizard.questions.catalogue import BY_KEY

        default = BY_KEY[key].default_for(self.built.values)
        return default is not REQUIRED and type(value) is type(default) and bool(value == default)

    def answers(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the answers and where they came from, to be restored."""
        return dict(self.given), dict(self.origins)

    def restore(self, answers: tuple[dict[str, Any], dict[str, str]]) -> None:
        """Put answers back as they were."""
        self.given, self.origins = dict(answers[0]), dict(answers[1])
        self._built = None
        self._save_draft()

    def adopt(self, answers: Mapping[str, Any], draft: OwnDraft) -> None:
        """Go on with the answers of an earlier run."""
        self.discard_draft()
        self.given = dict(answers)
        self.origins = dict.fromkeys(answers, DRAFT)
        self._draft = draft
        self._built = None
        self.ceiling = _ceiling(self.given)

    def origin_of(self, key: str) -> str:
        """Return where a value came from, in words, and how it stands to what a hand-over asks for."""
        origin = _(self.origins[key]) if key in self.raw() else _(DEFAULT)
        standing = self.ceiling.standing(self.given, key) if self.ceiling else ""
        if not standing:
            return origin
        from wizard.plan.ceiling import STANDING_WORDS

        return f"{origin}, {_(STANDING_WORDS[standing])}"

    def problem(self, key: str) -> Problem | None:
        """Return what is wrong with an answer, or that it is missing."""
        return problem_of(self.built, key)

    def questions(self, step: str) -> list[Question]:
        """Return a step's questions that arise now and that a person can be asked."""
        return [one for one in self.all_questions() if one.step == step]

    def all_questions(self) -> list[Question]:
        """Return the questions that arise now and that a person can be asked, in order."""
        from wizard.answers.build import arises
        from wizard.questions.catalogue import FLEET_ACCOUNTS, QUESTIONS

        # A fleet's accounts come from answers files only.
        return [one for one in QUESTIONS if one is not FLEET_ACCOUNTS and arises(one, self.built.values)]

    def took(self, written: Iterable[str]) -> None:
        """Note that results were handed over, and which files were written for it."""
        self.handed_over = True
        self.written += written

    def discard_draft(self) -> None:
        """Remove the draft: the answers were handed over."""
        if self._draft is not None:
            self._draft.discard()

    @property
    def has_draft(self) -> bool:
        """Whether the next start can go on with these answers."""
        return self._draft is not None and self._drafts_work

    def _save_draft(self) -> None:
        if not self._drafts_work:
            return
        from wizard.plain.say import tell
        from wizard.state.drafts import OwnDraft

        self._draft = self._draft or OwnDraft()
        try:
            self._draft.save(self.given)
        except BadInputError as error:
            self._drafts_work = False
            tell(error)


def _ceiling(given: Mapping[str, Any]) -> Ceiling | None:
    if HANDOVER not in given:
        return None
    from wizard.plan.ceiling import ceiling_of

    return ceiling_of(given)


def problem_of(built: Built, key: str) -> Problem | None:
    """Return the problem of one answer, or None."""
    return next((problem for problem in built.problems if problem.key == key), None)


def _with(given: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    rest = {known: answer for known, answer in given.items() if known != key}
    return rest if value == "" else {**rest, key: value}


def _arising(given: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the answers to questions that don't arise: of another method, mostly."""
    from wizard.answers.build import arises, build
    from wizard.questions.catalogue import BY_KEY

    values = build(given).values
    return {key: answer for key, answer in given.items() if key not in BY_KEY or arises(BY_KEY[key], values)}
