"""Two Denies that each let only others pass: together they shut everybody out.

Conditions of one statement are joined by "and", statements by "or": who would let pass a network or an endpoint
puts both into one statement.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.checks import value_sets
from wizard.policy.checks.keys import key_type
from wizard.policy.checks.lockout import always_true, reaches_everybody
from wizard.policy.checks.overlap import covers_statement
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement, Test

# A request has the first only without, the others only with a VPC endpoint: absent, a negated condition is true.
_ADDRESS = "aws:sourceip"
_ENDPOINT = ("aws:sourcevpce", "aws:sourcevpc", "aws:sourcevpcarn", "aws:vpcsourceip")
_MOST = 20


def check_guards(case: Case) -> None:
    """Find two Denies of which each request fulfils one."""
    if case.type not in ("bucket", "key"):
        return
    guards: list[tuple[Statement, list[Test]]] = []
    for statement in case.statements:
        tests = [test for test in statement.tests if not always_true(test)]
        is_deny = statement.effect == "Deny" and statement.for_everybody is not None and not statement.partial
        if is_deny and tests and all(_is_guard(case, test) for test in tests):
            guards.append((statement, tests))
    if len(guards) > _MOST:
        return
    for at, (second, theirs) in enumerate(guards):
        for first, tests in guards[:at]:
            if not all(_leave_nobody(one, other) for one in tests for other in theirs):
                continue
            if reaches_everybody(case, first) and reaches_everybody(case, second):
                _report(case, tests[0], theirs[0])
                return
            _check_allows(case, first, second)


def _check_allows(case: Case, first: Statement, second: Statement) -> None:
    """Find what is allowed in vain, as one or the other Deny is about whoever asks for it."""
    if len(case.statements) > _MOST:
        return
    for allow in case.statements:
        if allow.effect != "Allow" or allow.partial:
            continue
        if covers_statement(case, first, allow) and covers_statement(case, second, allow):
            one, other = (case.sheet.place(deny.node.start)[0] for deny in (first, second))
            message = _(
                "The Denies of the lines {one} and {other} cover all of it: whom one lets pass, the other denies. "
                "Put both conditions into one statement."
            )
            case.sheet.about("allow-covered-by-deny", allow.node, message.format(one=one, other=other))


def _is_guard(case: Case, test: Test) -> bool:
    found = key_type(test.key.key)
    is_sound = case.is_sound(test.key.node) and all(case.is_sound(value) for value in test.values)
    is_single = found is not None and not found.several and not test.operator.quantifier
    return test.operator.negated and is_sound and is_single and bool(test.values)


def _leave_nobody(one: Test, other: Test) -> bool:
    """Whether no request makes both conditions false: what one lets pass, the other doesn't."""
    if one.name == other.name:
        return value_sets.is_apart(one, other)
    names = {one.name, other.name}
    return _ADDRESS in names and any(name in _ENDPOINT for name in names)


def _report(case: Case, first: Test, second: Test) -> None:
    case.shut |= {first.key.start, second.key.start}
    kind = "bucket-lockout" if case.type == "bucket" else "key-policy-lockout"
    line, _column = case.sheet.place(first.key.start)
    message = _(
        "Together with the Deny on {key} of line {line} this denies everybody: whom one lets pass, the other denies. "
        "Put both conditions into one statement."
    )
    case.sheet.about_key(kind, second.key, message.format(key=first.key.key, line=line))
