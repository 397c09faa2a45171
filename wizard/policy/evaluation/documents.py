"""Policy documents made ready for matching, each part when it is first needed.

A document that AWS would not have stored never allows for certain, while its Denies hold: see `grammar`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from wizard.policy.evaluation.case import DUPLICATE, FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.conditions import Condition, conditions
from wizard.policy.evaluation.grammar import NEW_VERSION, TRUST, document_stands, statement_stands, texts
from wizard.policy.evaluation.patterns import glob
from wizard.policy.evaluation.principals import Principals
from wizard.policy.evaluation.resources import Resources

if TYPE_CHECKING:
    from wizard.policy.evaluation.query import Query

_ACTIONS = 64  # how many actions' statements a document remembers


class Statement:
    """One statement. `deny` and `allows`: what it does; both where its Effect can't be read."""

    __slots__ = (
        "_actions",
        "_conditions",
        "_kind",
        "_live",
        "_principal",
        "_resources",
        "_stands",
        "_wild",
        "allows",
        "deny",
        "index",
        "not_action",
        "raw",
    )

    def __init__(self, raw: dict[str, Any], index: int, kind: int, *, live: bool) -> None:
        self.raw = raw
        self.index = index
        self._kind = kind
        self._live = live
        effect = raw.get("Effect")
        self.deny = effect != "Allow"
        self.allows = effect != "Deny"
        self.not_action = "NotAction" in raw
        self._actions: list[str] | None = None
        self._stands: bool | None = None
        # Each read when it is first asked for; False: not yet.
        self._principal: Principals | Literal[False] | None = False
        self._resources: Resources | Literal[False] | None = False
        self._conditions: list[Condition] | None = None

    @property
    def sid(self) -> str | None:
        """Return the Sid, None where there is none."""
        found = self.raw.get("Sid")
        return found if isinstance(found, str) else None

    @property
    def effect(self) -> str:
        """Return Allow or Deny."""
        return "Allow" if self.allows else "Deny"

    @property
    def stands(self) -> bool:
        """Say whether AWS would have stored the statement."""
        if self._stands is None:
            self._stands = statement_stands(self.raw, self._kind)
        return self._stands

    @property
    def principal(self) -> Principals | None:
        """Return whom the statement is about, None where it doesn't say."""
        found = self._principal
        if found is False:
            raw = self.raw
            negated = "NotPrincipal" in raw
            if negated and "Principal" in raw:
                found = Principals(None, negated=False)  # AWS takes one of the two: nobody knows whom this means
            elif negated or "Principal" in raw:
                found = Principals(raw["NotPrincipal" if negated else "Principal"], negated=negated)
            else:
                found = None
            self._principal = found
        return found

    @property
    def resources(self) -> Resources | None:
        """Return what the statement is about, None where it doesn't say, as a trust policy's don't."""
        found = self._resources
        if found is False:
            raw = self.raw
            negated = "NotResource" in raw
            given = texts(raw.get("NotResource" if negated else "Resource"))
            found = None
            if given is not None and self._kind != TRUST and not (negated and "Resource" in raw):
                found = Resources(given, negated=negated, deny=self.deny, live=self._live)
            self._resources = found
        return found

    @property
    def conditions(self) -> list[Condition]:
        """Return the statement's conditions."""
        if self._conditions is None:
            self._conditions = conditions(self.raw["Condition"], live=self._live) if "Condition" in self.raw else []
        return self._conditions

    def action(self, query: Query) -> int:
        """Say whether the statement is about the request's action."""
        if not query.real:
            return FALSE  # a pattern matches actions that exist
        names = self._actions
        if names is None:
            given = texts(self.raw.get("NotAction" if self.not_action else "Action"))
            if given is None or (self.not_action and "Action" in self.raw) or DUPLICATE in self.raw:
                return UNKNOWN  # a statement that AWS would not have stored
            names = self._actions = [text.lower() for text in given if text.isascii()]
            self._wild = [name for name in names if "*" in name or "?" in name]
        name = query.action
        found = TRUE if name in names else FALSE
        if found == FALSE:
            for pattern in self._wild:
                worth = _action(pattern, name)
                found = max(found, worth)
        return 2 - found if self.not_action else found

    def match(self, query: Query, found: int) -> int:
        """Say whether resource and conditions match too: `found` is the action, the principal another question."""
        deny = self.deny
        if not (query.fits or deny):
            return FALSE
        doubts = query.doubts
        before = len(doubts)
        resources = self.resources
        if resources is not None and (matched := resources.match(query)) < found:
            found = matched
        if found and "Condition" in self.raw:
            for condition in self.conditions:
                held = condition.holds(query, deny=deny)
                if held < found:
                    found = held
                    if held == FALSE:
                        break
        if found != UNKNOWN:
            del doubts[before:]
        if found and (deny or query.strict) and not self.stands:
            query.doubt(None, "malformed")
            return UNKNOWN
        return found


