"""Statements that undo or repeat each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.checks.arns import covers
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement

_MOST = 500


def check_overlap(case: Case) -> None:
    """Find each Allow that a Deny covers whole, and each statement that is there twice."""
    if _is_too_much(case):
        return
    denies = [s for s in case.statements if s.effect == "Deny" and not s.partial and not _has_condition(s)]
    for statement in case.statements:
        if statement.effect != "Allow" or statement.partial:
            continue
        for deny in denies:
            if covers_statement(case, deny, statement):
                line, _column = case.sheet.place(deny.node.start)
                message = _("The Deny of line {line} covers all of it: it allows nothing.").format(line=line)
                case.sheet.about("allow-covered-by-deny", statement.node, message)
                break
    _check_repeated(case)


def _is_too_much(case: Case) -> bool:
    """Whether comparing each with each would take long: no policy that AWS takes is so large."""
    items = {"Allow": 0, "Deny": 0, "": 0}
    for statement in case.statements:
        items[statement.effect] += len(statement.strings("Action")) + len(statement.strings("Resource"))
    return items["Allow"] * items["Deny"] > _MOST * _MOST


def _has_condition(statement: Statement) -> bool:
    condition = statement.value("Condition")
    return condition is not None and bool(condition.members)


def covers_statement(case: Case, deny: Statement, allow: Statement) -> bool:
    """Whether a Deny is about all of an Allow, its own conditions aside."""
    return (
        _covers_actions(deny, allow) and _covers_resources(case, deny, allow) and _covers_principals(case, deny, allow)
    )


def _covers_actions(deny: Statement, allow: Statement) -> bool:
    wide = [node.value.lower() for node in deny.strings("Action")]
    narrow = [node.value.lower() for node in allow.strings("Action")]
    return bool(wide and narrow) and all(any(covers(one, other) for one in wide) for other in narrow)


def _covers_resources(case: Case, deny: Statement, allow: Statement) -> bool:
    if case.type == "trust":
        return True
    wide = [node.value for node in deny.strings("Resource")]
    narrow = [node.value for node in allow.strings("Resource")]
    return bool(wide and narrow) and all(any(covers(one, other) for one in wide) for other in narrow)


def _covers_principals(case: Case, deny: Statement, allow: Statement) -> bool:
    if case.attached:
        return True
    if deny.for_everybody is not None:
        return True
    wide = {(kind, node.value) for kind, node in deny.principals("Principal")}
    narrow = {(kind, node.value) for kind, node in allow.principals("Principal")}
    return bool(wide and narrow) and narrow <= wide


def _check_repeated(case: Case) -> None:
    seen: dict[str, Statement] = {}
    for statement in case.statements:
        members = sorted(
            (name, "".join(case.sheet.text[member.node.start : member.node.end].split()))
            for name, member in statement.elements.items()
            if name != "Sid"
        )
        first = seen.setdefault(repr(members), statement)
        if first is not statement and members and statement.node.whole:
            line, _column = case.sheet.place(first.node.start)
            message = _("This statement says the same as the one of line {line}.").format(line=line)
            case.sheet.about("duplicate-statement", statement.node, message)
