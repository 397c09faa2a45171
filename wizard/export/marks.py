"""Marks: words that stand for a value while one text is made for many, and that nothing else in it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.setup import Setup


def marks_for(setup: Setup, *names: str) -> tuple[str, ...]:
    """Return a mark for each name; prefixes and principals of a setup, which people chose, hold none of them."""
    told = " ".join([*map(str, setup.source.principals), *(bucket.prefix for bucket in setup.buckets)])
    number = next(number for number in range(len(told) + 1) if f"({number})" not in told)
    return tuple(f"{name}({number})" for name in names)
