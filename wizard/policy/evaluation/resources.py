"""Resource and NotResource elements.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.patterns import BAD, Template, glob

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.policy.evaluation.query import Query

    Pattern = Callable[[Query], int]

_PARTS = 6


class Resources:
    """The patterns of one element: ARNs whose six parts are matched one by one, or `*`."""

    __slots__ = ("_deny", "_live", "_negated", "_patterns", "texts")

    def __init__(self, texts: list[str], *, negated: bool, deny: bool, live: bool) -> None:
        self.texts = texts
        self._negated = negated
        self._deny = deny
        self._live = live
        self._patterns: dict[str, Pattern] | None = None  # made when a pattern is more than a start or a whole

    def match(self, query: Query) -> int:
        """Say whether the statement is about the request's resource."""
        if "*" in self.texts:
            found = TRUE
        elif query.some_key:
            found = self._some_key(query)
        elif query.head:
            found = self._any(query)
        else:
            found = self._unnamed(query)
        if not self._negated:
            return found
        if found == FALSE and not self._deny and self._blank(query):
            query.doubt(None, "variable")
            return UNKNOWN
        return 2 - found

    def _blank(self, query: Query) -> bool:
        """Say whether a pattern has a variable that can't be filled in.

        As with a negated operator, a Deny with NotResource then holds; whether an Allow does is not documented.
        """
        return self._live and any("${" in text and Template(text, wildcards=True).blank(query) for text in self.texts)

    def _any(self, query: Query) -> int:
        best = FALSE
        for text in self.texts:
            found = _glance(text, query)
            if found == UNKNOWN:
                found = self._pattern(text)(query)
            if found == TRUE:
                return TRUE
            if found == BAD:
                found = self._clear(query)
            best = max(best, found)
        return best

    def _pattern(self, text: str) -> Pattern:
        made = self._patterns
        if made is None:
            made = self._patterns = {}
        found = made.get(text)
        if found is None:
            found = made[text] = _compiled(text, live=self._live)
        return found

    def _clear(self, query: Query) -> int:
        """Answer for a pattern that AWS doesn't take: it can't allow, and a Deny may be meant."""
        if not self._deny and not self._negated:
            return FALSE
        query.doubt(None, "pattern")
        return UNKNOWN

    def _unnamed(self, query: Query) -> int:
        """Match `*`, which the operations without a resource are evaluated on, or a resource that nobody named."""
        if not query.unnamed or not self.texts:
            return FALSE
        query.doubt(None, "resource")
        return UNKNOWN

    def _some_key(self, query: Query) -> int:
        """Match a KMS key of which only an alias is known: a pattern for every key does, one for aliases doesn't."""
        best = FALSE
        for text in self.texts:
            parts = text.split(":", _PARTS - 1)
            if len(parts) < _PARTS or _wild(parts[2]):
                continue
            if not all(glob(part.lower())(given) for part, given in zip(parts[:-1], query.segments, strict=False)):
                continue
            if parts[-1] in {"*", "key/*"}:
                return TRUE
            if parts[-1].startswith("key/") or _wild(parts[-1].partition("/")[0]):
                best = UNKNOWN
        if best == UNKNOWN:
            query.doubt(None, "alias")
        return best


def _glance(text: str, query: Query) -> int:
    """Match what can be told at a glance: no wildcard, or one at the end. Only region and account ignore case."""
    if text == query.resource and "${" not in text:  # a variable stands for its value, not for its own letters
        return TRUE
    start = text[:-1] if text[-1:] == "*" else text
    if "*" in start or "?" in start or "${" in start:
        return UNKNOWN
    if start is text:
        return UNKNOWN if text.lower() == query.lowered else FALSE
    if query.resource.startswith(start):
        return TRUE if start[:4] == "arn:" and start.count(":") >= _PARTS - 1 else UNKNOWN
    return UNKNOWN if query.lowered.startswith(start.lower()) else FALSE


def _compiled(text: str, *, live: bool) -> Pattern:
    parts = text.split(":", _PARTS - 1)
    head, tail = parts[:-1], parts[-1]
    template = live and "${" in text
    if len(parts) < _PARTS or parts[0] != "arn" or _wild(parts[2]) or (template and "${" in ":".join(head)):
        # Not in ARN format, a wildcard for the service, a variable before the last part: AWS takes none of it.
        whole = glob(text)
        return lambda query: BAD if template or whole(query.resource) else FALSE
    globs = [glob(part) for part in (*head[:3], head[3].lower(), head[4].lower())]
    if template:
        match_variables = Template(tail, wildcards=True).match
    else:
        match_tail = glob(tail)

    def match(query: Query) -> int:
        for same, part in zip(globs, query.segments, strict=False):
            if not same(part):
                return FALSE
        if template:
            return match_variables(query.tail, query)
        return TRUE if match_tail(query.tail) else FALSE

    return match


def _wild(text: str) -> bool:
    return "*" in text or "?" in text
