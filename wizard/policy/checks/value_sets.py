"""What two conditions on one key take: whether one's values lie within the other's, or apart from them.

Each answer is True only where it is certain: wildcards that may meet, variables and unknown forms are let pass.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from wizard.policy.checks.arns import covers, like, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.policy.checks.case import Test

_MOST = 400


def is_within(test: Test, other: Test) -> bool:
    """Whether every value that `test` takes is one that the negated `other` excludes."""
    if _is_too_much(test, other) or any("${" in node.value for node in test.values):
        return False
    return all(
        any("${" not in theirs.value and _within(test, node.value, other, theirs.value) for theirs in other.values)
        for node in test.values
    )


def is_apart(test: Test, other: Test) -> bool:
    """Whether no value fulfils both conditions, neither of which is negated."""
    if _is_too_much(test, other):
        return False
    if any("${" in node.value for node in (*test.values, *other.values)):
        return False
    return all(_apart(test, one.value, other, two.value) for one, two in product(test.values, other.values))


def is_private(test: Test) -> bool:
    """Whether all of a condition's ranges are private ones."""
    from wizard.policy.checks import networks

    return all(networks.is_private(node.value) for node in test.values)


def _is_too_much(test: Test, other: Test) -> bool:
    return len(test.values) * len(other.values) > _MOST


def _wild(text: str) -> bool:
    return "*" in text or "?" in text


def _is_folded(test: Test) -> bool:
    return test.operator.name.endswith("IgnoreCase")


def _is_pattern(test: Test, value: str) -> bool:
    return _wild(value) and (test.operator.family == "ARN" or "Like" in test.operator.name)


def _within(test: Test, value: str, other: Test, theirs: str) -> bool:
    families = {test.operator.family, other.operator.family}
    if families == {"IPAddress"}:
        return _networks(value, theirs, within=True)
    if families == {"ARN"}:
        return _by_part(value, theirs, lambda mine, wide: covers(wide, mine), every=True)
    if families <= {"String", "ARN"}:
        if "ARN" in families and (_is_pattern(test, value) or _is_pattern(other, theirs)):
            return False
        return _text_within(test, value, other, theirs)
    interval, no = _interval(test, value), _interval(other, theirs)
    return interval is not None and interval == no and interval[0] == interval[1]


def _text_within(test: Test, value: str, other: Test, theirs: str) -> bool:
    if "Like" in other.operator.name and not theirs.strip("*"):
        return bool(theirs)
    if _is_pattern(test, value):
        return _is_pattern(other, theirs) and covers(theirs, value)
    if _is_folded(other):
        return value.lower() == theirs.lower()
    if _is_folded(test) and value.upper() != value.lower():
        return False
    return like(theirs, value) if _is_pattern(other, theirs) else value == theirs


def _apart(test: Test, value: str, other: Test, theirs: str) -> bool:
    families = {test.operator.family, other.operator.family}
    if families == {"IPAddress"}:
        return _networks(value, theirs, within=False)
    if families == {"Bool"}:
        return value.lower() != theirs.lower()
    if families == {"ARN"}:
        return _by_part(value, theirs, _texts_apart, every=False)
    if families <= {"String", "ARN"}:
        return _strings_apart(test, value, other, theirs)
    one, two = _interval(test, value), _interval(other, theirs)
    if one is None or two is None:
        return False
    low, high = max(one[0], two[0]), min(one[1], two[1])
    is_open = any(low in edge[2] or high in edge[2] for edge in (one, two))
    return low > high or (low == high and is_open)


def _strings_apart(test: Test, value: str, other: Test, theirs: str) -> bool:
    if _is_folded(test) or _is_folded(other):
        value, theirs = value.lower(), theirs.lower()
    wild, also = _is_pattern(test, value), _is_pattern(other, theirs)
    if test.operator.family != other.operator.family and (wild or also):
        return False
    if wild and also:
        return _texts_apart(value, theirs)
    if wild or also:
        return not (like(value, theirs) if wild else like(theirs, value))
    return value != theirs


def _texts_apart(one: str, two: str) -> bool:
    """Whether no text is like both patterns, judged by how they begin and end."""
    if not _wild(two):
        return not like(one, two)
    if not _wild(one):
        return not like(two, one)
    starts = zip(_literal(one), _literal(two), strict=False)
    ends = zip(_literal(one[::-1]), _literal(two[::-1]), strict=False)
    return any(a != b for a, b in starts) or any(a != b for a, b in ends)


def _literal(pattern: str) -> str:
    return pattern.replace("?", "*").partition("*")[0]


def _by_part(one: str, two: str, compare: Callable[[str, str], bool], *, every: bool) -> bool:
    """Compare two ARNs part by part, as AWS does: a wildcard of one part doesn't reach into the next."""
    mine, theirs = parse(one), parse(two)
    if mine is None or theirs is None:
        return False
    pairs = (compare(a, b) for a, b in zip(mine, theirs, strict=True))
    return all(pairs) if every else any(pairs)


def _networks(one: str, two: str, *, within: bool) -> bool:
    from ipaddress import IPv4Network, IPv6Network

    from wizard.policy.checks import networks

    mine, theirs = networks.parse(one), networks.parse(two)
    if mine is None or theirs is None:
        return False
    if isinstance(mine, IPv4Network) and isinstance(theirs, IPv4Network):
        return mine.subnet_of(theirs) if within else not mine.overlaps(theirs)
    if isinstance(mine, IPv6Network) and isinstance(theirs, IPv6Network):
        return mine.subnet_of(theirs) if within else not mine.overlaps(theirs)
    return not within


def _interval(test: Test, value: str) -> tuple[float, float, tuple[float, ...]] | None:
    """Return the lowest and the highest number or moment that a value takes, and which of the two it doesn't."""
    number = {"Numeric": _number, "Date": _moment}.get(test.operator.family)
    at = number(value) if number else None
    if at is None:
        return None
    name = test.operator.name
    edge = () if name.endswith("Equals") else (at,)
    if "LessThan" in name:
        return float("-inf"), at, edge
    if "GreaterThan" in name:
        return at, float("inf"), edge
    return at, at, ()


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _moment(value: str) -> float | None:
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
