"""The embedded AWS with two practice accounts."""

from __future__ import annotations

from wizard.demo.launcher import MISLEADING, Practice, conflicting, start

__all__ = ["MISLEADING", "Practice", "conflicting", "start"]
