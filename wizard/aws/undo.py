"""Puts back what a run changed, the last change first; only where what is there is still what the run wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.aws.ending import with_more
from wizard.aws.errors import CallError
from wizard.aws.putting_back import LeftError, by_hand, put_back
from wizard.aws.watch import Began, Noted, StoppedError
from wizard.errors import BadInputError, CancelledError, WizardError
from wizard.state import journal
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from wizard.aws.backs import Back
    from wizard.aws.preparing_undo import Undoing
    from wizard.aws.watch import Watch
    from wizard.state.run import Run


def undo(undoing: Undoing, watch: Watch) -> tuple[Back, ...]:
    """Put everything back; return what was put back. Raises CancelledError, AwsError or BadInputError.

    Each change is looked at once more before it is put back; where it moved, the undo stops there. What is left to
    others is said at the end, as a BadInputError, when everything else is put back.
    """
    if undoing.stops:
        raise _stopped(undoing)
    done: list[Back] = []
    left: list[tuple[str, str]] = []
    at: Back | None = None
    with journal.writing(undoing.run.id) as opened:
        try:
            for number, back in enumerate(undoing.backs, 1):
                watch.check()
                watch.tell(Began(back.change, number, len(undoing.backs), back=True))
                at = back
                try:
                    put_back(undoing.clients[back.change.account_id], back, undoing.run.setup_name, opened, watch)
                except LeftError as error:
                    watch.tell(Noted(back.change, error.what))
                    left.append((error.what, error.mend))
                    at = None
                    continue
                done.append(back)
                at = None
            if left:
                raise BadInputError(
                    "\n".join(dict.fromkeys(what for what, _mend in left)),
                    mend="\n".join(dict.fromkeys(mend for _what, mend in left if mend)),
                )
        except (StoppedError, KeyboardInterrupt):
            raise CancelledError(_("Stopped."), why=_said(done, at), mend=_go_on(undoing.run)) from None
        except WizardError as error:
            unsure = at if isinstance(error, CallError) and error.maybe_done else None
            raise with_more(error, _said(done, unsure), _go_on(undoing.run)) from None
    return tuple(done)


def _stopped(undoing: Undoing) -> BadInputError:
    conflicts = undoing.conflicts
    where = ", ".join(back.change.target for back in conflicts)
    if all(back.later for back in conflicts):
        return BadInputError(
            _("A later run of this setup changed what the run {run} wrote: nothing was put back.").format(
                run=undoing.run.id
            ),
            where=where,
            mend="\n".join(
                _("Put the later run back first: {undo}").format(undo=how(Way.UNDO, run=one.id))
                for one in undoing.later
            ),
        )
    mend = _(
        "Look at the three versions above. With {how} only the statements of this setup are put "
        "back, and those of others stay."
    ).format(how=how(Way.OWN_STATEMENTS))
    return BadInputError(
        _("Somebody else changed what the run {run} wrote: nothing was put back.").format(run=undoing.run.id),
        where=where,
        mend=by_hand() if undoing.own_only else mend,
    )


def _said(done: list[Back], unsure: Back | None) -> str:
    """Say what was put back; `unsure`: what was cut off, or got no answer, so that it may be put back or not."""
    parts = []
    if done:
        parts.append(_("Put back until here:\n{changes}").format(changes=_lines(done)))
    if unsure is not None:
        said = _("Begun, and not seen to be done: it may be put back all the same:\n{changes}")
        parts.append(said.format(changes=_lines([unsure])))
    return "\n".join(parts) or _("Nothing was put back.")


def _lines(backs: list[Back]) -> str:
    return "\n".join(dict.fromkeys(f"  {back.change.target} {back.change.name}".rstrip() for back in backs))


def _go_on(run: Run) -> str:
    left = journal.run(run.id).left_to_undo()
    return _("To go on: {undo}").format(undo=how(Way.UNDO, run=run.id)) if left else ""
