"""The questions about what is allowed, and which guards the bucket policy gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.methods.question import Choice, Kind, Question, kept, text_rule
from wizard.names import accounts
from wizard.questions import rules
from wizard.text import mark

if TYPE_CHECKING:
    from wizard.methods.question import Values

ACCESS = (
    Question(
        key="access.level",
        step="access",
        kind=Kind.CHOICE,
        prompt=mark("What may they do in the bucket?"),
        why=mark(
            "Each level is a small set of S3 actions, the same on both sides. Grant what is needed "
            "today: more is one key away."
        ),
        help=mark(
            "The documents show every action of a level. Chosen actions are kept as you write them; "
            "wildcards are allowed."
        ),
        rule=rules.level,
        default="read",
        choices=(
            Choice("list", mark("List"), mark("See the objects' names; nothing is read.")),
            Choice("read", mark("Read"), mark("List and download.")),
            Choice("read-write", mark("Read and write"), mark("List, download, upload also in parts.")),
            Choice("read-write-delete", mark("Read, write and delete"), mark("The same, and delete objects.")),
            Choice(
                "custom",
                mark("Chosen S3 actions"),
                mark("You name the actions, as in s3:GetLifecycleConfiguration or s3:Get*."),
            ),
            Choice(
                "s3-full-access",
                mark("AmazonS3FullAccess (a test only)"),
                mark("The AWS managed policy: every S3 action on every bucket."),
            ),
        ),
        needed=True,
        pane="bucket",
    ),
    Question(
        key="access.actions",
        step="access",
        kind=Kind.LIST,
        prompt=mark("Which S3 actions?"),
        why=mark(
            "Bucket actions go on the bucket's ARN and object actions on the objects'. A wildcard "
            "that reaches both stands in both statements."
        ),
        help=mark(
            "S3 action names, wildcards allowed: s3:ListBucket, s3:Get*. Several: separated by blanks"
            " or commas. Nothing is added to your list."
        ),
        rule=rules.chosen_actions,
        default=(),
        when=lambda values: values.get("access.level") == "custom",
        needed=True,
        pane="bucket",
        example="s3:ListBucket, s3:GetObject",
    ),
    Question(
        key="access.list_all_buckets",
        step="access",
        kind=Kind.FLAG,
        prompt=mark("May they list the account's buckets as well?"),
        why=mark(
            "`aws s3 ls` without a bucket needs s3:ListAllMyBuckets, in an IAM policy only. It lists "
            "the buckets of the identity's own "
            "account: with bucket-policy the list never shows this bucket."
        ),
        help=mark("Tools that show a tree of buckets need it. `aws s3 ls s3://BUCKET/` works without it."),
        rule=kept,
        default=False,
        pane="destination-identity",
    ),
    Question(
        key="access.tags",
        step="access",
        kind=Kind.FLAG,
        prompt=mark("Object tags as well?"),
        why=mark("Copies between buckets take tags along, and fail without the permission to read and write them."),
        help=mark(
            "Adds s3:GetObjectTagging to reading, s3:PutObjectTagging to writing, s3:DeleteObjectTagging to deleting."
        ),
        rule=kept,
        default=False,
        when=lambda values: values.get("access.level") in {"read", "read-write", "read-write-delete"},
        pane="bucket",
    ),
    Question(
        key="access.acls",
        step="access",
        kind=Kind.FLAG,
        prompt=mark("Object ACLs as well?"),
        why=mark(
            "Only buckets whose Object Ownership still allows ACLs need it. With BucketOwnerEnforced,"
            " the default since 2023, ACLs are off."
        ),
        help=mark("Adds s3:GetObjectAcl to reading and s3:PutObjectAcl to writing."),
        rule=kept,
        default=False,
        when=lambda values: values.get("access.level") in {"read", "read-write", "read-write-delete"},
        pane="bucket",
    ),
    Question(
        key="access.resource_account",
        step="access",
        kind=Kind.FLAG,
        prompt=mark("Hold the source's IAM policy to buckets of {destination.account_id}?"),
        why=mark(
            "With aws:ResourceAccount the policy stops working should the bucket be deleted, and its "
            "name taken by somebody else."
        ),
        help=mark("Adds StringEquals aws:ResourceAccount to the callers' S3 statements."),
        rule=kept,
        default=False,
        when=lambda values: values.get("method") == "bucket-policy",
        pane="source-identity",
    ),
)


def _can_lock_out(values: Values) -> bool:
    return bool(values.get("guards.vpc_endpoint_ids") or values.get("guards.organization_id"))


GUARDS = (
    Question(
        key="guards.require_tls",
        step="guards",
        kind=Kind.FLAG,
        prompt=mark("Refuse requests without TLS?"),
        why=mark(
            "A Deny for everybody who calls without encryption. It can't lock anybody out who uses "
            "https, and security reviews ask for it."
        ),
        help=mark("Adds a Deny on aws:SecureTransport false to the bucket policy."),
        rule=kept,
        default=False,
        needed=True,
        pane="bucket",
    ),
    Question(
        key="guards.vpc_endpoint_ids",
        step="guards",
        kind=Kind.LIST,
        prompt=mark("Only through VPC endpoints?"),
        why=mark(
            "A Deny for all requests that don't come through these endpoints, which are the source's. "
            "It shuts out the console and every administrator of the destination who isn't exempt."
        ),
        help=mark("Ids as in vpce-0123456789abcdef0, separated by blanks or commas. Empty: no such guard."),
        rule=rules.endpoints,
        default=(),
        pane="bucket",
        found="vpc_endpoints",
        example="vpce-0123456789abcdef0",
    ),
    Question(
        key="guards.organization_id",
        step="guards",
        kind=Kind.TEXT,
        prompt=mark("Only principals of one organization?"),
        why=mark("A Deny for all principals that aren't of this organization. Both accounts must be in it."),
        help=mark("The id as in o-a1b2c3d4e5. Empty: no such guard."),
        rule=text_rule(accounts.organization_id),
        default="",
        pane="bucket",
        found="organization",
        example="o-a1b2c3d4e5",
    ),
    Question(
        key="guards.exempt_principals",
        step="guards",
        kind=Kind.LIST,
        prompt=mark("Whom do the guards spare?"),
        why=mark(
            "Without an exempt administrator of the destination nobody can mend the bucket policy but the root user. "
            "Name the role that manages the bucket."
        ),
        help=mark(
            "ARNs of roles and users, wildcards allowed after the account id: "
            "arn:aws:iam::444455556666:role/Admin. Separated by blanks or commas."
        ),
        rule=rules.exempt,
        default=(),
        when=_can_lock_out,
        needed=True,
        pane="bucket",
        found="destination_principals",
        example="arn:aws:iam::444455556666:role/Admin",
    ),
)
