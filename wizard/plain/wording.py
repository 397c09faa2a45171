"""Puts questions and values into words: prompts with their values filled in, answers as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.methods.question import Kind, fill
from wizard.methods.registry import METHODS
from wizard.plain.say import say
from wizard.text import _

if TYPE_CHECKING:
    from wizard.methods.question import Question
    from wizard.plain.session import Session


def filled(message: str, session: Session) -> str:
    """Return a question's text with the answers that it names; what isn't known is a placeholder."""
    text = _(message)
    if "{" not in text:
        return text
    from wizard.questions.catalogue import BY_KEY
    from wizard.setup import placeholder

    values = session.built.values
    known = {key: placeholder(_(question.stand_in)) for key, question in BY_KEY.items() if question.stand_in}
    known |= {key: shown(value) for key, value in values.items()}
    if values.get("source.accounts"):
        known["source.account_id"] = shown(values["source.accounts"])
    return fill(text, known)


def label(key: str) -> str:
    """Return a question's short name."""
    from wizard.questions.labels import LABELS

    return _(LABELS[key])


def shown(value: Any) -> str:
    """Return a value for people; an empty one says so."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(shown(one) for one in value) or _("none")
    return str(value) or _("none")


def shown_answer(question: Question, value: Any) -> str:
    """Return an answer for people: of a choice its label as well."""
    if question.kind is not Kind.CHOICE:
        return shown(value)
    label = next((_(choice.label) for choice in question.choices if choice.value == value), "")
    return f"{value} ({label})" if value and label and value != label else label or shown(value)


def typed(value: Any) -> str:
    """Return an answer as it would be typed again."""
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


def compare_methods() -> None:
    """Print what each method needs and costs, when to choose it, and what it can't do."""
    for method in METHODS.values():
        say()
        say(f"{_(method.title)} ({method.id})" + (_(": recommended") if method.recommended else ""))
        comparison = method.comparison
        for word, text in (
            (_("Needs"), comparison.needs),
            (_("Costs"), comparison.costs),
            (_("Choose it when"), comparison.choose),
            (_("It can't do"), comparison.cannot),
            (_("Copying between buckets"), method.copying),
            (_("Warning"), method.warning),
        ):
            if text:
                say(f"{word}: {_(text)}", indent=2)
