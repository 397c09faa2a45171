"""How answers and prompts are shown: in the person's words, with what isn't known as a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.methods.question import REQUIRED, Kind, fill
from wizard.names.accounts import printable
from wizard.questions.catalogue import BY_KEY
from wizard.questions.labels import LABELS
from wizard.setup import placeholder
from wizard.text import _

if TYPE_CHECKING:
    from wizard.methods.question import Question
    from wizard.tui.session import Session

NOTHING = "–"
_LONGEST = 400


def label(key: str) -> str:
    """Return a question's short name."""
    return _(LABELS.get(key, key))


def sentence(session: Session, message: str) -> str:
    """Return a prompt or an explanation with the answers in its braces."""
    text = _(message)
    if "{" not in text:
        return text
    known = {}
    for key in BY_KEY:
        if "{" + key + "}" in text:
            value = session.built.values.get(key)
            known[key] = printable(str(value), 100) if value else placeholder(_(BY_KEY[key].stand_in) or label(key))
    return fill(text, known)


def shown(session: Session, question: Question) -> str:
    """Return an answer as lists and tables show it; what was typed where it isn't valid."""
    problem = session.problem(question.key)
    if problem is not None:
        given = session.raw.get(question.key)
        return NOTHING if given in (None, "", (), []) else of(question, given)
    value = session.built.values.get(question.key, question.default_for(session.built.values))
    return NOTHING if value is REQUIRED else of(question, value)


def of(question: Question, value: Any) -> str:
    """Return a value in words."""
    if question.kind is Kind.FLAG:
        return _("yes") if value else _("no")
    if question.kind is Kind.CHOICE:
        return next((_(one.label) for one in question.choices if one.value == value), printable(str(value), _LONGEST))
    if isinstance(value, list | tuple):
        return printable(", ".join(str(one) for one in value), _LONGEST) or NOTHING
    return printable(str(value), _LONGEST) or NOTHING
