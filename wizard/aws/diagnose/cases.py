"""Makes the evaluator's cases of the evidence: each request on the way to the object, over what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wizard.aws.diagnose.call import LIST, is_on_bucket
from wizard.aws.diagnose.evidence import Paper
from wizard.aws.diagnose.judged import ASSUME, KMS, NOBODY_KNOWN, S3, Stage
from wizard.names.accounts import dns_suffix, partition
from wizard.plan.found import NOT_ASKED, Absent, NotKnown
from wizard.policy.evaluate import may_be_public

if TYPE_CHECKING:
    from wizard.aws.diagnose.evidence import Assuming, Evidence, Who
    from wizard.plan.found import Piece

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# What only a session, or a request that brings it, has.
_OF_SESSIONS = frozenset(
    ("aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime", "aws:federatedprovider")
)


def assume_stage(evidence: Evidence, hop: Assuming, action: str = "sts:AssumeRole") -> Stage:
    """Return the request that takes on a role."""
    account = hop.role_arn.split(":")[4]
    context = _caller_keys(evidence, hop.who) | {"sts:RoleSessionName": hop.session_name}
    absent = set(_absent(hop.who)) | {"sts:externalid", "sts:sourceidentity"}
    if hop.external_id:
        context["sts:ExternalId"] = hop.external_id
    if hop.mfa_serial:
        context["aws:MultiFactorAuthPresent"] = "true"
        absent -= {"aws:multifactorauthpresent", "aws:multifactorauthage"}
    papers, unread, unseen = _of(hop.who, ("trust", hop.trust), evidence, account)
    return Stage(
        ASSUME, action, hop.role_arn, hop.who, account, papers, unread, unseen | _over(evidence, hop.who, account),
        context, frozenset(absent) - {key.lower() for key in context},
    )  # fmt: skip


def s3_stage(evidence: Evidence, who: Who, action: str = "", *, key: str | None = None) -> Stage:
    """Return the S3 request: the action that is asked about, or another one on the same key."""
    action = action or evidence.action
    named = evidence.thing.key if key is None else key
    bucket = evidence.bucket
    region = bucket.region if isinstance(bucket.region, str) else evidence.start.region
    # The bucket's own partition, which may be another one than the caller's.
    arn = f"arn:{partition(region) if bucket.exists and region else who.partition}:s3:::{bucket.name}"
    owner = evidence.destination_account or NOBODY_KNOWN
    context = _caller_keys(evidence, who) | ({"aws:RequestedRegion": region} if region else {})
    if evidence.destination_account:
        context |= {"aws:ResourceAccount": owner, "s3:ResourceAccount": owner}
    if action == LIST:
        context |= {"s3:prefix": named, "s3:delimiter": "/", "s3:max-keys": "50"}
    papers, unread, unseen = _of(who, ("resource", bucket.policy), evidence, owner)
    block = [one for one in (bucket.block, bucket.account_block) if not isinstance(one, Absent | NotKnown)]
    policy = bucket.policy.document if isinstance(bucket.policy, Paper) else None
    is_open = isinstance(bucket.policy, NotKnown) or (isinstance(policy, dict) and may_be_public(policy))
    if is_open and any(isinstance(one, NotKnown) for one in (bucket.block, bucket.account_block)):
        unseen |= {"block_public_access"}
    may_be_others = bucket.ownership != "BucketOwnerEnforced" and not evidence.thing.owner_is_bucket_owner
    if may_be_others and not is_on_bucket(action):
        unseen |= {"acls"}
    return Stage(
        S3, action, arn if is_on_bucket(action) else f"{arn}/{named}", who, owner, papers, unread,
        unseen | _over(evidence, who, owner), context, _absent(who) - {name.lower() for name in context}, tuple(block),
    )  # fmt: skip


def kms_stage(evidence: Evidence, who: Who, action: str) -> Stage | None:
    """Return what S3 asks of the KMS key on the caller's behalf; None without a key that is known."""
    key = evidence.key
    if key is None or not key.account_id:
        return None
    region = key.arn.split(":")[3]
    via = f"s3.{region}.{dns_suffix(region)}"
    place = f"arn:{who.partition}:s3:::{evidence.bucket.name}/{evidence.thing.key}"
    context = _caller_keys(evidence, who) | {
        "kms:ViaService": via,
        "kms:CallerAccount": who.account_id,
        "kms:EncryptionContext:aws:s3:arn": place,
        "aws:ViaAWSService": "true",
    }
    if key.managed is True:
        context["kms:ResourceAliases"] = ["alias/aws/s3"]
    papers, unread, unseen = _of(who, ("resource", key.policy), evidence, key.account_id)
    if key.granted is not False:
        unseen |= {"kms_grants"}
    return Stage(
        KMS, action, key.arn, who, key.account_id, papers, unread, unseen | _over(evidence, who, key.account_id),
        context, _absent(who) - {name.lower() for name in context},
    )  # fmt: skip


