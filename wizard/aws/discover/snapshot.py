"""What discovery found in one account, and what of it is suggested for a question's kind of thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.names import arns
from wizard.plan.found import ABSENT, role_of_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.plan.found import BucketFound, Piece

SOURCE, DESTINATION = "source", "destination"
_SSO_ROLE = re.compile(r"/?aws-reserved/sso\.amazonaws\.com/(?:[a-z0-9-]+/)?AWSReservedSSO_(.+)_[0-9a-f]{16}")
_SERVICE_LINKED = "/aws-service-role/"


@dataclass(frozen=True, slots=True)
class NamedBucket:
    """A bucket of the account's list; `region` is empty where the list doesn't say it."""

    name: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Denied:
    """A look that gave nothing: the action that it needs, and AWS's own words."""

    action: str
    said: str

    def __str__(self) -> str:
        return f"{self.action}: {self.said}" if self.said else self.action


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was found so far on one side; each later one of a discovery has more. `done`: nothing will follow.

    `problem` says why nothing more can be found: no credentials, or those of another account than the typed
    one (`mismatch`). `denied` are the looks that gave nothing: told on request only. `roles` and `users` are
    ARNs, `kms_keys` the ARNs of customer managed keys. `bucket` is what is known of the chosen bucket.
    """

    side: str
    profile: str
    account_id: str = ""
    caller_arn: str = ""
    mismatch: bool = False
    problem: str = ""
    buckets: tuple[NamedBucket, ...] = ()
    bucket_name: str = ""
    bucket: BucketFound | None = None
    versioning: Piece[str] = ABSENT
    prefixes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    organization_id: str = ""
    vpc_endpoints: tuple[str, ...] = ()
    kms_keys: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    denied: tuple[Denied, ...] = ()
    done: bool = False


def suggestions(snapshot: Snapshot, found_kind: str) -> tuple[str, ...]:
    """Return what an account offers as answers to a question of this kind (`Question.found`), as they are typed.

    Nothing for an unknown kind, and nothing of another account than the typed one but that account's id.
    """
    if found_kind == "account":
        return (snapshot.account_id,) if snapshot.account_id else ()
    if found_kind == "profiles":
        return snapshot.profiles
    reader = _READERS.get(found_kind)
    return () if reader is None or snapshot.mismatch else reader(snapshot)


def _roles(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the roles that somebody may edit: Identity Center's and AWS services' own are not."""
    return tuple(name.removeprefix("role/") for name in _resources(snapshot.roles) if not _is_reserved(name))


def _users(snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(name.removeprefix("user/") for name in _resources(snapshot.users))


def _principals(snapshot: Snapshot) -> tuple[str, ...]:
    """Return who could be let in: the caller itself first, then roles, permission sets and users, then everybody."""
    own = _own_principal(snapshot)
    roles = [name for name in _resources(snapshot.roles) if not _is_reserved(name)]
    sets = [f"permission-set/{match[1]}" for name in _resources(snapshot.roles) if (match := _sso(name))]
    users = _resources(snapshot.users)
    return tuple(dict.fromkeys((*own, *roles, *sets, *users, "root")))


def _own_principal(snapshot: Snapshot) -> tuple[str, ...]:
    session = role_of_session(snapshot.caller_arn)
    if session is None:
        return tuple(_resources((snapshot.caller_arn,))) if ":user/" in snapshot.caller_arn else ()
    # A session's ARN has no path: only the list of roles tells it.
    found = [name for name in _resources(snapshot.roles) if name.rpartition("/")[2] == session[1]]
    return tuple(f"permission-set/{match[1]}" if (match := _sso(name)) else name for name in found)


def _destination_principals(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the ARNs of those whom a guard could spare, the one who looks first."""
    own = [f"arn:{arn.partition}:iam::{arn.account_id}:{name}" for arn, name in _own_arn(snapshot)]
    roles = [arn for arn in snapshot.roles if _SERVICE_LINKED not in arn]
    return tuple(dict.fromkeys((*own, *roles, *snapshot.users)))


def _own_arn(snapshot: Snapshot) -> list[tuple[arns.Arn, str]]:
    parsed = arns.parse(snapshot.caller_arn)
    if parsed is None:
        return []
    session = role_of_session(snapshot.caller_arn)
    if session is None:
        return [(parsed, parsed.resource)] if parsed.resource.startswith("user/") else []
    named = [name for name in _resources(snapshot.roles) if name.rpartition("/")[2] == session[1]]
    return [(parsed, name) for name in named]


def _buckets(snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(bucket.name for bucket in snapshot.buckets)


def _region(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the region of the chosen bucket; without one, the regions in which there are buckets."""
    if snapshot.bucket is not None and isinstance(snapshot.bucket.region, str):
        return (snapshot.bucket.region,)
    chosen = [bucket.region for bucket in snapshot.buckets if bucket.region and bucket.name == snapshot.bucket_name]
    every = [bucket.region for bucket in snapshot.buckets if bucket.region]
    return tuple(dict.fromkeys(chosen or every))


def _kms_keys(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the key that encrypts the bucket first; the managed key of S3 is written `aws/s3`."""
    own: tuple[str, ...] = ()
    if snapshot.bucket is not None and isinstance(snapshot.bucket.encryption, tuple):
        algorithm, key = snapshot.bucket.encryption
        if algorithm.startswith("aws:kms"):
            own = (key,) if ":key/" in key else ("aws/s3",) if not key or key.endswith("alias/aws/s3") else ()
    return tuple(dict.fromkeys((*own, *snapshot.kms_keys)))


def _resources(found: tuple[str, ...]) -> list[str]:
    return [parsed.resource for arn in found if (parsed := arns.parse(arn))]


def _sso(resource: str) -> re.Match[str] | None:
    return _SSO_ROLE.fullmatch(resource.removeprefix("role"))


def _is_reserved(resource: str) -> bool:
    return _SERVICE_LINKED in resource or _sso(resource) is not None


_READERS: dict[str, Callable[[Snapshot], tuple[str, ...]]] = {
    "roles": _roles,
    "users": _users,
    "principals": _principals,
    "destination_principals": _destination_principals,
    "buckets": _buckets,
    "region": _region,
    "prefixes": lambda snapshot: snapshot.prefixes,
    "kms_keys": _kms_keys,
    "vpc_endpoints": lambda snapshot: snapshot.vpc_endpoints,
    "organization": lambda snapshot: (snapshot.organization_id,) if snapshot.organization_id else (),
}
