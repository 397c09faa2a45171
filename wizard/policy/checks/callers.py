"""Conditions that the principals of their statement can't fulfil.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wizard.policy.checks.arns import ACCOUNT, is_open, like, parse
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.policy.checks.arns import Arn
    from wizard.policy.checks.case import Case, Statement, Test

# What a service that calls for itself doesn't have, and the key that says it of whom it calls for.
_NOT_OF_SERVICES = {
    "aws:principalorgid": "aws:SourceOrgID",
    "aws:principalorgpaths": "aws:SourceOrgPaths",
    "aws:username": "",
}
# Comparing more than these takes long: no policy that AWS takes has so many.
_MOST = 20_000
_OF_SERVICES = ("aws:principalservicename", "aws:principalservicenameslist")


class _Callers(NamedTuple):
    """The principals of a statement: accounts, and ARNs of users, roles and sessions; or services alone."""

    accounts: frozenset[str]
    arns: tuple[Arn, ...]
    whole: bool
    services: bool


def check_callers(case: Case, statement: Statement) -> None:
    """Find what is required of the caller that none of the statement's principals has."""
    if case.attached or not statement.tests or "Principal" not in statement.elements:
        return
    callers = _read(case, statement)
    if callers is None:
        return
    for test in statement.tests:
        if len(test.values) * len(callers.arns) > _MOST:
            return
        if test.requires and case.is_sound(test.key.node) and all(case.is_sound(value) for value in test.values):
            message = _of_service(test) if callers.services else _of_principal(test, callers)
            if message:
                case.sheet.about_key("condition-never-true", test.key, message)


def _read(case: Case, statement: Statement) -> _Callers | None:
    """Return the principals; None where it isn't certain who they all are."""
    accounts: set[str] = set()
    arns: list[Arn] = []
    whole = True
    kinds = set()
    for kind, node in statement.principals("Principal"):
        kinds.add(kind)
        if not case.is_sound(node) or is_open(node.value):
            return None
        if kind == "AWS":
            arn = parse(node.value)
            account = arn.account if arn else node.value
            if not ACCOUNT.fullmatch(account):
                return None
            accounts.add(account)
            if arn and arn.resource != "root":
                arns.append(arn)
            else:
                whole = False
    if kinds not in ({"AWS"}, {"Service"}):
        return None
    return _Callers(frozenset(accounts), tuple(arns), whole, kinds == {"Service"})


def _of_service(test: Test) -> str | None:
    if test.name not in _NOT_OF_SERVICES:
        return None
    meant = _NOT_OF_SERVICES[test.name]
    if meant:
        message = _("A service that calls has no {key}: this never matches. {meant} says for whom it calls.")
        return message.format(key=test.key.key, meant=meant)
    return _("A service that calls has no {key}: this never matches.").format(key=test.key.key)


def _of_principal(test: Test, callers: _Callers) -> str | None:
    if test.name in _OF_SERVICES or (test.name == "aws:principalisawsservice" and _wants_true(test)):
        return _("Only a service has {key}, and none is a principal here: this never matches.").format(key=test.key.key)
    if test.name == "aws:username" and callers.whole and all(_is_role(arn) for arn in callers.arns):
        return _("A role's session has no {key}: this never matches.").format(key=test.key.key)
    if test.name == "aws:principalaccount" and not _may_be(test, lambda value: _meets(test, value, callers.accounts)):
        return _("No principal here is of this account: this never matches.")
    if test.name == "aws:principalarn" and not _may_be(test, lambda value: _is_of(value, callers)):
        return _("No principal here has this ARN: this never matches.")
    return None


def _wants_true(test: Test) -> bool:
    return test.operator.family == "Bool" and bool(test.values) and all(v.value.lower() == "true" for v in test.values)


def _is_role(arn: Arn) -> bool:
    return arn.resource.startswith(("role/", "assumed-role/"))


def _may_be(test: Test, fits: Callable[[str], bool]) -> bool:
    return not test.values or any("${" in value.value or fits(value.value) for value in test.values)


def _meets(test: Test, value: str, accounts: frozenset[str]) -> bool:
    return any(like(value, account) if "Like" in test.operator.name else value == account for account in accounts)


def _is_of(value: str, callers: _Callers) -> bool:
    """Whether an ARN may be one of the principals'; a session's role is known by its name, not its path."""
    wanted = parse(value)
    if wanted is None or "*" in wanted.partition or "*" in wanted.service:
        return True
    if not any(like(wanted.account, account) for account in callers.accounts):
        return False
    if not callers.whole or any(arn.service != "iam" for arn in callers.arns):
        return True
    return any(like(wanted.account, arn.account) and like(wanted.resource, arn.resource) for arn in callers.arns)
