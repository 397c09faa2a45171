"""The shape of a Condition: {operator: {key: values}}, with operators that AWS has.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.case import OPERATORS, Operator, Statement, Test, operator
from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.node import NAMES
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case
    from wizard.policy.checks.node import Member

_IF_EXISTS = re.compile(r"_?if_?exi\w{1,3}\Z", re.IGNORECASE)
_SHAPE = '{"operator": {"key": "value"}}'


def read_conditions(case: Case, statement: Statement) -> None:
    """Read a statement's conditions, and say what is wrong with their shape and their operators."""
    condition = statement.value("Condition")
    if condition is None or condition.kind == "cut":
        return
    if condition.kind != "object":
        message = _("Condition is {shape}, not {found}.").format(shape=_SHAPE, found=_(NAMES[condition.kind]))
        case.sheet.about("malformed-condition", condition, message)
        return
    for member in condition.members:
        if case.sheet.full:
            return
        found = operator(member.key)
        if found is None:
            found = _unknown_operator(case, member)
        if found is None:
            continue
        if member.node.kind != "object":
            if member.node.kind != "cut":
                message = _("An operator holds an object: {shape}.").format(shape=_SHAPE)
                case.sheet.about("malformed-condition", member.node, message)
            continue
        if not member.node.members and member.node.whole:
            message = _("{operator} holds no key: it has no effect.").format(operator=member.key)
            case.sheet.about_key("empty-condition", member, message)
        statement.tests += (_read_test(case, found, key) for key in member.node.members)
        _check_cases(case, member)


def _unknown_operator(case: Case, member: Member) -> Operator | None:
    """Say that an operator doesn't exist; return the one that is surely meant."""
    key = member.key
    if ":" in key and not key.lower().startswith(("foranyvalue", "forallvalues", "forany", "forall")):
        _swapped(case, member)
        return None
    head, colon, name = key.partition(":")
    quantifier = nearest(head, ("ForAnyValue", "ForAllValues")) if colon else None
    text = name if colon else head
    ending = _IF_EXISTS.search(text)
    suffix = "IfExists" if ending else ""
    stem = text[: ending.start()] if ending else text
    meant = nearest(stem, OPERATORS, 2) or _also_known(stem)
    if meant == "Null":
        suffix = ""
    full = f"{quantifier}:" if quantifier else ""
    suggestion = f"{full}{meant}{suffix}" if meant and (quantifier or not colon) else None
    message = _("There is no condition operator {operator}.").format(operator=quoted(key))
    case.sheet.about_key("unknown-operator", member, message, suggestion=suggestion)
    if suggestion is None:
        return None
    case.sheet.edit(member.start, member.end, f'"{suggestion}"')
    return operator(suggestion)


def _also_known(stem: str) -> str | None:
    """Return the operator that other languages' names mean."""
    return {
        "equals": "StringEquals", "notequals": "StringNotEquals", "like": "StringLike", "notlike": "StringNotLike",
        "stringequalto": "StringEquals", "boolean": "Bool", "boolequals": "Bool", "ip": "IpAddress",
        "ipaddresses": "IpAddress", "ipaddressnot": "NotIpAddress", "stringmatch": "StringLike",
        "exists": "Null", "isnull": "Null", "arnmatch": "ArnLike", "stringcontains": "StringLike",
        "stringequalsnot": "StringNotEquals", "stringlikenot": "StringNotLike", "boolif": "Bool",
    }.get(stem.lower())  # fmt: skip


def _swapped(case: Case, member: Member) -> None:
    """Say that a key stands where an operator belongs."""
    inner = [nearest(child.key, OPERATORS, 1) for child in member.node.members]
    if inner and all(inner):
        message = _("Operator and key are swapped: {{{operator}: {{{key}: …}}}}.")
        text = message.format(operator=quoted(inner[0] or ""), key=quoted(member.key))
    else:
        message = _("The operator is missing: {{{operator}: {{{key}: …}}}}.")
        text = message.format(operator='"StringEquals"', key=quoted(member.key))
    case.sheet.about_key("malformed-condition", member, text)


def _read_test(case: Case, found: Operator, member: Member) -> Test:
    node = member.node
    if operator(member.key) is not None:
        message = _("The operator {key} stands inside another one: it belongs beside it.").format(key=member.key)
        case.sheet.about_key("malformed-condition", member, message)
        case.give_up(node)
        return Test(found, member, [])
    values = node.items if node.kind == "array" else [node]
    for value in values:
        if value.kind in ("object", "array", "null"):
            message = _("A condition's value is a string, a number, true or false, not {found}.")
            case.sheet.about("malformed-condition", value, message.format(found=_(NAMES[value.kind])))
    if node.kind == "array" and not values and node.whole:
        message = _("{key} has no value to compare with: it never matches.").format(key=quoted(member.key))
        case.sheet.about("empty-list", node, message, severity="warning")
    return Test(found, member, [value for value in values if value.kind not in ("object", "array", "null", "cut")])


def _check_cases(case: Case, member: Member) -> None:
    """Find one key in two spellings of its letters' case."""
    seen: dict[str, str] = {}
    for key in member.node.members:
        other = seen.setdefault(key.key.lower(), key.key)
        if other != key.key:
            message = _("{key} is {other} again: the case of a key's letters doesn't count.")
            case.sheet.about_key("duplicate-key", key, message.format(key=quoted(key.key), other=quoted(other)))
