"""Access levels: the small, explained set of S3 actions of each, and how chosen actions fall into statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.policy.actions import reach
from wizard.text import mark

if TYPE_CHECKING:
    from wizard.setup import Access

# The actions of each level, each with what it is for. The same on both sides.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_LIST = {"s3:ListBucket": mark("lists the objects; without it a missing object answers 403 in place of 404")}
_READ = {"s3:GetObject": mark("downloads, and reads an object's headers")}
_WRITE = {
    "s3:GetBucketLocation": mark("tells tools that write the bucket's region"),
    "s3:PutObject": mark("uploads, also in parts, and copies"),
    "s3:AbortMultipartUpload": mark("cleans up an upload in parts that failed"),
    "s3:ListMultipartUploadParts": mark("goes on with an upload in parts"),
}
_DELETE = {"s3:DeleteObject": mark("deletes objects (with versioning: hides them)")}
LEVEL_ACTIONS: dict[str, dict[str, str]] = {
    "list": _LIST,
    "read": _LIST | _READ,
    "read-write": _LIST | _READ | _WRITE,
    "read-write-delete": _LIST | _READ | _WRITE | _DELETE,
}
_TAGS = {"read": "s3:GetObjectTagging", "write": "s3:PutObjectTagging", "delete": "s3:DeleteObjectTagging"}
_ACLS = {"read": "s3:GetObjectAcl", "write": "s3:PutObjectAcl"}
_RIGHTS = {
    "list": (),
    "read": ("read",),
    "read-write": ("read", "write"),
    "read-write-delete": ("read", "write", "delete"),
}

LIST_ALL = "s3:ListAllMyBuckets"
FULL_ACCESS = "s3-full-access"
# The bucket policy itself is the owner's account's alone, whatever the policies of both sides say.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
OWNER_ONLY = frozenset({"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"})


@dataclass(frozen=True, slots=True)
class Split:
    """Actions by the statement that they stand in: under `s3:prefix`, on the bucket, on its objects."""

    listing: tuple[str, ...]
    bucket: tuple[str, ...]
    objects: tuple[str, ...]


def actions_of(access: Access) -> tuple[str, ...]:
    """Return the actions that an access names: the level's with tags and ACLs, or the chosen ones verbatim.

    `s3-full-access` gives those of read-write-delete: what a bucket policy grants beside the managed policy.
    """
    if access.level == "custom":
        return access.actions
    level = "read-write-delete" if access.level == FULL_ACCESS else access.level
    chosen = list(LEVEL_ACTIONS[level])
    for wanted, table in ((access.tags, _TAGS), (access.acls, _ACLS)):
        if wanted:
            chosen += [table[right] for right in _RIGHTS[level] if right in table]
    return tuple(chosen)


def reaches(access: Access, name: str) -> bool:
    """Whether an access names an action, also by a wildcard."""
    return any(found.name == name for action in actions_of(access) for found in reach(action))


def reached_by(access: Access) -> frozenset[str]:
    """Return the names of all actions that an access reaches, wildcards spelled out."""
    return frozenset(found.name for action in actions_of(access) for found in reach(action))


def is_placeholder(action: str) -> bool:
    """Whether an action is still being typed: it stands in both statements until it is known."""
    return "<" in action


def reaches_bucket(action: str) -> bool:
    """Whether an action (or a wildcard) matches one that works on a bucket's ARN."""
    return is_placeholder(action) or any("bucket" in reached.resources for reached in reach(action))


def reaches_object(action: str) -> bool:
    """Whether an action (or a wildcard) matches one that works on objects' ARNs."""
    return is_placeholder(action) or any("object" in reached.resources for reached in reach(action))


def split(actions: tuple[str, ...], *, prefixed: bool) -> Split:
    """Lay actions out over statements, so that each action stands only where it can match.

    With a prefix, the actions that have the condition key `s3:prefix` stand alone in their statement. A
    wildcard that reaches those and others is spelled out then: left as it is, it would list the whole bucket.
    """
    listing: list[str] = []
    bucket: list[str] = []
    for action in actions:
        reached = [found for found in reach(action) if "bucket" in found.resources]
        keyed = [found.name for found in reached if "s3:prefix" in found.keys]
        if not prefixed or not keyed:
            bucket += [action] if reaches_bucket(action) else []
        elif len(keyed) == len(reached):
            listing.append(action)
        else:
            listing += keyed
            bucket += [found.name for found in reached if found.name not in keyed]
    objects = [action for action in actions if reaches_object(action)]
    return Split(_once(listing), _once(bucket), _once(objects))


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def spelled_out(actions: tuple[str, ...], *, prefixed: bool) -> tuple[str, ...]:
    """Return the wildcards that a prefix forces `split` to spell out, to be said."""
    laid = split(actions, prefixed=prefixed)
    return tuple(action for action in actions if reaches_bucket(action) and action not in {*laid.bucket, *laid.listing})


def kms_actions(access: Access) -> tuple[str, ...]:
    """Return the KMS actions that an access needs on an encrypted bucket: to read, and to write (parts also read).

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    reached = reached_by(access)
    if "s3:PutObject" in reached:
        return ("kms:Decrypt", "kms:GenerateDataKey")
    return ("kms:Decrypt",) if reached & {"s3:GetObject", "s3:GetObjectVersion"} else ()
