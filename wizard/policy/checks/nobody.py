"""Values of aws:userid and aws:PrincipalArn that no caller has.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.arns import parse

if TYPE_CHECKING:
    from wizard.policy.checks.case import Test

_ROLE = re.compile(r"AROA[A-Z0-9]{8,}")
_USER = re.compile(r"(AIDA[A-Z0-9]{8,}):.*", re.DOTALL)
# Access keys, groups, instance profiles, policies: ids of what doesn't call.
_OTHER = re.compile(r"(?:AKIA|ASIA|AGPA|AIPA|ANPA|ANVA)[A-Z0-9]{12,}.*|arn:[a-z-]+:(?:iam|sts)::.*", re.DOTALL)
_SESSION_OF_ANY = re.compile(r"AROA[A-Z0-9]{8,}:.*[*?].*", re.DOTALL)


def is_nobodys(test: Test, value: str) -> bool:
    """Whether no caller has this value of the test's key: a session's id is `AROA…:name`, its ARN is the role's."""
    if "${" in value:
        return False
    if test.name == "aws:userid":
        return test.operator.family == "String" and _is_no_id(test, value)
    return test.name == "aws:principalarn" and _is_no_arn(test, value)


def _is_no_id(test: Test, value: str) -> bool:
    if any(pattern.fullmatch(value) for pattern in (_ROLE, _USER, _OTHER)):
        return True
    return "Like" not in test.operator.name and _SESSION_OF_ANY.fullmatch(value) is not None


def _is_no_arn(test: Test, value: str) -> bool:
    arn = parse(value)
    if arn is None:
        return False
    if arn.service == "sts" and arn.resource.startswith("assumed-role/"):
        return True
    return test.operator.family == "String" and "Like" not in test.operator.name and ("*" in value or "?" in value)


def meant(test: Test, value: str) -> str | None:
    """Return the value that a value of nobody's stands for, None where that isn't certain."""
    arn = parse(value)
    if arn is not None and arn.service == "sts" and "Equals" not in test.operator.name:
        return str(arn._replace(service="iam", resource=f"role/{arn.resource.split('/')[1]}"))
    user = _USER.fullmatch(value)
    if user is not None:
        return user.group(1)
    return f"{value}:*" if _ROLE.fullmatch(value) and "Like" in test.operator.name else None


def is_always_true(test: Test) -> bool:
    """Whether a negated condition exempts nobody at all."""
    return (
        test.operator.negated
        and test.operator.quantifier != "ForAnyValue"
        and bool(test.values)
        and all(is_nobodys(test, value.value) for value in test.values)
    )
