"""The changes that each account must make, in an order that works: a pure function of the plan and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.plan import identities, resources
from wizard.plan.scope import Choices, Scope

if TYPE_CHECKING:
    from wizard.plan.change import Change
    from wizard.plan.found import Found
    from wizard.plan.made import Plan

NOTHING_CHOSEN = Choices()


def changes(plan: Plan, found: Found, choices: Choices = NOTHING_CHOSEN) -> tuple[Change, ...]:
    """Return the changes in the order in which they are made; none where everything is in place.

    First the source's principals and the destination's role or user, which policies then name; then the
    access key, key policies, bucket policies; guards last, because they can shut out whoever comes after.
    Steps that only somebody else can take are in it too (`Change.by`).
    """
    scope = Scope(plan, found, choices)
    return (
        *identities.of_source(scope),
        *identities.of_destination(scope),
        *identities.access_keys(scope),
        *resources.key_policies(scope),
        *resources.bucket_grants(scope),
        *resources.bucket_guards(scope),
    )
