"""The changes of roles and users: the source's principals, the destination's role or user, its access key."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from wizard.diff import same
from wizard.methods.assume_role import DEFAULT_SECONDS, Role
from wizard.names import arns
from wizard.plan import sizes
from wizard.plan.change import By, Change, Kind
from wizard.plan.found import ABSENT, Identity, NotKnown
from wizard.plan.merge import UnreadableError, deleted_principals, is_grant, merged, without_deleted
from wizard.plan.permissions import permissions
from wizard.plan.resources import deleted_said, old_version
from wizard.plan.scope import not_readable
from wizard.plan.target import Target, not_ours
from wizard.setup import policy_name
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.names.iam import Principal
    from wizard.plan.scope import Scope
    from wizard.policy.document import Document, Policy

SERVICE_LINKED = "/aws-service-role/"


def of_source(scope: Scope) -> Iterator[Change]:
    """Yield the source's half: an inline policy on each principal, or a step of whoever can take it."""
    documents = [one for one in scope.plan.of("source-identity") if one.policy is not None]
    if not documents:
        return
    pairs = product(scope.setup.source.account_ids, scope.setup.source.principals)
    for (account, principal), document in zip(pairs, documents, strict=True):
        if principal.kind in {"root", "permission-set"} or SERVICE_LINKED in principal.path:
            yield _hand_over(scope, account, principal, document)
            continue
        arn = principal.arn(scope.setup.partition, account)
        piece = scope.found.identity(arn)
        problem = ""
        if piece is ABSENT:
            problem = _("{principal} doesn't exist in {account}: make it first, or correct its name or path.").format(
                principal=principal, account=account
            )
        yield from permissions(Target(scope, arn, account, piece, problem), document)


def _hand_over(scope: Scope, account: str, principal: Principal, document: Document) -> Change:
    policy = document.policy.to_json() if document.policy else None
    name = policy_name(scope.setup.name)
    if principal.kind == "root":
        kind, by = Kind.MANAGED, By.ADMINISTRATORS
        what = _("Make a managed policy in {account}, and attach it to whoever is to have access.").format(
            account=account
        )
        put_back = _("Detach and delete that policy.")
    elif principal.kind == "permission-set":
        kind, by = Kind.PERMISSION_SET, By.IDENTITY_CENTER
        what = _("Write this as the inline policy of the permission set {name}, and provision it again.").format(
            name=principal.name
        )
        put_back = _("Put the permission set's inline policy back, and provision it again.")
    else:
        kind, by = Kind.INLINE, By.SERVICE
        what = _("{principal} is a service-linked role: IAM lets nobody edit it.").format(principal=principal)
        put_back = _("Nothing to put back.")
    return Change(
        id=f"{kind}:{account}:{principal}",
        kind=kind,
        account_id=account,
        side="source",
        target=document.attach_to or "",
        name=document.managed_policy_arn or name,
        region="",
        what=what,
        now=NotKnown(""),
        then=policy,
        put_back=put_back,
        by=by,
        problem="",
    )


def of_destination(scope: Scope) -> Iterator[Change]:
    """Yield the destination's role or user and its permissions."""
    for document in scope.plan.of("destination-identity"):
        if document.policy is None or document.attach_to is None:
            continue
        arn, account = document.attach_to, document.account_id
        piece = scope.found.identity(arn)
        target = Target(scope, arn, account, piece, not_ours(scope, arn, piece), make=piece is ABSENT)
        if isinstance(piece, NotKnown) or piece is ABSENT:
            yield _make(target)
        elif isinstance(scope.setup.own, Role):
            yield from _trust(target, piece)
            yield from _session(target, piece)
        yield from permissions(target, document)


