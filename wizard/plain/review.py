"""The review: every value with its origin, what is to be known, and what can be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.access_path import SIGNS, WORDS
from wizard.answers.build import arises
from wizard.errors import WizardError
from wizard.plain import handover, profile_write
from wizard.plain.prompts import Option, Wish
from wizard.plain.say import say, tell
from wizard.plain.wording import label, shown_answer
from wizard.plan import plan
from wizard.questions.catalogue import FLEET_ACCOUNTS, QUESTIONS, STEPS
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.plain.interview import Interview
    from wizard.plain.session import Session
    from wizard.plan import Plan

_QUIT = "quit"


def review(session: Session, interview: Interview) -> None:
    """Show the review and its menu until the person quits."""
    show_values(session)
    last = "documents"
    while True:
        made = plan(session.built.setup)
        actions = _actions(session, interview, made)
        options = [Option(name, text) for name, (text, _run) in actions.items()]
        say()
        standing = last if last in actions else None
        chosen = session.prompts.choose(_("What now?"), [*options, Option(_QUIT, _("Quit"))], standing)
        if chosen is Wish.BACK:
            if interview.back():
                interview.run()
                show_values(session)
        elif chosen is Wish.HELP:
            say(_("Nothing is written or copied before you choose it here. Quit leaves every file as it is."))
        elif chosen == _QUIT:
            return
        else:
            last = str(chosen)
            try:
                actions[last][1]()
            except WizardError as error:
                tell(error)


def _actions(session: Session, interview: Interview, made: Plan) -> dict[str, tuple[str, Callable[[], None]]]:
    out: dict[str, tuple[str, Callable[[], None]]] = {
        "documents": (_("Show the documents"), lambda: handover.show_documents(made)),
        "profile": (_("Show the profile and how to try it"), lambda: handover.show_profile(made)),
        "path": (_("Show the access path"), lambda: show_path(made)),
        "copy": (_("Copy"), lambda: handover.copy_one(session, made)),
        "save": (_("Save as files"), lambda: handover.save_files(session, made)),
    }
    if made.profile is not None:
        out["write"] = (_("Write the profile"), lambda: profile_write.write_profile(session, interview))
    out["answers"] = (_("Save the answers file"), lambda: handover.save_answers(session))
    out["values"] = (_("Show the answers again"), lambda: show_values(session))
    out["change"] = (_("Change an answer"), lambda: _change(session, interview))
    return out


def show_values(session: Session) -> None:
    """Print every value with where it came from, then the warnings."""
    say()
    say(_("Review"))
    values = session.built.values
    for step in STEPS:
        rows = [one for one in QUESTIONS if one.step == step.id and arises(one, values)]
        rows = [one for one in rows if one is not FLEET_ACCOUNTS or values.get(one.key)]
        if rows or (step.id == "bucket" and values.get("buckets")):
            say(f"{_(step.title)}:")
        if step.id == "bucket":
            for bucket in values.get("buckets", ()):
                say(f"s3://{bucket.name}/{bucket.prefix} ({bucket.region}) {bucket.kms_key_arn}".rstrip(), indent=2)
        for question in rows:
            value = shown_answer(question, values.get(question.key))
            origin = session.origin_of(question.key)
            say(f"{label(question.key)}: {value} ({origin})", indent=2)
    made = plan(session.built.setup)
    for problem in made.problems:
        say(_("Not possible: {what}").format(what=problem))
    for warning in made.warnings:
        say(_("Warning: {text}").format(text=warning))


def show_path(made: Plan) -> None:
    """Print the access path in words: each link with its state, and the statement that proves it."""
    from wizard.access_path.explained import prove

    proof = prove(made)
    path = proof.path
    say()
    for hop in path.hops:
        say(
            _("From {start} (account {one}) to {end} (account {other}):").format(
                start=hop.start.label, one=hop.start.account_id, end=hop.end.label, other=hop.end.account_id
            )
        )
        for part in hop.links:
            state = f"{SIGNS[part.state]} {_(WORDS[part.state])}"
            where = _("in account {account}").format(account=part.link.account_id)
            evidence = f" ({part.evidence})" if part.evidence else ""
            say(f"{state}: {part.link.what}, {where}{evidence}", indent=2)
    if not proof.holds:
        say(_("Warning: not everything that was asked for is proven; `s3-crossaccount explain FILE` says what."))
    for title, rows in (
        (_("Possible then"), path.possible),
        (_("Stays out"), path.stays_out),
        (_("Not seen, and able to deny all the same"), path.unseen),
    ):
        if rows:
            say(_("{title}: {rows}").format(title=title, rows="; ".join(rows)))


def _change(session: Session, interview: Interview) -> None:
    rows = session.all_questions()
    options = [Option(one.key, f"{label(one.key)}: {shown_answer(one, session.value(one))}") for one in rows]
    chosen = session.prompts.choose(_("Change which answer?"), options)
    if isinstance(chosen, Wish):
        return
    interview.again(chosen)
    show_values(session)