def _action(pattern: str, name: str) -> int:
    """Match an action against a pattern with wildcards, both in lower case."""
    if pattern in {"*", "*:*"}:
        return TRUE
    service, colon, _ = pattern.partition(":")
    if not colon or "*" in service or "?" in service:
        return UNKNOWN if glob(pattern)(name) else FALSE  # a wildcard for the service: no such pattern for AWS
    start = pattern[:-1]
    if "*" not in start and "?" not in pattern:
        return TRUE if name.startswith(start) else FALSE
    return TRUE if glob(pattern)(name) else FALSE


def _glance(raw: dict[str, Any], name: str) -> int:
    """Say whether a statement is about an action, where that can be told at a glance; else UNKNOWN."""
    given = raw.get("Action")
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list) or "NotAction" in raw or DUPLICATE in raw:
        return UNKNOWN
    found = FALSE
    for text in given:
        if not isinstance(text, str):
            return UNKNOWN
        if found == TRUE:
            continue
        if text == "*" or (text.lower() == name and text.isascii()):
            found = TRUE
        elif "*" in text or "?" in text:
            found = UNKNOWN
    return found


class Compiled:
    """A document. `readable`: its statements could be made out at all."""

    __slots__ = (
        "_about",
        "_given",
        "_kind",
        "_live",
        "_made",
        "_raw",
        "_stands",
        "_work",
        "public",
        "readable",
        "size",
    )

    def __init__(self, raw: object, kind: int, size: int) -> None:
        self.public: int | None = None  # filled in by `public`
        self.size = size
        self._kind = kind
        self._stands: bool | None = None
        self._work: tuple[int, int] | None = None
        self._about: dict[str, list[tuple[Statement, int]]] = {}
        self._made: dict[int, Statement] = {}
        self._raw = raw if isinstance(raw, dict) else {}
        given = self._raw.get("Statement")
        if isinstance(given, dict):
            given = [given]
        self.readable = isinstance(given, list) and DUPLICATE not in self._raw
        self._given: list[Any] = given if isinstance(given, list) else []
        self._live = self._raw.get("Version") == NEW_VERSION

    def _statement(self, index: int) -> Statement:
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = Statement(self._given[index], index, self._kind, live=self._live)
        return found

    @property
    def statements(self) -> list[Statement]:
        """Return the statements."""
        return [self._statement(index) for index, raw in enumerate(self._given) if isinstance(raw, dict)]

    def about(self, query: Query) -> list[tuple[Statement, int]]:
        """Return the statements that are, or may be, about the request's action, each with which it is."""
        name = query.action
        found = self._about.get(name)
        if found is None:
            found = self._search(query) if query.real else []
            if len(self._about) >= _ACTIONS:
                self._about.clear()
            self._about[name] = found
        return found

    def _search(self, query: Query) -> list[tuple[Statement, int]]:
        name = query.action
        found = []
        for index, raw in enumerate(self._given):
            if isinstance(raw, dict) and (matched := _glance(raw, name)):
                statement = self._statement(index)
                if matched == UNKNOWN:
                    matched = statement.action(query)
                if matched:
                    found.append((statement, matched))
        return found

    @property
    def stands(self) -> bool:
        """Say whether AWS would have stored the document."""
        if self._stands is None:
            self._stands = document_stands(self._raw) and self._all_stand()
        return self._stands

    def _all_stand(self) -> bool:
        made = self._made
        for index, raw in enumerate(self._given):
            if index in made:
                stands = made[index].stands
            else:
                stands = isinstance(raw, dict) and statement_stands(raw, self._kind)
            if not stands:
                return False
        return True

    @property
    def work(self) -> tuple[int, int]:
        """Return how many texts a request is compared with, and how many `?` stand beside a `*` in them."""
        if self._work is None:
            found = [text for statement in self.statements for text in _values(statement)]
            free = sum(text.count("?") for text in found if "?" in text and "*" in text)
            self._work = len(found), free
        return self._work


def _values(statement: Statement) -> list[str]:
    raw = statement.raw
    found: list[str] = []
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        found += texts(raw.get(element)) or ()
    for condition in statement.conditions:
        found += condition.values
    return found
