"""The values of conditions: of the right form, and such that a request can have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.arns import FULL_WIDTH, parse
from wizard.policy.checks.key_values import check_for_key, wrong
from wizard.policy.checks.lockout import shuts_out_everybody
from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.nobody import is_always_true
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.policy.checks.case import Case, Statement, Test
    from wizard.policy.checks.finding import Severity
    from wizard.policy.checks.node import Node

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?|\d{4}(?:-\d{2})?|\d{9,13}",
    re.ASCII,
)


def check_values(case: Case, statement: Statement) -> None:
    """Check the values of each condition of a statement."""
    for test in statement.tests:
        if not case.is_sound(test.key.node) or (is_always_true(test) and shuts_out_everybody(case, statement)):
            continue
        check = _BY_FAMILY.get(test.operator.family)
        for node in test.values:
            if case.is_sound(node) and "${" not in node.value:
                if check is not None:
                    check(case, test, node)
                if case.is_sound(node):
                    check_for_key(case, test, node)
        if test.operator.family == "IPAddress":
            _check_private(case, test)
            _check_every_address(case, statement, test)
        elif test.operator.family in ("Bool", "Null"):
            _check_both(case, test)


def _check_bool(case: Case, test: Test, node: Node) -> None:
    value = node.value.lower().strip()
    if value in ("true", "false"):
        return
    meant = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}.get(value)
    meant = meant or nearest(value, ("true", "false"))
    message = _("{operator} compares with true or false, not {value}.")
    wrong(case, node, message.format(operator=test.operator.name, value=quoted(node.value)), meant)


def _check_numeric(case: Case, test: Test, node: Node) -> None:
    if node.kind in ("true", "false") or not _NUMBER.fullmatch(node.value.strip()):
        plain = node.value.translate(FULL_WIDTH)
        meant = plain if _NUMBER.fullmatch(plain) else None
        message = _("{operator} compares with a number, not {value}.")
        wrong(case, node, message.format(operator=test.operator.name, value=quoted(node.value)), meant)


def _check_date(case: Case, test: Test, node: Node) -> None:
    from datetime import datetime

    sound = _DATE.fullmatch(node.value.strip()) is not None
    if sound and "-" in node.value and len(node.value) >= len("2026-01-01"):
        try:
            datetime.fromisoformat(node.value.strip()[:10])
        except ValueError:
            sound = False
    if not sound:
        message = _("{operator} compares with a date such as 2026-10-27T00:00:00Z, not {value}.")
        wrong(case, node, message.format(operator=test.operator.name, value=quoted(node.value)))


def _check_ip(case: Case, _test: Test, node: Node) -> None:
    from wizard.policy.checks import networks

    value = node.value
    network = networks.parse(value)
    if network is None:
        plain = re.sub(r"\s", "", value.translate(FULL_WIDTH))
        meant = plain if plain != value and networks.parse(plain) else None
        message = _("{value} is no address or range (CIDR).").format(value=quoted(value))
        wrong(case, node, message, meant, "bad-cidr")
    elif networks.has_host_bits(value):
        message = _("The range {value} has bits after its mask: AWS takes {network}.")
        text = message.format(value=value, network=network)
        case.sheet.about("host-bits", node, text, suggestion=str(network))


def _check_both(case: Case, test: Test) -> None:
    """Find true and false together: such a condition takes either (of Access Analyzer's checks)."""
    if {"true", "false"} <= {node.value.lower() for node in test.values}:
        message = _("{operator} takes one value: with true and false {key} may be either.")
        text = message.format(operator=test.operator.name, key=test.key.key)
        case.sheet.about_key("bad-condition-value", test.key, text)


def _check_every_address(case: Case, statement: Statement, test: Test) -> None:
    if statement.for_everybody is not None and not test.operator.negated:
        return  # Said of the principal: it is public.
    for node in test.values:
        if node.value.endswith("/0") and case.is_sound(node):
            message = _("{value} is every address: this condition confines nothing.").format(value=node.value)
            case.sheet.about("empty-condition", node, message, severity="warning")


def _check_private(case: Case, test: Test) -> None:
    """Find private addresses in aws:SourceIp: it has the public address that AWS sees, never a private one."""
    if test.name != "aws:sourceip":
        return
    from wizard.policy.checks import networks

    private = [node for node in test.values if case.is_sound(node) and networks.is_private(node.value)]
    for node in private:
        message = _("{value} is private, and aws:SourceIp never is: use aws:VpcSourceIp or aws:SourceVpce.")
        severity: Severity = "error" if len(private) == len(test.values) else "warning"
        case.sheet.about("private-source-ip", node, message.format(value=node.value), severity=severity)


def _check_arn(case: Case, test: Test, node: Node) -> None:
    value = node.value
    if parse(value) is not None or value == "*":
        return
    message = _("{operator} compares with an ARN, not {value}.")
    wrong(case, node, message.format(operator=test.operator.name, value=quoted(value)))


def _check_string(case: Case, test: Test, node: Node) -> None:
    operator = test.operator.name
    if "Like" in operator or not ("*" in node.value or ("?" in node.value and node.value.startswith("arn:"))):
        return
    if node.kind != "string":
        return
    meant = operator.replace("EqualsIgnoreCase", "Like").replace("Equals", "Like")
    message = _("{operator} takes the wildcard as plain text: {meant} is meant.")
    case.sheet.about("wildcard-without-like", node, message.format(operator=operator, meant=meant), suggestion=meant)
    case.give_up(node)


_BY_FAMILY: dict[str, Callable[[Case, Test, Node], None]] = {
    "Bool": _check_bool,
    "Null": _check_bool,
    "Numeric": _check_numeric,
    "Date": _check_date,
    "IPAddress": _check_ip,
    "ARN": _check_arn,
    "String": _check_string,
}
