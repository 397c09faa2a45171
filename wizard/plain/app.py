"""The plain front end: asks line by line, reviews, and hands over; what a screen reader can follow."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError, CancelledError
from wizard.plain.ask import ask
from wizard.plain.prompts import Prompts, Wish, prompts_for
from wizard.plain.say import say
from wizard.plain.session import Session
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.plan.asked import Asked


def run(raw: Mapping[str, Any], *, origin: str, environ: Mapping[str, str]) -> int:
    """Ask what `raw` (from the file `origin`) leaves open, then review; return the exit status.

    Raises CancelledError at Ctrl-C and Ctrl-D, and BadInputError where an answers file has what can't be asked.
    """
    return converse(raw, origin=origin, environ=environ, prompts=prompts_for(environ))


def converse(raw: Mapping[str, Any], *, origin: str, environ: Mapping[str, str], prompts: Prompts) -> int:
    """Run with these prompts; raises as `run` does."""
    session = Session(raw, origin=origin, environ=environ, prompts=prompts)
    try:
        _talk(session)
    except (KeyboardInterrupt, EOFError):
        say()
        raise _stopped(session) from None
    return 0


def _talk(session: Session) -> None:
    asked = [] if session.given else [_first_question(session)]
    gc.enable()  # off since the start (wizard.commands.wizard)
    if not asked:
        session.require_consistent()
        if session.ceiling is not None:
            _say_what_is_asked(session.ceiling.asked())
        say(_how_to_answer())
    from wizard.plain.interview import Interview
    from wizard.plain.review import review

    interview = Interview(session, [] if asked and _goes_on(session) else asked)
    interview.run()
    review(session, interview)
    if session.handed_over:
        session.discard_draft()
    elif session.has_draft:
        say(_practice_ends() or _("The answers are kept: the next start offers to go on with them."))


def _first_question(session: Session) -> str:
    """Ask for the method, before anything else is imported; return its key."""
    from wizard.questions.common import METHOD
    from wizard.questions.steps import STEPS

    say(_("Access to an Amazon S3 bucket of another account: from here to a working setup."))
    say(_how_to_answer())
    say()
    say(_("Step {number} of {count}: {title}").format(number=1, count=len(STEPS), title=_(STEPS[0].title)))
    while ask(session, METHOD) is Wish.BACK:
        say(_("There is nothing before this."))
    return METHOD.key


def _say_what_is_asked(asked: Asked) -> None:
    """Print what a hand-over asks, before anything else."""
    say(asked.title)
    for title, lines in asked.sections():
        say(f"{title}:")
        for line in lines:
            say(f"- {line}", indent=2)
    say()
    say(_("Change an answer to grant less; what is more than this is asked about."))


def _how_to_answer() -> str:
    """Say what can be typed at every question."""
    return _(
        "At every question: Enter takes what stands in brackets, ? explains, < goes back, "
        "Ctrl-C stops and leaves every file as it is."
    )


def _goes_on(session: Session) -> bool:
    """Offer the answers of an earlier run that was not finished; whether they were taken."""
    from wizard.plain.ask import confirm
    from wizard.state import drafts

    draft = drafts.latest()
    if draft is None:
        return False
    bucket = draft.answers.get("bucket.name") or _("no bucket yet")
    saved = draft.saved.astimezone().strftime("%Y-%m-%d %H:%M")
    say()
    say(
        _("Answers of an earlier run are kept: {method}, {bucket}, saved {time}.").format(
            method=draft.answers.get("method", "?"), bucket=bucket, time=saved
        )
    )
    if confirm(session.prompts, _("Go on with those instead?")) is not True:
        return False
    try:
        own = drafts.adopt(draft)
    except BadInputError:
        own = None
    if own is None:
        say(_("Another wizard took them meanwhile."))
        return False
    session.adopt(draft.answers, own)
    return True


def _stopped(session: Session) -> CancelledError:
    if session.written:
        what = _("Stopped. Written before: {files}. Every other file is as it was.").format(
            files=", ".join(session.written)
        )
    else:
        what = _("Stopped: every file is as it was.")
    mend = _("Your answers are kept: the next start offers to go on with them.") if session.has_draft else ""
    return CancelledError(what, mend=_practice_ends() or mend)


def _practice_ends() -> str:
    """Return what becomes of the answers in the practice accounts; "" outside of them."""
    from wizard.state.folders import goes_with_practice

    return _("The practice ends, and its answers with it: only saved files stay.") if goes_with_practice() else ""
