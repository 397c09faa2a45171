"""Condition keys: which there are, of which type, with one value or several."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wizard.policy.actions import service
from wizard.policy.checks.nearest import nearest, similar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.policy.checks.case import Case

_SERVICES = ("s3", "kms", "sts", "iam", "s3express", "s3-object-lambda")
_FEDERATED = ("saml", "accounts.google.com", "graph.facebook.com", "www.amazon.com", "cognito-identity.amazonaws.com")
# In every S3 request, whatever the reference lists for the action.
EVERYWHERE = frozenset(
    {
        "s3:resourceaccount", "s3:tlsversion", "s3:authtype", "s3:signatureage", "s3:signatureversion",
        "s3:x-amz-content-sha256", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
        "s3:accesspointnetworkorigin",
    }
)  # fmt: skip


class KeyType(NamedTuple):
    """A key's type (String, ARN, Bool, Date, Numeric, IPAddress, or "" where it isn't known here)."""

    type: str
    several: bool


UNCHECKED = KeyType("", several=False)


@cache
def global_keys() -> Mapping[str, KeyType]:
    """Return the `aws:` keys in their own spelling."""
    raw = json.loads((Path(__file__).parent / "data" / "global_keys.json").read_text(encoding="utf-8"))
    return {key: KeyType(kind, several=several) for key, (kind, several) in raw["keys"].items()}


@cache
def _low_globals() -> Mapping[str, KeyType]:
    return {key.lower(): found for key, found in global_keys().items()}


def _named(key: str) -> str:
    """Return a key with the place of its tag or name as the tables write it: without it."""
    for start in ("${", "<"):
        if start in key:
            return key[: key.index(start)]
    return key


@cache
def _templates(prefix: str) -> tuple[tuple[str, str], ...]:
    table = service(prefix)
    return tuple((_named(key), kind) for key, kind in table.keys.items() if "${" in key or "<" in key) if table else ()


def template(key: str) -> str:
    """Return the key as the action tables list it: `s3:existingobjecttag/` for `s3:ExistingObjectTag/team`."""
    low = key.lower()
    for start, _kind in _templates(low.partition(":")[0]):
        if low.startswith(start):
            return start
    return low


def is_checked(key: str) -> bool:
    """Whether all keys of its prefix are known here."""
    prefix = key.lower().partition(":")[0]
    return prefix == "aws" or prefix in _SERVICES or prefix in _FEDERATED


@lru_cache(maxsize=4096)
def key_type(key: str) -> KeyType | None:
    """Return a key's type; UNCHECKED for a service that has no table here, None where there is no such key."""
    low = key.lower()
    prefix = low.partition(":")[0]
    if prefix == "aws":
        found = _low_globals().get(low)
        if found is None and "/" in low:
            found = _low_globals().get(low.partition("/")[0] + "/${tagkey}")
            found = found if low.partition("/")[2] else None
        return found
    if not is_checked(key):
        return UNCHECKED
    table = service("sts" if prefix in _FEDERATED else prefix)
    kind = table.keys.get(low) if table else None
    if kind is None:
        starts = _templates(prefix)
        kind = next((kind for start, kind in starts if low.startswith(start) and len(low) > len(start)), None)
    if kind is None:
        return UNCHECKED if prefix in _FEDERATED else None
    return KeyType(kind.removeprefix("ArrayOf"), several=kind.startswith("ArrayOf"))


def suggest_key(case: Case, key: str) -> str | None:
    """Return the key that was surely meant: one or two letters away, or of another service."""
    if not case.guess():
        return None
    prefix, colon, name = key.partition(":")
    if not colon:
        return nearest(f"aws:{key}", _own_spelling("aws"), 1)
    if prefix.lower() == "aws" and "/" in name:
        found = nearest(key.partition("/")[0], ("aws:PrincipalTag", "aws:RequestTag", "aws:ResourceTag"))
        return f"{found}/{name.partition('/')[2]}" if found else None
    return nearest(key, _own_spelling(prefix.lower())) or _of_another(prefix.lower(), name)


def similar_key(case: Case, key: str) -> str | None:
    """Return a key that is much like this one: a guess to be shown, not taken."""
    return similar(key, _own_spelling(key.partition(":")[0].lower())) if case.guess() else None


def _of_another(prefix: str, name: str) -> str | None:
    """Return the key of that name of another service, where one has it: `sts:ExternalId` for `aws:ExternalId`."""
    for other in ("aws", "s3", "sts", "kms"):
        if other != prefix and (found := key_type(f"{other}:{name}")) and found.type:
            return next((key for key in _own_spelling(other) if key.lower() == f"{other}:{name}".lower()), None)
    return None


@cache
def _own_spelling(prefix: str) -> tuple[str, ...]:
    names = global_keys() if prefix == "aws" else _spelt(prefix)
    return tuple(name for name in names if "${" not in name and "<" not in name)


@cache
def _spelt(prefix: str) -> tuple[str, ...]:
    table = service(prefix)
    if table is None:
        return ()
    spelt = {key.lower(): key for action in table.actions.values() for key in action.keys}
    return tuple(spelt.get(key, key) for key in table.keys)
