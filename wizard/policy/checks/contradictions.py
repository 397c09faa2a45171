"""Conditions that no request can fulfil: each alone is sound, together they exclude each other.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.checks import value_sets
from wizard.policy.checks.arns import ACCOUNT, parse
from wizard.policy.checks.keys import key_type
from wizard.policy.checks.lockout import shuts_out_everybody
from wizard.policy.checks.nobody import is_nobodys, meant
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement, Test

# A request through a VPC endpoint has these, and then no aws:SourceIp.
_ACCOUNTS_OF = {"aws:sourcearn": "aws:sourceaccount", "aws:principalarn": "aws:principalaccount"}
_ENDPOINT = ("aws:sourcevpce", "aws:sourcevpc", "aws:sourcevpcarn", "aws:vpcsourceip")


def check_contradictions(case: Case, statement: Statement) -> None:
    """Find conditions of one statement that are never true together, or not at all."""
    tests = [test for test in statement.tests if _is_sound(case, test)]
    _check_user_ids(case, statement, tests)
    if len(tests) < 2:  # noqa: PLR2004 -- a pair
        return
    by_key: dict[str, list[Test]] = {}
    for test in tests:
        by_key.setdefault(test.name, []).append(test)
    for those in by_key.values():
        if len(those) > 1:
            _check_key(case, those)
    _check_endpoint(case, tests)
    _check_tls(case, tests)
    for arn, account in _ACCOUNTS_OF.items():
        _check_accounts(case, by_key.get(arn, []), by_key.get(account, []))


def _is_sound(case: Case, test: Test) -> bool:
    whole = test.key.node.whole and bool(test.values) and case.is_sound(test.key.node)
    return whole and all(case.is_sound(value) for value in test.values)


def _check_user_ids(case: Case, statement: Statement, tests: list[Test]) -> None:
    """Find ids that are nobody's aws:userid; that a Deny of all others shuts everybody out is said elsewhere."""
    for test in tests:
        if test.name != "aws:userid" or shuts_out_everybody(case, statement):
            continue
        for node in test.values:
            if not is_nobodys(test, node.value) or _is_there_too(test, node.value):
                continue
            likely = meant(test, node.value)
            message = _("aws:userid is AIDA… for a user and AROA…:session for a role's session: this never matches.")
            case.sheet.about("condition-never-true", node, message, suggestion=likely)
            case.give_up(node)
            if likely is not None:
                case.sheet.edit_string(node, likely)


def _is_there_too(test: Test, value: str) -> bool:
    """Whether a role's id stands there with its sessions, too: without them it is only superfluous."""
    return any(node.value.startswith(f"{value}:") for node in test.values)


def _check_key(case: Case, tests: list[Test]) -> None:
    """Find two conditions on one key of which one excludes whatever the other takes."""
    found = key_type(tests[0].key.key)
    if found is None or found.several or tests[0].name.startswith("saml:"):
        return
    for at, first in enumerate(tests):
        for second in tests[at + 1 :]:
            # The same operator twice: the JSON has it twice, and that is said elsewhere.
            if first.operator != second.operator and _exclude(first, second):
                line, _column = case.sheet.place(first.key.start)
                message = _(
                    "{operator} of line {line} and this exclude each other for {key}: no request fulfils both."
                ).format(operator=first.operator.name, line=line, key=second.key.key)
                case.sheet.about_key("condition-never-true", second.key, message)
                return


def _exclude(first: Test, second: Test) -> bool:
    if first.operator.quantifier or second.operator.quantifier:
        return False
    for one, other in ((first, second), (second, first)):
        if not one.requires:
            continue
        if other.operator.family == "Null":
            return all(value.value.lower() == "true" for value in other.values)
        if other.operator.negated:
            return value_sets.is_within(one, other)
        return value_sets.is_apart(one, other)
    return False


def _check_endpoint(case: Case, tests: list[Test]) -> None:
    """Find an address that the internet sees together with a VPC endpoint: no request has both."""
    address = next((test for test in tests if test.name == "aws:sourceip" and _needs(test)), None)
    endpoint = next((test for test in tests if test.name in _ENDPOINT and _needs(test)), None)
    if address is None or endpoint is None or value_sets.is_private(address):
        return
    message = _(
        "A request through a VPC endpoint has no aws:SourceIp, so this and {key} are never true together: "
        "a statement each, or aws:VpcSourceIp."
    )
    later = max(address, endpoint, key=lambda test: test.key.start)
    other = endpoint if later is address else address
    case.sheet.about_key("condition-never-true", later.key, message.format(key=other.key.key))


def _check_accounts(case: Case, arns: list[Test], accounts: list[Test]) -> None:
    """Find ARNs of other accounts than the account that is wanted beside them."""
    for test in arns:
        parsed = [parse(node.value) for node in test.values]
        theirs = {arn.account for arn in parsed if arn}
        if not test.requires or None in parsed or not all(ACCOUNT.fullmatch(account) for account in theirs):
            continue
        for other in accounts:
            wanted = {node.value for node in other.values}
            if other.requires and not wanted & theirs and all(ACCOUNT.fullmatch(account) for account in wanted):
                later = max(test, other, key=lambda one: one.key.start)
                message = _("The ARN's account isn't the one that is wanted beside it: no request has both.")
                case.sheet.about_key("condition-never-true", later.key, message)
                return


def _check_tls(case: Case, tests: list[Test]) -> None:
    """Find a version of TLS wanted of what comes without TLS: two Denies were put into one."""
    plain = next((test for test in tests if test.name == "aws:securetransport" and _is_false(test)), None)
    version = next((test for test in tests if test.name == "s3:tlsversion" and _needs(test)), None)
    if plain is None or version is None:
        return
    later = max(plain, version, key=lambda test: test.key.start)
    message = _("Without TLS there is no s3:TlsVersion, so both are never true together: a statement each.")
    case.sheet.about_key("condition-never-true", later.key, message)


def _is_false(test: Test) -> bool:
    return test.requires and test.operator.family == "Bool" and all(v.value.lower() == "false" for v in test.values)


def _needs(test: Test) -> bool:
    """Whether a condition is true only where its key is there."""
    if test.operator.family == "Null":
        return all(value.value.lower() == "false" for value in test.values)
    return test.requires
