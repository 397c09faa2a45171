"""Puts one change of a run back: looked at once more, journalled, written, waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.aws import keys, policies, sinks
from wizard.aws.backs import others_made
from wizard.aws.errors import THROTTLED, CallError
from wizard.aws.gone import is_gone, note_of
from wizard.aws.making import MAKING, PASSING, equal, only_writer, patiently
from wizard.aws.watch import AlreadyThere, Clock, Made
from wizard.errors import BadInputError
from wizard.plan import Kind
from wizard.state.run import Event
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from wizard.aws.backs import Back
    from wizard.aws.clients import Clients
    from wizard.aws.watch import Watch
    from wizard.plan import Change
    from wizard.plan.found import Json
    from wizard.state.journal import Journal


class LeftError(BadInputError):
    """One change is left alone; the rest is put back."""


class _MovedError(BadInputError):
    """What is there is another since the undo was shown."""


def by_hand() -> str:
    """Say what to do with what somebody else changed."""
    return _("Look at the three versions above, and put it back by hand.")


def read(clients: Clients, change: Change, watch: Watch) -> Json:
    """Return what is there now, asked until there is an answer. Raises CallError."""
    return patiently(Clock(watch, change), lambda: policies.read(clients, change))


def put_back(clients: Clients, back: Back, setup_name: str, opened: Journal, watch: Watch) -> None:
    """Put a change back, journalled. Raises LeftError, CallError, BadInputError, StoppedError."""
    change, step = back.change, back.step
    if back.later:
        raise LeftError(
            _("{target}: the later run {run} changed what this run wrote. It is left alone.").format(
                target=change.target, run=back.later
            ),
            mend=_("Put the later run back first: {undo}").format(undo=how(Way.UNDO, run=back.later)),
        )
    if back.differs:
        raise LeftError(
            _("{target}: somebody else changed what this run wrote. It is left alone.").format(target=change.target),
            mend=by_hand(),
        )
    if back.others:
        # What the run made, or was to make, isn't there: that is as good as put back.
        opened.write(Event.UNDONE, id=change.id, step=step.number, why=back.others)
        raise LeftError(back.others, mend=back.mend)
    if back.gone and change.kind is not Kind.ACCESS_KEY:
        opened.write(Event.UNDONE, id=change.id, step=step.number)
        watch.tell(AlreadyThere(change, back.note))
        return
    with only_writer(change):
        if change.kind in MAKING:
            why = others_made(clients, step, change, setup_name)
            if why:
                raise LeftError(why, mend=_("Run undo again, and look at what is there."))
        opened.write(Event.UNDO_INTENT, id=change.id, step=step.number, to=back.to)
        if change.kind is Kind.ACCESS_KEY:
            note = _put_key_back(clients, back, watch)
        else:
            note = _put_policy_back(clients, back, watch)
        opened.write(Event.UNDONE, id=change.id, step=step.number)
    watch.tell(Made(change, note or back.note))


def _put_key_back(clients: Clients, back: Back, watch: Watch) -> str:
    gone = keys.settle(clients, back.step, watch)
    kept = back.step.told.get("kept")
    if isinstance(kept, dict):
        return sinks.take_back(kept, back.step.made)
    return _("{ids} deleted.").format(ids=", ".join(gone)) if gone else ""


def _put_policy_back(clients: Clients, back: Back, watch: Watch) -> str:
    """Put back what isn't a key; return what is to be said where the whole thing was deleted meanwhile."""
    try:
        _restore(clients, back, watch)
    except (CallError, _MovedError) as error:
        moved = isinstance(error, _MovedError) or error.missing
        if not moved or not is_gone(clients, back.change, watch):
            raise
        return note_of(back.change)
    return ""


def _restore(clients: Clients, back: Back, watch: Watch) -> None:
    change = back.change
    now = read(clients, change, watch)
    if equal(now, back.to):
        return
    if not equal(now, back.now):
        raise _MovedError(
            _("Somebody else changes it right now: it is left alone."),
            where=change.target,
            mend=_("Run undo again, and look at what is there."),
        )
    to = back.to
    _write_back(clients, change, to, watch)
    clock = Clock(watch, change)
    while not equal(read(clients, change, watch), to):
        if not clock.wait(_("Put back; an older version is still being read.")):
            return


def _write_back(clients: Clients, change: Change, to: Json, watch: Watch) -> None:
    clock = Clock(watch, change)
    while True:
        try:
            policies.write(clients, change, to, setup_name="")
        except CallError as error:
            if error.code == "DeleteConflict":
                raise _not_empty(change) from None
            why = _why_again(error)
            if not why or not clock.wait(why):
                raise
        else:
            return
        if equal(read(clients, change, watch), to):
            return


def _why_again(error: CallError) -> str:
    """Say what is waited for, or "" where the refusal won't pass by itself."""
    if error.code in PASSING:
        return _("Another change of the same thing is being made.")
    if error.code in THROTTLED:
        return _("AWS asks to wait: too many requests.")
    return _("There was no answer.") if error.maybe_done else ""


def _not_empty(change: Change) -> LeftError:
    return LeftError(
        _("{name} has something that the run didn't give it, and isn't deleted.").format(name=change.resource),
        mend=_("Take that away (policies, access keys, groups, instance profiles), then run undo again."),
    )
