"""Small edits of a policy document, each returning a new one: widen an element, add a statement, exempt a caller."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from wizard.plan.merge import UNIQUE_ID, statements_of
from wizard.policy.document import VERSION, one_or_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.diagnose_judged import Stage

Json = Any


def statement_as(stage: Stage, sid: str, kind: str, *, resource: str) -> dict[str, Any]:
    """Return the statement that a kind of policy lacks for a stage's request, and no more than that."""
    out: dict[str, Any] = {"Sid": sid, "Effect": "Allow"}
    if kind in {"resource", "trust"}:
        out["Principal"] = {"AWS": stage.who.principal_arn}
    out["Action"] = stage.action
    if kind != "trust":
        # In a key policy "*" is the key that it belongs to.
        out["Resource"] = "*" if kind == "resource" and stage.id == "kms" else resource
    if stage.id == "kms":
        out["Condition"] = {"StringEquals": {"kms:ViaService": stage.context["kms:ViaService"]}}
    if stage.action == "s3:ListBucket" and stage.context.get("s3:prefix"):
        prefix = str(stage.context["s3:prefix"])
        out["Condition"] = {"StringLike": {"s3:prefix": [prefix, f"{prefix}*"]}}
    return out


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


def widened(document: Json, index: int, element: str, value: str) -> Json:
    """Return a policy with one value more in an element; None where the statement lists what it leaves out."""
    if element not in statements_of(document)[index]:
        return None
    return _edited(document, index, lambda one: {**one, element: one_or_list([*_list(one[element]), value])})


def naming(document: Json, index: int, principal: str, *, alone: bool = False) -> Json:
    """Return a policy with one principal more in a statement, or (`alone`) with it in place of all others.

    None where a statement lists with NotPrincipal whom it leaves out: but for `alone`, which replaces that.
    """

    def edit(statement: Mapping[str, Any]) -> dict[str, Any]:
        old = statement.get("Principal")
        if alone or not isinstance(old, dict):
            kept = {name: value for name, value in statement.items() if name != "NotPrincipal"}
            return {**kept, "Principal": {"AWS": principal}}
        return {**statement, "Principal": {**old, "AWS": one_or_list([*_list(old.get("AWS", [])), principal])}}

    if "NotPrincipal" in statements_of(document)[index] and not alone:
        return None
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


def listing(document: Json, index: int, prefix: str) -> Json:
    """Return a policy whose condition on s3:prefix holds for one prefix more; None where it has no such list."""
    condition = statements_of(document)[index].get("Condition", {})
    for operator, keys in condition.items():
        for key, values in keys.items():
            if key.lower() == "s3:prefix" and operator.removesuffix("IfExists") in {"StringLike", "StringEquals"}:
                more = [prefix, f"{prefix}*"] if operator.startswith("StringLike") and prefix else [prefix]
                wider = one_or_list([*_list(values), *(one for one in more if one not in _list(values))])
                new = {**condition, operator: {**keys, key: wider}}
                return _edited(document, index, partial(_with_condition, new))
    return None


def _with_condition(condition: Json, statement: Mapping[str, Any]) -> dict[str, Any]:
    return {**statement, "Condition": condition}


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
