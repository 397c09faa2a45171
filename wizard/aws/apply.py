"""Applies exactly the changes of a plan that was confirmed: journalled, made one by one, and looked at again."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.aws import existing, keys, sinks
from wizard.aws.ending import ended
from wizard.aws.making import Maker, MovedError
from wizard.aws.preparing import broken, prepared_on, refuse
from wizard.aws.watch import Began, Moved, StoppedError
from wizard.errors import AwsError
from wizard.plan import Kind, changes
from wizard.plan.change import from_json
from wizard.plan.found import Identity
from wizard.state import journal
from wizard.state.run import Event, Stage
from wizard.text import _
from wizard.ways import Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wizard.aws.keys import Sink
    from wizard.aws.preparing import Prepared
    from wizard.aws.watch import Watch
    from wizard.plan import Change
    from wizard.state.journal import Journal

# How often a plan is made again because somebody else keeps changing the same things.
_REPLANS = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did. `run_id` is empty where there was nothing to change."""

    run_id: str
    made: tuple[Change, ...]
    left: tuple[Change, ...]


@dataclass(slots=True)
class _Run:
    """One run under way."""

    prepared: Prepared
    maker: Maker
    sink: Sink | None
    again: Callable[[Prepared], bool]
    made: list[Change]
    has_key: bool = False


def apply(
    prepared: Prepared,
    watch: Watch,
    sink: Sink | None = None,
    *,
    again: Callable[[Prepared], bool] = lambda _prepared: True,
    about: dict[str, Any] | None = None,
) -> Outcome:
    """Make the changes; `sink` takes the access key, where one is made.

    `again` is asked when somebody changed what was confirmed, and the plan was made again. A run of the same
    setup that stopped or died is gone on with, in its own journal. Raises CancelledError when it was stopped,
    AwsError where AWS refused (both say what is done, and how to go on or to undo), and BadInputError before
    the first change.
    """
    refuse(prepared)
    if any(change.kind is Kind.ACCESS_KEY for change in prepared.ours):
        assert sink is not None  # noqa: S101 -- only iam-user makes keys, and its plan has a profile
        sink.check(_lost_keys(prepared))
    setup = prepared.plan.setup
    if not prepared.ours and broken(setup.name) is None:
        return Outcome("", (), prepared.changes)
    made: list[Change] = []
    with _journal(prepared, about or {}) as opened, ended(opened, made, again=Way.APPLY_AGAIN):
        run = _Run(prepared, Maker(opened, watch, setup.name), sink, again, made)
        _know(run)
        _settle_keys(run)
        _make_all(run)
        run_id = opened.id
    return Outcome(run_id, tuple(made), run.prepared.changes)


@contextmanager
def _journal(prepared: Prepared, about: dict[str, Any]) -> Iterator[Journal]:
    """Open the journal of a new run, or of one that can be gone on with; what is there now is in it first."""
    setup = prepared.plan.setup
    told = {
        "setup": setup.name,
        "method": setup.method,
        "buckets": [bucket.name for bucket in setup.buckets],
        "region": setup.bucket.region,
        **about,
    }
    before = broken(setup.name)
    if before is not None:
        accounts = {**before.about.get("accounts", {}), **prepared.accounts.to_json()}
        with journal.writing(before.id) as opened:
            opened.write(Event.RESUME, **told, accounts=accounts)
            _tell_plan(opened, prepared)
            yield opened
        return
    with journal.new_run(**told, accounts=prepared.accounts.to_json()) as opened:
        _tell_plan(opened, prepared)
        yield opened


def _tell_plan(opened: Journal, prepared: Prepared) -> None:
    for change in prepared.ours:
        opened.write(Event.PLAN, change=change.to_json())


def _settle_keys(run: _Run) -> None:
    """Delete the access keys that an earlier, broken run of this setup may have made without keeping them."""
    opened, settled = run.maker.journal, False
    for step in journal.run(opened.id).left_to_undo():
        if step.change.get("kind") != Kind.ACCESS_KEY or step.stage is not Stage.STARTED:
            continue
        clients = run.prepared.accounts.clients.get(str(step.change.get("account_id")))
        if clients is None:
            continue
        try:
            gone = keys.settle(clients, step, run.maker.watch)
        except keys.UnsureKeysError as unsure:
            opened.write(Event.FAILED, id=step.id, why=unsure.what, unsure_keys=unsure.ids)
            raise
        keys.tell_deleted(run.maker.watch, from_json(step.change), gone)
        kept = step.told.get("kept")
        if isinstance(kept, dict):
            sinks.take_back(kept, step.made)
        opened.write(Event.FAILED, id=step.id, why="the run died before the key was kept", deleted_keys=gone)
        settled = True
    if settled:
        _look_again(run)


