"""The texts of the help (F1), the comparison of the methods, and the whole access path."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.methods.registry import METHODS
from wizard.text import _, mark
from wizard.tui import explain, picture
from wizard.tui.actions import ACTIONS
from wizard.tui.paint import Piece, Row, labelled, paragraph
from wizard.tui.session import REVIEW
from wizard.tui.values import label, sentence

if TYPE_CHECKING:
    from wizard.demo import Practice
    from wizard.tui.proving import Evidence
    from wizard.tui.session import Session

_FIELD_KEYS = (
    ("Enter", mark("Take the answer, and go to the next question that needs one.")),
    ("Tab  ↓", mark("The next question, also those that have a default.")),
    ("⇧Tab ↑", mark("The question before.")),
    ("PgUp PgDn", mark("Scroll the document in hand.")),
)


def help_rows(session: Session, width: int) -> list[Row]:
    """Return what the step in hand means: its questions, AWS's words for it, and every key."""
    rows: list[Row] = []
    for one in _terms().get(session.step, {}).get("about", ()):
        rows += [*paragraph(_(one), width), ()]
    for question in session.of_step(session.step) if session.step != REVIEW else ():
        rows.append((Piece(label(question.key), "accent"), Piece(f"  {question.key}", "dim")))
        rows += paragraph(sentence(session, question.why), width)
        rows += [*paragraph(sentence(session, question.help), width, "dim"), ()]
    rows += _words(session.step, width)
    return [*rows, *_keys(width)]


def _words(step: str, width: int) -> list[Row]:
    found = _terms().get(step, {}).get("terms", {})
    if not found:
        return []
    rows: list[Row] = [(Piece(_("AWS's words"), "accent"),)]
    for term, meaning in found.items():
        rows += labelled(_(term), _(meaning), width, column=22, looks=("strong", "text"))
    return [*rows, ()]


def _keys(width: int) -> list[Row]:
    rows: list[Row] = [(Piece(_("Keys"), "accent"),)]
    for key, meaning in _FIELD_KEYS:
        rows += labelled(key, _(meaning), width, column=11, looks=("key", "text"))
    for action in ACTIONS:
        text = _("{title}. {help}").format(title=_(action.title), help=_(action.help))
        rows += labelled(action.key_label, text, width, column=11, looks=("key", "text"))
    return rows


def _terms() -> dict[str, dict[str, Any]]:
    with (Path(__file__).parent / "help.toml").open("rb") as file:
        return tomllib.load(file)


def compare_rows(session: Session, width: int) -> list[Row]:
    """Return all methods compared: side by side where there is room, else one after the other."""
    columns = len(METHODS)
    gap = 3
    names = explain.names_column(_("copying"), _("warning"))
    each = (width - names - gap * (columns - 1)) // columns
    if each < 26:  # noqa: PLR2004 -- narrower columns are harder to read than one after the other
        rows: list[Row] = []
        for method in METHODS.values():
            rows += [*explain.comparison(method, width), *_copying(_(method.copying), width), ()]
        return rows
    return _table(session, names, each, gap)


def _copying(text: str, width: int) -> list[Row]:
    return labelled(_("copying"), text, width, column=explain.names_column())


def _table(session: Session, names: int, each: int, gap: int) -> list[Row]:
    shown = session.built.setup.method
    head: list[Piece] = [Piece(" " * names)]
    for method in METHODS.values():
        star = " ★" if method.recommended else ""
        title = f"{_(method.title)}{star}"
        head += [Piece(_padded(title, each), "accent" if method.id == shown else "strong"), Piece(" " * gap)]
    rows: list[Row] = [tuple(head), ()]
    lines = [
        *((_(name), [_(getattr(m.comparison, at)) for m in METHODS.values()]) for at, name in explain.COMPARED),
        (_("copying"), [_(m.copying) for m in METHODS.values()]),
        (_("warning"), [_(m.warning) or "–" for m in METHODS.values()]),
    ]
    for name, cells in lines:
        wrapped = [paragraph(cell, each) for cell in cells]
        for number in range(max(map(len, wrapped))):
            pieces: list[Piece] = [Piece(_padded(name if number == 0 else "", names), "dim")]
            for column in wrapped:
                text = column[number][0].text if number < len(column) else ""
                pieces += [Piece(_padded(text, each)), Piece(" " * gap)]
            rows.append(tuple(pieces))
        rows.append(())
    return rows


def _padded(text: str, width: int) -> str:
    from rich.cells import set_cell_size

    return set_cell_size(text, width)


def path_rows(session: Session, width: int) -> list[Row]:
    """Return the access path in full, from top to bottom, what it opens and what it doesn't, and the reasoning."""
    rows = [*picture.ladder(session.path, width), (), *picture.notes(session.path, width, brief=False)]
    evidence = session.evidence
    if evidence is None or evidence.plan is not session.plan or not evidence.proof.commands:
        return [*rows, (), *paragraph(_("Proven once everything that it needs is answered."), width, "dim")]
    return [*rows, (), *_reasoning(evidence, width)]


def _reasoning(evidence: Evidence, width: int) -> list[Row]:
    from wizard.access_path.told import text_of

    looks = {"◆": "good", "✗": "bad", "?": "warn", "·": "dim"}
    rows: list[Row] = [(Piece(_("Why: each command with what it needs, and who stays out"), "accent"),)]
    # Its first part is the path, which stands above already.
    _path, _blank, text = text_of(evidence.plan, evidence.proof).partition("\n\n")
    if evidence.merged:
        said = _("Proven over the bucket policy as it will be: what is there already, merged with this setup's.")
        rows += paragraph(said, width, "text")
    for line in text.splitlines():
        look = looks.get(line.lstrip()[:1], "text" if line.startswith(" ") else "strong")
        rows += paragraph(line, width, look, hang=len(line) - len(line.lstrip()) + 2) or [()]
    return rows


def practice_rows(practice: Practice, width: int) -> list[Row]:
    """Return what the practice accounts are, and what they are known to get wrong."""
    said = _(
        "An AWS on this machine with two accounts, {source} (source) and {destination} (destination). Everything "
        "works here as against AWS: apply, verify, undo. It ends with the wizard, and leaves nothing behind."
    )
    accounts = said.format(source=practice.source_account, destination=practice.destination_account)
    rows = [*paragraph(accounts, width), (), (Piece(_("Known to differ from AWS"), "accent"),)]
    for gap in practice.known_gaps:
        rows += labelled("·", gap, width, column=2)
    return rows
