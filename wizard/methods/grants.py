"""The statements that the methods' documents are made of: who may do what on which bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.methods import levels
from wizard.names.buckets import literal
from wizard.policy.document import Policy, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.policy.document import Condition
    from wizard.setup import Bucket, Setup


@dataclass(frozen=True, slots=True)
class Grantees:
    """Principals that one statement can name together, with the condition that narrows them."""

    principals: tuple[str, ...]
    condition: Condition | None = None
    sid_suffix: str = ""


def source_grantees(setup: Setup) -> tuple[Grantees, ...]:
    """Return the source's principals as a resource policy names them.

    A permission set's role has a name that can't be known, and a wildcard never matches in a Principal: so
    the account is named, and narrowed by ArnLike on aws:PrincipalArn.
    https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    accounts, partition = setup.source.account_ids, setup.partition
    plain = [principal for principal in setup.source.principals if principal.kind != "permission-set"]
    sets = [principal for principal in setup.source.principals if principal.kind == "permission-set"]
    groups = []
    if plain:
        arns = tuple(principal.arn(partition, account) for account in accounts for principal in plain)
        groups.append(Grantees(arns))
    if sets:
        patterns = tuple(principal.arn_pattern(partition, account) for account in accounts for principal in sets)
        roots = tuple(root_arn(partition, account) for account in accounts)
        groups.append(Grantees(roots, {"ArnLike": {"aws:PrincipalArn": patterns}}, "Sso"))
    return tuple(groups)


def root_arn(partition: str, account_id: str) -> str:
    """Return the principal that stands for a whole account."""
    return f"arn:{partition}:iam::{account_id}:root"


def bucket_arn(setup: Setup, bucket: Bucket) -> str:
    """Return the bucket's ARN."""
    return f"arn:{setup.partition}:s3:::{bucket.name}"


def prefix_pattern(prefix: str, *, of_iam: bool) -> str:
    """Return a prefix as policies match it. IAM's policies hold no characters above U+00FF: a wildcard stands there.

    `?` is one character; one outside of Unicode's basic plane may count as one or two, so that it gets a `*`.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html (PolicyDocument)
    """
    if not of_iam:
        return literal(prefix)
    return re.sub("[\U00010000-\U0010ffff]+", "*", re.sub("[\u0100-\uffff]", "?", literal(prefix)))


def objects_arn(setup: Setup, bucket: Bucket, *, of_iam: bool) -> str:
    """Return the ARN of the objects under the bucket's prefix."""
    return f"{bucket_arn(setup, bucket)}/{prefix_pattern(bucket.prefix, of_iam=of_iam)}*"


def prefix_condition(bucket: Bucket, *, of_iam: bool) -> Condition:
    """Return what narrows a listing to the prefix: `aws s3 ls s3://BUCKET/PREFIX` asks for `PREFIX` itself."""
    pattern = prefix_pattern(bucket.prefix, of_iam=of_iam)
    return {"StringLike": {"s3:prefix": (pattern, f"{pattern}*")}}


def s3_statements(
    setup: Setup,
    buckets: tuple[Bucket, ...],
    *,
    grantees: Grantees | None = None,
    condition: Condition | None = None,
) -> tuple[Statement, ...]:
    """Return the statements that allow the setup's S3 actions on buckets; those of one prefix share statements.

    `grantees` are named in a resource policy; an identity policy has none. `condition` is added to each.
    """
    suffix = grantees.sid_suffix if grantees else ""
    principals = grantees.principals if grantees else None
    shared = merge(grantees.condition if grantees else None, condition)
    out: list[Statement] = []
    for number, group in enumerate(_by_prefix(buckets), start=1):
        laid = levels.split(levels.actions_of(setup.access), prefixed=bool(group[0].prefix))
        names = tuple(bucket_arn(setup, bucket) for bucket in group)
        objects = tuple(objects_arn(setup, bucket, of_iam=grantees is None) for bucket in group)
        rows = (
            ("List", laid.listing, names, merge(shared, prefix_condition(group[0], of_iam=grantees is None))),
            ("Bucket", laid.bucket, names, shared),
            ("Objects", laid.objects, objects, shared),
        )
        out += [
            Statement(
                setup.sid(f"{what}{suffix}{number if number > 1 else ''}"),
                "Allow",
                actions,
                resources,
                principals,
                cond,
            )
            for what, actions, resources, cond in rows
            if actions
        ]
    return tuple(out)


def _by_prefix(buckets: tuple[Bucket, ...]) -> Iterable[tuple[Bucket, ...]]:
    groups: dict[str, list[Bucket]] = {}
    for bucket in buckets:
        groups.setdefault(bucket.prefix, []).append(bucket)
    return [tuple(group) for group in groups.values()]


def list_all_statement(setup: Setup) -> tuple[Statement, ...]:
    """Return the statement that lists the account's buckets, where it was asked for: identity policies only."""
    if not setup.access.list_all_buckets:
        return ()
    return (Statement(setup.sid("ListAll"), "Allow", (levels.LIST_ALL,), (f"arn:{setup.partition}:s3:::*",)),)


def full_access_policy() -> Policy:
    """Return the AWS managed policy AmazonS3FullAccess as it is published.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonS3FullAccess.html
    """
    return Policy((Statement("", "Allow", ("s3:*", "s3-object-lambda:*"), ("*",)),))


def full_access_arn(partition: str) -> str:
    """Return the ARN of AmazonS3FullAccess."""
    return f"arn:{partition}:iam::aws:policy/AmazonS3FullAccess"


def merge(*conditions: Condition | None) -> Condition | None:
    """Join conditions: all must hold. Keys of one operator stand side by side."""
    out: dict[str, dict[str, str | tuple[str, ...]]] = {}
    for condition in conditions:
        for operator, keys in (condition or {}).items():
            out.setdefault(operator, {}).update(keys)
    return out or None
