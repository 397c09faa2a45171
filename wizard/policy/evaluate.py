"""Who may do what, and which statement says so: AWS's documented policy evaluation, in three values.

`Unknown` is right where the answer depends on something that is not modelled here or was not given. It is never
`Allowed` where AWS would deny.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation.case import (
    ALLOWED,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    UNDECIDED,
    Case,
    Doubt,
    Missing,
    NearMiss,
    Policies,
    Request,
    StatementRef,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from wizard.policy.evaluation.outcome import Outcome

__all__ = [
    "ALLOWED",
    "EXPLICITLY_DENIED",
    "IMPLICITLY_DENIED",
    "UNDECIDED",
    "Case",
    "Doubt",
    "Missing",
    "NearMiss",
    "Policies",
    "Request",
    "StatementRef",
    "Verdict",
    "decide",
    "evaluate",
    "may_be_public",
    "perhaps_public_statements",
    "public_statements",
]


def decide(case: Case) -> Outcome:
    """Decide a case without near misses: what runs in bulk. BadInputError for a case that makes no sense."""
    from wizard.policy.evaluation import outcome  # the machinery loads when it is first asked something

    return outcome.decide(case)


def evaluate(case: Case) -> Verdict:
    """Decide a case, with near misses; BadInputError for a case that makes no sense."""
    from dataclasses import replace

    outcome = decide(case)
    verdict = outcome.verdict()
    if verdict.result in {ALLOWED, EXPLICITLY_DENIED}:
        return verdict
    from wizard.policy.evaluation.near import near_misses

    return replace(verdict, near_misses=near_misses(outcome))


def public_statements(policy: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the places (from 0) of the Allows that make a bucket policy public, as Block Public Access sees it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    from wizard.policy.evaluation.grammar import RESOURCE
    from wizard.policy.evaluation.library import compiled
    from wizard.policy.evaluation.public import open_statements

    return open_statements(compiled(policy, RESOURCE))


def perhaps_public_statements(policy: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the places (from 0) of the Allows of which it can't be told whether they make a bucket policy public."""
    from wizard.policy.evaluation.case import UNKNOWN
    from wizard.policy.evaluation.grammar import RESOURCE
    from wizard.policy.evaluation.library import compiled
    from wizard.policy.evaluation.public import open_statements

    return open_statements(compiled(policy, RESOURCE), UNKNOWN)


def may_be_public(policy: Mapping[str, Any]) -> bool:
    """Whether a bucket policy is public, or it can't be told whether it is."""
    return bool(public_statements(policy) or perhaps_public_statements(policy))
