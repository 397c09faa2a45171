"""What is said beside and beneath a question: why it matters, errors and notes, the step's other questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from wizard.methods.question import Kind
from wizard.methods.registry import METHODS
from wizard.text import _, mark
from wizard.tui.actions import BY_ID
from wizard.tui.paint import Piece, Row, fit, flow, labelled, paragraph
from wizard.tui.session import Origin
from wizard.tui.values import NOTHING, label, sentence, shown

if TYPE_CHECKING:
    from wizard.errors import BadInputError
    from wizard.methods.method import Method
    from wizard.methods.question import Question
    from wizard.tui.session import Session

ORIGIN_WORDS = {
    Origin.TYPED: mark("typed"),
    Origin.DEFAULT: mark("default"),
    Origin.FOUND: mark("found in the account"),
    Origin.FILE: mark("answers file"),
    Origin.DRAFT: mark("draft"),
}
COMPARED = (
    ("needs", mark("needs")),
    ("costs", mark("costs")),
    ("choose", mark("choose it")),
    ("cannot", mark("can't do")),
)


def why(session: Session, question: Question, width: int, *, brief: bool = False, dense: bool = False) -> list[Row]:
    """Return why a question matters and how it is answered; for the method, how the highlighted one compares.

    `brief` leaves out what F1 says as well, `dense` the blank line.
    """
    if question.key == "method":
        rows = comparison(METHODS[session.built.setup.method], width)
        return rows[1:] if brief else rows
    said = paragraph(sentence(session, question.why), width)
    how = paragraph(sentence(session, question.help), width, "dim")
    return said if brief else [*said, *([] if dense else [()]), *how]


def comparison(method: Method, width: int) -> list[Row]:
    """Return what a method needs and costs, when it is right, what it can't do, and its warning."""
    parts: list[Row] = [(Piece(_(method.title), "strong"),)]
    if method.recommended:
        parts.append((Piece("★ " + _("recommended"), "good"),))
    column = names_column()
    rows = flow(parts, width)
    for attribute, name in COMPARED:
        rows += labelled(_(name), _(getattr(method.comparison, attribute)), width, column=column)
    if method.warning:
        rows += labelled("!", _(method.warning), width, column=column, looks=("warn", "warn"))
    return rows


def names_column(*others: str) -> int:
    """Return the cells that the names of what is compared take in this language, with a gap after the longest."""
    return max(cell_len(name) for name in (*(_(name) for _attribute, name in COMPARED), *others)) + 2


def error_rows(error: BadInputError, width: int, *, missing: bool) -> list[Row]:
    """Return an error: what is wrong, which rule it breaks, how it is mended."""
    what = _("An answer is needed here.") if missing and not error.why else error.what
    rows = paragraph(f"✗ {what}", width, "bad", hang=2)
    rows += paragraph(f"  {error.why}", width, hang=2) if error.why else []
    rows += paragraph(f"→ {error.mend}", width, hang=2) if error.mend else []
    return rows


def beneath(session: Session, question: Question, width: int, *, told: bool) -> list[Row]:
    """Return what stands beneath the field: the error (once `told`), else notes, hints and suggestions."""
    problem = session.problem(question.key)
    if problem is not None and told:
        missing = session.is_missing(question.key)
        found = _suggestions(session, question, width) if missing else []
        said = error_rows(problem.error, width, missing=missing)
        # What was found is the better mend, and a small screen has no room for an example besides.
        return [*(row for row in said if not (found and row[0].text.startswith("→"))), *found]
    rows: list[Row] = []
    for one in session.over:
        rows += paragraph("! " + _("more than the file asks: {what}").format(what=one), width, "warn", hang=2)
    note = session.built.notes.get(question.key, "")
    rows += paragraph(f"✓ {note}", width, "note", hang=2) if note else []
    rows += _hint(session, question, width)
    return [*rows, *_suggestions(session, question, width)]


def _hint(session: Session, question: Question, width: int) -> list[Row]:
    if question.kind is Kind.LIST:
        members = session.built.values.get(question.key, ())
        if len(members) > 1:
            return paragraph(_("{count} in the list").format(count=len(members)), width, "dim")
        return []
    if question.kind is not Kind.CHOICE or question.key == "method":
        return []
    chosen = session.chosen(question)
    hint = next((choice.hint for choice in question.choices if choice.value == chosen), "")
    return paragraph(_(hint), width, "dim")


def _suggestions(session: Session, question: Question, width: int) -> list[Row]:
    found = session.suggested(question)
    if not found:
        return []
    where = (
        _("found in the account ({key} takes one):")
        if session.found.get(question.key)
        else _("in the AWS config file ({key} takes one):")
    )
    items: list[Row] = [(Piece(where.format(key=BY_ID["found"].key_label), "dim"),)]
    items += [(Piece(one, "accent", f"use:{one}"),) for one in found]
    return flow(items, width, gap=2)[:3]


def in_step(session: Session, question: Question, width: int, *, brief: bool = False) -> list[Row]:
    """Return the step's questions with their values, in two columns; `brief`, or too narrow for them: in a flow."""
    questions = session.of_step(question.step)
    if len(questions) < 2:  # noqa: PLR2004 -- one question has no others
        return []
    head = (Piece(_("In this step"), "dim"), Piece("  " + _("Tab walks through all of them"), "line"))
    names = [label(one.key) for one in questions]
    column = max(map(cell_len, names)) + 2
    half = (width - 2) // 2
    if brief or half < column + 12:
        return flow([_brief(session, one, question) for one in questions], width, gap=2)
    cells = [_cell(session, one, question, half, column) for one in questions]
    count = (len(cells) + 1) // 2
    rows = [(*cells[n], Piece("  "), *(cells[n + count] if n + count < len(cells) else ())) for n in range(count)]
    return [head, *rows]


def _cell(session: Session, one: Question, current: Question, width: int, column: int) -> Row:
    sign, look = _state(session, one, current)
    name = Piece(f"{sign} {set_cell_size(label(one.key), column)}", look, one.key)
    value = Piece(fit(shown(session, one), width - column - 2), _value_look(session, one), one.key)
    return (name, value)


def _brief(session: Session, one: Question, current: Question) -> Row:
    sign, look = _state(session, one, current)
    value = fit(shown(session, one), min(cell_len(shown(session, one)), 24))
    return (Piece(f"{sign} {label(one.key)} ", look, one.key), Piece(value, _value_look(session, one), one.key))


def _state(session: Session, one: Question, current: Question) -> tuple[str, str]:
    if one.key == current.key:
        return "●", "accent"
    if session.problem(one.key) is None:
        return "·" if session.origin(one.key) is Origin.DEFAULT else "✓", "dim"
    return ("○", "dim") if session.is_missing(one.key) else ("!", "bad")


def _value_look(session: Session, one: Question) -> str:
    if session.problem(one.key) is not None and not session.is_missing(one.key):
        return "bad"
    return "dim" if session.origin(one.key) is Origin.DEFAULT or shown(session, one) == NOTHING else "text"


def origin_words(session: Session, key: str) -> str:
    """Return where an answer came from, in words, and how it stands to what a hand-over asks for."""
    standing = session.ceiling.standing(session.raw, key) if session.ceiling else ""
    if standing:
        from wizard.plan.ceiling import STANDING_WORDS

        return _(STANDING_WORDS[standing])
    # What is missing came from nowhere: a default it is not.
    return "" if session.is_missing(key) else _(ORIGIN_WORDS[session.origin(key)])
