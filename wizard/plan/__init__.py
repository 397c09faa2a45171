"""The plan of a setup: what is shown, copied, exported, applied and proven is one object, made by pure functions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wizard.plan.made import Plan, plan

if TYPE_CHECKING:
    from wizard.plan.change import By, Change, Kind
    from wizard.plan.changes import changes
    from wizard.plan.found import ABSENT, Absent, Found, NotKnown
    from wizard.plan.scope import Choices

__all__ = ["ABSENT", "Absent", "By", "Change", "Choices", "Found", "Kind", "NotKnown", "Plan", "changes", "plan"]

# What changes accounts is loaded by those who do: the wizard's first frame and `documents` only show the plan.
_LATER = {
    "ABSENT": "found",
    "Absent": "found",
    "By": "change",
    "Change": "change",
    "Choices": "scope",
    "Found": "found",
    "Kind": "change",
    "NotKnown": "found",
    "changes": "changes",
}


def __getattr__(name: str) -> Any:
    """Load a name's module when it is first asked for (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(name)
    value = getattr(import_module(f"wizard.plan.{_LATER[name]}"), name)
    globals()[name] = value  # also over the module `changes`, which importing it has set
    return value
