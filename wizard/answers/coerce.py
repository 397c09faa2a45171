"""The types of answers: what a TOML file gives, and what a person types, to what a rule takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.methods.question import Kind
from wizard.names.accounts import printable
from wizard.names.understood import has_control, intention
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.methods.question import Question

_WANTED = {
    Kind.CHOICE: mark("a text in quotes"),
    Kind.TEXT: mark("a text in quotes"),
    Kind.LIST: mark('a list of texts, as in ["…", "…"]'),
    Kind.FLAG: mark("true or false"),
    Kind.NUMBER: mark("a whole number"),
}


def coerce(question: Question, given: Any) -> Any:
    """Return an answer as its rule takes it, or raise BadInputError where its type is wrong.

    A list may be typed as one text: its members are separated by blanks or commas. A number may be typed.
    """
    if question.kind is Kind.LIST and isinstance(given, str):
        given = [part for part in re.split(r"[\s,、，]+", given) if part]
    if question.kind is Kind.NUMBER and isinstance(given, str) and re.fullmatch(r"\s*\d{1,9}\s*", given):
        given = int(given)
    if not _fits(question.kind, given):
        raise BadInputError(
            _("{value} is {found}.").format(value=_shown(given), found=_type_name(given)),
            why=_("{key} takes {wanted}.").format(key=question.key, wanted=_(_WANTED[question.kind])),
            mend=_('Put it in quotes: "{value}".').format(value=given) if _quotable(question.kind, given) else "",
        )
    for text in (given,) if isinstance(given, str) else given if isinstance(given, list | tuple) else ():
        _printable_only(text)
    if question.kind is Kind.CHOICE:
        _one_of(question, given)
    return tuple(given) if question.kind is Kind.LIST else given


def require_type(question: Question, given: Any) -> None:
    """Refuse in a file what only a person may type: a text in place of a list or a number. Raises BadInputError."""
    if question.kind not in {Kind.LIST, Kind.NUMBER} or not isinstance(given, str):
        return
    shown = _shown(given)
    listed = ", ".join(f'"{part}"' for part in re.split(r"[\s,、，]+", shown) if part)
    raise BadInputError(
        _("{value} is {found}.").format(value=shown, found=_type_name(given)),
        why=_("{key} takes {wanted}.").format(key=question.key, wanted=_(_WANTED[question.kind])),
        mend=_("Write {text}.").format(text=f"[{listed}]" if question.kind is Kind.LIST else _("it without quotes")),
    )


def _fits(kind: Kind, given: Any) -> bool:
    if kind is Kind.LIST:
        return isinstance(given, list | tuple) and all(isinstance(one, str) for one in given)
    if kind is Kind.FLAG:
        return isinstance(given, bool)
    if kind is Kind.NUMBER:
        return isinstance(given, int) and not isinstance(given, bool)
    return isinstance(given, str)


def _quotable(kind: Kind, given: Any) -> bool:
    return kind in {Kind.TEXT, Kind.CHOICE} and isinstance(given, int) and not isinstance(given, bool)


def _printable_only(text: str) -> None:
    if has_control(text.strip()):
        raise BadInputError(
            _("{value} holds a control character, or one that changes the direction of text.").format(
                value=printable(text)
            ),
            mend=_("Type it again without invisible characters."),
        )


def _one_of(question: Question, given: str) -> None:
    values = [choice.value for choice in question.choices]
    if given not in values:
        raise BadInputError(
            _("{value} is not one of the choices.").format(value=printable(given) or "''"),
            why=_("{key} is one of: {values}.").format(
                key=question.key, values=", ".join(value or "''" for value in values)
            ),
            mend=intention(given, [value for value in values if value]),
        )


def _shown(given: Any) -> str:
    return printable(given if isinstance(given, str) else repr(given), 60) or "''"


def _type_name(given: Any) -> str:
    if isinstance(given, bool):
        return _("true or false")
    if isinstance(given, int | float):
        return _("a number")
    if isinstance(given, str):
        return _("a text")
    if isinstance(given, list):
        return _("a list whose members aren't all texts") if given else _("an empty list")
    return _("a table") if isinstance(given, dict) else _("a date or time")
