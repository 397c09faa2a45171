"""The actions that a pattern reaches, the resource types that an ARN may be, the API names that are no actions."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.policy.actions import reach, service
from wizard.policy.checks.arns import Arn, heads_meet, like, without_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.policy.actions import Action

ANY = frozenset({"*"})
_MANY_WILDCARDS = 3
_LONGEST = 128
_S3_SPECIAL = {
    "accesspoint/": frozenset({"accesspoint", "multiregionaccesspoint"}),
    "job/": frozenset({"job"}),
    "storage-lens/": frozenset({"storagelensconfiguration"}),
    "storage-lens-group/": frozenset({"storagelensgroup"}),
    "access-grants/": frozenset({"accessgrant", "accessgrantsinstance", "accessgrantslocation"}),
    "async-request/": frozenset({"multiregionaccesspointrequestarn"}),
}
_OBJECT_OF_ACCESS_POINT = re.compile(r"accesspoint/[^/]*(?:/object(?:/|\Z|\*)|\*)")


@cache
def operations() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return, by service and operation in lower case, the actions that API operations and commands need."""
    raw = json.loads((Path(__file__).parent / "data" / "operations.json").read_text(encoding="utf-8"))
    return {
        prefix: {name.lower(): tuple(actions) for name, actions in table.items()}
        for prefix, table in raw["operations"].items()
    }


@lru_cache(maxsize=2048)
def reached(pattern: str) -> tuple[Action, ...]:
    """Return the known actions that a pattern (`s3:Get*`) reaches: none for a service without a table."""
    if len(pattern) > _LONGEST:
        return ()
    if pattern.count("*") + pattern.count("?") <= _MANY_WILDCARDS:
        return reach(pattern)
    prefix, _colon, name = pattern.partition(":")
    table = service(prefix.lower())
    if table is None:
        return ()
    low = name.lower()
    return tuple(action for key, action in table.actions.items() if like(low, key))


def types_of(arn: Arn, prefix: str) -> frozenset[str]:
    """Return the resource types of the service `prefix` that an ARN (or pattern) may stand for; `*` for any."""
    if prefix == "s3":
        return _s3_types(arn)
    table = service(prefix)
    if table is None or "*" in arn.service:
        return ANY
    found = set()
    for name, template in table.resources.items():
        _arn, _partition, theirs, _region, account, resource = template.split(":", 5)
        head = resource.partition("${")[0]
        same_account = "${" in account or like(arn.account, account)
        if theirs == arn.service and same_account and heads_meet(arn.resource, head):
            found.add(name)
    return frozenset(found)


def _s3_types(arn: Arn) -> frozenset[str]:
    if arn.service == "s3-object-lambda":
        return frozenset({"objectlambdaaccesspoint"})
    if "*" in arn.service:
        return ANY
    if arn.service != "s3":
        return frozenset()
    resource = without_variables(arn.resource)
    plain = not arn.region.strip("*") and not arn.account.strip("*")
    found: set[str] = set()
    for head, types in _S3_SPECIAL.items():
        if not (plain and not arn.account and not arn.region) and heads_meet(resource, head):
            found |= types
    if _OBJECT_OF_ACCESS_POINT.match(resource) and not (plain and not arn.account):
        found.add("accesspointobject")
    if plain:
        if "/" in resource or "*" in resource:
            found.add("object")
        if "/" not in resource:
            found.add("bucket")
    return frozenset(found)
