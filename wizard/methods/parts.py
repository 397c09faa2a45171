"""Parts that the methods share: documents that aren't needed, path nodes, the commands to try an access with."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from wizard.methods import encryption, guards, levels
from wizard.methods.grants import bucket_arn
from wizard.methods.method import Link, Node, Trial
from wizard.policy.document import Document, Policy
from wizard.text import _

if TYPE_CHECKING:
    from wizard.names.iam import Principal
    from wizard.policy.checks.limits import Limited
    from wizard.policy.document import Statement
    from wizard.setup import Bucket, Setup


def not_needed(document_id: str, account_id: str, reason: str) -> Document:
    """Return a document that the method does without, and why."""
    return Document(document_id, account_id, None, reason)


def bucket_documents(setup: Setup, granting: tuple[Statement, ...], reason: str, why_not: str) -> tuple[Document, ...]:
    """Return the bucket policy of each bucket: what it grants and its guards; or why there is none."""
    out = []
    for bucket in setup.buckets:
        own = tuple(narrowed(setup, bucket, statement) for statement in granting if about(setup, bucket, statement))
        statements = own + guards.statements(setup, bucket)
        if not statements:
            out.append(not_needed("bucket", setup.destination_account, why_not))
            continue
        said = reason if own else _("Only the guards stand here: {why}").format(why=why_not)
        out.append(
            Document(
                "bucket",
                setup.destination_account,
                bucket_arn(setup, bucket),
                said,
                Policy(statements),
                "bucket",
            )
        )
    return tuple(out)


def about(setup: Setup, bucket: Bucket, statement: Statement) -> bool:
    """Whether some of a statement's resources are this bucket or its objects."""
    return bool(narrowed(setup, bucket, statement).resources)


def narrowed(setup: Setup, bucket: Bucket, statement: Statement) -> Statement:
    """Return a statement with this bucket's resources alone: S3 refuses a bucket policy that names another's.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
    """
    arn = bucket_arn(setup, bucket)
    own = tuple(one for one in statement.resources or () if one == arn or one.startswith(f"{arn}/"))
    return replace(statement, resources=own)


def source_identity_documents(setup: Setup, policy: Policy, reason: str, managed_arn: str = "") -> tuple[Document, ...]:
    """Return the source's IAM policy once for each principal that it is attached to.

    The whole account is nobody that a policy could be attached to, and the roles of Identity Center can't be
    edited in IAM: their documents have no `attach_to`, and the reason says whose step it is.
    """
    out = []
    for account in setup.source.account_ids:
        for principal in setup.source.principals:
            arn = principal.arn(setup.partition, account) if principal.kind in {"role", "user"} else None
            said = " ".join(part for part in (reason, _whose_step(principal, account)) if part)
            out.append(Document("source-identity", account, arn, said, policy, _limit(principal), managed_arn))
    return tuple(out)


_LIMITS: dict[str, Limited] = {"user": "user-inline", "role": "role-inline", "permission-set": "role-inline"}


def _limit(principal: Principal) -> Limited:
    return _LIMITS.get(principal.kind, "managed")


def _whose_step(principal: Principal, account: str) -> str:
    if principal.kind == "root":
        return _(
            "For the administrators of {account}: a managed policy to attach to whoever is to have access."
        ).format(account=account)
    if principal.kind == "permission-set":
        return _("For an administrator of Identity Center: the inline policy of the permission set {name}.").format(
            name=principal.name
        )
    if "aws-service-role/" in principal.path:
        return _("A service-linked role can't be edited in IAM: its service decides what it may do.")
    return ""


def caller_node(setup: Setup) -> Node:
    """Return the node of those who call from the source account."""
    names = [str(principal) for principal in setup.source.principals]
    label = _("whole account") if setup.source.whole_account else ", ".join(names)
    return Node("caller", label, setup.source.account_ids[0])


def bucket_node(setup: Setup) -> Node:
    """Return the node of the bucket with its prefix."""
    return Node("bucket", location(setup.bucket), setup.destination_account)


def location(bucket: Bucket) -> str:
    """Return the bucket and prefix as the AWS CLI writes them."""
    return f"s3://{bucket.name}/{bucket.prefix}"


def key_links(setup: Setup) -> tuple[Link, ...]:
    """Return the link of the KMS key, where the bucket has one."""
    key = setup.bucket.customer_key
    if key is None or not encryption.identity_statements(setup):
        return ()
    return (Link("key", _("key policy allows"), key.account_id, "key"),)


def guard_links(setup: Setup) -> tuple[Link, ...]:
    """Return the link of the guards, where there are some."""
    if not setup.guards.any:
        return ()
    return (Link("guards", _("guards let it pass"), setup.destination_account, "bucket"),)


def command(*words: str, profile: str = "") -> str:
    """Return an AWS CLI command, quoted for a POSIX shell, with `--profile` where one is given."""
    line = ["aws", *words, *(["--profile", profile] if profile else [])]
    return " ".join(quote(word) for word in line)


def lists(setup: Setup) -> bool:
    """Whether the access lets anybody list the bucket."""
    return levels.reaches(setup.access, "s3:ListBucket")


def listing_trial(setup: Setup, profile: str = "") -> Trial:
    """Return the trial that lists the bucket, with what it answers."""
    line = command("s3", "ls", location(setup.bucket), profile=profile)
    if not lists(setup):
        return Trial(line, _("AccessDenied: s3:ListBucket was not asked for."))
    if setup.bucket.prefix:
        return Trial(line, _("Lists the objects: the access works. Write the slash at the end of the prefix."))
    return Trial(line, _("Lists the objects: the access works."))


def buckets_trial(setup: Setup, profile: str) -> Trial:
    """Return the trial that lists the destination's buckets, with what it answers to an identity of it."""
    line = command("s3", "ls", profile=profile)
    if setup.access.list_all_buckets or setup.access.level == levels.FULL_ACCESS:
        return Trial(line, _("Lists all buckets of {account}.").format(account=setup.destination_account))
    return Trial(line, _("AccessDenied: s3:ListAllMyBuckets was not asked for."))
