"""Writes what is shown before a question: the changes and their differences, on standard output."""

from __future__ import annotations

import sys

from wizard.plan.shown import changes, documents, whole

__all__ = ["changes", "documents", "result", "whole"]


def result(text: str) -> None:
    """Write a part of the result before something is asked about it: to standard output."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()
