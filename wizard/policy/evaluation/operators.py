"""The condition operators: each compares one value of the request with the values that a policy lists.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
A comparison answers TRUE, FALSE, UNKNOWN, or BAD where the request's value isn't of the operator's type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.patterns import BAD, Template, glob
from wizard.policy.evaluation.quantities import base64, network

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wizard.policy.evaluation.query import Query

    # One value of the request against one of the policy; and against all of them.
    Comparison = Callable[[str, Query], int]

_ARN_PARTS = 6


def either(comparisons: Sequence[Comparison], value: str, query: Query) -> int:
    """Combine the comparisons with a policy's values: one that holds is enough."""
    best = FALSE
    for compare in comparisons:
        found = compare(value, query)
        if found == TRUE:
            return TRUE
        if found == UNKNOWN or best == FALSE:
            best = found
    return best


def _unclear(_: str, query: Query) -> int:
    """Answer for a policy's value that its operator can't read, as AWS may or may not have refused it."""
    query.doubt(None, "value")
    return UNKNOWN


def _texts(values: list[str], *, wildcards: bool, plain: Comparison) -> Comparison:
    """Add the values that have variables to a comparison with those that have none."""
    both = [plain, *(Template(value, wildcards=wildcards).match for value in values if "${" in value)]
    return lambda value, query: either(both, value, query)


def _variables(values: list[str], *, live: bool) -> bool:
    if live:
        for value in values:
            if "${" in value:
                return True
    return False


def string_equals(values: list[str], *, live: bool) -> Comparison:
    """Compare letter by letter; `*` and `?` mean themselves."""
    if not _variables(values, live=live):
        fixed = values if len(values) < 8 else frozenset(values)  # noqa: PLR2004 -- where hashing begins to pay
        return lambda value, _: TRUE if value in fixed else FALSE
    plain = string_equals([value for value in values if "${" not in value], live=False)
    return _texts(values, wildcards=False, plain=plain)


def string_equals_ignore_case(values: list[str], *, live: bool) -> Comparison:
    """Compare, with the letters' case ignored; whether AWS folds letters beyond ASCII is not documented."""
    texts = [value for value in values if not live or "${" not in value]
    folded = frozenset(text.casefold() for text in texts)
    lowered = frozenset(text.lower() for text in texts if text.isascii())

    def plain(value: str, query: Query) -> int:
        if value in texts or (value.isascii() and value.lower() in lowered):
            return TRUE
        if value.casefold() in folded:
            query.doubt(None, "value")
            return UNKNOWN
        return FALSE

    if live and any("${" in value for value in values):
        with_variables = [_folding(value) for value in values if "${" in value]
        return lambda value, query: either([plain, *with_variables], value, query)
    return plain


def _folding(text: str) -> Comparison:
    template = Template(text, wildcards=False)

    def compare(value: str, query: Query) -> int:
        found = template.match(value, query)
        return found if found != FALSE else template.match(value, query, folded=True)

    return compare


def string_like(values: list[str], *, live: bool) -> Comparison:
    """Compare with `*` for any text and `?` for one character."""
    if _variables(values, live=live):
        plain = string_like([value for value in values if "${" not in value], live=False)
        return _texts(values, wildcards=True, plain=plain)
    globs = [glob(value) for value in values]

    def compare(value: str, _: Query) -> int:
        for match in globs:
            if match(value):
                return TRUE
        return FALSE

    return compare


def arn_like(values: list[str], *, live: bool) -> Comparison:
    """Compare an ARN part by part; a wildcard stays in its part, and the sixth part takes the rest."""
    compared = [_arn(value, live=live) for value in values]
    return lambda value, query: either(compared, value, query)


