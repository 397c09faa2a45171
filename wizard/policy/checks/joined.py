"""Several values in one string, where a list of strings is meant."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement
    from wizard.policy.checks.node import Node

_VALUE = re.compile(r"arn:[^,]+|[0-9]{12}|[a-z0-9-]+:[A-Za-z*?]+|[a-z0-9.-]+\.amazonaws\.com", re.ASCII)
_LONGEST = 4096


def check_joined(case: Case, statement: Statement) -> None:
    """Find strings such as `s3:GetObject, s3:PutObject`."""
    for node in statement.strings("Action", "NotAction", "Resource", "NotResource"):
        _check(case, node)
    for _kind, node in statement.principals():
        _check(case, node)


def _check(case: Case, node: Node) -> None:
    if not re.search(r"[,;\s]", node.value) or len(node.value) > _LONGEST or not case.is_sound(node):
        return
    parts = [part for part in re.split(r"\s*[,;]\s*|\s+(?=arn:)", node.value.strip()) if part]
    if len(parts) < 2 or not all(_VALUE.fullmatch(part) for part in parts):  # noqa: PLR2004 -- several
        return
    case.give_up(node)
    meant = ", ".join(json.dumps(part, ensure_ascii=False) for part in parts)
    if node.parent is None or node.parent.kind != "array":
        meant = f"[{meant}]"
    message = _("Several values in one string: write each as a string of its own, in a list.")
    case.sheet.about("values-in-one-string", node, message, suggestion=meant)
    case.sheet.edit(node.start, node.end, meant)
