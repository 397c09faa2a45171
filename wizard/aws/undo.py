"""Puts back what a run changed, the last change first; only where what is there is still what the run wrote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.aws import keys, policies, sinks
from wizard.aws.accounts import new_clients, wrong_account
from wizard.aws.backs import Back, compared, is_as_written, key_of, others_made, without_ours
from wizard.aws.backs import own_only as only_own
from wizard.aws.clients import Place, label_of
from wizard.aws.errors import CallError
from wizard.aws.look import caller
from wizard.aws.making import PASSING, equal, only_writer, patiently
from wizard.aws.watch import AlreadyThere, Began, Clock, Made, Noted, StoppedError
from wizard.errors import AwsError, BadInputError, CancelledError, WizardError
from wizard.plan import Kind
from wizard.plan.change import from_json
from wizard.state import journal
from wizard.state.journal import Event
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.clients import Clients
    from wizard.aws.watch import Watch
    from wizard.plan import Change
    from wizard.plan.found import Json
    from wizard.state.journal import Journal, Run


_MAKING = frozenset((Kind.ROLE, Kind.USER))


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo would do, the last change of the run first, and what can't be had back."""

    run: Run
    clients: Mapping[str, Clients]
    backs: tuple[Back, ...]
    own_only: bool = False

    @property
    def conflicts(self) -> tuple[Back, ...]:
        """What somebody else changed since: it is left alone."""
        return tuple(back for back in self.backs if back.differs)

    @property
    def stops(self) -> bool:
        """Whether nothing is put back: there is a conflict, and nobody chose to leave what others changed."""
        return bool(self.conflicts) and (not self.own_only or all(back.differs for back in self.backs))

    @property
    def irreversible(self) -> tuple[str, ...]:
        """What can't be had back once it is done."""
        return tuple(
            _(
                "The access key {id} is deleted: its secret can't be had back, and whoever uses it is locked out."
            ).format(id=", ".join(back.now["AccessKeyIds"]))
            for back in self.backs
            if back.change.kind is Kind.ACCESS_KEY and back.now
        )

    def close(self) -> None:
        """Close every connection."""
        for one in self.clients.values():
            one.close()


def prepare(
    run: Run,
    watch: Watch,
    places: Mapping[str, Place] | None = None,
    *,
    own_only: bool = False,
    ask_mfa: Callable[[str], str] | None = None,
) -> Undoing:
    """Look at everything that a run changed; nothing is changed. `places` (by side) replace the journal's.

    `own_only`: where others changed a policy since, put back this setup's statements in it and leave the rest; what
    they changed of those stays, and everything else of the run is put back.
    Raises BadInputError for another account's profile, CallError where AWS can't be asked.
    """
    clients = _clients(run, watch, places or {}, ask_mfa)
    backs: list[Back] = []
    # What will be there when the steps before this one are put back: two changes of one bucket policy.
    coming: dict[tuple[str, str], Json] = {}
    # What is still as the run wrote it last: what others changed between two of its steps was seen and confirmed.
    untouched: set[tuple[str, str]] = set()
    others = _of_others(run, clients)
    for step in run.left_to_undo():
        change = from_json(step.change)
        one, thing = clients[change.account_id], _thing(change)
        if change.target in others and not step.made and change.kind not in _MAKING:
            back = Back(step, change, None, None, others=others[change.target])
        elif change.kind is Kind.ACCESS_KEY:
            back = key_of(one, step, change, watch)
        else:
            back = compared(step, change, coming[thing] if thing in coming else _read(one, change, watch))
            if change.kind in _MAKING and change.target in others:
                back = _left(back, others[change.target])
            back = without_ours(back, run.setup_name)
            if own_only or thing in untouched:
                back = only_own(back, run.setup_name)
            if is_as_written(back):
                untouched.add(thing)
        if not back.differs and not back.others:
            coming[thing] = back.to
        backs.append(back)
    return Undoing(run, clients, tuple(backs), own_only)


def _of_others(run: Run, clients: Mapping[str, Clients]) -> dict[str, str]:
    """Return by ARN why a role or user that the run was to make, or made, is somebody else's now."""
    out: dict[str, str] = {}
    for step in run.left_to_undo():
        change = from_json(step.change)
        if change.kind in _MAKING:
            out[change.target] = others_made(clients[change.account_id], step, change, run.setup_name)
    return {arn: why for arn, why in out.items() if why}


def _left(back: Back, why: str) -> Back:
    mend = _("It is left alone. Delete it by hand, if nobody needs it.")
    return replace(back, to=back.now, differs=False, gone=False, note="", others=why, mend=mend)


def undo(undoing: Undoing, watch: Watch) -> tuple[Back, ...]:
    """Put everything back; return what was put back. Raises CancelledError, AwsError or BadInputError.

    Each change is looked at once more before it is put back; where it moved, the undo stops there. What is left to
    others is said at the end, as a BadInputError, when everything else is put back.
    """
    if undoing.stops:
        raise _stopped(undoing)
    done: list[Back] = []
    left: list[tuple[str, str]] = []
    with journal.writing(undoing.run.id) as opened:
        try:
            for number, back in enumerate(undoing.backs, 1):
                watch.check()
                watch.tell(Began(back.change, number, len(undoing.backs), back=True))
                try:
                    _put_back(undoing.clients[back.change.account_id], back, undoing.run.setup_name, opened, watch)
                except _LeftError as error:
                    watch.tell(Noted(back.change, error.what))
                    left.append((error.what, error.mend))
                    continue
                done.append(back)
            if left:
                raise BadInputError(
                    "\n".join(dict.fromkeys(what for what, _mend in left)),
                    mend="\n".join(dict.fromkeys(mend for _what, mend in left if mend)),
                )
        except (StoppedError, KeyboardInterrupt):
            raise CancelledError(_("Stopped."), why=_said(done), mend=_go_on(undoing.run)) from None
        except WizardError as error:
            kind = AwsError if isinstance(error, AwsError) else BadInputError
            raise kind(
                error.what,
                where=error.where,
                why="\n".join(part for part in (error.why, _said(done)) if part),
                mend="\n".join(part for part in (error.mend, _go_on(undoing.run)) if part),
            ) from None
    return tuple(done)


