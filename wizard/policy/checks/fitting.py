"""Actions and resources of a statement together: each action needs a resource that it works on.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.checks.arns import parse, without_variables
from wizard.policy.checks.known import ANY, reached, types_of
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.actions import Action
    from wizard.policy.checks.arns import Arn
    from wizard.policy.checks.case import Case, Statement
    from wizard.policy.checks.node import Node

_LOOKED_AT = 100
_BUCKET = {"bucket"}
_OBJECT = {"object"}


def check_fitting(case: Case, statement: Statement) -> None:
    """Find actions that no resource of their statement is right for, and resources that none needs."""
    actions = statement.strings("Action")
    resources = statement.strings("Resource")
    if not actions or not resources or case.type == "trust":
        return
    arns: list[tuple[Node, Arn]] = []
    for node in resources:
        arn = parse(node.value)
        if arn is None or not case.is_sound(node):
            return
        arns.append((node, arn))
    known = [node for node in actions if case.is_sound(node) and node.value != "*" and reached(node.value)]
    types: dict[str, frozenset[str]] = {}
    fits = True
    for node in known:
        prefix = node.value.partition(":")[0].lower()
        if prefix not in types:
            types[prefix] = frozenset().union(*(types_of(arn, prefix) for _node, arn in arns))
        fits &= _check_action(case, node, reached(node.value), types[prefix], arns)
    if fits and len(known) == len(actions):
        _check_unused(case, actions, arns)


def _check_action(
    case: Case, node: Node, found: tuple[Action, ...], types: frozenset[str], arns: list[tuple[Node, Arn]]
) -> bool:
    """Check one action against the types of all resources; False where it fits none."""
    if types & ANY:
        return True
    wanted = frozenset().union(*(action.resources for action in found))
    if not wanted:
        if any(arn.service == "s3" and arn.resource == "*" for _node, arn in arns):
            return True
        message = _('{action} works on all resources only: its Resource is "*".')
        case.sheet.about("action-needs-all-resources", node, message.format(action=quoted(node.value)))
        return False
    if not wanted & types:
        case.sheet.about("action-resource-mismatch", node, _mismatch(node, wanted, types, arns))
        return False
    is_wildcard = "*" in node.value or "?" in node.value
    if is_wildcard and wanted >= {"bucket", "object"} and len(types & {"bucket", "object"}) == 1:
        _check_half(case, node, types, arns)
    return True


def _check_half(case: Case, node: Node, types: frozenset[str], arns: list[tuple[Node, Arn]]) -> None:
    missing = "object" if "bucket" in types else "bucket"
    if _is_elsewhere(case, node, missing):
        return
    example = _other_form(arns[0][1])
    if missing == "object":
        message = _("{action} reaches object actions too; they need the objects' ARN beside it: {arn}.")
    else:
        message = _("{action} reaches bucket actions too; they need the bucket's ARN beside it: {arn}.")
    case.sheet.about("half-covered-wildcard", node, message.format(action=quoted(node.value), arn=example))


def _is_elsewhere(case: Case, node: Node, missing: str) -> bool:
    """Whether another statement has the same action on resources of the missing type."""
    for statement in case.statements[:_LOOKED_AT]:
        if not any(other.value == node.value for other in statement.strings("Action")):
            continue
        for resource in statement.strings("Resource"):
            arn = parse(resource.value)
            if resource.value == "*" or (arn and missing in types_of(arn, "s3")):
                return True
    return False


def _other_form(arn: Arn) -> str:
    """Return the bucket's ARN for an object's, the objects' ARN for a bucket's."""
    bucket, slash, _key = without_variables(arn.resource).partition("/")
    return str(arn._replace(resource=bucket if slash else f"{bucket}/*"))


def _mismatch(node: Node, wanted: frozenset[str], types: frozenset[str], arns: list[tuple[Node, Arn]]) -> str:
    action = quoted(node.value)
    s3 = [arn for _node, arn in arns if arn.service == "s3" and not arn.account]
    if s3 and "bucket" in wanted and types <= _OBJECT:
        message = _("{action} works on the bucket, and Resource has objects only: add {arn}.")
        return message.format(action=action, arn=_other_form(s3[0]))
    if s3 and "object" in wanted and types <= _BUCKET:
        message = _("{action} works on objects, and Resource has the bucket only: add {arn}.")
        return message.format(action=action, arn=_other_form(s3[0]))
    message = _("{action} works on none of these resources, but on: {types}.")
    return message.format(action=action, types=", ".join(sorted(wanted)))


def _check_unused(case: Case, actions: list[Node], arns: list[tuple[Node, Arn]]) -> None:
    if len(arns) == 1:
        return
    wanted: dict[str, frozenset[str]] = {}
    on_all = False
    for action in actions:
        prefix = action.value.partition(":")[0].lower()
        types = frozenset().union(*(one.resources for one in reached(action.value)))
        wanted[prefix] = wanted.get(prefix, frozenset()) | types
        on_all = on_all or not types
    for node, arn in arns:
        types = frozenset().union(*(types_of(arn, prefix) & (need | ANY) for prefix, need in wanted.items()))
        if not types and not (on_all and arn.resource == "*"):
            message = _("No action of this statement works on {arn}.").format(arn=quoted(node.value))
            case.sheet.about("unused-resource", node, message)
