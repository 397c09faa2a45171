"""One kind of policy against a request: does it deny, does it allow, by which statements, with which doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation.caller import ROOT
from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.grammar import ENDPOINT, IDENTITY, RCP
from wizard.policy.evaluation.library import compiled
from wizard.policy.evaluation.principals import ACCOUNT, ITSELF, NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.policy.evaluation.documents import Compiled, Statement
    from wizard.policy.evaluation.principals import Principals
    from wizard.policy.evaluation.query import Query

    Doubts = tuple[tuple[str | None, str], ...]
    # A statement that matched: which document of the layer, and in which way it names the caller.
    Hit = tuple[int, Statement, int]
    Hits = tuple[Hit, ...]

_FILTERS = frozenset({ENDPOINT, RCP})
_NAMELESS = frozenset({IDENTITY, RCP})  # kinds whose statements mean everybody that the policy is for


class Layer:
    """The union of some documents of one kind.

    `grants` has an answer for each way in which an Allow may name the caller (ACCOUNT, ROLE, NOT_LISTED, ITSELF of
    `principals`); `allow` is the best of them, and all there is where documents name nobody.
    """

    __slots__ = (
        "allow",
        "allow_doubts",
        "allowing",
        "deny",
        "deny_doubts",
        "denying",
        "doubtful",
        "first",
        "grants",
        "kind",
        "level",
    )

    def __init__(self, kind: str, level: int | None = None, first: int = 0) -> None:
        self.kind = kind
        self.level = level
        self.first = first  # the place of the layer's first document among those of its kind
        self.allow = self.deny = FALSE
        self.grants = [FALSE, FALSE, FALSE, FALSE]
        self.allowing: Hits = ()
        self.denying: Hits = ()
        self.doubtful: Hits = ()
        self.allow_doubts: Doubts = ()
        self.deny_doubts: Doubts = ()

    def unread(self, why: str = "unread", what: str | None = None) -> Layer:
        """Add a document that nobody could read: it may allow, and it may deny."""
        self.allow = max(self.allow, UNKNOWN)
        self.deny = max(self.deny, UNKNOWN)
        self.grants = [max(grant, UNKNOWN) for grant in self.grants]
        self.allow_doubts += ((what, why),)
        self.deny_doubts += ((what, why),)
        return self

    def soften(self, why: str) -> None:
        """Make every answer of a policy that may not apply at all uncertain, where it would stop the request."""
        if self.deny == TRUE:
            self.deny = UNKNOWN
            self.deny_doubts += ((None, why),)
            self.doubtful += self.denying
            self.denying = ()
        if self.allow == FALSE:
            self.allow = UNKNOWN
            self.allow_doubts += ((None, why),)

    def add(self, documents: Sequence[object], kind: int, query: Query) -> Layer:
        """Match the statements of documents of one kind (of `documents`)."""
        for place, raw in enumerate(documents):
            document = compiled(raw, kind)
            if not document.readable:
                self.unread("malformed")
            elif not query.spend(document):
                self.unread("too-large")
            else:
                query.documents.append(document)
                self._match(place, document, kind, query)
        return self

    def _match(self, place: int, document: Compiled, kind: int, query: Query) -> None:
        doubts = query.doubts
        for statement, concerned in document.about(query):
            if doubts:
                doubts.clear()
            found = statement.match(query, concerned)
            if not found:
                continue
            who = None if kind == IDENTITY else statement.principal
            if who is not None and kind in _FILTERS and who.everybody and not who.negated:
                who = None  # "*" lets services through here, while a grant has to name them
            elif who is None and kind not in _NAMELESS and statement.stands:
                continue  # a statement of a resource policy that names nobody
            if statement.deny:
                means = TRUE if who is None else who.deny(query)
                if means:
                    self._denies(min(found, means), (place, statement, NOBODY), query)
            if statement.allows:
                self._weigh(found, who, (place, statement), document, query)

    def _weigh(
        self, found: int, who: Principals | None, at: tuple[int, Statement], document: Compiled, query: Query
    ) -> None:
        """Add an Allow that matches, or may, in the ways in which it names the caller, or may."""
        sure, maybe = (ITSELF, NOBODY) if who is None else who.allow(query)
        if sure != NOBODY:
            if found == TRUE and query.strict and not document.stands:
                found = UNKNOWN
                query.doubt(None, "malformed")
            self._allows(found, (*at, sure), query)
        if maybe != NOBODY:
            self._allows(UNKNOWN, (*at, maybe), query)

    def _denies(self, found: int, hit: Hit, query: Query) -> None:
        self.deny = max(self.deny, found)
        if found == TRUE:
            self.denying += (hit,)
        else:
            self.doubtful += (hit,)
            self.deny_doubts += tuple(query.doubts) or ((None, "statement"),)

    def _allows(self, found: int, hit: Hit, query: Query) -> None:
        way = hit[2]
        if found == TRUE:
            self.allow = self.grants[way] = TRUE
            self.allowing += (hit,)
        else:
            self.allow = max(self.allow, found)
            self.grants[way] = max(self.grants[way], found)
            self.doubtful += (hit,)
            self.allow_doubts += tuple(query.doubts) or ((None, "statement"),)


def endpoint_allow(layer: Layer, query: Query) -> None:
    """Weigh an endpoint policy's Allow that names the caller's account.

    For a gateway endpoint it means the account's root user only, for an interface endpoint everybody in it.
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway
    """
    if query.caller.kind == ROOT or layer.grants[ACCOUNT] != TRUE:
        return
    layer.grants[ACCOUNT] = UNKNOWN
    layer.allow = max(layer.grants)
    if layer.allow != TRUE:
        layer.doubtful += layer.allowing
        layer.allow_doubts += ((None, "endpoint-account"),)
