"""What a person must know before the changes are made, and what forbids them: pure, from plan and findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.methods.guards import needs_typed_confirmation
from wizard.methods.registry import METHODS
from wizard.plan import sizes
from wizard.plan.change import Kind
from wizard.plan.found import NotKnown
from wizard.policy.evaluate import perhaps_public_statements, public_statements
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.plan.change import Change
    from wizard.plan.found import BucketFound, Caller, Found
    from wizard.plan.made import Plan
    from wizard.setup import Bucket, Setup


@dataclass(frozen=True, slots=True)
class Cautions:
    """`warnings` are sentences to be seen before; `refusal` says why nothing may be changed at all ("": it may)."""

    warnings: tuple[str, ...]
    refusal: str


def cautions(plan: Plan, found: Found, planned: Sequence[Change]) -> Cautions:
    """Return what is to be said about the changes in the accounts as they were found."""
    setup = plan.setup
    warnings: list[str] = []
    for bucket in setup.buckets:
        here = found.buckets.get(bucket.name)
        if here is not None:
            warnings += _about_bucket(setup, bucket, here, planned)
    for change in planned:
        if change.kind in {Kind.ROLE, Kind.TRUST} and sizes.too_long([change.then], sizes.TRUST):
            warnings.append(
                _(
                    "The trust policy of {role} is longer than {limit} characters, IAM's quota unless it was raised: "
                    "name fewer principals, or ask for a higher quota."
                ).format(role=change.resource, limit=sizes.TRUST)
            )
    caller = found.callers.get(setup.destination_account)
    refusal = ""
    if caller is not None and any(change.kind is Kind.GUARDS and change.ours and _adds(change) for change in planned):
        refusal = shuts_out_applier(setup, caller)
    return Cautions(tuple(dict.fromkeys(warnings)), refusal)


def needs_lockout_confirmation(setup: Setup, planned: Sequence[Change]) -> bool:
    """Whether the bucket's name has to be typed: a guard that can lock out is set, and nobody of ours is exempt."""
    return needs_typed_confirmation(setup) and any(change.kind is Kind.GUARDS and _adds(change) for change in planned)


def _adds(change: Change) -> bool:
    return change.then is not None


def shuts_out_applier(setup: Setup, caller: Caller) -> str:
    """Say that the guards would shut out the one who sets them, so that undo could not run; "" when they don't.

    The root user can always change the bucket policy. Whoever is exempt by ARN is spared by both guards.
    """
    arn = caller.principal_arn
    if arn.endswith(":root") or any(arn_like(pattern, arn) for pattern in setup.guards.exempt_principals):
        return ""
    guard = ""
    if setup.guards.vpc_endpoint_ids:
        guard = _("Only calls through {endpoints} pass the guard").format(
            endpoints=", ".join(setup.guards.vpc_endpoint_ids)
        )
    elif setup.guards.organization_id and isinstance(caller.organization, str):
        if caller.organization != setup.guards.organization_id:
            guard = _("Only principals of {id} pass the guard").format(id=setup.guards.organization_id)
    elif setup.guards.organization_id and not isinstance(caller.organization, NotKnown):
        guard = _("Only principals of {id} pass the guard").format(id=setup.guards.organization_id)
    if not guard:
        return ""
    return _(
        "{guard}, and {arn}, who would set it, is not exempt: then nobody could undo it but the root user. "
        "Name it in guards.exempt_principals."
    ).format(guard=guard, arn=arn)


