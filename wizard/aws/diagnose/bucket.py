"""Reads the destination's side: the bucket with its settings, the object, and the KMS key that encrypts it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.aws import look
from wizard.aws.diagnose.evidence import BUCKET, KEY, BucketSeen, KeySeen, ObjectSeen, Paper
from wizard.aws.diagnose.identity import first_known, looked
from wizard.aws.errors import CallError
from wizard.names import arns
from wizard.names.accounts import partition as partition_of
from wizard.plan.found import ABSENT, Absent, BucketFound, NotKnown
from wizard.policy.checks.nearest import nearest, similar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wizard.aws.clients import Clients
    from wizard.plan.found import Piece

_MOST_KEYS = 1000
_AWS_MANAGED = "alias/aws/s3"


def bucket(name: str, readers: Mapping[str, Sequence[Clients]], region: str) -> BucketSeen:
    """Return the bucket as whoever is of its account can see it; `readers` are callers by account id.

    Whose bucket it is S3 tells to nobody: an account is its owner if S3 answers to that account's expectation
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html), or lists it.
    """
    refused: BucketFound | None = None
    for account, some in readers.items():
        for one in some:
            found = _found(one, name, account, region)
            pieces = (found.policy, found.public_access_block, found.ownership, found.encryption, found.region)
            if not all(isinstance(each, NotKnown) for each in pieces) or name in _listed(one):
                return _seen(name, account, found)
            refused = refused or found
    return BucketSeen(name, policy=refused.policy) if refused else BucketSeen(name)


def _found(clients: Clients, name: str, account: str, region: str) -> BucketFound:
    try:
        return look.bucket(clients, name, account, region)
    except CallError as error:
        # Asked in the wrong region, or unavailable: what is denied is not known by itself already.
        nothing = NotKnown(error.what)
        return BucketFound(nothing, nothing, nothing, nothing, nothing)


def _seen(name: str, account: str, found: BucketFound) -> BucketSeen:
    policy = found.policy
    region = found.region if isinstance(found.region, str) else ""
    paper: Piece[Paper] = (
        policy
        if isinstance(policy, NotKnown | Absent)
        else Paper("resource", BUCKET, "", f"arn:{partition_of(region)}:s3:::{name}", account, policy)
    )
    return BucketSeen(
        name,
        exists=True,
        owner=account,
        policy=paper,
        block=found.public_access_block,
        ownership=found.ownership,
        encryption=found.encryption,
        region=found.region,
    )


def account_block(readers: Iterable[Clients], account: str) -> Piece[Mapping[str, bool]]:
    """Return the Block Public Access settings of a whole account, as the first who may see them does."""
    return first_known(readers, lambda one: look.account_block(one, account))


def missing_bucket(name: str, readers: Iterable[Clients]) -> BucketSeen:
    """Return a bucket that S3 doesn't know, with the name that was probably meant."""
    names = [listed for one in readers for listed in _listed(one)]
    return BucketSeen(name, exists=False, likely_name=nearest(name, names) or similar(name, names) or "")


def _listed(clients: Clients) -> tuple[str, ...]:
    with suppress(CallError):
        return tuple(str(one["Name"]) for one in clients.call("s3", "list_buckets")["Buckets"])
    return ()


def thing(key: str, seen: BucketSeen, readers: Iterable[Clients], region: str) -> ObjectSeen:
    """Return the object as the first who may list the bucket sees it, with keys like it where it isn't there."""
    if not key or key.endswith("/"):
        return ObjectSeen(key)
    for one in readers:
        try:
            told = _list(one, seen, region, key, MaxKeys=1, FetchOwner=True)
        except CallError:
            continue
        first: Mapping[str, Any] = next(iter(told.get("Contents", ())), {})
        if first.get("Key") == key:
            return _details(one, seen, region, first)
        return ObjectSeen(key, exists=False, alike=_alike(one, seen, region, key))
    return ObjectSeen(key)


def _list(clients: Clients, seen: BucketSeen, region: str, prefix: str, **parameters: Any) -> Any:
    return clients.call("s3", "list_objects_v2", region=region, Bucket=seen.name, Prefix=prefix, **parameters)


