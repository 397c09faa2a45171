"""Looks at both accounts and returns what was found: each piece by itself, and what is denied is not known."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from wizard.aws.errors import CallError
from wizard.aws.policies import decoded, entity_of, named
from wizard.plan.found import ABSENT, Absent, BucketFound, Caller, Found, Identity, NotKnown, role_of_session
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.clients import Clients
    from wizard.names import arns
    from wizard.plan import Plan
    from wizard.plan.found import Json, Piece

T = TypeVar("T")
_ADDRESS = re.compile(r"https?://(?:[0-9.]+|\[[0-9a-f:.]+\]|localhost)(?:[:/]|$)")


def look(plan: Plan, clients: Mapping[str, Clients], callers: Mapping[str, Caller]) -> Found:
    """Return what the plan of changes needs to know of each account that we have clients for (by account id).

    Raises CallError only where there is no use in going on (no credentials, expired, out of reach).
    """
    identities: dict[str, Piece[Identity]] = {}
    keys: dict[str, Piece[Json]] = {}
    for document in plan.needed():
        one = clients.get(document.account_id)
        if one is None or document.attach_to is None:
            continue
        if document.id in {"source-identity", "destination-identity"}:
            identities[document.attach_to] = identity(one, document.attach_to)
    for key in dict.fromkeys(each.customer_key for each in plan.setup.buckets):
        if key is not None and key.account_id in clients:
            keys[str(key)] = key_policy(clients[key.account_id], key)
    buckets: dict[str, BucketFound] = {}
    owner = plan.setup.destination_account
    if owner in clients:
        whole = account_block(clients[owner], owner)
        for wanted in plan.setup.buckets:
            found = bucket(clients[owner], wanted.name, owner, wanted.region)
            buckets[wanted.name] = replace(found, account_block=whole)
    return Found(dict(callers), identities, buckets, keys)


def caller(clients: Clients, *, with_organization: bool = False) -> Caller:
    """Return who the clients call as. A role's session is named by its role too, where its path can be read."""
    told = clients.call("sts", "get_caller_identity")
    arn = str(told["Arn"])
    principal = arn
    session = role_of_session(arn)
    if session is not None:
        partition = arn.split(":", 2)[1]
        principal = f"arn:{partition}:iam::{session[0]}:role/{session[1]}"
        with suppress(CallError):
            principal = str(clients.call("iam", "get_role", RoleName=session[1])["Role"]["Arn"])
    organization: Piece[str] = NotKnown("")
    if with_organization:
        organization = piece(lambda: str(clients.call("organizations", "describe_organization")["Organization"]["Id"]))
    return Caller(str(told["Account"]), arn, principal, organization)


def piece(ask: Callable[[], T]) -> Piece[T]:
    """Return what a call finds, Absent where AWS says that there is none, NotKnown where it is denied."""
    try:
        return ask()
    except CallError as error:
        if error.missing and error.code != "NoSuchBucket":
            return ABSENT
        if error.denied or error.code in {"NoSuchBucket", "MethodNotAllowed", "NotImplemented"}:
            return NotKnown(error.what)
        raise


def identity(clients: Clients, arn: str) -> Piece[Identity]:
    """Return a role or user with all of its policies. One of the same name with another path is NotKnown."""
    kind = entity_of(arn)[0]
    found = piece(lambda: clients.call("iam", f"get_{kind}", **named(arn))[kind.capitalize()])
    if isinstance(found, Absent | NotKnown):
        return found
    if found["Arn"] != arn:
        return NotKnown(
            _("{found} has the name, with another path: names are unique in an account.").format(found=found["Arn"])
        )
    is_user = kind == "user"
    return Identity(
        arn=arn,
        unique_id=str(found[f"{kind.capitalize()}Id"]),
        trust=decoded(found.get("AssumeRolePolicyDocument")),
        inline=piece(lambda: _inline(clients, kind, arn)),
        attached=piece(
            lambda: tuple(
                one["PolicyArn"]
                for one in clients.pages("iam", f"list_attached_{kind}_policies", "AttachedPolicies", **named(arn))
            )
        ),
        tags={one["Key"]: one["Value"] for one in found.get("Tags", [])},
        max_session_seconds=0 if is_user else int(found.get("MaxSessionDuration", 3600)),
        access_keys=piece(lambda: access_key_ids(clients, arn)) if is_user else (),
        groups=piece(lambda: _groups(clients, arn)) if is_user else (),
    )


def access_key_ids(clients: Clients, arn: str) -> tuple[str, ...]:
    """Return the ids of a user's access keys."""
    found = clients.pages("iam", "list_access_keys", "AccessKeyMetadata", **named(arn))
    return tuple(str(one["AccessKeyId"]) for one in found)


def _groups(clients: Clients, arn: str) -> tuple[str, ...]:
    return tuple(one["GroupName"] for one in clients.pages("iam", "list_groups_for_user", "Groups", **named(arn)))


def _inline(clients: Clients, kind: str, arn: str) -> Mapping[str, Json]:
    names = clients.pages("iam", f"list_{kind}_policies", "PolicyNames", **named(arn))
    return {
        name: decoded(clients.call("iam", f"get_{kind}_policy", **named(arn), PolicyName=name)["PolicyDocument"])
        for name in names
    }


def bucket(clients: Clients, name: str, owner: str, region: str) -> BucketFound:
    """Return a bucket's policy and the settings that decide what the policy can do."""

    def ask(operation: str) -> Any:
        return clients.call("s3", operation, region=region, Bucket=name, ExpectedBucketOwner=owner)

    def encryption() -> tuple[str, str]:
        rule = ask("get_bucket_encryption")["ServerSideEncryptionConfiguration"]["Rules"][0]
        default = rule["ApplyServerSideEncryptionByDefault"]
        return default["SSEAlgorithm"], default.get("KMSMasterKeyID", "")

    return BucketFound(
        policy=piece(lambda: decoded(ask("get_bucket_policy")["Policy"])),
        public_access_block=piece(lambda: dict(ask("get_public_access_block")["PublicAccessBlockConfiguration"])),
        ownership=piece(
            lambda: str(ask("get_bucket_ownership_controls")["OwnershipControls"]["Rules"][0]["ObjectOwnership"])
        ),
        encryption=piece(encryption),
        region=piece(lambda: ask("get_bucket_location")["LocationConstraint"] or "us-east-1"),
    )


def account_block(clients: Clients, account: str) -> Piece[Mapping[str, bool]]:
    """Return the Block Public Access settings of a whole account, which count beside each bucket's own.

    Nobody needs them to go on: whatever goes wrong, they are not known. They are asked of a host with the account's
    id in front, so that where the endpoint is an address (an embedded AWS) there are none.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
    """
    try:
        if _ADDRESS.match(clients.endpoint("s3control")):
            return NotKnown("")
        told = clients.call("s3control", "get_public_access_block", once=True, AccountId=account)
    except CallError as error:
        return ABSENT if error.missing else NotKnown(error.what)
    return dict(told["PublicAccessBlockConfiguration"])


def key_policy(clients: Clients, key: arns.Arn) -> Piece[Json]:
    """Return a key's policy."""
    return piece(
        lambda: decoded(
            clients.call("kms", "get_key_policy", region=key.region, KeyId=str(key), PolicyName="default")["Policy"]
        )
    )
