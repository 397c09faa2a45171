"""Puts back what a run changed, the last change first; only where what is there is still what the run wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.aws import keys, policies, sinks
from wizard.aws.accounts import new_clients, wrong_account
from wizard.aws.backs import Back, compared, key_of
from wizard.aws.backs import own_only as only_own
from wizard.aws.clients import Place, label_of
from wizard.aws.errors import CallError
from wizard.aws.look import caller
from wizard.aws.making import PASSING, equal, only_writer, patiently
from wizard.aws.watch import AlreadyThere, Began, Clock, Made, StoppedError
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


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo would do, the last change of the run first, and what can't be had back."""

    run: Run
    clients: Mapping[str, Clients]
    backs: tuple[Back, ...]

    @property
    def conflicts(self) -> tuple[Back, ...]:
        """What somebody else changed since: nothing is put back while there is one."""
        return tuple(back for back in self.backs if back.differs)

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


def latest() -> Run:
    """Return the last run that still has something to put back. Raises BadInputError when there is none."""
    for run in journal.runs():
        if run.left_to_undo():
            return run
    raise BadInputError(_("There is no run to undo."), mend=_("`s3-crossaccount runs` lists them."))


def prepare(
    run: Run,
    watch: Watch,
    places: Mapping[str, Place] | None = None,
    *,
    own_only: bool = False,
    ask_mfa: Callable[[str], str] | None = None,
) -> Undoing:
    """Look at everything that a run changed; nothing is changed. `places` (by side) replace the journal's.

    `own_only`: where others changed a policy since, put back this setup's statements in it and leave the rest.
    Raises BadInputError for another account's profile, CallError where AWS can't be asked.
    """
    clients = _clients(run, watch, places or {}, ask_mfa)
    backs: list[Back] = []
    # What will be there when the steps before this one are put back: two changes of one bucket policy.
    coming: dict[tuple[str, str], Json] = {}
    for step in run.left_to_undo():
        change = from_json(step.change)
        thing = _thing(change)
        if change.kind is Kind.ACCESS_KEY:
            back = key_of(clients[change.account_id], step, change)
        else:
            now = coming[thing] if thing in coming else _read(clients[change.account_id], change, watch)
            back = compared(step, change, now)
            if back.differs and own_only:
                back = only_own(back, run.setup_name)
        if not back.differs:
            coming[thing] = back.to
        backs.append(back)
    return Undoing(run, clients, tuple(backs))


def undo(undoing: Undoing, watch: Watch) -> tuple[Back, ...]:
    """Put everything back; return what was put back. Raises CancelledError, AwsError or BadInputError.

    Each change is looked at once more before it is put back; where it moved, the undo stops there.
    """
    if undoing.conflicts:
        raise BadInputError(
            _("Somebody else changed what the run {run} wrote: nothing was put back.").format(run=undoing.run.id),
            where=", ".join(back.change.target for back in undoing.conflicts),
            mend=_(
                "Look at the three versions above. With {how} only the statements of this setup are put "
                "back, and those of others stay."
            ).format(how=how(Way.OWN_STATEMENTS)),
        )
    done: list[Back] = []
    with journal.writing(undoing.run.id) as opened:
        try:
            for number, back in enumerate(undoing.backs, 1):
                watch.check()
                watch.tell(Began(back.change, number, len(undoing.backs), back=True))
                _put_back(undoing.clients[back.change.account_id], back, opened, watch)
                done.append(back)
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


def _put_back(clients: Clients, back: Back, opened: Journal, watch: Watch) -> None:
    change, step = back.change, back.step
    if back.gone and change.kind is not Kind.ACCESS_KEY:
        opened.write(Event.UNDONE, id=change.id, step=step.number)
        watch.tell(AlreadyThere(change))
        return
    with only_writer(change):
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
    if change.kind in {Kind.ROLE, Kind.USER}:
        _require_same(clients, back)
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
                raise _not_empty(change, error) from None
            passing = error.maybe_done or error.code in PASSING
            if not passing or not clock.wait(_("There was no answer.")):
                raise
        else:
            return
        if equal(_read(clients, change, watch), to):
            return


def _require_same(clients: Clients, back: Back) -> None:
    """Refuse to delete a role or user that was deleted and made again since: it is somebody else's now."""
    there = policies.unique_id(clients, back.change.target)
    if back.step.made and there and there != back.step.made:
        raise BadInputError(
            _("{arn} is not the one that the run made ({made}): it was made again ({there}).").format(
                arn=back.change.target, made=back.step.made, there=there
            ),
            mend=_("Delete it by hand, if nobody needs it."),
        )


def _not_empty(change: Change, error: CallError) -> BadInputError:
    return BadInputError(
        _("{name} has something that the run didn't give it, and isn't deleted.").format(name=change.resource),
        where=change.target,
        why=error.what,
        mend=_("Take that away (policies, access keys, groups, instance profiles), then run undo again."),
    )


def _said(done: list[Back]) -> str:
    if not done:
        return _("Nothing was put back.")
    lines = "\n".join(f"  {back.change.target} {back.change.name}".rstrip() for back in done)
    return _("Put back until here:\n{changes}").format(changes=lines)


def _go_on(run: Run) -> str:
    return _("To go on: {undo}").format(undo=how(Way.UNDO, run=run.id))
