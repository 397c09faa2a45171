"""The conditions of a statement: their shape, operators and keys.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.checks.keys import EVERYWHERE, is_checked, key_type, similar_key, suggest_key, template
from wizard.policy.checks.known import reached
from wizard.policy.checks.lockout import shuts_out_everybody
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement, Test
    from wizard.policy.checks.finding import Severity
    from wizard.policy.checks.keys import KeyType
    from wizard.policy.checks.node import Node

_FITTING = {
    "String": ("String", "ARN"),
    "ARN": ("ARN", "String"),
    "Bool": ("Bool",),
    "Numeric": ("Numeric",),
    "Date": ("Date", "Numeric"),
    "IPAddress": ("IPAddress",),
    "Binary": ("Binary", "String"),
}
# What protects, and is then open to whoever doesn't send it.
_PROTECTING = (
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:sourcevpce",
    "aws:sourcevpc",
    "aws:sourceip",
    "aws:principalorgid",
)
_FEW_SHOWN = 3
# The services whose keys only their own requests have.
_KEYED = frozenset({"s3", "kms", "sts"})


def check_conditions(case: Case, statement: Statement) -> None:
    """Check the keys of a statement's conditions: do they exist, for its operators and its actions."""
    for test in statement.tests:
        if case.sheet.full:
            return
        if not case.is_sound(test.key.node):
            continue
        found = _check_key(case, test)
        if found is None or not found.type:
            continue
        if not _check_operator(case, test, found):
            case.give_up(test.key.node)
        _check_several(case, statement, test, found)
        _check_inverted(case, statement, test)
        _check_for_actions(case, statement, test)


def _check_key(case: Case, test: Test) -> KeyType | None:
    key = test.key.key
    found = key_type(key)
    if found is not None and ":" in key:
        return found
    case.give_up(test.key.node)
    if key.lower() in (
        "aws:principaltag",
        "aws:requesttag",
        "aws:resourcetag",
        "s3:existingobjecttag",
        "s3:requestobjecttag",
    ):
        message = _("The tag is missing: {key}/name.").format(key=key)
        case.sheet.about_key("unknown-condition-key", test.key, message)
        return None
    meant = suggest_key(case, key)
    guess = meant or similar_key(case, key)
    if ":" not in key:
        message = _("{key} is no condition key: a key is written service:key.").format(key=quoted(key))
    else:
        message = _("There is no condition key {key}.").format(key=quoted(key))
    sure = meant is not None or not key.lower().startswith("aws:")
    severity: Severity | None = None if sure else "warning"
    case.sheet.about_key("unknown-condition-key", test.key, message, suggestion=guess, severity=severity)
    if meant:
        case.sheet.edit(test.key.start, test.key.end, f'"{meant}"')
    return None


def _check_operator(case: Case, test: Test, found: KeyType) -> bool:
    """Check that an operator is of its key's type; False where it isn't."""
    family = test.operator.family
    if family in ("Null", *_FITTING.get(found.type, (family,))):
        return True
    if family == "String" and found.type in ("Bool", "Numeric", "Date") and "Like" not in test.operator.name:
        severity: Severity = "warning"
    else:
        severity = "error"
    usual = {
        "IPAddress": "IpAddress",
        "ARN": "ArnLike",
        "Bool": "Bool",
        "Numeric": "NumericEquals",
        "Date": "DateLessThan",
    }
    meant = usual.get(found.type, "StringEquals")
    if test.operator.negated:
        meant = {"IpAddress": "NotIpAddress", "ArnLike": "ArnNotLike", "StringEquals": "StringNotEquals"}.get(
            meant, meant
        )
    message = _("{operator} doesn't suit {key}, whose type is {type}: {meant} does.").format(
        operator=test.operator.name, key=test.key.key, type=found.type, meant=meant
    )
    case.sheet.about_key("operator-key-mismatch", test.key, message, suggestion=meant, severity=severity)
    return False


