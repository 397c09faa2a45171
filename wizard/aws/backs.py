"""What is there compared with what a run found and what it wrote: what can be put back, and what can't."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.aws.errors import CallError
from wizard.aws.look import access_key_ids
from wizard.aws.making import equal
from wizard.diff import same
from wizard.plan import Kind
from wizard.plan.merge import (
    UnreadableError,
    deleted_principals,
    is_grant,
    is_guard,
    own_statements,
    with_own,
    without_deleted,
)
from wizard.text import _

if TYPE_CHECKING:
    from wizard.aws.clients import Clients
    from wizard.plan import Change
    from wizard.plan.found import Json
    from wizard.state.journal import Step

_POLICIES = {Kind.BUCKET, Kind.GUARDS, Kind.KEY, Kind.TRUST}


@dataclass(frozen=True, slots=True)
class Back:
    """One change to put back. `now` is what is there, `to` what will be there again.

    `differs`: what is there is neither what was before nor what the run wrote, so that it is left alone;
    `gone`: it is as it was before already.
    """

    step: Step
    change: Change
    now: Json
    to: Json
    differs: bool = False
    gone: bool = False
    note: str = ""


def compared(step: Step, change: Change, now: Json) -> Back:
    """Return whether what is there is what was before, what the run wrote, or neither."""
    wrote = step.after if step.after is not None else change.then
    if equal(now, change.now):
        return Back(step, change, now, change.now, gone=True)
    if equal(now, wrote) or equal(now, change.then):
        note = _deleted(change.now) if change.kind in _POLICIES and change.now is not None else ""
        to = without_deleted(change.now) if note else change.now
        return Back(step, change, now, to, note=note)
    return Back(step, change, now, change.now, differs=True)


def own_only(back: Back, setup_name: str) -> Back:
    """Return the change with only this setup's statements put back, where they are still as the run wrote them."""
    change, wrote = back.change, back.step.after or back.change.then
    if change.kind not in _POLICIES or back.now is None:
        return back
    mine = is_guard(setup_name) if change.kind is Kind.GUARDS else is_grant(setup_name)
    try:
        ours, written = own_statements(back.now, mine), own_statements(wrote, mine)
        before = own_statements(change.now, mine)
        if not same({"Statement": ours}, {"Statement": written}):
            return back
        to = with_own(back.now, before, mine)
    except UnreadableError:
        return back
    note = _("Others changed it since: only the statements of this setup are put back.")
    return replace(back, to=to, differs=False, gone=equal(to, back.now), note=note)


def _deleted(policy: Json) -> str:
    try:
        gone = deleted_principals(policy)
    except UnreadableError:
        return ""
    if not gone:
        return ""
    return _("{ids} no longer exist, and AWS takes no policy that names them: it is put back without.").format(
        ids=", ".join(gone)
    )


def key_of(clients: Clients, step: Step, change: Change) -> Back:
    """Return the key that a step made, or may have made without knowing its id."""
    try:
        there = access_key_ids(clients, change.target)
    except CallError as error:
        if not error.missing:
            raise
        there = ()
    if step.made:
        ours = [one for one in there if one == step.made]
    else:
        before = [str(one) for one in step.told.get("before_keys", [])]
        ours = [one for one in there if one not in before]
    return Back(step, change, {"AccessKeyIds": ours} if ours else None, None, gone=not ours)
