"""The names that a policy document is made of, and which of them may stand where.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.policy.checks.node import Node

TOP = ("Version", "Id", "Statement")
STATEMENT = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")
ELEMENTS = frozenset((*TOP, *STATEMENT))
_PRINCIPAL_ELEMENTS = ("Principal", "NotPrincipal")


def in_condition(node: Node) -> bool:
    """Whether an object is the value of a condition operator: `{"StringEquals": HERE}`."""
    return node.parent is not None and node.parent.step == "Condition"


def belongs(node: Node, key: str) -> bool:
    """Whether `key` may be a key of the object `node`, judged by where the object stands."""
    if in_condition(node):
        return ":" in key
    if node.step == "Condition":
        return ":" not in key and key not in ELEMENTS
    if node.step in _PRINCIPAL_ELEMENTS:
        return key in PRINCIPALS
    if node.parent is None and any(member.key in TOP for member in node.members):
        return key in TOP
    return key in STATEMENT


def ends(node: Node, key: str) -> bool:
    """Whether `key` shows that the object `node` ended before it: an element can't stand inside a condition."""
    if key not in ELEMENTS or not node.members:
        return False
    return in_condition(node) or node.step == "Condition" or node.step in _PRINCIPAL_ELEMENTS
