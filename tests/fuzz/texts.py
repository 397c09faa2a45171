"""Texts that are deep or large: made from a few pieces, so that a failing one is shown in a line."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Repeated:
    """Two texts around others that are repeated; a `#` in one of those is the number of its repetition."""

    head: str
    piece: str
    times: int
    tail: str = ""

    def text(self, most: int = MEGABYTE) -> str:
        """Return the text, cut off after so many characters."""
        times = min(self.times, most // max(len(self.piece), 1) + 1)
        middle = (
            "".join(self.piece.replace("#", str(number)) for number in range(times))
            if "#" in self.piece
            else self.piece * times
        )
        return (self.head + middle + self.tail)[:most]


def repeated(
    heads: list[str], pieces: list[str], tails: list[str], times: st.SearchStrategy[int]
) -> st.SearchStrategy[Repeated]:
    """Draw such a text; its piece is one of some, or a few of them after each other."""
    one = st.sampled_from(pieces)
    piece = one | st.lists(one, min_size=2, max_size=4).map("".join)
    return st.builds(Repeated, st.sampled_from(heads), piece, times, st.sampled_from(tails))


DEEP = st.sampled_from([1, 20, 90, 110, 500, 990, 1010, 5000, 100_000, MEGABYTE]) | st.integers(1, 3000)
LARGE = st.sampled_from([MEGABYTE]) | st.sampled_from([1000, 20_000, 100_000, 300_000])
