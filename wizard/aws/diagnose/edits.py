"""Small edits of a policy document, each returning a new one: widen an element, add a statement, exempt a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.names.buckets import literal
from wizard.plan.merge import UNIQUE_ID, statements_of
from wizard.policy.document import VERSION, one_or_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.diagnose.judged import Stage

Json = Any


def statement_as(
    stage: Stage, sid: str, kind: str, *, resource: str, asked: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the statement that a kind of policy lacks for a stage's request, and no more than that.

    `asked` is the Condition of a statement that lets others in: the caller is asked for the same.
    """
    out: dict[str, Any] = {"Sid": sid, "Effect": "Allow"}
    if kind in {"resource", "trust"}:
        out["Principal"] = {"AWS": stage.who.principal_arn}
    out["Action"] = stage.action
    if kind != "trust":
        # In a key policy "*" is the key that it belongs to.
        out["Resource"] = "*" if kind == "resource" and stage.id == "kms" else resource
    condition: dict[str, Any] = {operator: dict(keys) for operator, keys in (asked or {}).items()}
    if stage.id == "kms":
        condition.setdefault("StringEquals", {})["kms:ViaService"] = stage.context["kms:ViaService"]
    if stage.action == "s3:ListBucket" and stage.context.get("s3:prefix"):
        prefix = str(stage.context["s3:prefix"])
        # Never `reports*`, which is reports-secret/ too.
        condition.setdefault("StringLike", {})["s3:prefix"] = [literal(prefix), f"{literal(folder_of(prefix))}*"]
    return {**out, "Condition": condition} if condition else out


def folder_of(prefix: str) -> str:
    """Return a prefix as a folder's, which ends with a slash: so it reaches no name that only begins alike."""
    return prefix if prefix.endswith("/") else f"{prefix}/"


def with_statement(document: Json, statement: Mapping[str, Any]) -> Json:
    """Return a policy (None: there is none) with a statement more; its Sid gets a number where it is taken."""
    if document is None:
        return {"Version": VERSION, "Statement": [dict(statement)]}
    there = list(statements_of(document))
    taken = {one.get("Sid") for one in there}
    sid, number = str(statement["Sid"]), 2
    while sid in taken:
        sid, number = f"{statement['Sid']}{number}", number + 1
    return {**document, "Statement": [*there, {**statement, "Sid": sid}]}


def without_statement(document: Json, index: int) -> Json:
    """Return a policy without one of its statements; None when it was the only one."""
    kept = [one for place, one in enumerate(statements_of(document)) if place != index]
    return {**document, "Statement": kept} if kept else None


def naming(document: Json, index: int, principal: str) -> Json:
    """Return a policy with one principal in a statement in place of all others."""

    def edit(statement: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in statement.items() if name != "NotPrincipal"}
        return {**kept, "Principal": {"AWS": principal}}

    return _edited(document, index, edit)


def reviving(document: Json, index: int, principal: str) -> Json:
    """Return a policy with the unique ids of deleted principals replaced by one that is there; None without any."""
    old = statements_of(document)[index].get("Principal")
    if not isinstance(old, dict):
        return None
    names = _list(old.get("AWS", []))
    alive = [name for name in names if not UNIQUE_ID.fullmatch(str(name))]
    if len(alive) == len(names):
        return None
    value = one_or_list([*alive, principal])
    return _edited(document, index, lambda one: {**one, "Principal": {**old, "AWS": value}})


def exempting(document: Json, index: int, principal: str) -> Json:
    """Return a policy whose Deny spares a principal: by ArnNotLike on aws:PrincipalArn, never by NotPrincipal."""

    def edit(statement: Mapping[str, Any]) -> dict[str, Any]:
        condition = dict(statement.get("Condition", {}))
        operator = next((name for name in ("ArnNotLike", "ArnNotEquals") if name in condition), "ArnNotLike")
        keys = dict(condition.get(operator, {}))
        key = next((name for name in keys if name.lower() == "aws:principalarn"), "aws:PrincipalArn")
        keys[key] = one_or_list([*_list(keys.get(key, [])), principal])
        return {**statement, "Condition": {**condition, operator: keys}}

    return _edited(document, index, edit)


def _edited(document: Json, index: int, edit: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Json:
    statements = [edit(one) if place == index else one for place, one in enumerate(statements_of(document))]
    return {**document, "Statement": statements}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
