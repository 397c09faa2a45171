"""Regions: written as AWS writes them, and known.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case
    from wizard.policy.checks.finding import Severity
    from wizard.policy.checks.node import Node

_REGION = re.compile(
    r"(?:us-(?:gov|iso[bf]?)|eu-isoe|eusc-[a-z]{2}|[a-z]{2})"
    r"-(?:north|south)?(?:north|south|east|west|central)-[0-9]{1,2}"
)


def is_region(text: str) -> bool:
    """Whether a text is written as a region is."""
    return _REGION.fullmatch(text) is not None


def check_region(case: Case, node: Node, region: str) -> bool:
    """Say that a text is no region (near a known one: surely, else it may be new); False where it isn't one."""
    if is_region(region):
        return True
    from wizard.names.accounts import REGIONS

    meant = nearest(region.strip(), REGIONS)
    case.give_up(node)
    message = _("{region} is no region: it is written like ap-northeast-1.").format(region=quoted(region))
    severity: Severity = "error" if meant or "-" not in region else "warning"
    suggestion = node.value.replace(region, meant) if meant else None
    case.sheet.about("unknown-region", node, message, suggestion=suggestion, severity=severity)
    if suggestion:
        case.sheet.edit_string(node, suggestion)
    return False