def _details(clients: Clients, seen: BucketSeen, region: str, listed: Mapping[str, Any]) -> ObjectSeen:
    key = str(listed["Key"])
    found = ObjectSeen(key, exists=True, storage_class=str(listed.get("StorageClass", "")))
    owner = (listed.get("Owner") or {}).get("ID")
    if owner and seen.ownership != "BucketOwnerEnforced":
        with suppress(CallError):
            acl = clients.call("s3", "get_bucket_acl", region=region, Bucket=seen.name)
            found = replace(found, owner_is_bucket_owner=acl["Owner"]["ID"] == owner)
    with suppress(CallError):
        head = clients.call("s3", "head_object", region=region, Bucket=seen.name, Key=key)
        uses_kms = str(head.get("ServerSideEncryption", "")).startswith("aws:kms")
        key_id = str(head.get("SSEKMSKeyId") or _AWS_MANAGED) if uses_kms else ""
        version = str(head.get("VersionId") or "")
        found = replace(found, kms_key=key_id, version="" if version == "null" else version)
    return found


def _alike(clients: Clients, seen: BucketSeen, region: str, key: str) -> tuple[str, ...]:
    """Return the keys that somebody may have meant: first of those beside it, then of the whole bucket."""
    folder = key[: key.rfind("/") + 1]
    for prefix in dict.fromkeys((folder, "")):
        try:
            told = _list(clients, seen, region, prefix, MaxKeys=_MOST_KEYS)
        except CallError:
            return ()
        keys = [str(one["Key"]) for one in told.get("Contents", ())]
        found = nearest(key, keys) or _same_name(key, keys) or similar(key, keys)
        if found:
            return (found,)
    return ()


def _same_name(key: str, keys: list[str]) -> str | None:
    """Return the one key whose last part is this one's: in another folder, or without the leading slash."""
    name = key.rpartition("/")[2].lower()
    found = [one for one in keys if one.rpartition("/")[2].lower() == name]
    return found[0] if len(found) == 1 else None


def key_of(
    seen: BucketSeen, found: ObjectSeen, *, writes: bool, readers: Mapping[str, Sequence[Clients]], who_arn: str
) -> KeySeen | None:
    """Return the KMS key that the call uses: the object's own, for a write the bucket's default; None without one.

    A default that names an alias, or an id, is looked up where the bucket is.
    """
    named: Piece[str] = found.kms_key
    if writes or isinstance(named, NotKnown):
        if not isinstance(seen.encryption, tuple):
            return None
        algorithm, default = seen.encryption
        named = (default or _AWS_MANAGED) if algorithm.startswith("aws:kms") else ""
    if not isinstance(named, str) or not named:
        return None
    region = seen.region if isinstance(seen.region, str) else ""
    owner = seen.owner if isinstance(seen.owner, str) else ""
    parsed = arns.parse(named)
    account = parsed.account_id if parsed else owner
    some = readers.get(account, ())
    described = first_known(some, lambda one: _described(one, named, region))
    if isinstance(described, NotKnown | Absent):
        is_managed: Piece[bool] = True if named.endswith(_AWS_MANAGED) else NotKnown("")
        arn = named if parsed else f"arn:{partition_of(region)}:kms:{region}:{account}:{named}"
        return KeySeen(arn, account, is_managed)
    arn = str(described["Arn"])
    policy = first_known(some, lambda one: _key_policy(one, arn))
    paper = policy if isinstance(policy, NotKnown | Absent) else Paper("resource", KEY, "default", arn, account, policy)
    return KeySeen(
        arn,
        account,
        managed=described.get("KeyManager") == "AWS",
        state=str(described.get("KeyState", "Enabled")),
        policy=paper,
        granted=_granted(some, arn, who_arn),
    )


def _described(clients: Clients, named: str, region: str) -> Piece[Mapping[str, Any]]:
    return looked(lambda: clients.call("kms", "describe_key", region=region, KeyId=named)["KeyMetadata"])


def _key_policy(clients: Clients, arn: str) -> Piece[Any]:
    parsed = arns.parse(arn)
    if parsed is None:
        return ABSENT
    try:
        return look.key_policy(clients, parsed)
    except CallError as error:
        return NotKnown(error.what)


def _granted(readers: Sequence[Clients], arn: str, who_arn: str) -> bool | None:
    """Whether some grant of the key names the caller, or its role or account; None where nobody can list them."""
    parsed = arns.parse(arn)

    def ask(one: Clients) -> Piece[tuple[str, ...]]:
        region = parsed.region if parsed else ""
        return looked(
            lambda: tuple(
                str(grant.get("GranteePrincipal", ""))
                for grant in one.pages("kms", "list_grants", "Grants", region=region, KeyId=arn)
            )
        )

    found = first_known(readers, ask)
    if not isinstance(found, tuple):
        return None
    account = who_arn.split(":")[4]
    return any(account in grantee for grantee in found)
