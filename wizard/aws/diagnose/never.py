"""Says of a condition that it looks at a key which no request for the action has: an Allow, or a Deny, for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.aws.diagnose.request_keys import with_key
from wizard.aws.diagnose.words import narrow, place_of, sentence
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.aws.diagnose.judged import Judged, Stage
    from wizard.policy.evaluate import NearMiss, StatementRef

_FEW = 3


def never_holds(judged: Judged, miss: NearMiss, *, is_mended: bool) -> tuple[str, str]:
    """Say that an Allow's condition never holds for the action, as its requests don't have the key."""
    stage = judged.stage
    keys = [wanted.rpartition(" ")[2] for wanted in miss.wanted]
    said = _("{near} would allow {action}, but for {keys}: {action} never has that, only {others} do.").format(
        near=sentence(place_of(judged.paper(miss.statement), miss.statement)),
        action=stage.action,
        keys=", ".join(keys),
        others=_others(stage, keys),
    )
    text = _("Allow {action} in a statement without that condition: what it reaches is limited by Resource.").format(
        action=stage.action
    )
    return said, " ".join(filter(None, (text, narrow(stage) if is_mended else "")))


def always_denies(judged: Judged, ref: StatementRef) -> tuple[str, str]:
    """Say that a Deny's condition holds because the key isn't there, and how it would deny what was meant.

    "" twice for one whose keys the action may have. Where a key isn't in the request, negated operators, those that
    end with IfExists and a Null of true hold.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    stage, condition = judged.stage, judged.statement(ref).get("Condition", {})
    never = {key: operator for operator, keys in condition.items() for key in keys if with_key(stage.action, key)}
    if not never:
        return "", ""
    said = _(
        "{action} never has {keys}, only {others} do, and {operators} holds where the key isn't there: "
        "so it denies every {action} that it is about."
    ).format(
        action=stage.action,
        keys=", ".join(never),
        others=_others(stage, never),
        operators=", ".join(dict.fromkeys(never.values())),
    )
    return said, _("If only {others} were meant, let the statement deny those alone.").format(
        others=_others(stage, never)
    )


def _others(stage: Stage, keys: Iterable[str]) -> str:
    """Return the actions whose requests do have the keys."""
    others = dict.fromkeys(action for key in keys for action in with_key(stage.action, key))
    return ", ".join([*others][:_FEW]) + (", …" if len(others) > _FEW else "")
