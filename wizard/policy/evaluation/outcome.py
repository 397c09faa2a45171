"""From a case to its verdict: the decisions that a request takes, and the answer in AWS's words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wizard.policy.evaluation import narrate
from wizard.policy.evaluation.caller import ANONYMOUS
from wizard.policy.evaluation.case import (
    ALLOWED,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    UNDECIDED,
    Doubt,
    Missing,
    StatementRef,
    Verdict,
)
from wizard.policy.evaluation.checking import checked
from wizard.policy.evaluation.decide import Decision
from wizard.policy.evaluation.query import Query

if TYPE_CHECKING:
    from wizard.policy.evaluation.case import Case
    from wizard.policy.evaluation.layers import Hit, Layer

_STRONGEST = (EXPLICITLY_DENIED, IMPLICITLY_DENIED, UNDECIDED)
_OPEN = (ALLOWED, UNDECIDED)
_SESSIONS = ("sts:assumerole", "sts:getfederationtoken")
_LEVELS = frozenset({"scps", "rcps"})
_ALONE = frozenset({"resource", "trust"})
_DESTINATION = frozenset({"resource", "trust", "rcps"})
_encode = json.JSONEncoder().encode


def decide(case: Case) -> Outcome:
    """Decide a case. BadInputError for one that makes no sense."""
    case = checked(case)
    query = Query(case)
    if query.action == "sts:getcalleridentity" and query.caller.kind != ANONYMOUS:
        return Outcome(case, query, [])  # needs no permission, and can't be denied
    outcome = Outcome(case, query, _decisions(case, query))
    # A document that AWS would not have stored never turns a denial into anything else, nor the reverse.
    if outcome.result in _OPEN:
        for document in query.documents:
            if not document.stands:
                query.strict = True
                return Outcome(case, query, _decisions(case, query))
    return outcome


def _decisions(case: Case, query: Query) -> list[Decision]:
    decisions = [Decision(case, query)]
    if query.action.startswith(_SESSIONS):
        for action in _besides(query):
            query.turn(action, case.request.resource)
            decisions.append(Decision(case, query, besides=True))
        query.turn(case.request.action, case.request.resource)
    return decisions


def _besides(query: Query) -> list[str]:
    """Return the actions that AssumeRole and its like need beside themselves: to pass tags, to set the source identity.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    """
    actions = []
    if query.carries("aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys"):
        actions.append("sts:TagSession")
    if query.carries("sts:sourceidentity", "aws:sourceidentity"):
        actions.append("sts:SetSourceIdentity")
    return actions


class Outcome:
    """The decisions of a case; none at all for a request that is always allowed."""

    __slots__ = ("case", "decisions", "query", "result")

    def __init__(self, case: Case, query: Query, decisions: list[Decision]) -> None:
        self.case = case
        self.query = query
        self.decisions = decisions
        if len(decisions) == 1:
            self.result = decisions[0].result()
        else:
            results = {decision.result() for decision in decisions}
            self.result = next((result for result in _STRONGEST if result in results), ALLOWED)

    def because(self) -> list[tuple[Layer, Hit]]:
        """Return the statements that decide."""
        if self.result == IMPLICITLY_DENIED:
            return []
        tell = {EXPLICITLY_DENIED: narrate.denying, ALLOWED: narrate.carrying, UNDECIDED: narrate.doubtful}[self.result]
        if len(self.decisions) == 1:
            return tell(self.decisions[0])
        found = [
            item
            for decision in self.decisions
            if self.result != UNDECIDED or decision.result() == UNDECIDED
            for item in tell(decision)
        ]
        return list({self._identity(layer, hit): (layer, hit) for layer, hit in found}.values())

    @staticmethod
    def _identity(layer: Layer, hit: Hit) -> tuple[object, ...]:
        return layer.kind, layer.level, layer.first + hit[0], hit[1].index

    def missing(self) -> list[tuple[str, str]]:
        """Return what lacks an Allow, and on whose side."""
        if self.result in _OPEN:
            return []
        found = [item for decision in self.decisions if decision.allow == 0 for item in narrate.missing(decision)]
        return list(dict.fromkeys(found))

    def unknown(self) -> list[tuple[str, str]]:
        """Return what isn't known and could change the verdict, and why."""
        if self.result != UNDECIDED:
            return []
        return list(dict.fromkeys(item for decision in self.decisions for item in narrate.unknown(decision)))

    def verdict(self) -> Verdict:
        """Return the verdict as a value, without near misses."""
        accounts = {"source": self.query.caller.account, "destination": self.case.resource_account}
        rules = [rule for decision in self.decisions for rule in decision.rules]
        if self.decisions and not self.query.real:
            rules.append("no-such-action")
        elif self.decisions and not self.query.fits:
            rules.append("not-on-this")
        return Verdict(
            self.result,
            tuple(self.reference(layer, hit) for layer, hit in self.because()),
            tuple(Missing(kind, side, accounts[side]) for kind, side in self.missing()),
            tuple(Doubt(what, why) for what, why in self.unknown()),
            tuple(rules),
            tuple(self.reference(*item) for decision in self.decisions[:1] for item in narrate.allowing(decision)),
        )

    def reference(self, layer: Layer, hit: Hit) -> StatementRef:
        """Return a statement as a value."""
        place, statement, _ = hit
        kind = layer.kind
        return StatementRef(
            kind,
            statement.index,
            statement.sid,
            statement.effect,
            layer.first + place,
            layer.level,
            self.case.resource_account
            if kind in _DESTINATION
            else None
            if kind == "vpc_endpoint"
            else self.query.caller.account,
        )

    def line(self, name: object) -> str:
        """Return the answer of `explain --cases -`: `document` and `level` are there where there are several."""
        because = []
        for layer, (place, statement, _) in self.because():
            kind = layer.kind
            sid = statement.sid
            given = getattr(self.case.policies, kind)
            several = ""
            if kind in _LEVELS:
                if len(given) > 1:
                    several = f', "level": {layer.level}'
                given = given[layer.level]
            if kind not in _ALONE and len(given) > 1:
                several += f', "document": {layer.first + place}'
            because.append(
                f'{{"policy": "{kind}", "index": {statement.index}, "sid": {"null" if sid is None else _encode(sid)},'
                f' "effect": "{statement.effect}"{several}}}'
            )
        return (
            f'{{"name": {_encode(name)}, "result": "{self.result}", "because": [{", ".join(because)}],'
            f' "missing": {_names(self.missing())}, "unknown": {_names(self.unknown())}}}'
        )


def _names(found: list[tuple[str, str]]) -> str:
    """Write what a list of reasons is about, each once, as JSON."""
    return _encode(list(dict.fromkeys(name for name, _ in found))) if found else "[]"
