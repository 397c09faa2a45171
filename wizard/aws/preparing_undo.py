"""What an undo shows before anything changes: everything that a run changed, as it is now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.aws.accounts import new_clients, wrong_account
from wizard.aws.backs import Back, compared, is_as_written, key_of, others_made, without_ours
from wizard.aws.backs import own_only as only_own
from wizard.aws.clients import Place, label_of
from wizard.aws.earlier import changes_of, later
from wizard.aws.errors import CallError
from wizard.aws.gone import is_gone, note_of
from wizard.aws.look import caller
from wizard.aws.making import MAKING
from wizard.aws.putting_back import read
from wizard.plan import Kind
from wizard.plan.change import from_json
from wizard.state.run import Stage
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wizard.aws.clients import Clients
    from wizard.aws.watch import Watch
    from wizard.plan import Change
    from wizard.state.run import Run, Step


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo would do, the last change of the run first, and what can't be had back.

    `later` runs of the same setup, the newest first, still stand, and build on what this one changed.
    """

    run: Run
    clients: Mapping[str, Clients]
    backs: tuple[Back, ...]
    own_only: bool = False
    later: tuple[Run, ...] = ()

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
    coming: dict[tuple[str, str], Back] = {}
    # What is still as the run wrote it last: what others changed between two of its steps was seen and confirmed.
    untouched: set[tuple[str, str]] = set()
    others = _of_others(run, clients)
    for step in run.left_to_undo():
        change = from_json(step.change)
        one, thing = clients[change.account_id], _thing(change)
        if change.target in others and not step.made and change.kind not in MAKING:
            back = Back(step, change, None, None, others=others[change.target])
        elif change.kind is Kind.ACCESS_KEY:
            back = key_of(one, step, change, watch)
        else:
            back = _looked_at(one, step, change, watch, coming.get(thing))
            if change.kind in MAKING and change.target in others:
                back = _left(back, others[change.target])
            back = without_ours(back, run.setup_name)
            if own_only or thing in untouched:
                back = only_own(back, run.setup_name)
            if is_as_written(back):
                untouched.add(thing)
        if not back.differs and not back.others:
            coming[thing] = back
        backs.append(back)
    after = later(run)
    return Undoing(run, clients, tuple(_by_later(back, after) for back in backs), own_only, after)


def _by_later(back: Back, runs: Sequence[Run]) -> Back:
    """Return a change with the later run that wrote what is there, where one did: that is nobody else's writing."""
    if not back.differs:
        return back
    for run in runs:
        for step, change in changes_of(run):
            wrote = compared(step, change, back.now)
            if _thing(change) == _thing(back.change) and is_as_written(wrote):
                return replace(back, later=run.id)
    return back


def _looked_at(clients: Clients, step: Step, change: Change, watch: Watch, later: Back | None) -> Back:
    """Return a step compared with what is there, or will be when the `later` step of the same thing is put back.

    Where the thing itself was deleted there is nothing to put back.
    """
    if later is not None:
        return _gone(step, change) if later.missing else compared(step, change, later.to)
    try:
        now = read(clients, change, watch)
    except CallError as error:
        if error.missing and is_gone(clients, change, watch):
            return _gone(step, change)
        raise
    # A role or user that a died run may never have made was not deleted.
    made = change.kind not in MAKING or step.stage is Stage.DONE
    if now is None and made and is_gone(clients, change, watch):
        return _gone(step, change)
    return compared(step, change, now)


def _gone(step: Step, change: Change) -> Back:
    return Back(step, change, None, None, gone=True, missing=True, note=note_of(change))


def _of_others(run: Run, clients: Mapping[str, Clients]) -> dict[str, str]:
    """Return by ARN why a role or user that the run was to make, or made, is somebody else's now."""
    out: dict[str, str] = {}
    for step in run.left_to_undo():
        change = from_json(step.change)
        if change.kind in MAKING:
            out[change.target] = others_made(clients[change.account_id], step, change, run.setup_name)
    return {arn: why for arn, why in out.items() if why}


def _left(back: Back, why: str) -> Back:
    mend = _("It is left alone. Delete it by hand, if nobody needs it.")
    return replace(back, to=back.now, differs=False, gone=False, note="", others=why, mend=mend)


def _clients(
    run: Run, watch: Watch, places: Mapping[str, Place], ask_mfa: Callable[[str], str] | None
) -> dict[str, Clients]:
    """Return clients for each account that the run changed, every one checked before anything is put back."""
    accounts: Mapping[str, Any] = run.about.get("accounts", {})
    made: dict[str, Clients] = {}
    for step in run.left_to_undo():
        change = from_json(step.change)
        account, side = change.account_id, change.side
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