def _arn(pattern: str, *, live: bool) -> Comparison:
    with_variables = live and "${" in pattern
    parts = _split_arn(pattern) if with_variables else pattern.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        whole = glob(pattern)

        def malformed(value: str, query: Query) -> int:
            if not with_variables and not whole(value):
                return FALSE
            query.doubt(None, "value")
            return UNKNOWN

        return malformed
    if with_variables:
        templates = [Template(part, wildcards=True).match for part in parts]
        return lambda value, query: _by_part(templates, value, query)
    matchers = [glob(part) for part in parts]

    def compare(value: str, _: Query) -> int:
        given = value.split(":", _ARN_PARTS - 1)
        if len(given) < _ARN_PARTS:
            return BAD
        return TRUE if all(match(part) for match, part in zip(matchers, given, strict=True)) else FALSE

    return compare


def _by_part(templates: Sequence[Comparison], value: str, query: Query) -> int:
    given = value.split(":", _ARN_PARTS - 1)
    if len(given) < _ARN_PARTS:
        return BAD
    found = [compare(part, query) for compare, part in zip(templates, given, strict=True)]
    return FALSE if FALSE in found else BAD if BAD in found else min(found)


def _split_arn(pattern: str) -> list[str]:
    """Split at the first five colons that are no part of a variable."""
    parts = [""]
    depth = False
    for place, char in enumerate(pattern):
        if len(parts) == _ARN_PARTS:
            parts[-1] += pattern[place:]
            break
        depth = (depth or pattern.startswith("${", place)) and char != "}"
        if char == ":" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def ordered(
    read: Callable[[str], tuple[int, int] | None], holds: Callable[[int, int], bool]
) -> Callable[..., Comparison]:
    """Make an operator that compares numbers or dates; they take no variables."""

    def operator(values: list[str], *, live: bool) -> Comparison:
        del live
        known = [read(value) for value in values]
        sound = [value for value in known if value is not None]

        def compare(value: str, query: Query) -> int:
            given = read(value)
            if given is None:
                return BAD
            for digits, scale in sound:
                if holds(given[0] * 10**scale, digits * 10 ** given[1]):
                    return TRUE
            return FALSE if len(sound) == len(known) else _unclear(value, query)

        return compare

    return operator


def boolean(values: list[str], *, live: bool) -> Comparison:
    """Compare true and false, whatever their case. The guides disagree on variables here, so they are unclear."""
    del live
    lowered = {value.lower() for value in values}

    def compare(value: str, query: Query) -> int:
        given = value.lower()
        if given not in {"true", "false"}:
            return BAD
        if given in lowered:
            return TRUE
        return FALSE if lowered <= {"true", "false"} else _unclear(value, query)

    return compare


def binary_equals(values: list[str], *, live: bool) -> Comparison:
    """Compare bytes, which the policy writes in base64; the request's value is taken in base64 too."""
    del live
    known = [base64(value) for value in values]

    def compare(value: str, query: Query) -> int:
        given = base64(value)
        if value in values or (given is not None and given in known):
            return TRUE
        raw = value.encode(errors="surrogatepass")
        return _unclear(value, query) if None in known or given is None or raw in known else FALSE

    return compare


def ip_address(values: list[str], *, live: bool) -> Comparison:
    """Find an IPv4 or IPv6 address in CIDR blocks; a bare address is a block of one."""
    del live
    blocks: dict[tuple[int, int], set[int]] = {}
    unclear = False
    for value in values:
        block = network(value)
        if block is None:
            unclear = True
        else:
            blocks.setdefault((block[0], block[2]), set()).add(block[1])

    def compare(value: str, query: Query) -> int:
        given = network(value)
        if given is None or "/" in value:
            return BAD
        version, address, bits = given
        for (kind, prefix), firsts in blocks.items():
            if kind == version and address >> (bits - prefix) << (bits - prefix) in firsts:
                return TRUE
        mapped = version == 6 and address >> 32 == 0xFFFF  # noqa: PLR2004 -- ::ffff:0:0/96, IPv4 within IPv6
        return _unclear(value, query) if unclear or mapped else FALSE

    return compare
