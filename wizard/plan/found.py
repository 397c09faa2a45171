"""What is known of the accounts, frozen: each piece is there, or known to be absent, or not known (and why)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from wizard.names import arns
from wizard.setup import tag_of

# A policy as JSON values, as AWS gives it back; a text where it is no JSON.
Json = Any


class Absent(Enum):
    """The account was asked, and there is nothing."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Nobody could look, and why: access was denied, or somebody else administers the account."""

    reason: str


T = TypeVar("T")
Piece: TypeAlias = T | Absent | NotKnown


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes the changes in one account: the ARN that STS tells, and the ARN that policies compare with.

    `principal_arn` is a role's own ARN (with its path) where `arn` is one of its sessions.
    `organization` is the organization's id, Absent outside of one.
    """

    account_id: str
    arn: str
    principal_arn: str
    organization: Piece[str] = field(default_factory=lambda: NotKnown(""))


@dataclass(frozen=True, slots=True)
class Identity:
    """A role or a user: `trust` is a role's; `access_keys` are a user's key ids; `unique_id` tells it from its like.

    `inline` has the inline policies by name, `attached` the ARNs of managed ones. A piece of them that could
    not be read makes the whole NotKnown, because merging into half of what is there would lose the rest.
    `policies` has every policy that it has, by its name or ARN, those of managed policies and groups too; they
    are read only where it isn't the setup's.
    """

    arn: str
    unique_id: str
    trust: Json
    inline: Piece[Mapping[str, Json]]
    attached: Piece[tuple[str, ...]]
    tags: Piece[Mapping[str, str]]
    max_session_seconds: int = 0
    access_keys: Piece[tuple[str, ...]] = ()
    groups: Piece[tuple[str, ...]] = ()
    policies: Piece[Mapping[str, Json]] = field(default_factory=dict)

    def is_of(self, setup_name: str) -> bool:
        """Whether this setup made it: its tag says so."""
        key, value = tag_of(setup_name)
        return isinstance(self.tags, Mapping) and self.tags.get(key) == value


@dataclass(frozen=True, slots=True)
class BucketFound:
    """A bucket of the destination.

    `policy`: the bucket policy. `public_access_block`: the bucket's four settings, `account_block` those of its whole
    account, which count beside them (`blocks`). `ownership`: ObjectOwnership.
    `encryption`: the algorithm, and the key as the default encryption names it (an alias, an id or an ARN).
    """

    policy: Piece[Json]
    public_access_block: Piece[Mapping[str, bool]]
    ownership: Piece[str]
    encryption: Piece[tuple[str, str]]
    region: Piece[str]
    account_block: Piece[Mapping[str, bool]] = field(default_factory=lambda: NotKnown(""))

    def blocks(self, setting: str) -> bool:
        """Whether a setting of Block Public Access is known to be on, for the bucket or its account: either is enough.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        """
        pieces = (self.public_access_block, self.account_block)
        return any(isinstance(one, Mapping) and bool(one.get(setting)) for one in pieces)


NOT_ASKED = NotKnown("")


@dataclass(frozen=True, slots=True)
class Found:
    """The snapshot that a plan of changes is made against.

    `callers`: by account id, who can make changes there; an account that is not in it is somebody else's.
    `identities`: roles and users by ARN. `buckets` by name. `keys`: key policies by key ARN.
    """

    callers: Mapping[str, Caller] = field(default_factory=dict)
    identities: Mapping[str, Piece[Identity]] = field(default_factory=dict)
    buckets: Mapping[str, BucketFound] = field(default_factory=dict)
    keys: Mapping[str, Piece[Json]] = field(default_factory=dict)

    def identity(self, arn: str) -> Piece[Identity]:
        """Return what is known of a role or user."""
        return self.identities.get(arn, NOT_ASKED)

    def bucket_policy(self, bucket: str) -> Piece[Json]:
        """Return what is known of a bucket's policy."""
        return self.buckets[bucket].policy if bucket in self.buckets else NOT_ASKED

    def key_policy(self, arn: str) -> Piece[Json]:
        """Return what is known of a key's policy."""
        return self.keys.get(arn, NOT_ASKED)


def role_of_session(arn: str) -> tuple[str, str] | None:
    """Return account id and role name of a session's ARN, or None: a session's ARN carries no path."""
    parsed = arns.parse(arn)
    if parsed is None or parsed.service != "sts" or not parsed.resource.startswith("assumed-role/"):
        return None
    return parsed.account_id, parsed.resource.split("/")[1]
