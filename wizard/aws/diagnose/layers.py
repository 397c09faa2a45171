"""Reads what lies over both sides: the organisation's policies and the source's VPC endpoints for S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose.evidence import ENDPOINT, Layers, Paper
from wizard.aws.diagnose.identity import first_known, looked
from wizard.aws.policies import decoded
from wizard.plan.found import ABSENT, Absent, NotKnown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wizard.aws.clients import Clients
    from wizard.plan.found import Piece

_TYPES = {"scps": "SERVICE_CONTROL_POLICY", "rcps": "RESOURCE_CONTROL_POLICY"}
_DEEPEST = 8  # five levels of OUs, the root, the account: a bound for a parent that would name itself


def layers(
    readers: Mapping[str, Sequence[Clients]], callers: Iterable[str], owners: Iterable[str], region: str
) -> Layers:
    """Return what can be read of the layers over the accounts of callers (the source's first) and of resources.

    Only the management account, or who it delegates to, can read SCPs and RCPs.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    everybody = tuple(one for some in readers.values() for one in some)
    calling, owning = tuple(dict.fromkeys(callers)), tuple(dict.fromkeys(owners))
    known = {account: _organization(readers.get(account, ())) for account in {*calling, *owning}}
    source = calling[0] if calling else ""
    mine = known.get(source, NotKnown(""))
    organization: Piece[str] = mine if isinstance(mine, NotKnown | Absent) else str(mine["Id"])
    return Layers(
        organization,
        scps={account: _policies("scps", account, known[account], everybody) for account in calling},
        rcps={account: _policies("rcps", account, known[account], everybody) for account in owning},
        endpoints=first_known(readers.get(source, ()), lambda one: _endpoints(one, source, region)),
    )


def _organization(readers: Sequence[Clients]) -> Piece[Mapping[str, Any]]:
    return first_known(
        readers, lambda one: looked(lambda: one.call("organizations", "describe_organization")["Organization"])
    )


def _policies(
    kind: str, account: str, organization: Piece[Mapping[str, Any]], readers: Sequence[Clients]
) -> Piece[tuple[Paper, ...]]:
    if isinstance(organization, Absent):
        return ABSENT
    if not account:
        return NotKnown("")
    if not isinstance(organization, NotKnown) and organization.get("MasterAccountId") == account:
        return ABSENT  # neither kind binds the management account
    return first_known(readers, lambda one: looked(lambda: tuple(_inherited(one, kind, account))))


def _inherited(clients: Clients, kind: str, account: str) -> Iterator[Paper]:
    """Read the policies of the account and of everything above it, the root's first."""
    targets = [account]
    while len(targets) < _DEEPEST and not targets[-1].startswith("r-"):
        parents = clients.call("organizations", "list_parents", ChildId=targets[-1])["Parents"]
        if not parents:
            break
        targets.append(str(parents[0]["Id"]))
    for level, target in enumerate(reversed(targets)):
        listed = clients.pages(
            "organizations", "list_policies_for_target", "Policies", TargetId=target, Filter=_TYPES[kind]
        )
        for policy in listed:
            told = clients.call("organizations", "describe_policy", PolicyId=policy["Id"])["Policy"]
            yield Paper(kind, kind, str(policy["Name"]), target, account, decoded(told["Content"]), level)


def _endpoints(clients: Clients, account: str, region: str) -> Piece[tuple[Paper, ...]]:
    def ask() -> tuple[Paper, ...]:
        found = clients.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", region=region)
        mine = [one for one in found if str(one.get("ServiceName", "")).endswith(".s3")]
        return tuple(
            Paper("vpc_endpoint", ENDPOINT, "", str(one["VpcEndpointId"]), account, decoded(one["PolicyDocument"]))
            for one in mine
            if one.get("PolicyDocument")
        )

    return looked(ask)