def access_keys(scope: Scope) -> Iterator[Change]:
    """Yield the making of the user's access key; one that is there, and is this setup's user's, is kept."""
    if scope.setup.profile.name == "" or scope.plan.profile is None or not scope.plan.profile.needs_keys:
        return
    for document in scope.plan.of("destination-identity"):
        arn = document.attach_to or ""
        piece = scope.found.identity(arn)
        keys = piece.access_keys if isinstance(piece, Identity) else ()
        if isinstance(piece, Identity) and not isinstance(keys, NotKnown) and keys:
            continue
        by = scope.by(document.account_id)
        now = keys if isinstance(keys, NotKnown) else None
        if isinstance(piece, NotKnown):
            now = piece
        target = Target(scope, arn, document.account_id, piece, not_ours(scope, arn, piece))
        yield target.change(
            Kind.ACCESS_KEY,
            _("Make an access key of {name}; its secret is shown to nobody.").format(name=target.label),
            now,
            {"AccessKeyIds": [_("(known when it is made)")]},
            _("The access key is deleted. Its secret can't be had back: who uses it then needs a new one."),
            problem=target.problem or not_readable(now, by),
        )


def _make(target: Target) -> Change:
    setup, by = target.scope.setup, target.scope.by(target.account)
    now = target.piece if isinstance(target.piece, NotKnown) else None
    problem = not_readable(now, by)
    if isinstance(setup.own, Role):
        trust = _trust_policy(target.scope)
        return target.change(
            Kind.ROLE,
            _("Make {name}, with a trust policy for the callers of {account}.").format(
                name=target.label, account=", ".join(setup.source.account_ids)
            ),
            now,
            trust.to_json() if trust else None,
            _("The role is deleted."),
            problem=problem or (sizes.too_long([trust.to_json()], sizes.TRUST_RAISED) if trust else ""),
            session_seconds=_longest(setup.own),
        )
    parsed = arns.parse(target.arn)
    path, _slash, name = (parsed.resource if parsed else "").removeprefix("user").rpartition("/")
    return target.change(
        Kind.USER,
        _("Make {name}, without a console password.").format(name=target.label),
        now,
        {"UserName": name, "Path": f"{path}/"},
        _("The user is deleted."),
        problem=problem,
    )


def _trust_policy(scope: Scope) -> Policy | None:
    return next((one.policy for one in scope.plan.of("trust") if one.policy), None)


def _trust(target: Target, role: Identity) -> Iterator[Change]:
    policy = _trust_policy(target.scope)
    if policy is None:
        return
    then, problem = role.trust, ""
    try:
        then = merged(role.trust, policy.statements, is_grant(target.scope.setup.name))
        if deleted_principals(then) and target.scope.choices.drop_deleted:
            then = without_deleted(then)
        gone = deleted_principals(then)
        problem = (deleted_said(gone) if gone else "") or old_version(role.trust, policy.statements)
        if same(role.trust, then):
            return
    except UnreadableError:
        problem = _("The trust policy that is there can't be read: nothing is merged into it.")
    yield target.change(
        Kind.TRUST,
        _("Let the callers of {account} assume {name}.").format(
            name=target.label, account=", ".join(target.scope.setup.source.account_ids)
        ),
        role.trust,
        then,
        _("The trust policy as it is now is put back."),
        problem=target.problem or problem or sizes.too_long([then], sizes.TRUST_RAISED),
    )


def _longest(role: Role) -> int:
    """Return what a role's longest session has to be (seconds): a caller may ask for a shorter one.

    IAM takes 3600 to 43200. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    return max(role.session_seconds, DEFAULT_SECONDS)


def _session(target: Target, role: Identity) -> Iterator[Change]:
    own = target.scope.setup.own
    wanted = _longest(own) if isinstance(own, Role) else 0
    mine = role.is_of(target.scope.setup.name)
    # A role that isn't ours may be used for longer sessions by others: those stay possible.
    if wanted == role.max_session_seconds or (wanted < role.max_session_seconds and not mine):
        return
    yield target.change(
        Kind.SESSION,
        _("Let sessions of {name} last {seconds} seconds at most.").format(name=target.label, seconds=wanted),
        {"MaxSessionDuration": role.max_session_seconds},
        {"MaxSessionDuration": wanted},
        _("The longest session is set back to {seconds} seconds.").format(seconds=role.max_session_seconds),
        problem=target.problem,
    )
