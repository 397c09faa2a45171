"""Condition elements: operators ANDed, keys ANDed, values ORed, with their set and IfExists forms.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING

from wizard.policy.evaluation import operators, quantities
from wizard.policy.evaluation.case import DUPLICATE, FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.grammar import twice
from wizard.policy.evaluation.patterns import BAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.policy.evaluation.operators import Comparison
    from wizard.policy.evaluation.query import Query

_FOR_ALL, _FOR_ANY, _IF_EXISTS = "ForAllValues:", "ForAnyValue:", "IfExists"

# Each operator: how it compares, and whether it is negated (none of the values may match).
_OPERATORS: dict[str, tuple[Callable[..., Comparison], bool]] = {
    "StringEquals": (operators.string_equals, False),
    "StringNotEquals": (operators.string_equals, True),
    "StringEqualsIgnoreCase": (operators.string_equals_ignore_case, False),
    "StringNotEqualsIgnoreCase": (operators.string_equals_ignore_case, True),
    "StringLike": (operators.string_like, False),
    "StringNotLike": (operators.string_like, True),
    "ArnEquals": (operators.arn_like, False),
    "ArnNotEquals": (operators.arn_like, True),
    "ArnLike": (operators.arn_like, False),
    "ArnNotLike": (operators.arn_like, True),
    "Bool": (operators.boolean, False),
    "BinaryEquals": (operators.binary_equals, False),
    "IpAddress": (operators.ip_address, False),
    "NotIpAddress": (operators.ip_address, True),
}
for _type, _read in (("Numeric", quantities.number), ("Date", quantities.date)):
    _OPERATORS[_type + "Equals"] = (operators.ordered(_read, eq), False)
    _OPERATORS[_type + "NotEquals"] = (operators.ordered(_read, eq), True)
    _OPERATORS[_type + "LessThan"] = (operators.ordered(_read, lt), False)
    _OPERATORS[_type + "LessThanEquals"] = (operators.ordered(_read, le), False)
    _OPERATORS[_type + "GreaterThan"] = (operators.ordered(_read, gt), False)
    _OPERATORS[_type + "GreaterThanEquals"] = (operators.ordered(_read, ge), False)

# Each operator in each of its forms: the set, whether IfExists, whether negated, how it compares.
_FORMS = {
    over + name + end: (over, bool(end), negated, make)
    for over in ("", _FOR_ALL, _FOR_ANY)
    for name, (make, negated) in _OPERATORS.items()
    for end in ("", _IF_EXISTS)
}
_NO_FORM = ("", False, False, None)


class Condition:
    """One operator on one key."""

    __slots__ = ("compare", "if_exists", "key", "negated", "null", "operator", "over", "shown", "values")

    def __init__(self, operator: str, key: str, values: list[str] | None, *, live: bool) -> None:
        self.operator = operator
        self.shown = key
        self.key = key.lower()
        self.values = values or []
        self.null = operator == "Null"
        self.over, self.if_exists, self.negated, make = _FORMS.get(operator, _NO_FORM)
        # None: an operator that AWS doesn't have, values of a wrong type, or none at all.
        self.compare: Comparison | None = make(values, live=live) if make and values else None

    def holds(self, query: Query, *, deny: bool) -> int:
        """Say whether the condition holds for a request; `deny` is the statement's effect.

        Where a value isn't of the operator's type, nothing is documented: an Allow then doesn't match, and of a
        Deny it isn't known.
        """
        if self.null and self.values:
            return self._null(query)
        if self.compare is None:
            query.doubt(None, "operator")
            return UNKNOWN
        found = query.lookup(self.key)
        if isinstance(found, str):
            return self._clear(self._one(self.compare, found, query), query, deny=deny)
        if found is None:
            return self._absent(query, deny=deny)
        if not isinstance(found, tuple):
            query.doubt(self.shown, "context")
            return UNKNOWN
        if not found:
            return self._empty(query, deny=deny)
        if not self.over:
            return FALSE  # a multivalued key needs a set operator
        return self._clear(self._set(self.compare, found, query), query, deny=deny)

    def _clear(self, found: int, query: Query, *, deny: bool) -> int:
        if found != BAD:
            return found
        if not deny and not self.negated:
            return FALSE
        query.doubt(self.shown, "value")
        return UNKNOWN

    def _one(self, compare: Comparison, value: str, query: Query) -> int:
        found = compare(value, query)
        if self.over and not value:
            return self._nothing(BAD if found == BAD else 2 - found if self.negated else found, query)
        return 2 - found if self.negated and found != BAD else found

    def _nothing(self, plain: int, query: Query) -> int:
        """Answer for an empty text under a set operator, which the guide takes for no value at all."""
        wanted = TRUE if self.over == _FOR_ALL else FALSE
        if plain == wanted:
            return plain
        query.doubt(self.shown, "value")
        return UNKNOWN

    def _set(self, compare: Comparison, values: tuple[str, ...], query: Query) -> int:
        every = self.over == _FOR_ALL
        stop = FALSE if every else TRUE
        worst = TRUE if every else FALSE
        for value in values:
            found = self._one(compare, value, query)
            if found == stop:
                return stop
            if found == BAD:
                worst = BAD
            elif worst != BAD:
                worst = min(worst, found) if every else max(worst, found)
        return worst

    def _absent(self, query: Query, *, deny: bool) -> int:
        if self.over == _FOR_ALL:
            return TRUE
        if self.over == _FOR_ANY:
            if not self.if_exists or not deny:
                return FALSE
            # The rules for ForAnyValue (false) and IfExists (true) disagree; AWS was seen to go by the first.
            query.doubt(self.shown, "operator")
            return UNKNOWN
        return TRUE if self.if_exists or self.negated else FALSE

    def _empty(self, query: Query, *, deny: bool) -> int:
        if self.over or not (self.negated or self.if_exists):
            return self._absent(query, deny=deny)
        query.doubt(self.shown, "value")
        return UNKNOWN

    def _null(self, query: Query) -> int:
        found = query.lookup(self.key)
        wanted = {value.lower() for value in self.values}
        if not wanted <= {"true", "false"}:
            query.doubt(None, "operator")
            return UNKNOWN
        if len(wanted) > 1:
            return TRUE
        if found is None or found == ():
            return TRUE if "true" in wanted else FALSE
        if isinstance(found, str | tuple) and any(found):
            return FALSE if "true" in wanted else TRUE
        # Not known; or an empty text, which may count as no value.
        query.doubt(self.shown, "value" if isinstance(found, str | tuple) else "context")
        return UNKNOWN


def conditions(raw: object, *, live: bool) -> list[Condition]:
    """Read a Condition element. What of it can't be read may hold or not (`grammar` says that AWS refuses it)."""
    if not isinstance(raw, dict) or DUPLICATE in raw:
        return [Condition("", "", None, live=live)]
    found: list[Condition] = []
    for operator, keys in raw.items():
        if not isinstance(keys, dict) or twice(keys):
            found.append(Condition(operator, "", None, live=live))
            continue
        for key, given in keys.items():
            if isinstance(given, str):
                found.append(Condition(operator, key, [given], live=live))
                continue
            values = [_text(value) for value in (given if isinstance(given, list) else [given])]
            texts = [value for value in values if value is not None]
            found.append(Condition(operator, key, texts if len(texts) == len(values) else None, live=live))
    return found


def _text(value: object) -> str | None:
    """Write a JSON scalar as the text that AWS compares."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else None
