"""The keys of Conditions: those of a statement, and those that the requests for an S3 action never have."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wizard.policy.actions import service
from wizard.policy.checks.keys import EVERYWHERE, template

if TYPE_CHECKING:
    from collections.abc import Mapping


@lru_cache(maxsize=1024)
def with_key(action: str, key: str) -> tuple[str, ...]:
    """Return the actions whose requests have an S3 key that this action's requests never have; empty where they may.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
    """
    table = service("s3")
    low, wanted = key.lower(), template(key)
    # What a resource has (an access point, a bucket's tags) isn't listed by action.
    of_request = low.startswith("s3:") and low not in EVERYWHERE and not low.startswith("s3:accesspoint")
    if table is None or not of_request or not action.startswith("s3:"):
        return ()
    have = [one.name for one in table.actions.values() if wanted in map(template, one.keys)]
    return () if action in have else tuple(have)


def key_of(wanted: str) -> str:
    """Return the key of an `operator key` pair of a near miss."""
    return wanted.rpartition(" ")[2].lower()


def keys_of(statement: Mapping[str, Any]) -> list[str]:
    """Return the keys of a statement's Condition, in lower case."""
    return [key.lower() for keys in statement.get("Condition", {}).values() for key in keys]


def values_of(statement: Mapping[str, Any], wanted: str) -> list[str]:
    """Return what a statement's Condition compares a key (lower case) with."""
    for keys in statement.get("Condition", {}).values():
        for key, value in keys.items():
            if key.lower() == wanted:
                return [str(one) for one in (value if isinstance(value, list) else [value])]
    return []
