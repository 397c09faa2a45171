"""Whether a bucket policy is public, as S3 Block Public Access sees it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.quantities import network

if TYPE_CHECKING:
    from wizard.policy.evaluation.conditions import Condition
    from wizard.policy.evaluation.documents import Compiled, Statement
    from wizard.policy.evaluation.principals import Principals

# A fixed value of one of these confines an Allow for everybody.
_CONFINING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
# Keys about the caller or the path that the page doesn't list one by one: it isn't known whether they confine.
_MAYBE = ("aws:principal", "aws:sourceorg", "aws:vpce", "aws:username")
_POSITIVE = frozenset({"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"})
_WIDEST = {4: 8, 6: 32}  # the shortest prefix, by IP version, that isn't too wide
_LOCAL_V6 = 0xFC00 >> 9  # fc00::/7, the private range


def public(document: Compiled) -> int:
    """Say whether any Allow of the policy isn't confined to fixed values."""
    if document.public is None:
        statements = [statement for statement in document.statements if statement.allows]
        document.public = max((_open(statement) for statement in statements), default=FALSE)
        if not document.stands:
            document.public = max(document.public, UNKNOWN)
    return document.public


def open_statements(document: Compiled) -> tuple[int, ...]:
    """Return the places of the Allows that surely make the policy public."""
    return tuple(one.index for one in document.statements if one.allows and _open(one) == TRUE)


def _open(statement: Statement) -> int:
    who = statement.principal
    if who is None:
        return FALSE  # matches nobody
    if not _anybody(who):
        return FALSE
    return min((2 - _confines(condition) for condition in statement.conditions), default=TRUE)


def _anybody(who: Principals) -> bool:
    return who.negated or who.everybody or bool(who.wild) or who.wild_others or not who.sound


def _confines(condition: Condition) -> int:
    """Say whether a condition confines its statement to fixed values."""
    operator = condition.operator.removeprefix("ForAnyValue:")
    key = condition.key
    if key == "aws:sourceip":
        return _narrow(condition.values) if operator == "IpAddress" else FALSE
    if operator not in _POSITIVE or not condition.values:
        return FALSE
    if key == "s3:dataaccesspointarn":
        return TRUE if all(map(_fixed_account, condition.values)) else FALSE
    if any(mark in value for value in condition.values for mark in ("*", "?", "${")):
        return FALSE
    if key in _CONFINING:
        return TRUE
    return UNKNOWN if key.startswith(_MAYBE) else FALSE


def _narrow(values: list[str]) -> int:
    worst = TRUE if values else FALSE
    for value in values:
        block = network(value)
        if block is None:
            worst = min(worst, UNKNOWN)
        elif block[2] < _WIDEST[block[0]]:
            local = block[0] == 6 and block[2] >= 7 and block[1] >> 121 == _LOCAL_V6  # noqa: PLR2004 -- fc00::/7
            worst = min(worst, UNKNOWN if local else FALSE)
    return worst


def _fixed_account(arn: str) -> bool:
    """Say whether an access point's ARN fixes the account; its name may be a wildcard."""
    parts = arn.split(":", 5)
    return (
        len(parts) == 6  # noqa: PLR2004 -- the six parts of an ARN
        and "${" not in arn
        and len(parts[4]) == 12  # noqa: PLR2004 -- the digits of an account id
        and parts[4].isdecimal()
        and parts[5].startswith("accesspoint/")
    )
