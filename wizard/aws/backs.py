"""What is there compared with what a run found and what it wrote: what can be put back, and what can't."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.aws import keys, policies
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
    from collections.abc import Callable, Mapping, Sequence

    from wizard.aws.clients import Clients
    from wizard.aws.watch import Watch
    from wizard.plan import Change
    from wizard.plan.found import Json
    from wizard.state.run import Step

_POLICIES = {Kind.BUCKET, Kind.GUARDS, Kind.KEY, Kind.TRUST}


@dataclass(frozen=True, slots=True)
class Back:
    """One change to put back. `now` is what is there, `to` what will be there again.

    `differs`: what is there is neither what was before nor what the run wrote, so that it is left alone;
    `gone`: it is as it was before already, or nothing of this setup is in it any more; `missing`: the bucket, role,
    user or key itself was deleted. `others` says why what is there is somebody else's, so that there is nothing to put
    back, and `mend` what to do about it. `later`: the run of the same setup that made it differ.
    """

    step: Step
    change: Change
    now: Json
    to: Json
    differs: bool = False
    gone: bool = False
    missing: bool = False
    note: str = ""
    others: str = ""
    mend: str = ""
    later: str = ""


def wrote(back: Back) -> Json:
    """Return what the run wrote, as AWS gave it back."""
    return back.step.after if back.step.after is not None else back.change.then


def compared(step: Step, change: Change, now: Json) -> Back:
    """Return whether what is there is what was before, what the run wrote, or neither."""
    back = Back(step, change, now, change.now)
    if equal(now, change.now):
        return replace(back, gone=True)
    if is_as_written(back):
        note = _deleted(change.now) if change.kind in _POLICIES and change.now is not None else ""
        to = without_deleted(change.now) if note else change.now
        return replace(back, to=to, note=note)
    if now is None:
        return replace(back, to=None, gone=True, note=_("Others deleted it since: nothing of this setup is there."))
    return replace(back, differs=True)


def is_as_written(back: Back) -> bool:
    """Whether what is there is what the run wrote."""
    return equal(back.now, wrote(back)) or equal(back.now, back.change.then)


def without_ours(back: Back, setup_name: str) -> Back:
    """Return the change as put back where it was one of this setup's statements alone, and none of it is there now."""
    if not back.differs or back.change.kind not in _POLICIES:
        return back
    mine = _mine(back.change, setup_name)
    try:
        there, written, before = (own_statements(one, mine) for one in (back.now, wrote(back), back.change.now))
        rest = [with_own(one, (), mine) for one in (wrote(back), back.change.now)]
        rest = [without_deleted(one) if one is not None else None for one in rest]
    except UnreadableError:
        return back
    if _alike(written, before) or not equal(*rest) or not (_alike(there, before) or (written and not there)):
        return back
    note = _("Others took this setup's statements out since: nothing of them is there.")
    return replace(back, to=back.now, differs=False, gone=True, note=note)


def own_only(back: Back, setup_name: str) -> Back:
    """Return the change with only this setup's statements put back, where they are still as the run wrote them.

    Statements of ours that others took out stay out.
    """
    if not back.differs or back.change.kind not in _POLICIES:
        return back
    mine = _mine(back.change, setup_name)
    try:
        there, written, before = (
            {str(one.get("Sid")): one for one in own_statements(policy, mine)}
            for policy in (back.now, wrote(back), back.change.now)
        )
        known = all(
            any(_alike([one], [other[sid]]) for other in (written, before) if sid in other)
            for sid, one in there.items()
        )
        if not known:
            return back
        to = with_own(back.now, [one for sid, one in before.items() if sid in there or sid not in written], mine)
    except UnreadableError:
        return back
    note = _("Others changed it since: only the statements of this setup are put back.")
    return replace(back, to=to, differs=False, gone=equal(to, back.now), note=note)


def _mine(change: Change, setup_name: str) -> Callable[[Any], bool]:
    return is_guard(setup_name) if change.kind is Kind.GUARDS else is_grant(setup_name)


def _alike(some: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> bool:
    return same({"Statement": list(some)}, {"Statement": list(others)})


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


def key_of(clients: Clients, step: Step, change: Change, watch: Watch) -> Back:
    """Return the key that a step made, or may have made without knowing its id."""
    if not step.made:
        found = keys.candidates(clients, step, change, watch)
        if len(found) > 1:
            unsure = keys.UnsureKeysError(change.target, found)
            return Back(step, change, None, None, others=f"{unsure.what} {unsure.why}", mend=unsure.mend)
        return Back(step, change, {"AccessKeyIds": found} if found else None, None, gone=not found)
    try:
        there = access_key_ids(clients, change.target)
    except CallError as error:
        if not error.missing:
            raise
        there = ()
    ours = [one for one in there if one == step.made]
    return Back(step, change, {"AccessKeyIds": ours} if ours else None, None, gone=not ours)


def others_made(clients: Clients, step: Step, change: Change, setup_name: str) -> str:
    """Say why the role or user of a step that made one is somebody else's; "" when it is the run's, or isn't there.

    Where the journal doesn't know its unique id, because the process died, it has to carry the setup's tag.
    """
    there = policies.unique_id(clients, change.target)
    if not there or there == step.made:
        return ""
    if step.made:
        return _("{arn} is not the one that the run made ({made}): it was made again ({there}).").format(
            arn=change.target, made=step.made, there=there
        )
    if policies.made_by(clients, change.target, setup_name):
        return ""
    return _("{arn} doesn't carry the tag of the setup {setup}: the run didn't make it, somebody else did.").format(
        arn=change.target, setup=setup_name
    )
