"""What other runs of a setup's name changed: what its answers no longer name stays, and a later run builds on it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.methods.grants import bucket_arn
from wizard.plan import Kind
from wizard.plan.change import from_json
from wizard.state import journal
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.plan import Change, Plan
    from wizard.state.run import Run, Step

_OF_THE_BUCKET = frozenset((Kind.BUCKET, Kind.GUARDS))


def left_behind(plan: Plan) -> Iterator[str]:
    """Yield what runs of this setup changed in its accounts and nobody put back, where the answers don't name it now.

    The plan is about what the answers name: a role of another name, or a caller taken from the list, keeps what it
    got. A run on another machine, whose journal isn't here, can't be known of.
    """
    setup = plan.setup
    accounts = {setup.destination_account, *setup.source.account_ids}
    for run in journal.runs():
        if run.setup_name != setup.name:
            continue
        changes = [change for _step, change in changes_of(run)]
        stays = [one for one in reversed(changes) if one.account_id in accounts and not _is_named(plan, one)]
        if stays:
            things = dict.fromkeys(
                f"{one.target} {one.name}" if one.kind is Kind.ATTACHED else one.target for one in stays
            )
            yield _(
                "The run {run} of the setup {setup} changed these, which the answers don't name now, and they stay as "
                "they are: {things}. To put them back: {undo}; then apply again."
            ).format(run=run.id, setup=setup.name, things=", ".join(things), undo=how(Way.UNDO, run=run.id))


def _is_named(plan: Plan, change: Change) -> bool:
    """Whether a plan decides about the thing that a change is about."""
    setup = plan.setup
    if change.kind in _OF_THE_BUCKET:
        return change.target in {bucket_arn(setup, bucket) for bucket in setup.buckets}
    if change.kind is Kind.KEY:
        return change.target in {str(bucket.customer_key) for bucket in setup.buckets}
    own = [one for one in plan.of("destination-identity") if one.attach_to == change.target]
    if change.kind is Kind.ATTACHED:
        documents = [*own, *(one for one in plan.of("source-identity") if one.attach_to == change.target)]
        return any(one.managed_policy_arn == change.name for one in documents)
    if change.kind is Kind.INLINE:
        return bool(own) or any(one.attach_to == change.target for one in plan.of("source-identity"))
    return bool(own)


def changes_of(run: Run) -> Iterator[tuple[Step, Change]]:
    """Yield what is left to undo of another run, the last first, without what can't be read: its own undo says that."""
    for step in run.left_to_undo():
        with suppress(BadInputError):
            yield step, from_json(step.change)


def later(run: Run) -> tuple[Run, ...]:
    """Return the later runs of the same setup that something is left of, the newest first."""
    return tuple(
        one for one in journal.runs() if one.setup_name == run.setup_name and one.id > run.id and one.left_to_undo()
    )
