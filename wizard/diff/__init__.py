"""Differences for people: of texts line by line, and of policy documents by what they mean."""

from __future__ import annotations

from wizard.diff.lines import unified, visible
from wizard.diff.meaning import documents, same

__all__ = ["documents", "same", "unified", "visible"]
