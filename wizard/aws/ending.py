"""How a run ends: its journal, and the words about what is done, how to go on and how to put it back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from wizard.aws.watch import StoppedError
from wizard.errors import AwsError, BadInputError, CancelledError, WizardError
from wizard.state import journal
from wizard.state.run import Event, Stage
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.plan import Change
    from wizard.state.journal import Journal
    from wizard.state.run import Step


@contextmanager
def ended(opened: Journal, made: Sequence[Change], *, again: Way | None = None) -> Iterator[None]:
    """End the run's journal as the run ended, and say in its error what is done and what can be done now.

    `made` grows while the run goes on; `again` is how a run like this is gone on with, where it can be. Raises
    CancelledError when it was stopped, AwsError or BadInputError else.
    """
    try:
        yield
        opened.write(Event.END, state="complete")
    except (StoppedError, KeyboardInterrupt):
        opened.write(Event.END, state="stopped")
        said = _said(opened.id, made)
        raise CancelledError(_("Stopped."), why=said, mend=_now(opened.id, again)) from None
    except WizardError as error:
        opened.write(Event.END, state="failed")
        raise with_more(error, _said(opened.id, made), _now(opened.id, again)) from None


def with_more(error: WizardError, why: str, mend: str) -> WizardError:
    """Return an error of the same exit status that also says what is done already, and what can be done now."""
    kind = AwsError if isinstance(error, AwsError) else BadInputError
    return kind(
        error.what,
        where=error.where,
        why="\n".join(filter(None, (error.why, why))),
        mend="\n".join(filter(None, (error.mend, mend))),
    )


def summary(run_id: str, made: Sequence[Change]) -> list[str]:
    """Say how much a whole run changed, and how it is put back."""
    if not made:
        return [_("Nothing was left to change.")]
    return [_("Changes made: {count}.").format(count=len(made)), _put_back(run_id)]


def _said(run_id: str, made: Sequence[Change]) -> str:
    """Say what is done, and what may be: a change whose call was cut off, or got no answer, can have been made."""
    left = _left(run_id)
    begun = dict.fromkeys(f"  {step.change.get('what', '')}" for step in left if step.stage is Stage.STARTED)
    parts = []
    if made:
        parts.append(_("Done until here:\n{changes}").format(changes="\n".join(f"  {one.what}" for one in made)))
    if begun:
        said = _("Begun, and not seen to be done: it may be changed all the same:\n{changes}")
        parts.append(said.format(changes="\n".join(begun)))
    if not parts:
        parts.append(_("Nothing more was changed.") if left else _("Nothing was changed."))
    return "\n".join(parts)


def _left(run_id: str) -> Sequence[Step]:
    try:
        return tuple(reversed(journal.run(run_id).left_to_undo()))
    except BadInputError:
        return ()  # the error that ends the run is more to the point


def _now(run_id: str, again: Way | None) -> str:
    if again is not None:
        said = _("To go on: {apply}. To put everything back: {undo}")
        return said.format(apply=how(again), undo=how(Way.UNDO, run=run_id))
    return _put_back(run_id) if _left(run_id) else ""


def _put_back(run_id: str) -> str:
    return _("To put everything back: {undo}").format(undo=how(Way.UNDO, run=run_id))
