"""The one rule of what makes a bucket policy public, as S3 Block Public Access sees it.

The evaluator, `check` and the plan's cautions all ask here.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.quantities import network

if TYPE_CHECKING:
    from wizard.policy.evaluation.conditions import Condition
    from wizard.policy.evaluation.documents import Compiled, Statement

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
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
# Keys about the caller or the path that the page doesn't list one by one: it isn't known whether they confine.
_MAYBE = (
    "aws:principal",
    "aws:sourceorg",
    "aws:sourcevpcarn",
    "aws:vpce",
    "aws:username",
    "aws:ec2instancesource",
    "s3:accesspointnetworkorigin",
)
_EXACT = frozenset({"StringEquals", "StringEqualsIgnoreCase"})  # for these a wildcard is a character like others
_POSITIVE = _EXACT | {"StringLike", "ArnEquals", "ArnLike"}
_WIDEST = {4: 8, 6: 32}  # the shortest prefix, by IP version, that isn't too wide
_LOCAL_V6 = 0xFC00 >> 9  # fc00::/7, the private range
_VARIABLE = re.compile(r"\$\{[\w-]+:[^{}]+\}")  # of AWS, where a template's has no colon
_ORG_PATH = re.compile(r"o-[a-z0-9]{10,32}/.*")
# The page lets the access point's name be a wildcard where the account is fixed.
_ACCESS_POINT = re.compile(r"arn:[a-z-]+:s3:([a-z0-9*?-]*):[0-9]{12}:accesspoint/[^$]+")


class Openness(NamedTuple):
    """Whether an Allow is open to the public: `worth` is FALSE, UNKNOWN (it can't be told) or TRUE.

    `key` is the condition key, as the policy writes it, that would confine the Allow if its values were fixed, or
    that leaves it open whether it does; "" where none does.
    """

    worth: int
    key: str


def public(document: Compiled) -> int:
    """Say whether any Allow of the policy isn't confined to fixed values."""
    if document.public is None:
        statements = [statement for statement in document.statements if statement.allows]
        document.public = max((openness(statement).worth for statement in statements), default=FALSE)
        if not document.stands:
            document.public = max(document.public, UNKNOWN)
    return document.public


def open_statements(document: Compiled, worth: int = TRUE) -> tuple[int, ...]:
    """Return the places of the Allows that surely (TRUE) make the policy public, or of which it is UNKNOWN."""
    return tuple(one.index for one in document.statements if one.allows and openness(one).worth == worth)


def openness(statement: Statement) -> Openness:
    """Say whether an Allow is open to the public."""
    who = statement.principal
    if who is None:
        return Openness(FALSE, "")  # matches nobody
    if not who.sound or (not (who.everybody or who.negated) and (who.wild or who.wild_others)):
        most = UNKNOWN  # S3 refuses it, and nobody knows what it would mean
    elif who.everybody or who.negated:
        most = TRUE
    else:
        return Openness(FALSE, "")
    found = Openness(most, "")
    for condition in statement.conditions:
        worth, known = _confines(condition)
        if worth == TRUE:
            return Openness(FALSE, "")
        left = min(2 - worth, most)
        if left < found.worth or (known and left == found.worth and not found.key):
            found = Openness(left, condition.shown if known else "")
    return found


def _confines(condition: Condition) -> tuple[int, bool]:
    """Say whether a condition confines its statement to fixed values, and whether its key is one that can."""
    if condition.compare is None and not condition.null:
        return UNKNOWN, False  # no operator of AWS, or no values: S3 refuses it, or it never holds
    operator = condition.operator.removeprefix("ForAnyValue:")
    key = condition.key
    if key == "aws:sourceip":
        return (_narrow(condition.values) if operator == "IpAddress" else FALSE), False
    if key == "aws:principalisawsservice" and operator == "Bool" and condition.values == ["true"]:
        return UNKNOWN, True
    listed = key in _CONFINING
    if operator not in _POSITIVE or not (listed or key.startswith(_MAYBE)):
        return FALSE, False
    fixed = min(_fixed(key, value, exact=operator in _EXACT) for value in condition.values)
    return (fixed if listed else min(fixed, UNKNOWN)), True


def _fixed(key: str, value: str, *, exact: bool) -> int:
    """Say whether a value is fixed: it has no wildcard and no variable.

    It isn't known of a character that looks like one and isn't (`StringEquals` of `*`, a `${…}` that AWS doesn't fill
    in): the page speaks of what a value contains.
    """
    if "${" in value:
        return FALSE if _VARIABLE.search(value) else UNKNOWN
    if "*" not in value and "?" not in value:
        return TRUE
    if exact:
        return UNKNOWN
    if key == "aws:principalorgpaths" and _ORG_PATH.fullmatch(value):
        return UNKNOWN  # all of one organization is what IAM's guide writes so, and the page says nothing of it
    if key == "s3:dataaccesspointarn" and (found := _ACCESS_POINT.fullmatch(value)):
        return UNKNOWN if "*" in found[1] or "?" in found[1] else TRUE
    return FALSE


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
