"""Reads who calls: every policy of a user or role, its groups, its boundary, and a role's trust policy."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from wizard.aws.diagnose.evidence import BOUNDARY, GROUP, INLINE, MANAGED, TRUST, Paper, Who
from wizard.aws.errors import CallError
from wizard.aws.look import piece
from wizard.aws.policies import decoded, entity_of, named
from wizard.names import arns
from wizard.plan.found import ABSENT, Absent, NotKnown, role_of_session
from wizard.policy.checks.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from wizard.aws.clients import Clients
    from wizard.plan.found import Piece

T = TypeVar("T")
# Full ARNs of roles by account id and name, which is unique in an account whatever the path.
Roles: TypeAlias = "Mapping[tuple[str, str], str]"
NO_ROLES: Roles = MappingProxyType({})


def looked(ask: Callable[[], T]) -> Piece[T]:
    """Return what a call finds as `look.piece` does; here no failure of a look ends the diagnosis."""
    try:
        return piece(ask)
    except CallError as error:
        return NotKnown(error.what)


def first_known(readers: Iterable[Clients], ask: Callable[[Clients], Piece[T]]) -> Piece[T]:
    """Return what the first of several callers can see; what nobody can keeps the first one's reason."""
    reason = NotKnown("")
    for one in readers:
        found = ask(one)
        if not isinstance(found, NotKnown):
            return found
        reason = reason if reason.reason else found
    return reason


def who(
    told: Mapping[str, Any],
    readers: Iterable[Clients],
    *,
    session: Piece[Paper],
    mfa: bool | None,
    roles: Roles = NO_ROLES,
) -> Who:
    """Return who GetCallerIdentity told, with all of its policies that the readers (of its account) can see.

    `roles` are the ARNs of roles that are known otherwise, by account and name: for where nobody may look.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html lists the kinds.
    """
    arn, account, user_id = str(told["Arn"]), str(told["Account"]), str(told.get("UserId", ""))
    parsed = arns.parse(arn)
    is_user = parsed is not None and parsed.service == "iam" and parsed.resource.startswith("user/")
    if parsed is not None and parsed.resource == "root":
        # Nothing can be attached to a root user.
        return Who(arn, arn, account, user_id, (), ABSENT, ABSENT, mfa, keys_only=True)
    role = role_of_session(arn)
    principal = arn if role is None else f"arn:{parsed.partition if parsed else 'aws'}:iam::{account}:role/{role[1]}"
    if role is None and not is_user:
        return Who(arn, principal, account, user_id, mfa=mfa)
    some = tuple(readers)
    entity = first_known(some, lambda one: _entity(one, principal))
    if isinstance(entity, NotKnown | Absent):
        known = roles.get((account, role[1]), "") if role else arn
        unread = _none(entity)
        return Who(
            arn, known or principal, account, user_id, unread, unread, session, mfa, keys_only=is_user,
            path_known=bool(known),
        )  # fmt: skip
    principal = str(entity["Arn"])
    return Who(
        arn,
        principal,
        account,
        user_id,
        identity=first_known(some, lambda one: _identity(one, principal)),
        boundary=first_known(some, lambda one: _boundary(one, principal, entity)),
        session=session,
        mfa=mfa,
        keys_only=is_user,
    )


def trust(readers: Iterable[Clients], role_arn: str) -> tuple[Piece[Paper], bool | None, str]:
    """Return a role's trust policy, whether the role exists, and (where not) the name that was probably meant."""
    some = tuple(readers)
    found = first_known(some, lambda one: _entity(one, role_arn))
    if isinstance(found, NotKnown):
        return found, None, ""
    if isinstance(found, Absent) or found["Arn"] != role_arn:
        # A role's name is unique in its account, so that one with another path has the name.
        return ABSENT, False, str(found["Arn"]) if not isinstance(found, Absent) else _like(some, role_arn)
    account = role_arn.split(":")[4]
    document = decoded(found["AssumeRolePolicyDocument"])
    return Paper("trust", TRUST, "", role_arn, account, document), True, ""


