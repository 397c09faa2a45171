"""The plan of a setup: what is shown, copied, exported, applied and proven is one object, made by pure functions."""

from wizard.plan.made import Plan, plan

__all__ = ["Plan", "plan"]
