"""Why a decision is as it is: what lacks an Allow, what isn't known, which statements it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.principals import ACCOUNT, ITSELF, ROLE

if TYPE_CHECKING:
    from wizard.policy.evaluation.decide import Decision
    from wizard.policy.evaluation.layers import Hit, Hits, Layer


def missing(decision: Decision) -> list[tuple[str, str]]:
    """Name what lacks an Allow, and on whose side; the same more than once where several documents lack it."""
    found: list[tuple[str, str]] = []
    if decision.core == FALSE and not decision.rules:
        found += _core_missing(decision)
    sides = {"rcps": "destination"}
    found += [(layer.kind, sides.get(layer.kind, "source")) for layer in decision.filters if layer.allow == FALSE]
    found += [(layer.kind, "destination") for layer in decision.guards if layer.allow == FALSE]
    return found


def _core_missing(decision: Decision) -> list[tuple[str, str]]:
    grants = decision.resource.grants
    authority = (decision.authority, "destination")
    if not decision.in_account:
        return [authority]
    best = max(grants)
    found = []
    needs_identity = not (decision.same and grants[ROLE] != FALSE)
    if (
        decision.identity.allow == FALSE
        and needs_identity
        and (not decision.must or not decision.same or best != FALSE)
    ):
        found.append(("identity", "source"))
    if best == FALSE and (decision.must or not decision.same):
        found.append(authority)
    return found + [(layer.kind, "source") for layer in decision.limits if layer.allow == FALSE]


def unknown(decision: Decision) -> list[tuple[str, str]]:
    """Name what isn't known and could change an undecided verdict."""
    found: list[tuple[str, str]] = []
    granting = [] if decision.core != UNKNOWN else [decision.identity, decision.resource, *decision.limits]
    for layer in [*decision.layers(), *decision.guards]:
        if layer.deny == UNKNOWN:
            found += [(what or layer.kind, why) for what, why in layer.deny_doubts]
        grants = UNKNOWN in layer.grants or layer.allow == UNKNOWN
        if (layer in granting and grants) or (
            layer in [*decision.filters, *decision.guards] and layer.allow == UNKNOWN
        ):
            found += [(what or layer.kind, why) for what, why in layer.allow_doubts]
    return list(dict.fromkeys([*found, *decision.specials]))


def doubtful(decision: Decision) -> list[tuple[Layer, Hit]]:
    """Return the statements of which it isn't known whether they match."""
    return [(layer, hit) for layer in decision.layers() for hit in layer.doubtful]


def denying(decision: Decision) -> list[tuple[Layer, Hit]]:
    """Return every Deny that matches."""
    return [(layer, hit) for layer in decision.layers() for hit in layer.denying]


def allowing(decision: Decision) -> list[tuple[Layer, Hit]]:
    """Return every Allow that matches."""
    return [(layer, hit) for layer in decision.layers() for hit in layer.allowing]


def carrying(decision: Decision) -> list[tuple[Layer, Hit]]:
    """Return the Allows that an Allowed rests on, the first of each layer that has to allow."""
    layers: list[Layer] = []
    by_identity = min([decision.identity.allow, *(layer.allow for layer in decision.limits)]) == TRUE
    if (
        decision.in_account
        and by_identity
        and (not decision.must or decision.resource.grants[ACCOUNT] == TRUE or not decision.same)
    ):
        layers.append(decision.identity)
    if not layers or decision.must or not decision.same:
        layers.append(decision.resource)
    if decision.identity in layers or decision.resource.grants[ITSELF] != TRUE:
        layers += decision.limits
    out = [(layer, _strongest(layer.allowing)) for layer in layers if layer.allowing]
    return out + [(layer, layer.allowing[0]) for layer in decision.filters if layer.allowing]


def _strongest(hits: Hits) -> Hit:
    return hits[0] if len(hits) == 1 else max(hits, key=lambda hit: hit[2])
