"""Service principals: `ec2.amazonaws.com`."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.policy.actions import prefixes
from wizard.policy.checks.arns import ACCOUNT
from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case
    from wizard.policy.checks.node import Node

SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?|[a-z0-9.-]+\.(?:c2s\.ic|sc2s\.sgov)\.gov")
_ALMOST_SERVICE = re.compile(r"([A-Za-z0-9.-]+?)[.,]?(?:amazon\w*|aws\w*|amzon\w*|anazon\w*)(?:\.\w+)?(?:\.cn)?")


@cache
def service_principals() -> frozenset[str]:
    """Return what stands before `.amazonaws.com` in the service principals that are known here."""
    raw = json.loads((Path(__file__).parent / "data" / "service_principals.json").read_text(encoding="utf-8"))
    return frozenset(raw["names"])


def found(case: Case, kind: str, node: Node, message: str, meant: str | None = None) -> None:
    """Say what is wrong with a principal: no other rule says so again."""
    case.give_up(node)
    case.sheet.about(kind, node, message, suggestion=meant)


def mend(case: Case, kind: str, node: Node, message: str, meant: str | None) -> None:
    """Say what is wrong with a principal, and that `meant` is certainly right."""
    found(case, kind, node, message, meant)
    if meant:
        case.sheet.edit_string(node, meant)


def check_service(case: Case, node: Node) -> None:
    """Check a principal of the type Service."""
    value = node.value
    if value == "*" or "*" in value:
        message = _("A service principal has no wildcards: name the service.")
        found(case, "wildcard-in-principal", node, message)
        return
    if ACCOUNT.fullmatch(value) or value.startswith("arn:"):
        found(case, "malformed-principal", node, _("This is no service: it stands under AWS."))
        return
    if not SERVICE.fullmatch(value):
        meant = _service_meant(value)
        message = _("There is no service principal {value}: it ends with .amazonaws.com.").format(value=quoted(value))
        mend(case, "unknown-service-principal", node, message, meant)
        return
    name = re.sub(r"\.amazonaws\.com(?:\.cn)?\Z", "", value)
    if not _is_service(name):
        close = nearest(name, service_principals(), 1 if len(name) < 6 else 2)  # noqa: PLR2004 -- a short name
        message = (
            _("There is no service principal {value}.")
            if close
            else _("The service principal {value} is unknown here.")
        )
        if close:
            mend(
                case,
                "unknown-service-principal",
                node,
                message.format(value=quoted(value)),
                value.replace(name, close, 1),
            )
        else:
            text = message.format(value=quoted(value))
            case.sheet.about("unknown-service-principal", node, text, severity="warning")


def _is_service(name: str) -> bool:
    known = service_principals()
    if name in known or name in prefixes():
        return True
    parts = name.split(".")
    # With a region: logs.ap-northeast-1, states.us-east-1.
    without = [part for part in parts if not re.fullmatch(r"[a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]", part)]
    return len(without) < len(parts) and (".".join(without) in known or ".".join(without) in prefixes())


def _service_meant(value: str) -> str | None:
    low = value.strip().lower()
    if _is_service(low):
        return f"{low}.amazonaws.com"
    if SERVICE.fullmatch(low) and low != value:
        return low
    match = _ALMOST_SERVICE.fullmatch(low)
    name = match.group(1).rstrip(".") if match else ""
    return f"{name}.amazonaws.com" if name and _is_service(name) else None
