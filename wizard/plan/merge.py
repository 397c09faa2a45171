"""Merging a setup's statements into a policy that is there: only statements of this setup are touched."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wizard.diff import same
from wizard.policy.document import VERSION
from wizard.setup import sid_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wizard.plan.found import Json
    from wizard.policy.document import Statement

# What a Sid of ours says after the setup's name. Nothing here ends with another one of these words, so that
# `S3xRepListList` can only be the `List` of the setup rep-list, never a statement of the setup rep.
GUARDS = ("RequireTls", "VpcEndpointOnly", "OrganizationOnly")
WHATS = ("List", "Bucket", "Objects", "ListAll", "Trust", "AssumeRole", "Key", *GUARDS)
_WHAT = re.compile(rf"(?P<what>{'|'.join(WHATS)})(?:Sso)?(?:[2-9]|[1-9]\d+)?")
# The unique ids that IAM leaves in a policy when the user, role or group that it named is deleted.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
UNIQUE_ID = re.compile(r"(?:AROA|AIDA|AGPA)[A-Z0-9]{12,}")


def what_of(sid: Any, setup_name: str) -> str:
    """Return which of this setup's statements a Sid names (a word of WHATS), "" when it is not this setup's."""
    prefix = sid_prefix(setup_name)
    if not isinstance(sid, str) or not sid.startswith(prefix):
        return ""
    match = _WHAT.fullmatch(sid[len(prefix) :])
    return match["what"] if match else ""


def is_grant(setup_name: str) -> Callable[[Any], bool]:
    """Return the test whether a Sid is one of this setup's statements, its guards aside."""
    return lambda sid: what_of(sid, setup_name) not in {"", *GUARDS}


def is_guard(setup_name: str) -> Callable[[Any], bool]:
    """Return the test whether a Sid is one of this setup's guards."""
    return lambda sid: what_of(sid, setup_name) in GUARDS


class UnreadableError(ValueError):
    """The policy that is there is no JSON object with statements: nothing can be merged into it."""


def merged(current: Json, wanted: Iterable[Statement], mine: Callable[[Any], bool]) -> Json:
    """Return `current` (None: no policy) with the statements that are `mine` replaced by those wanted.

    Statements of others, unknown elements, the Id and the Version stay as they are; a statement of ours that
    means the same stays as AWS wrote it. None when no statement is left. Raises UnreadableError.
    """
    return with_own(current, [statement.to_json() for statement in wanted], mine)


def own_statements(policy: Json, mine: Callable[[Any], bool]) -> list[Mapping[str, Any]]:
    """Return the statements of a policy (None: none) that are `mine`. Raises UnreadableError."""
    return [one for one in statements_of(policy) if mine(one.get("Sid"))] if policy is not None else []


def with_own(current: Json, own: Iterable[Mapping[str, Any]], mine: Callable[[Any], bool]) -> Json:
    """Do as `merged` does, with statements as JSON values: those of an earlier version of the policy."""
    new = {statement["Sid"]: statement for statement in own}
    if current is None:
        return {"Version": VERSION, "Statement": list(new.values())} if new else None
    kept: list[Any] = []
    for statement in statements_of(current):
        sid = statement.get("Sid")
        if not mine(sid):
            kept.append(statement)
        elif sid in new:
            ours = new.pop(sid)
            kept.append(statement if same(_alone(statement), _alone(ours)) else ours)
    kept += new.values()
    return {**current, "Statement": kept} if kept else None


def statements_of(policy: Json) -> Sequence[Mapping[str, Any]]:
    """Return a policy's statements. Raises UnreadableError."""
    statements = policy.get("Statement") if isinstance(policy, Mapping) else None
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list) or not all(isinstance(one, Mapping) for one in statements):
        raise UnreadableError
    return statements


def loses_variables(current: Json, wanted: Iterable[Statement]) -> bool:
    """Whether `${*}` in our statements would be read as plain text, because the policy there has an old Version.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    old = isinstance(current, Mapping) and current.get("Version") != VERSION
    return old and any("${" in json.dumps(statement.to_json()) for statement in wanted)


def deleted_principals(policy: Json) -> tuple[str, ...]:
    """Return the unique ids that a policy names in place of principals which no longer exist."""
    if policy is None:
        return ()
    found: dict[str, None] = {}
    for statement in statements_of(policy):
        for element in ("Principal", "NotPrincipal"):
            found |= dict.fromkeys(one for one in _aws(statement.get(element)) if UNIQUE_ID.fullmatch(one))
    return tuple(found)


def without_deleted(policy: Json) -> Json:
    """Return a policy without principals that no longer exist: AWS refuses to take such a policy back.

    A statement that named nobody else goes; a NotPrincipal stays, because without a name it denies more.
    """
    kept = []
    for statement in statements_of(policy):
        names = _aws(statement.get("Principal"))
        alive = [name for name in names if not UNIQUE_ID.fullmatch(name)]
        if len(alive) == len(names):
            kept.append(statement)
            continue
        others = {kind: value for kind, value in statement["Principal"].items() if kind != "AWS"}
        principal = {**others, "AWS": alive} if alive else others
        if principal:
            kept.append({**statement, "Principal": principal})
    return {**policy, "Statement": kept} if kept else None


def _aws(principal: Any) -> list[str]:
    value = principal.get("AWS") if isinstance(principal, Mapping) else None
    members = value if isinstance(value, list) else [value]
    return [member for member in members if isinstance(member, str)]


def _alone(statement: Mapping[str, Any]) -> Json:
    return {"Version": VERSION, "Statement": [statement]}