class _LeftError(BadInputError):
    """One change is left alone; the rest is put back."""


def _stopped(undoing: Undoing) -> BadInputError:
    mend = _(
        "Look at the three versions above. With {how} only the statements of this setup are put "
        "back, and those of others stay."
    ).format(how=how(Way.OWN_STATEMENTS))
    return BadInputError(
        _("Somebody else changed what the run {run} wrote: nothing was put back.").format(run=undoing.run.id),
        where=", ".join(back.change.target for back in undoing.conflicts),
        mend=_by_hand() if undoing.own_only else mend,
    )


def _by_hand() -> str:
    return _("Look at the three versions above, and put it back by hand.")


def _clients(
    run: Run, watch: Watch, places: Mapping[str, Place], ask_mfa: Callable[[str], str] | None
) -> dict[str, Clients]:
    """Return clients for each account that the run changed, every one checked before anything is put back."""
    accounts: Mapping[str, Any] = run.about.get("accounts", {})
    made: dict[str, Clients] = {}
    for step in run.left_to_undo():
        account, side = str(step.change["account_id"]), str(step.change["side"])
        if account in made:
            continue
        kept = accounts.get(account, {})
        place = places.get(side) or Place(
            str(kept.get("profile", "")), str(kept.get("region", "")), str(kept.get("endpoint_url", ""))
        )
        one = new_clients(place, label_of(side, account), str(run.about.get("region", "")), watch, ask_mfa)
        told = caller(one)
        if told.account_id != account:
            raise wrong_account(side, (account,), place, told)
        made[account] = one
    return made


def _thing(change: Change) -> tuple[str, str]:
    """Return what two changes of the same thing have in common."""
    kind = "bucket" if change.kind is Kind.GUARDS else change.kind.value.removesuffix("-policy")
    if change.kind in {Kind.ROLE, Kind.TRUST}:
        kind = "trust"
    return kind, f"{change.target}:{change.name}"


def _read(clients: Clients, change: Change, watch: Watch) -> Json:
    return patiently(Clock(watch, change), lambda: policies.read(clients, change))


def _put_back(clients: Clients, back: Back, setup_name: str, opened: Journal, watch: Watch) -> None:
    change, step = back.change, back.step
    if back.differs:
        raise _LeftError(
            _("{target}: somebody else changed what this run wrote. It is left alone.").format(target=change.target),
            mend=_by_hand(),
        )
    if back.others:
        # What the run made, or was to make, isn't there: that is as good as put back.
        opened.write(Event.UNDONE, id=change.id, step=step.number, why=back.others)
        raise _LeftError(back.others, mend=back.mend)
    if back.gone and change.kind is not Kind.ACCESS_KEY:
        opened.write(Event.UNDONE, id=change.id, step=step.number)
        watch.tell(AlreadyThere(change))
        return
    with only_writer(change):
        if change.kind in _MAKING:
            why = others_made(clients, step, change, setup_name)
            if why:
                raise _LeftError(why, mend=_("Run undo again, and look at what is there."))
        opened.write(Event.UNDO_INTENT, id=change.id, step=step.number, to=back.to)
        note = _put_key_back(clients, back, watch) if change.kind is Kind.ACCESS_KEY else ""
        if change.kind is not Kind.ACCESS_KEY:
            _put_policy_back(clients, back, watch)
        opened.write(Event.UNDONE, id=change.id, step=step.number)
    watch.tell(Made(change, note or back.note))


def _put_key_back(clients: Clients, back: Back, watch: Watch) -> str:
    gone = keys.settle(clients, back.step, watch)
    kept = back.step.told.get("kept")
    if isinstance(kept, dict):
        return sinks.take_back(kept, back.step.made)
    return _("{ids} deleted.").format(ids=", ".join(gone)) if gone else ""


def _put_policy_back(clients: Clients, back: Back, watch: Watch) -> None:
    change = back.change
    now = _read(clients, change, watch)
    if equal(now, back.to):
        return
    if not equal(now, back.now):
        raise BadInputError(
            _("Somebody else changes it right now: it is left alone."),
            where=change.target,
            mend=_("Run undo again, and look at what is there."),
        )
    to = back.to
    _write_back(clients, change, to, watch)
    clock = Clock(watch, change)
    while not equal(_read(clients, change, watch), to):
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
            passing = error.maybe_done or error.code in PASSING
            if not passing or not clock.wait(_("There was no answer.")):
                raise
        else:
            return
        if equal(_read(clients, change, watch), to):
            return


def _not_empty(change: Change) -> _LeftError:
    return _LeftError(
        _("{name} has something that the run didn't give it, and isn't deleted.").format(name=change.resource),
        mend=_("Take that away (policies, access keys, groups, instance profiles), then run undo again."),
    )


def _said(done: list[Back]) -> str:
    if not done:
        return _("Nothing was put back.")
    lines = "\n".join(dict.fromkeys(f"  {back.change.target} {back.change.name}".rstrip() for back in done))
    return _("Put back until here:\n{changes}").format(changes=lines)


def _go_on(run: Run) -> str:
    left = journal.run(run.id).left_to_undo()
    return _("To go on: {undo}").format(undo=how(Way.UNDO, run=run.id)) if left else ""
