"""Writes what is shown before a question: the changes and their differences, on standard output."""

from __future__ import annotations

import sys

from wizard.plan.shown import changes, documents, whole
from wizard.text import visible

__all__ = ["changes", "documents", "result", "whole"]


def result(text: str) -> None:
    """Write a part of the result before something is asked about it: to standard output."""
    shown = visible(text)
    sys.stdout.write(shown if shown.endswith("\n") else f"{shown}\n")
    sys.stdout.flush()
