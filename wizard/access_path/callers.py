"""Who calls: the principals of a setup as requests know them, and others who must stay out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.methods.assume_role import Role, role_arn
from wizard.methods.iam_user import User, user_arn
from wizard.text import _

if TYPE_CHECKING:
    from wizard.names.iam import Principal
    from wizard.plan import Plan
    from wizard.setup import Setup

SESSION = "s3-crossaccount"
_SSO_SUFFIX = "0123456789abcdef"
STRANGER = "999999999999"
# What an administrator of another account, or of the source, could give to anybody: everything.
EVERYTHING: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who makes requests: `arn` as the request has it (a role's session), `principal_arn` as conditions do.

    `identity` has its IAM policies. `anonymous` callers have no account.
    """

    label: str
    arn: str
    principal_arn: str
    account_id: str | None
    identity: tuple[dict[str, Any], ...] = ()

    @property
    def context(self) -> dict[str, str]:
        """The condition keys that every request of this caller has."""
        always = {"aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"}
        if self.account_id is None:
            return always
        return always | {"aws:PrincipalArn": self.principal_arn, "aws:PrincipalAccount": self.account_id}


def role_session(
    label: str, partition: str, account: str, resource: str, identity: tuple[dict[str, Any], ...]
) -> Caller:
    """Return a session of a role; `resource` is its path and name: `/wizard/RoleA`. The session's ARN has no path."""
    session = f"arn:{partition}:sts::{account}:assumed-role/{resource.rpartition('/')[2]}/{SESSION}"
    return Caller(label, session, f"arn:{partition}:iam::{account}:role{resource}", account, identity)


def of_source(plan: Plan) -> tuple[Caller, ...]:
    """Return the setup's principals of the source with the IAM policies that the plan gives them.

    For the whole account it is a role that its administrators gave the policy; for a permission set one of the
    roles that Identity Center makes.
    """
    policies = iter(plan.of("source-identity"))
    out = []
    for account in plan.setup.source.account_ids:
        for principal in plan.setup.source.principals:
            document = next(policies)
            identity = (document.policy.to_json(),) if document.policy else ()
            out.append(_caller(plan.setup, principal, account, identity))
    return tuple(out)


def _caller(setup: Setup, principal: Principal, account: str, identity: tuple[dict[str, Any], ...]) -> Caller:
    partition = setup.partition
    if principal.kind == "user":
        arn = principal.arn(partition, account)
        return Caller(str(principal), arn, arn, account, identity)
    if principal.kind == "permission-set":
        region = f"{setup.bucket.region}/"
        resource = f"/aws-reserved/sso.amazonaws.com/{region}AWSReservedSSO_{principal.name}_{_SSO_SUFFIX}"
    elif principal.kind == "root":
        label = _("a role of {account} with this policy").format(account=account)
        return role_session(label, partition, account, "/s3-crossaccount-example", identity)
    else:
        resource = f"{principal.path}{principal.name}"
    return role_session(str(principal), partition, account, resource, identity)


def of_destination(plan: Plan) -> Caller | None:
    """Return the role's session or the user of the destination that makes the S3 calls; None with bucket-policy."""
    setup = plan.setup
    documents = plan.of("destination-identity")
    identity = tuple(document.policy.to_json() for document in documents if document.policy)
    if isinstance(setup.own, Role):
        resource = role_arn(setup).partition(":role")[2]
        return role_session(str(setup.own.name), setup.partition, setup.destination_account, resource, identity)
    if isinstance(setup.own, User):
        arn = user_arn(setup)
        return Caller(str(setup.own.name), arn, arn, setup.destination_account, identity)
    return None


def outsiders(setup: Setup) -> tuple[Caller, ...]:
    """Return who must stay out even if their own administrators allow them everything, and anonymous callers."""
    out = []
    account = setup.source.account_ids[0]
    if not setup.source.whole_account:
        label = _("another role of {account} that may do everything").format(account=account)
        out.append(role_session(label, setup.partition, account, "/somebody-else", (EVERYTHING,)))
    label = _("a role of another account that may do everything")
    out.append(role_session(label, setup.partition, STRANGER, "/stranger", (EVERYTHING,)))
    out.append(Caller(_("anonymous callers"), "anonymous", "", None))
    return tuple(out)
