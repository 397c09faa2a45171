"""The plan of a setup: what is shown, copied, exported, applied and proven is one object, made by pure functions."""

from wizard.plan.change import By, Change, Kind
from wizard.plan.changes import changes
from wizard.plan.found import ABSENT, Absent, Found, NotKnown
from wizard.plan.made import Plan, plan
from wizard.plan.scope import Choices

__all__ = ["ABSENT", "Absent", "By", "Change", "Choices", "Found", "Kind", "NotKnown", "Plan", "changes", "plan"]