def _of(
    who: Who, resource: tuple[str, Piece[Paper]], evidence: Evidence, owner: str
) -> tuple[tuple[Paper, ...], frozenset[str], frozenset[str]]:
    """Return the policies that were read, and which kinds that decide, or that only take away, were not."""
    papers: list[Paper] = []
    unread: set[str] = set()
    unseen: set[str] = set()
    if isinstance(who.identity, tuple):
        papers += who.identity
    else:
        unread.add("identity")
    kind, policy = resource
    limits = (("boundary", who.boundary), ("session", who.session))
    for name, piece in ((kind, policy), *limits):
        into = unread if name == kind else unseen
        if isinstance(piece, Paper):
            papers.append(piece)
        elif isinstance(piece, NotKnown):
            into.add(name)
    layers = evidence.layers
    for over in (layers.scps.get(who.account_id), layers.rcps.get(owner)):
        papers += over if isinstance(over, tuple) else ()
    return tuple(papers), frozenset(unread), frozenset(unseen)


def _over(evidence: Evidence, who: Who, owner: str) -> frozenset[str]:
    """Return the layers over the accounts that nobody could see."""
    layers, out = evidence.layers, {"vpc_endpoint"}
    if isinstance(layers.scps.get(who.account_id, NOT_ASKED), NotKnown):
        out.add("scps")
    if isinstance(layers.rcps.get(owner, NOT_ASKED), NotKnown):
        out.add("rcps")
    if layers.endpoints == ():
        out.discard("vpc_endpoint")
    return frozenset(out)


def _caller_keys(evidence: Evidence, who: Who) -> dict[str, Any]:
    """Return the condition keys that every request of the caller has.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    out: dict[str, Any] = {
        "aws:SecureTransport": "true" if _is_tls(evidence.start.endpoint_url) else "false",
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
        "aws:PrincipalArn": who.principal_arn,
        "aws:PrincipalAccount": who.account_id,
    }
    if who.user_id:
        out["aws:userid"] = who.user_id
    if ":user/" in who.arn:
        out |= {"aws:username": who.arn.rpartition("/")[2], "aws:PrincipalType": "User"}
    elif ":assumed-role/" in who.arn:
        out["aws:PrincipalType"] = "AssumedRole"
    if who.mfa is not None and not who.keys_only:
        out["aws:MultiFactorAuthPresent"] = str(who.mfa).lower()
    organization = evidence.layers.organization
    if isinstance(organization, str) and who.account_id == evidence.source_account:
        out["aws:PrincipalOrgID"] = organization
    return out


def _absent(who: Who) -> frozenset[str]:
    """Return the keys that the caller's requests surely lack."""
    return _OF_SESSIONS if who.keys_only else frozenset()


def _is_tls(endpoint_url: str) -> bool:
    """Whether calls are encrypted; on this machine (an embedded AWS) they count as it."""
    parts = urlsplit(endpoint_url)
    return parts.scheme != "http" or parts.hostname in _LOOPBACK
