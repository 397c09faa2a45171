"""The changes of the destination's bucket policies and of key policies, merged into what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.diff import same
from wizard.methods.grants import bucket_arn
from wizard.plan import sizes
from wizard.plan.change import Change, Kind
from wizard.plan.found import Absent, NotKnown
from wizard.plan.merge import (
    UnreadableError,
    deleted_principals,
    is_grant,
    is_guard,
    loses_variables,
    merged,
    without_deleted,
)
from wizard.plan.scope import not_readable
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wizard.names import arns
    from wizard.plan.found import Json, Piece
    from wizard.plan.scope import Scope
    from wizard.policy.document import Statement
    from wizard.setup import Bucket


def bucket_grants(scope: Scope) -> Iterator[Change]:
    """Yield the change of each bucket policy but for its guards."""
    for bucket in scope.setup.buckets:
        now = value_of(scope.found.bucket_policy(bucket.name))
        wanted = _wanted(scope, bucket, is_grant(scope.setup.name))
        yield from _bucket(scope, bucket, Kind.BUCKET, now, wanted)


def bucket_guards(scope: Scope) -> Iterator[Change]:
    """Yield the change of each bucket policy that sets or takes away its guards, after the grants."""
    for bucket in scope.setup.buckets:
        now = value_of(scope.found.bucket_policy(bucket.name))
        for change in bucket_grants(scope):
            if change.target == bucket_arn(scope.setup, bucket):
                now = change.then if change.ours and not change.problem else now
        wanted = _wanted(scope, bucket, is_guard(scope.setup.name))
        yield from _bucket(scope, bucket, Kind.GUARDS, now, wanted)


def _wanted(scope: Scope, bucket: Bucket, mine: Callable[[str], bool]) -> tuple[Statement, ...]:
    arn = bucket_arn(scope.setup, bucket)
    documents = [one for one in scope.plan.of("bucket") if one.policy and one.attach_to == arn]
    return tuple(
        statement for one in documents if one.policy for statement in one.policy.statements if mine(statement.sid)
    )


def _bucket(
    scope: Scope, bucket: Bucket, kind: Kind, now: Json | NotKnown, wanted: Sequence[Statement]
) -> Iterator[Change]:
    name, account = scope.setup.name, scope.setup.destination_account
    mine = is_guard(name) if kind is Kind.GUARDS else is_grant(name)
    then, problem = _then(scope, now, wanted, mine)
    by = scope.by(account)
    if (isinstance(now, NotKnown) and not wanted) or _unchanged(now, then, problem):
        return
    if kind is Kind.GUARDS:
        what = _("Set the guards in the bucket policy of {bucket}.") if wanted else _("Take the guards away: {bucket}.")
    else:
        what = (
            _("Let the callers in by the bucket policy of {bucket}.")
            if wanted
            else _("Take this setup's statements out of the bucket policy of {bucket}.")
        )
    yield Change(
        id=f"{kind}:{bucket.name}",
        kind=kind,
        account_id=account,
        side="destination",
        target=bucket_arn(scope.setup, bucket),
        name=bucket.name,
        region=bucket.region,
        what=what.format(bucket=bucket.name),
        now=now,
        then=then,
        put_back=_("The bucket policy as it is now is put back.")
        if now is not None
        else _("The bucket policy is deleted: there was none."),
        by=by,
        problem=problem or not_readable(now, by) or sizes.too_large(then, sizes.BUCKET),
    )


def key_policies(scope: Scope) -> Iterator[Change]:
    """Yield the change of each customer key's policy; a key of a third account is a step of its owner."""
    for key in dict.fromkeys(bucket.customer_key for bucket in scope.setup.buckets):
        if key is not None:
            documents = [one for one in scope.plan.of("key") if one.policy and one.attach_to == str(key)]
            statements = [each for one in documents if one.policy for each in one.policy.statements]
            yield from _key(scope, statements, key)


def _key(scope: Scope, statements: Sequence[Statement], arn: arns.Arn) -> Iterator[Change]:
    mine = is_grant(scope.setup.name)
    # The owner's own statement is shown with the document, and is in nearly every key policy: never added here.
    wanted = [statement for statement in statements if mine(statement.sid)]
    now = value_of(scope.found.key_policy(str(arn)))
    then, problem = _then(scope, now, wanted, mine)
    if (isinstance(now, NotKnown) and not wanted) or _unchanged(now, then, problem):
        return
    name = arn.resource.removeprefix("key/")
    what = _("Let the callers use the key {key}.") if wanted else _("Take this setup's statements from the key {key}.")
    by = scope.by(arn.account_id)
    yield Change(
        id=f"{Kind.KEY}:{arn}",
        kind=Kind.KEY,
        account_id=arn.account_id,
        side=scope.side(arn.account_id),
        target=str(arn),
        name=name,
        region=arn.region,
        what=what.format(key=name),
        now=now,
        then=then,
        put_back=_("The key policy as it is now is put back."),
        by=by,
        problem=problem or not_readable(now, by) or sizes.too_large(then, sizes.KEY),
    )


def _then(
    scope: Scope, now: Json | NotKnown, wanted: Sequence[Statement], mine: Callable[[str], bool]
) -> tuple[Json, str]:
    """Return what will be there, and why it can't be (""). Where nothing is known it holds our statements alone."""
    if isinstance(now, NotKnown):
        return merged(None, wanted, mine), ""
    try:
        then = merged(now, wanted, mine)
        gone = deleted_principals(then)
        if gone and scope.choices.drop_deleted:
            then = without_deleted(then)
            gone = deleted_principals(then)
    except UnreadableError:
        return now, _("The policy that is there can't be read as a policy: nothing is merged into it.")
    if gone:
        return then, deleted_said(gone)
    return then, old_version(now, wanted)


def deleted_said(gone: Sequence[str]) -> str:
    """Say that a policy names principals that no longer exist, and what can be done."""
    return _(
        "The policy names principals that no longer exist ({ids}), and AWS takes no such policy: "
        "their removal has to be confirmed ({how})."
    ).format(ids=", ".join(gone), how=how(Way.DROP_DELETED))


def old_version(now: Json, wanted: Sequence[Statement]) -> str:
    """Say that our statements would not work under the old Version of the policy that is there, or ""."""
    if not loses_variables(now, wanted):
        return ""
    return _(
        "The policy that is there has the Version 2008-10-17, under which ${*} in our statements is plain text. "
        "Changing the Version could change what others' statements mean: look through it, and raise it by hand."
    )


def value_of(piece: Piece[Json]) -> Json | NotKnown:
    """Return a piece as a change has it: None for nothing."""
    return None if isinstance(piece, Absent) else piece


def _unchanged(now: Json | NotKnown, then: Json, problem: str) -> bool:
    """Whether all is in place. A policy that couldn't be merged is told, whatever is in it."""
    if isinstance(now, NotKnown) or (problem and now is then):
        return False
    return now is then or (now is not None and then is not None and same(now, then))
