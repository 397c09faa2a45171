"""The documents of a customer managed KMS key: its key policy, and the statement of the identity that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.methods import levels
from wizard.methods.grants import Grantees, merge, root_arn
from wizard.names.accounts import dns_suffix
from wizard.policy.document import Document, Policy, Statement
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.document import Condition
    from wizard.setup import Bucket, Setup


def _via_s3(bucket: Bucket) -> Condition:
    # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    return {"StringEquals": {"kms:ViaService": f"s3.{bucket.region}.{dns_suffix(bucket.region)}"}}


def identity_statements(setup: Setup) -> tuple[Statement, ...]:
    """Return what an identity that makes the S3 calls needs on the keys; nothing without a customer key."""
    actions = levels.kms_actions(setup.access)
    by_region: dict[str, list[Bucket]] = {}
    for bucket in setup.buckets:
        if bucket.customer_key and actions:
            by_region.setdefault(bucket.region, []).append(bucket)
    return tuple(
        Statement(
            setup.sid("Key" if number == 1 else f"Key{number}"),
            "Allow",
            actions,
            tuple(dict.fromkeys(bucket.kms_key_arn for bucket in buckets)),
            condition=_via_s3(buckets[0]),
        )
        for number, buckets in enumerate(by_region.values(), start=1)
    )


def key_documents(setup: Setup, grantees: tuple[Grantees, ...]) -> tuple[Document, ...]:
    """Return the key policy of each customer key, for those who make the S3 calls; else one that isn't needed.

    The first statement is this setup's; the second is the one that every key policy needs so that IAM in the
    key's account keeps control of it: a key policy without it would be refused, or lock its owner out.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    actions = levels.kms_actions(setup.access)
    keys = {bucket.kms_key_arn: bucket for bucket in setup.buckets if bucket.customer_key}
    if not keys or not actions:
        return (Document("key", setup.destination_account, None, _why_not(setup)),)
    return tuple(_key_document(setup, bucket, grantees, actions) for bucket in keys.values())


def _key_document(setup: Setup, bucket: Bucket, grantees: tuple[Grantees, ...], actions: tuple[str, ...]) -> Document:
    key = bucket.customer_key
    owner = key.account_id if key else setup.destination_account
    ours = tuple(
        Statement(
            setup.sid(f"Key{group.sid_suffix}"),
            "Allow",
            actions,
            ("*",),
            group.principals,
            merge(group.condition, _via_s3(bucket)),
        )
        for group in grantees
    )
    owners = Statement("Enable IAM User Permissions", "Allow", ("kms:*",), ("*",), (root_arn(setup.partition, owner),))
    if owner == setup.destination_account:
        reason = _("The bucket is encrypted with this key: whoever reads or writes objects uses the key too.")
    else:
        reason = _("The key belongs to {account}: hand this statement over to its owner.").format(account=owner)
    reason += " " + _("Add the first statement to the key policy; the last one is AWS's default and mostly there.")
    return Document("key", owner, bucket.kms_key_arn, reason, Policy((*ours, owners)), "key")


def _why_not(setup: Setup) -> str:
    if any(bucket.customer_key for bucket in setup.buckets):
        return _("Not needed: listing objects does not use the key.")
    if any(bucket.kms_key_arn == "aws/s3" for bucket in setup.buckets):
        return _(
            "Not needed: the managed key aws/s3 serves callers of its own account, and its policy can't be changed."
        )
    return _("Not needed: without a customer managed KMS key S3 decrypts by itself.")