def _lost_keys(prepared: Prepared) -> frozenset[str]:
    """Return the keys of a broken run that are deleted before a new one is made."""
    before = broken(prepared.plan.setup.name)
    steps = before.left_to_undo() if before is not None else ()
    return frozenset(step.made for step in steps if step.stage is Stage.STARTED and step.made)


def _make_all(run: _Run) -> None:
    queue, replans = list(run.prepared.ours), 0
    total = len(queue)
    while True:
        while queue:
            change = queue[0]
            run.maker.watch.check()
            run.maker.watch.tell(Began(change, len(run.made) + 1, max(total, len(run.made) + len(queue))))
            try:
                _make(run, change)
                queue.pop(0)
            except MovedError:
                run.maker.watch.tell(Moved(change))
                replans += 1
                queue = _planned_again(run, replans)
        queue = _lost(run)
        if not queue:
            return
        replans += 1
        if replans > _REPLANS:
            raise AwsError(
                _("Somebody else wrote over what this run wrote, again and again: the race is lost."),
                where=", ".join(change.target for change in queue),
                mend=_("Find out who else changes it, then apply again."),
            )
        for change in queue:
            run.maker.watch.tell(Moved(change))
        _ask_again(run)


def _make(run: _Run, change: Change) -> None:
    clients = run.prepared.accounts.clients[change.account_id]
    if change.kind is Kind.ACCESS_KEY:
        if run.has_key or run.sink is None:
            return
        keys.make(run.maker, clients, change, run.sink, run.prepared.plan.setup.bucket.region)
        run.has_key = True
        run.made.append(change)
    elif run.maker.make(clients, change):
        run.made.append(change)


def _planned_again(run: _Run, replans: int) -> list[Change]:
    """Return what is left to do in the world as it is now; it has to be confirmed again."""
    if replans > _REPLANS:
        raise AwsError(
            _("What is there keeps changing while it is read."),
            mend=_("Find out who else changes it, then apply again."),
        )
    _look_again(run)
    _ask_again(run)
    return [change for change in run.prepared.ours if not (change.kind is Kind.ACCESS_KEY and run.has_key)]


def _look_again(run: _Run) -> None:
    """Prepare anew: what was refused, warned of and doubted belongs to the plan that was made before."""
    now = run.prepared
    found = existing.seen(now.plan, now.accounts.clients, now.accounts.callers)
    run.prepared = prepared_on(now.plan, now.accounts, now.choices, found)
    _know(run)


def _know(run: _Run) -> None:
    """Let the maker know which role or user the plan is about, by its unique id."""
    for document in run.prepared.plan.of("destination-identity"):
        one = run.prepared.found.identity(document.attach_to or "")
        if isinstance(one, Identity):
            run.maker.known[one.arn] = one.unique_id


def _ask_again(run: _Run) -> None:
    """Show the plan as it is now, and go on only where it can be made and is confirmed."""
    refuse(run.prepared, begun=True)
    if run.prepared.ours and not run.again(run.prepared):
        raise StoppedError


def _lost(run: _Run) -> list[Change]:
    """Return what is missing again of the shared policies that this run wrote: somebody wrote over it.

    S3 and KMS can't be asked to write only what nobody else wrote meanwhile.
    """
    shared = {Kind.BUCKET, Kind.GUARDS, Kind.KEY}
    theirs = tuple(one for one in run.prepared.changes if not one.ours)
    if any(change.kind in shared for change in run.made):
        now = run.prepared
        found = existing.seen(now.plan, now.accounts.clients, now.accounts.callers)
        planned = changes(now.plan, found, now.choices)
        theirs = tuple(one for one in planned if not one.ours)
        if any(change.ours and change.kind in shared for change in planned):
            run.prepared = prepared_on(now.plan, now.accounts, now.choices, found)
            _know(run)
            kept = tuple(one for one in run.prepared.changes if not one.ours or one.kind in shared)
            run.prepared = replace(run.prepared, changes=kept)
            return list(run.prepared.ours)
    run.prepared = replace(run.prepared, changes=theirs)
    return []