def arn_like(pattern: str, arn: str) -> bool:
    """Whether an ARN matches as ArnLike does: the six parts each by themselves, the last takes the rest.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    return len(wanted) == len(given) and all(
        re.fullmatch(re.escape(one).replace(r"\*", ".*").replace(r"\?", "."), other, re.DOTALL)
        for one, other in zip(wanted, given, strict=True)
    )


def _about_bucket(setup: Setup, bucket: Bucket, here: BucketFound, planned: Sequence[Change]) -> Iterator[str]:
    yield from _about_public(bucket, here, planned)
    if isinstance(here.ownership, str) and here.ownership != "BucketOwnerEnforced":
        yield _(
            "ACLs are enabled on {bucket} ({ownership}): objects that other accounts uploaded "
            "without bucket-owner-full-control belong to them, and neither the bucket policy nor a role or user "
            "of this account reaches those."
        ).format(bucket=bucket.name, ownership=here.ownership)
    if isinstance(here.region, str) and here.region != bucket.region:
        yield _("{bucket} is in {found}, and the setup says {region}.").format(
            bucket=bucket.name, found=here.region, region=bucket.region
        )
    if isinstance(here.encryption, tuple):
        yield from _about_key(setup, bucket, *here.encryption)


def _about_public(bucket: Bucket, here: BucketFound, planned: Sequence[Change]) -> Iterator[str]:
    change = next((one for one in reversed(planned) if one.name == bucket.name and one.then is not None), None)
    policy = change.then if change else here.policy
    if not isinstance(policy, Mapping):
        return
    restricts, refuses = here.blocks("RestrictPublicBuckets"), change is not None and here.blocks("BlockPublicPolicy")
    if places := public_statements(policy):
        statements = _named(policy, places)
        if restricts:
            yield _(
                "The bucket policy of {bucket} is public by {statements}, and RestrictPublicBuckets is on: "
                "that cuts off every access from another account, this one too."
            ).format(bucket=bucket.name, statements=statements)
        if refuses:
            yield _(
                "The bucket policy of {bucket} is public by {statements}, and BlockPublicPolicy is on: "
                "S3 refuses to take such a policy."
            ).format(bucket=bucket.name, statements=statements)
    elif (places := perhaps_public_statements(policy)) and (restricts or refuses):
        yield _perhaps_public(bucket, _named(policy, places), restricts=restricts, refuses=refuses)


def _perhaps_public(bucket: Bucket, statements: str, *, restricts: bool, refuses: bool) -> str:
    """Say what happens if S3 counts a policy as public of which that can't be told."""
    if restricts and refuses:
        text = _(
            "The bucket policy of {bucket} may count as public by {statements}: if it does, BlockPublicPolicy makes S3 "
            "refuse it, and RestrictPublicBuckets cuts off every access from another account, this one too."
        )
    elif restricts:
        text = _(
            "The bucket policy of {bucket} may count as public by {statements}: if it does, RestrictPublicBuckets cuts "
            "off every access from another account, this one too."
        )
    else:
        text = _(
            "The bucket policy of {bucket} may count as public by {statements}: if it does, BlockPublicPolicy makes S3 "
            "refuse it."
        )
    return text.format(bucket=bucket.name, statements=statements)


def _named(policy: Mapping[str, Any], places: Sequence[int]) -> str:
    """Name statements by Sid, or by their place (from 1)."""
    raw = policy["Statement"]
    there = raw if isinstance(raw, list) else [raw]
    named = (str(there[place].get("Sid") or _("statement {number}").format(number=place + 1)) for place in places)
    return _(", ").join(named)


def _about_key(setup: Setup, bucket: Bucket, algorithm: str, key: str) -> Iterator[str]:
    if not algorithm.startswith("aws:kms"):
        return
    managed = not key or key.endswith("alias/aws/s3")
    if managed:
        if setup.method == "bucket-policy":
            yield _(
                "{bucket} is encrypted with the managed key aws/s3, which serves callers of its own account only: "
                "with {method} nobody of the source can read it. Take assume-role, or a customer managed key."
            ).format(bucket=bucket.name, method=_(METHODS[setup.method].title))
        return
    if "alias/" in key:
        yield _(
            "The default encryption of {bucket} names its key by the alias {key}: it resolves in the account of "
            "whoever uploads. Set the key's ARN."
        ).format(bucket=bucket.name, key=key)
    elif bucket.customer_key is None or not bucket.kms_key_arn.endswith(key.rpartition("/")[2]):
        yield _(
            "{bucket} is encrypted with {key}, which the setup doesn't name: objects can't be read without it."
        ).format(bucket=bucket.name, key=key)
