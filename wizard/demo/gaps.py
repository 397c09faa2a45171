"""What the practice accounts are known to get wrong, in words for the screen."""

from __future__ import annotations

from wizard.text import mark

GAPS: tuple[str, ...] = (mark("A copy between buckets of two accounts fails (404), also where AWS would make it."),)
"""Each is a row of the regression matrix in tests/demo that fails on purpose."""
