"""The actions, resource types and condition keys that AWS knows: read lazily, one small table a service.

Source: AWS's Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/), by `actiondata/generate.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Action:
    """One action: `s3:GetObject`, its access level, the resource types it works on, its condition keys.

    `resources` is empty for an action that works on `*` only. `keys` has the service's own and the `aws:`
    keys that the reference lists for the action; the global keys that every request has are not in it.
    """

    name: str
    level: str
    resources: frozenset[str]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Service:
    """One service's table. `actions` and `keys` are keyed in lower case, as AWS compares them."""

    prefix: str
    actions: Mapping[str, Action]
    resources: Mapping[str, str]
    keys: Mapping[str, str]


@cache
def service(prefix: str) -> Service | None:
    """Return the table of a service (`s3`, `sts`, `kms`, `iam`, …), or None where there is none here."""
    if not re.fullmatch(r"[a-z0-9-]+", prefix) or prefix == "services":
        return None
    raw = _data(prefix)
    if raw is None:
        return None
    actions = {
        name.lower(): Action(f"{prefix}:{name}", item["level"], frozenset(item["resources"]), frozenset(item["keys"]))
        for name, item in raw["actions"].items()
    }
    return Service(
        prefix,
        MappingProxyType(actions),
        MappingProxyType({name: item["arn"] for name, item in raw["resources"].items()}),
        MappingProxyType({key.lower(): kind for key, kind in raw["keys"].items()}),
    )


@cache
def prefixes() -> frozenset[str]:
    """Return every service prefix that AWS knows, also of the services that have no table here."""
    return frozenset(_data("services") or ())


def _data(name: str) -> Any:
    """Read a file of `actiondata/`, or return None; imports here, because not every start reads one."""
    import json
    from pathlib import Path

    path = Path(__file__).parent / "actiondata" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Compile an action pattern (`*` and `?` are wildcards; letters' case does not count)."""
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


@cache
def reach(action: str) -> tuple[Action, ...]:
    """Return the actions that `action` (`s3:GetObject`, `s3:Get*`) matches, in the order of their names.

    Empty where nothing matches, or the service has no table here.
    """
    prefix, _, name = action.partition(":")
    table = service(prefix.lower())
    if table is None:
        return ()
    if "*" not in name and "?" not in name:
        found = table.actions.get(name.lower())
        return (found,) if found else ()
    match = pattern(name).fullmatch
    return tuple(found for key, found in table.actions.items() if match(key))