def _check_several(case: Case, statement: Statement, test: Test, found: KeyType) -> None:
    quantifier = test.operator.quantifier
    key = test.key
    if found.several and not quantifier and test.operator.family != "Null" and not test.name.startswith("saml:"):
        message = _("{key} has several values: without ForAnyValue: or ForAllValues: it doesn't match.")
        severity: Severity = "error" if test.requires else "warning"
        case.sheet.about_key("missing-set-operator", key, message.format(key=key.key), severity=severity)
    elif quantifier and not found.several and not is_template(test.name) and "." not in test.name:
        message = _("{key} has one value: {quantifier} isn't needed.").format(key=key.key, quantifier=quantifier)
        if not (quantifier == "ForAllValues" and statement.effect == "Allow"):
            case.sheet.about_key("set-operator-single-value", key, message)
    if quantifier == "ForAllValues" and statement.effect == "Allow" and not _is_required(statement, test.name):
        message = _("ForAllValues also matches when {key} is absent: with Allow, add Null on it (false).")
        case.sheet.about_key("for-all-values-allow", key, message.format(key=key.key))
    is_plain_mfa = test.name == "aws:multifactorauthpresent" and test.operator.family == "Bool"
    if is_plain_mfa and statement.effect == "Deny" and not test.operator.if_exists:
        message = _("Requests with long-term keys have no {key}: BoolIfExists reaches them too.").format(key=key.key)
        case.sheet.about_key("bool-without-if-exists", key, message, suggestion="BoolIfExists")
    if (
        test.operator.if_exists
        and statement.effect == "Allow"
        and test.name in _PROTECTING
        and not test.operator.negated
    ):
        message = _("IfExists also matches when {key} is absent: this Allow doesn't protect.").format(key=key.key)
        case.sheet.about_key("if-exists-allow", key, message)


def _check_inverted(case: Case, statement: Statement, test: Test) -> None:
    """Find an Allow for those without MFA or TLS only, and a Deny of those with it."""
    if test.name not in ("aws:multifactorauthpresent", "aws:securetransport") or test.operator.family != "Bool":
        return
    wrong = "false" if statement.effect == "Allow" else "true"
    if not test.values or any(value.value.lower() != wrong for value in test.values) or test.operator.if_exists:
        return
    if shuts_out_everybody(case, statement):
        return
    what = "MFA" if "mfa" in test.name or "factor" in test.name else "TLS"
    if statement.effect == "Allow":
        message = _("This allows only what comes without {what}: the other way round is meant.").format(what=what)
    else:
        message = _("This denies what comes with {what}: the other way round is meant.").format(what=what)
    case.sheet.about_key("inverted-condition", test.key, message, suggestion="true" if wrong == "false" else "false")


def is_template(name: str) -> bool:
    """Whether a key carries a name of its own, such as a tag's."""
    return "/" in name or template(name) != name


def _is_required(statement: Statement, name: str) -> bool:
    """Whether another condition of the statement requires the key to be there."""
    for test in statement.tests:
        if test.name == name and test.operator.family == "Null":
            return any(value.value.lower() == "false" for value in test.values)
        if test.name == name and test.requires:
            return True
    return False


def _check_other_services(case: Case, statement: Statement, test: Test) -> bool:
    """Find a key of one service where all actions are of others: no such request has it."""
    prefix = test.name.partition(":")[0]
    actions = statement.strings("Action")
    services = {node.value.lower().partition(":")[0] for node in actions if case.is_sound(node)}
    others = _KEYED - {prefix}
    if prefix not in _KEYED or not services or not services <= others or test.operator.if_exists:
        return False
    if test.operator.family == "Null":
        return False
    message = _("{key} is a key of {service} only, and no action here is: no request has it.")
    text = message.format(key=test.key.key, service=prefix)
    if len(services) == len({node.value.lower().partition(":")[0] for node in actions}):
        case.sheet.about_key("condition-key-not-for-action", test.key, text)
    return True


def _check_for_actions(case: Case, statement: Statement, test: Test) -> None:
    """Find S3 keys that an action of the statement doesn't have (S3 refuses them, elsewhere they never match)."""
    name = test.name
    if _check_other_services(case, statement, test):
        return
    if not name.startswith("s3:") or name in EVERYWHERE or not is_checked(name):
        return
    actions = [
        node for node in statement.strings("Action") if node.value.lower().startswith("s3:") and case.is_sound(node)
    ]
    wanted = template(name)
    without: list[Node] = []
    for node in actions:
        found = reached(node.value)
        if found and not any(wanted in (template(key) for key in action.keys) for action in found):
            without.append(node)
    tolerant = test.operator.if_exists or test.operator.family == "Null"
    if not without or (tolerant and len(without) < len(actions)):
        return
    shown = ", ".join(node.value for node in without[:_FEW_SHOWN]) + (", …" if len(without) > _FEW_SHOWN else "")
    if test.operator.negated and statement.effect == "Deny":
        message = _("{key} is no key of {actions}: absent, it makes this condition true, and that is always denied.")
    else:
        message = _(
            "{key} is no key of {actions}: with this condition that never matches. "
            "Put that into a statement of its own."
        )
    severity: Severity | None = "warning" if test.operator.negated and len(without) < len(actions) else None
    case.sheet.about_key(
        "condition-key-not-for-action", test.key, message.format(actions=shown, key=test.key.key), severity=severity
    )
