"""Finds the name that somebody probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONG = 6


def distance(left: str, right: str, most: int) -> int:
    """Return how many letters differ (insert, delete, replace, swap two neighbours); `most + 1` if more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (char != other))
            if row > 1 and column > 1 and char == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return most + 1
        before, previous = previous, current
    return previous[-1]


def nearest(word: str, names: Iterable[str], most: int | None = None) -> str | None:
    """Return the one name within one letter of a short word or two of a longer one, whatever the case.

    None where there is none, or two are equally near.
    """
    low = word.lower()
    limit = most if most is not None else (2 if len(low) >= _LONG else 1)
    best, found = limit + 1, None
    for name in names:
        far = distance(low, name.lower(), min(limit, best))
        if far < best:
            best, found = far, name
        elif far == best and far <= limit and name != found:
            found = None
    return found


def similar(word: str, names: Iterable[str]) -> str | None:
    """Return the most similar name, where one is similar at all: a guess to be shown, not taken."""
    import difflib

    by_low = {name.lower(): name for name in names}
    found = difflib.get_close_matches(word.lower(), by_low, n=1, cutoff=0.75)
    return by_low[found[0]] if found else None
