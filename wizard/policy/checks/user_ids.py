"""aws:userid: what a value of it can be, and which values are nobody's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.policy.checks.case import Test

_ROLE = re.compile(r"AROA[A-Z0-9]{8,}")
_USER = re.compile(r"(AIDA[A-Z0-9]{8,}):.*", re.DOTALL)
# Access keys, groups, instance profiles, policies: ids of what doesn't call.
_OTHER = re.compile(r"(?:AKIA|ASIA|AGPA|AIPA|ANPA|ANVA)[A-Z0-9]{12,}.*|arn:[a-z-]+:(?:iam|sts)::.*", re.DOTALL)
_SESSION_OF_ANY = re.compile(r"AROA[A-Z0-9]{8,}:.*[*?].*", re.DOTALL)


def is_nobodys(test: Test, value: str) -> bool:
    """Whether no caller's aws:userid equals (or is like) a value: a session's is `AROA…:name`, a user's `AIDA…`."""
    if test.operator.family != "String" or "${" in value:
        return False
    if any(pattern.fullmatch(value) for pattern in (_ROLE, _USER, _OTHER)):
        return True
    return "Like" not in test.operator.name and _SESSION_OF_ANY.fullmatch(value) is not None


def meant(test: Test, value: str) -> str | None:
    """Return the value that a value of nobody's stands for, None where that isn't certain."""
    user = _USER.fullmatch(value)
    if user is not None:
        return user.group(1)
    return f"{value}:*" if _ROLE.fullmatch(value) and "Like" in test.operator.name else None


def is_always_true(test: Test) -> bool:
    """Whether a negated condition on aws:userid exempts nobody at all."""
    return (
        test.name == "aws:userid"
        and test.operator.negated
        and test.operator.quantifier != "ForAnyValue"
        and bool(test.values)
        and all(is_nobodys(test, value.value) for value in test.values)
    )
