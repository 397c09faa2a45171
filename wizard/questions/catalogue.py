"""The questions of all methods in the order in which they are asked, and the steps of the rail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.methods.question import Kind, Question
from wizard.methods.registry import METHODS
from wizard.questions import access, common, profile, rules, steps
from wizard.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterable


STEPS = steps.STEPS
# A fleet's accounts are read from files only: nobody types fifty account ids into a wizard.
FLEET_ACCOUNTS = Question(
    key="source.accounts",
    step="accounts",
    kind=Kind.LIST,
    prompt=mark("Which accounts connect?"),
    why="",
    help="",
    rule=rules.account_list,
    default=(),
)


def _own(*, needed: bool) -> Iterable[Question]:
    for method in METHODS.values():
        yield from (question for question in method.questions if question.needed is needed)


# In the order in which they are asked; a rule may look only at the answers before its own.
QUESTIONS: tuple[Question, ...] = (
    common.METHOD,
    FLEET_ACCOUNTS,
    *common.ACCOUNTS,
    *_own(needed=True),
    common.CALLERS,
    *_own(needed=False),
    *common.BUCKET,
    *access.ACCESS,
    *access.GUARDS,
    profile.NAME,
    *profile.PROFILE,
)
BY_KEY = {question.key: question for question in QUESTIONS}
OWNERS = {question.key: method.id for method in METHODS.values() for question in method.questions}
