"""Policy variables: `${aws:username}`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.keys import key_type, suggest_key
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement
    from wizard.policy.checks.node import Node

_VARIABLE = re.compile(r"\$\{([^{}]*)\}?")
_KEY = re.compile(r"\s*([\w.-]+(?:/[\w.-]+)*:[^,'}]+?)\s*(?:,\s*'[^']*'\s*)?", re.ASCII)
# A key in braces without its dollar, or a dollar without its braces; `${$}{…}` is a literal, as we write it ourselves.
_NEARLY = re.compile(r"(?<!\$)(?<!\$\{\$\})\{(aws:[\w/]+)\}|\$(aws:\w+)|\$\((aws:\w+)\)|\$\[(aws:\w+)\]")
_LITERAL = ("*", "?", "$")


def check_variables(case: Case, statement: Statement) -> None:
    """Check the variables of one statement."""
    for node in statement.strings("Resource", "NotResource"):
        _check(case, node, allowed=True)
    for node in statement.strings("Action", "NotAction"):
        _check(case, node, allowed=False)
    for _kind, node in statement.principals():
        _check(case, node, allowed=False)
    for test in statement.tests:
        for node in test.values:
            if node.kind == "string":
                _check(case, node, allowed=test.operator.family in ("String", "ARN", "Bool", "Null"))


def _check(case: Case, node: Node, *, allowed: bool) -> None:
    value = node.value
    if ("$" not in value and "{" not in value) or not case.is_sound(node):
        return
    nearly = _NEARLY.search(value)
    if nearly:
        key = next(group for group in nearly.groups() if group)
        meant = value.replace(nearly.group(), "${" + key + "}")
        message = _("A policy variable is written {meant}.").format(meant=quoted("${" + key + "}"))
        case.sheet.about("malformed-variable", node, message, suggestion=meant)
        case.sheet.edit_string(node, meant)
        case.give_up(node)
        return
    for match in _VARIABLE.finditer(value):
        if match.group(1) in _LITERAL and match.group().endswith("}"):
            continue
        if not _check_one(case, node, match, allowed=allowed):
            case.give_up(node)
            return


def _check_one(case: Case, node: Node, match: re.Match[str], *, allowed: bool) -> bool:
    text = match.group()
    key = _KEY.fullmatch(match.group(1))
    if not text.endswith("}") or key is None:
        message = _("{text} is no policy variable: it is written ${{key}} or ${{key, 'default'}}.")
        case.sheet.about("malformed-variable", node, message.format(text=quoted(text)))
        return False
    if not allowed:
        message = _("A policy variable ({text}) has no effect here: it is plain text.").format(text=text)
        case.sheet.about("variable-not-allowed", node, message)
        return False
    if case.version != "2012-10-17":
        message = _("{text} is plain text here: policy variables need Version 2012-10-17.").format(text=text)
        case.sheet.about("variable-in-old-version", node, message)
        return True
    found = key_type(key.group(1))
    if found is None:
        meant = suggest_key(case, key.group(1))
        message = _("There is no key {key}.").format(key=quoted(key.group(1)))
        suggestion = node.value.replace(key.group(1), meant) if meant else None
        case.sheet.about(
            "unknown-variable", node, message, suggestion=suggestion, severity=None if meant else "warning"
        )
    elif found.several:
        message = _("{key} has several values: it can't be a policy variable.").format(key=quoted(key.group(1)))
        case.sheet.about("unknown-variable", node, message)
    return True
