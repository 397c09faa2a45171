"""The resource policies as they will be: merged where a change is made, as found where none is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.methods.grants import bucket_arn
from wizard.plan.change import Kind
from wizard.plan.found import Identity, NotKnown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.plan.change import Change
    from wizard.plan.found import Found
    from wizard.plan.made import Plan
    from wizard.policy.checks.finding import DocumentType

DOCUMENT_TYPES: dict[Kind, DocumentType] = {
    Kind.BUCKET: "bucket",
    Kind.GUARDS: "bucket",
    Kind.KEY: "key",
    Kind.ROLE: "trust",
    Kind.TRUST: "trust",
}


def there(plan: Plan, found: Found, planned: Sequence[Change]) -> dict[str, dict[str, Any]]:
    """Return the resource policies as they will be, by ARN: merged where they change, as found where they don't."""
    out: dict[str, Any] = {arn: policy for arn, policy in found.keys.items() if isinstance(policy, dict)}
    for bucket in plan.setup.buckets:
        out[bucket_arn(plan.setup, bucket)] = found.bucket_policy(bucket.name)
    for arn, piece in found.identities.items():
        if isinstance(piece, Identity) and piece.trust is not None:
            out[arn] = piece.trust
    for change in planned:
        if change.kind in DOCUMENT_TYPES and not change.problem and not isinstance(change.now, NotKnown):
            out[change.target] = change.then
    return {arn: policy for arn, policy in out.items() if isinstance(policy, dict)}


def blocks(plan: Plan, found: Found) -> dict[str, dict[str, bool]]:
    """Return what of Block Public Access decides who is let in and is known to be on, by the bucket's ARN.

    That is RestrictPublicBuckets alone: the other settings look at the policy or ACL that a request brings.
    """
    setting = "RestrictPublicBuckets"
    there = {bucket_arn(plan.setup, bucket): found.buckets.get(bucket.name) for bucket in plan.setup.buckets}
    return {arn: {setting: True} for arn, here in there.items() if here is not None and here.blocks(setting)}
