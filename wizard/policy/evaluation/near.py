"""Near misses: the Allows that match a request but for one element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation.case import FALSE, NearMiss
from wizard.policy.evaluation.grammar import IDENTITY, RESOURCE, TRUST
from wizard.policy.evaluation.layers import Layer
from wizard.policy.evaluation.library import compiled
from wizard.policy.evaluation.principals import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.policy.evaluation.documents import Statement
    from wizard.policy.evaluation.outcome import Outcome
    from wizard.policy.evaluation.query import Query


def near_misses(outcome: Outcome) -> tuple[NearMiss, ...]:
    """Return every Allow that would match if one of its elements did, those of the source first."""
    found = []
    query = outcome.query
    for layer, place, kind, document in _documents(outcome):
        for statement in compiled(document, kind).statements:
            if statement.deny:
                continue
            misses = [item for item in _elements(statement, query, names=kind != IDENTITY) if item[1] is not None]
            query.doubts.clear()
            if len(misses) == 1:
                element, wanted = misses[0]
                reference = outcome.reference(layer, (place, statement, NOBODY))
                found.append(NearMiss(reference, element, tuple(wanted or ())))
    return tuple(found)


def _documents(outcome: Outcome) -> Iterator[tuple[Layer, int, int, object]]:
    policies = outcome.case.policies
    in_account = any(decision.in_account for decision in outcome.decisions)
    attached = {"identity": policies.identity, "boundary": policies.boundary, "session": policies.session}
    for name, documents in attached.items() if in_account else ():
        layer = Layer(name)
        for place, document in enumerate(documents):
            yield layer, place, IDENTITY, document
    for level, documents in enumerate(policies.scps if in_account else ()):
        layer = Layer("scps", level)
        for place, document in enumerate(documents):
            yield layer, place, IDENTITY, document
    trusted = any(decision.trusted for decision in outcome.decisions)
    own = policies.trust if trusted else policies.resource
    if own is not None:
        yield Layer("trust" if trusted else "resource"), 0, TRUST if trusted else RESOURCE, own


def _elements(statement: Statement, query: Query, *, names: bool) -> Iterator[tuple[str, list[str] | None]]:
    """Go through the elements: each with what it asks for if it doesn't match, with None if it does or may."""
    raw = statement.raw
    action = statement.action(query)
    yield "Action", _texts(raw, "Action") if action == FALSE else None
    resources = statement.resources
    resource = FALSE if resources is not None and resources.match(query) == FALSE else None
    yield "Resource", _texts(raw, "Resource") if resource == FALSE else None
    failed = [
        f"{condition.operator} {condition.shown}"
        for condition in statement.conditions
        if condition.holds(query, deny=False) == FALSE
    ]
    yield "Condition", failed or None
    if names:
        who = statement.principal
        named = who is not None and who.allow(query) != (NOBODY, NOBODY)
        yield "Principal", None if named else _texts(raw, "Principal")


def _texts(raw: dict[str, object], element: str) -> list[str]:
    given = raw.get(element, raw.get("Not" + element))
    if isinstance(given, dict):
        values = [value if isinstance(value, list) else [value] for value in given.values()]
        return [str(item) for value in values for item in value]
    return [str(item) for item in (given if isinstance(given, list) else [given])]
