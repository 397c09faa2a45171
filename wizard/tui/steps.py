"""The steps of the rail: how far each one is, and where one begins."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.tui.session import REVIEW

if TYPE_CHECKING:
    from wizard.tui.session import Session


class Mark(StrEnum):
    """The state of a step in the rail."""

    DONE = "done"
    CURRENT = "current"
    TODO = "todo"
    WRONG = "wrong"
    NONE = "none"


def mark_of(session: Session, step: str) -> Mark:
    """Return a step's state for the rail."""
    if step == session.step:
        return Mark.CURRENT
    if step == REVIEW:
        return Mark.TODO
    questions = session.of_step(step)
    if not questions:
        return Mark.NONE
    problems = [question for question in questions if session.is_open(question)]
    if any(not session.is_missing(question.key) for question in problems):
        return Mark.WRONG
    touched = any(question.key in session.seen or question.key in session.raw for question in questions)
    return Mark.DONE if touched and not problems else Mark.TODO


def first_of(session: Session, step: str) -> str:
    """Return the question at which a step begins: its first open one, else its first."""
    if step == REVIEW:
        return REVIEW
    questions = session.of_step(step)
    open_ones = [question.key for question in questions if session.is_open(question)]
    needed = [question.key for question in questions if question.needed]
    return next(iter(open_ones or needed or [question.key for question in questions]), session.key)
