"""The embedded AWS with two practice accounts."""

from __future__ import annotations

from wizard.demo.launcher import Practice, conflicting, start

__all__ = ["Practice", "conflicting", "start"]