def mfa_devices(readers: Iterable[Clients], user_arn: str) -> tuple[str, ...]:
    """Return the MFA devices of a user, as far as somebody can see them."""
    if ":user/" not in user_arn:
        return ()

    def ask(one: Clients) -> Piece[tuple[str, ...]]:
        return looked(
            lambda: tuple(
                str(device["SerialNumber"])
                for device in one.pages("iam", "list_mfa_devices", "MFADevices", **named(user_arn))
            )
        )

    found = first_known(readers, ask)
    return found if isinstance(found, tuple) else ()


def _none(entity: NotKnown | Absent) -> NotKnown:
    return entity if isinstance(entity, NotKnown) else NotKnown("")


def _entity(clients: Clients, arn: str) -> Piece[Mapping[str, Any]]:
    """Return a role or user by its name, whatever its path: a session's ARN has none."""
    kind = entity_of(arn)[0]
    return looked(lambda: clients.call("iam", f"get_{kind}", **named(arn))[kind.capitalize()])


def _like(readers: tuple[Clients, ...], role_arn: str) -> str:
    def ask(one: Clients) -> Piece[tuple[str, ...]]:
        return looked(lambda: tuple(str(role["Arn"]) for role in one.pages("iam", "list_roles", "Roles")))

    found = first_known(readers, ask)
    return nearest(role_arn, found) or "" if isinstance(found, tuple) else ""


def _identity(clients: Clients, arn: str) -> Piece[tuple[Paper, ...]]:
    return looked(lambda: tuple(papers(clients, arn)))


def papers(clients: Clients, arn: str) -> Iterator[Paper]:
    """Read the inline, attached and (a user's) groups' policies; one that is denied makes the whole not known."""
    kind, account = entity_of(arn)[0], arn.split(":")[4]
    for name in clients.pages("iam", f"list_{kind}_policies", "PolicyNames", **named(arn)):
        told = clients.call("iam", f"get_{kind}_policy", **named(arn), PolicyName=name)
        yield Paper("identity", INLINE, str(name), arn, account, decoded(told["PolicyDocument"]))
    for policy in clients.pages("iam", f"list_attached_{kind}_policies", "AttachedPolicies", **named(arn)):
        yield _managed(clients, str(policy["PolicyArn"]), arn, MANAGED)
    if kind != "user":
        return
    for group in clients.pages("iam", "list_groups_for_user", "Groups", **named(arn)):
        group_name, group_arn = str(group["GroupName"]), str(group["Arn"])
        for name in clients.pages("iam", "list_group_policies", "PolicyNames", GroupName=group_name):
            told = clients.call("iam", "get_group_policy", GroupName=group_name, PolicyName=name)
            yield Paper("identity", GROUP, str(name), group_arn, account, decoded(told["PolicyDocument"]))
        for policy in clients.pages("iam", "list_attached_group_policies", "AttachedPolicies", GroupName=group_name):
            yield _managed(clients, str(policy["PolicyArn"]), group_arn, MANAGED)


def _managed(clients: Clients, policy_arn: str, on: str, place: str) -> Paper:
    """Read the version of a managed policy that is in force."""
    version = clients.call("iam", "get_policy", PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
    told = clients.call("iam", "get_policy_version", PolicyArn=policy_arn, VersionId=version)["PolicyVersion"]
    kind = "boundary" if place == BOUNDARY else "identity"
    return Paper(kind, place, policy_arn, on, on.split(":")[4], decoded(told["Document"]))


def _boundary(clients: Clients, arn: str, entity: Mapping[str, Any]) -> Piece[Paper]:
    policy_arn = (entity.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    if not policy_arn:
        return ABSENT
    return looked(lambda: _managed(clients, str(policy_arn), arn, BOUNDARY))
