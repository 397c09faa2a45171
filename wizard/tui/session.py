"""What the wizard knows: the answers with their origin, the question in hand, and all that follows from them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from wizard.access_path import State, planned
from wizard.answers import HANDOVER
from wizard.answers.build import arises, build
from wizard.methods import guards
from wizard.methods.question import REQUIRED, Kind
from wizard.plan import plan
from wizard.questions.catalogue import BY_KEY, QUESTIONS
from wizard.tui.links import carried, links_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wizard.access_path import AccessPath
    from wizard.answers.build import Built, Problem
    from wizard.methods.question import Question
    from wizard.plan import Plan
    from wizard.plan.ceiling import Ceiling
    from wizard.tui.proving import Evidence

REVIEW = "review"
# A fleet's accounts come from a file; nobody types fifty ids into a wizard.
_FROM_FILES_ONLY = "source.accounts"


class Origin(StrEnum):
    """Where an answer came from; `wizard.tui.explain` has the words."""

    TYPED = "typed"
    DEFAULT = "default"
    FOUND = "found"
    FILE = "file"
    DRAFT = "draft"


@dataclass(slots=True)
class Session:
    """One run of the wizard. Every change of an answer makes everything else anew (about half a millisecond)."""

    raw: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    key: str = "method"
    seen: set[str] = field(default_factory=set)
    to_review: bool = False
    confirmed: tuple[object, ...] = ()
    suggestions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    found: Mapping[str, Sequence[str]] = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)
    evidence: Evidence | None = None
    verified: tuple[Plan, AccessPath] | None = None
    stale: bool = False
    ceiling: Ceiling | None = None
    over: tuple[str, ...] = ()
    within: tuple[dict[str, Any], dict[str, Origin]] = field(default_factory=lambda: ({}, {}))
    built: Built = field(init=False)
    plan: Plan = field(init=False)
    path: AccessPath = field(init=False)

    def __post_init__(self) -> None:
        self.update()

    def begin(self, raw: Mapping[str, Any], origin: Origin) -> None:
        """Take answers over from a file or a draft, and go to the first question that they leave open."""
        # A file may hold what no answer is (a date): told as wrong, and kept in the draft as text.
        self.raw = json.loads(json.dumps(dict(raw), default=str))
        self.origins = dict.fromkeys(raw, origin)
        self.seen = set(raw)
        self.ceiling = _ceiling(self.raw)
        if self.ceiling is not None:
            asked = self.ceiling.as_asked(self.raw)
            self.within = asked, dict.fromkeys(asked, Origin.FILE)
        self.update()
        open_ones = [question.key for question in self.walk() if self.is_open(question)]
        self.go(open_ones[0] if open_ones else REVIEW)

    def update(self) -> None:
        """Make everything that follows from the answers."""
        self.built = build(self.raw)
        self.plan = plan(self.built.setup)
        self.over = self.ceiling.over(self.built) if self.ceiling else ()
        if self.ceiling and not self.over and not self.built.problems:
            self.within = dict(self.raw), dict(self.origins)
        self._light(planned(self.built.setup))

    def _light(self, fresh: AccessPath) -> None:
        """Keep the states of the links that are still there, until they are judged anew; they are marked as old."""
        before = getattr(self, "path", None)
        self.path, self.verified = fresh, None
        self.stale = before is not None and any(link.state is not State.PLANNED for link in links_of(before))
        if before is not None and self.stale:
            known = {link.link.id: link for link in links_of(before)}
            self.path = replace(fresh, hops=tuple(carried(hop, known) for hop in fresh.hops))

    def take_evidence(self, evidence: Evidence) -> bool:
        """Take what was proven and checked, if it is of the plan in hand; what AWS has shown stays."""
        if evidence.plan is not self.plan:
            return False
        self.evidence, self.stale = evidence, False
        self.path = self.verified[1] if self.verified and self.verified[0] is self.plan else evidence.proof.path
        return True

    def take_verified(self, plan: Plan, path: AccessPath) -> None:
        """Take the path that real calls have lit."""
        if plan is self.plan:
            self.verified, self.path, self.stale = (plan, path), path, False

    def suggested(self, question: Question) -> tuple[str, ...]:
        """Return what was found for a question: in the accounts, or in the AWS config file."""
        own = self.found.get(question.key, ())
        return tuple(own) or tuple(self.suggestions.get(question.found, ()) if question.found else ())

    def take(self, key: str, value: str) -> None:
        """Note that a value was taken from the list of those that were found in the account."""
        if value in self.found.get(key, ()):
            self.taken.setdefault(key, set()).add(value)

    def is_found(self, key: str, value: Any) -> bool:
        """Whether a value, or every member of a list, was taken from what was found; what is typed is typed."""
        taken = self.taken.get(key, ())
        parts = [part for part in str(value).replace(",", " ").split() if part]
        return bool(parts) and all(part in taken for part in parts)

    def put(self, key: str, value: Any, origin: Origin = Origin.TYPED) -> bool:
        """Set an answer; one that says the same as the default is none. Returns whether anything changed."""
        question = BY_KEY[key]
        default = question.default_for(self.built.values)
        is_default = default is not REQUIRED and value in (default, "" if default == () else default)
        if is_default or (value in ("", ()) and default is REQUIRED):
            if key not in self.raw:
                return False
            del self.raw[key]
            self.origins.pop(key, None)
        elif self.raw.get(key) == value and key in self.origins:
            return False
        else:
            self.raw[key] = value
            self.origins[key] = origin
        self.update()
        return True

    def put_back(self) -> None:
        """Take every answer as it was when nothing passed what a hand-over asks for."""
        raw, origins = self.within
        self.raw, self.origins = dict(raw), dict(origins)
        self.update()

    @property
    def question(self) -> Question | None:
        """The question in hand; None in the review."""
        return BY_KEY[self.key] if self.key != REVIEW else None

    @property
    def step(self) -> str:
        """The id of the step in hand."""
        question = self.question
        return question.step if question else REVIEW

    def walk(self) -> list[Question]:
        """Return the questions that this setup asks, in order."""
        values = self.built.values
        return [question for question in QUESTIONS if self._is_asked(question, values)]

    def _is_asked(self, question: Question, values: Mapping[str, Any]) -> bool:
        if question.key == _FROM_FILES_ONLY or (self.is_read_by_destination and question.step == "profile"):
            return False
        # Before a method is chosen the one that is shown counts.
        shown = values if "method" in values else {**values, "method": self.built.setup.method}
        return arises(question, shown)

    @property
    def is_read_by_destination(self) -> bool:
        """Whether a hand-over was read in by the side that owns the bucket: the profile is the source's affair."""
        return self.ceiling is not None and self.ceiling.side == "destination"

    def of_step(self, step: str) -> list[Question]:
        """Return a step's questions."""
        return [question for question in self.walk() if question.step == step]

    def go(self, key: str) -> None:
        """Take a question (or the review) in hand."""
        if self.key != REVIEW:
            self.seen.add(self.key)
        self.key = key

    def next_key(self, *, needed: bool) -> str:
        """Return what comes after the question in hand; with `needed`, past those that have a default."""
        if self.question is None:
            return REVIEW
        later = self._keys()[self._at() + 1 :]
        return next((key for key in later if key == REVIEW or not needed or self._stops_at(key)), REVIEW)

    def previous_key(self, *, needed: bool) -> str:
        """Return what comes before the question in hand; the first question has itself before it."""
        earlier = reversed(self._keys()[: self._at()])
        return next((key for key in earlier if not needed or self._stops_at(key)), self.key)

    def _keys(self) -> list[str]:
        return [*(question.key for question in self.walk() if question.step != REVIEW), REVIEW]

    def _at(self) -> int:
        keys = self._keys()
        if self.key in keys:
            return keys.index(self.key)
        order = {question.key: number for number, question in enumerate(QUESTIONS)}
        mine = order.get(self.key, len(order))
        return sum(order.get(key, len(order)) < mine for key in keys)

    def _stops_at(self, key: str) -> bool:
        question = BY_KEY[key]
        return question.needed or (self.problem(key) is not None and question.step != REVIEW)

    def problem(self, key: str) -> Problem | None:
        """Return what is wrong with an answer, or that it is missing."""
        return next((problem for problem in self.built.problems if problem.key == key), None)

    def is_missing(self, key: str) -> bool:
        """Whether an answer is needed and nothing was said yet."""
        return self.problem(key) is not None and self.raw.get(key) in (None, "", (), [])

    def is_open(self, question: Question) -> bool:
        """Whether a question still keeps the setup from being whole."""
        # The setup's name follows from others: while they are open it is nobody's fault.
        return self.problem(question.key) is not None and not (
            question.step == REVIEW and self.is_missing(question.key)
        )

    def open_problems(self) -> list[Problem]:
        """Return what keeps the setup from being whole, but for names that follow from other answers."""
        derived = {"name", "profile.name"}
        others = [problem for problem in self.built.problems if problem.key not in derived]
        return others or list(self.built.problems)

    def origin(self, key: str) -> Origin:
        """Return where an answer came from."""
        return self.origins.get(key, Origin.DEFAULT)

    @property
    def whole(self) -> bool:
        """Whether every question has a valid answer, and neither a guard nor more than was asked waits for a yes."""
        return not self.built.problems and not self.waits_for_confirmation and not self.over

    @property
    def waits_for_confirmation(self) -> bool:
        """Whether a guard can lock everybody out, and nobody typed the bucket's name for these guards."""
        setup = self.built.setup
        return guards.needs_typed_confirmation(setup) and self.confirmed != self._guarded()

    def confirm(self) -> None:
        """Note that the bucket's name was typed for the guards as they are."""
        self.confirmed = self._guarded()

    def _guarded(self) -> tuple[object, ...]:
        setup = self.built.setup
        return (setup.bucket.name, setup.destination_account, setup.guards)

    def field_text(self, question: Question) -> str:
        """Return what stands in a question's text field: what was typed, or its default."""
        given = self.raw.get(question.key)
        if given is None:
            default = question.default_for(self.built.values)
            given = "" if default is REQUIRED or default == () else default
        return ", ".join(given) if isinstance(given, list | tuple) else str(given)

    def chosen(self, question: Question) -> Any:
        """Return the value that a choice or a yes-or-no question stands at."""
        if question.key == "method":
            return self.raw.get("method", self.built.setup.method)
        default = question.default_for(self.built.values)
        return self.raw.get(question.key, default)


def _ceiling(raw: Mapping[str, Any]) -> Ceiling | None:
    if HANDOVER not in raw:
        return None
    from wizard.plan.ceiling import ceiling_of  # most starts have no hand-over

    return ceiling_of(raw)


def is_typed(question: Question) -> bool:
    """Whether a question is answered in a text field."""
    return question.kind in {Kind.TEXT, Kind.LIST, Kind.NUMBER}
