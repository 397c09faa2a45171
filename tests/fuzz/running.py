"""Runs a target on what hypothesis makes, seed after seed, until its time is over; every case is timed."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

LIMIT = 1.0  # seconds of the processor for one call of the program: what else the machine does doesn't count
AGAIN = 2  # times that a slow call is repeated: on a busy machine the processor's time grows too
EXAMPLES = 150  # cases of one seed: few, so that a seed is repeated in seconds


@dataclass(slots=True)
class Watch:
    """How many calls were timed, and the slowest of them, with what it was given (shortened)."""

    calls: int = 0
    slowest: float = 0.0
    shown: str = ""

    def time(self, call: Callable[..., Any], *given_: Any, **named: Any) -> Any:
        """Call the program; AssertionError, with the first argument, if it takes more than LIMIT each time."""
        took, result = _timed(call, given_, named)
        for _again in range(AGAIN):
            if took > LIMIT:
                took = min(took, _timed(call, given_, named)[0])
        self.calls += 1
        if took > self.slowest:
            self.slowest, self.shown = took, _short(given_)
        assert took <= LIMIT, f"{took:.2f} s for {_short(given_)}"
        return result


@dataclass(frozen=True, slots=True)
class Target:
    """What is made at random, and what holds for each of it; `holds` makes its calls through the watch."""

    name: str
    made: SearchStrategy[Any]
    holds: Callable[[Any, Watch], None]


@dataclass(slots=True)
class Figures:
    """What a run came to."""

    first: int
    seeds: int = 0
    cases: int = 0
    watch: Watch = field(default_factory=Watch)

    def line(self, name: str) -> str:
        """Write the figures in a line."""
        slowest = f"slowest {self.watch.slowest * 1000:.0f} ms: {self.watch.shown}"
        return f"{name}: seeds {self.first} to {self.first + self.seeds - 1}, {self.cases} cases, {slowest}"


class _TimeIsOver(BaseException):
    """Ends a run in the middle of a seed: no Exception, so that hypothesis lets it through."""


def run(target: Target, *, seconds: float, first: int) -> Figures:
    """Run a target for so long, from the first seed on; a failure says which seed repeats it.

    0 seconds: the first seed alone, to its end.
    """
    figures = Figures(first)
    end = time.monotonic() + seconds if seconds else None
    while True:
        number = first + figures.seeds
        figures.seeds += 1
        try:
            _one(target, number, end, figures)
        except _TimeIsOver:
            return figures
        except Exception as error:  # whatever broke: raised again, with how to repeat it
            error.add_note(f"To repeat it: FUZZ_SEED={number} FUZZ_SECONDS=0 pytest -m fuzz -n 0 -k {target.name}")
            raise
        if end is None:
            return figures


def _one(target: Target, number: int, end: float | None, figures: Figures) -> None:
    failed = False

    @seed(number)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],  # explaining a failure traces every line, and times would be wrong
        suppress_health_check=list(HealthCheck),
    )
    @given(target.made)
    def holds(case: Any) -> None:
        nonlocal failed
        if end is not None and not failed and figures.cases and time.monotonic() > end:
            raise _TimeIsOver
        figures.cases += 1
        try:
            target.holds(case, figures.watch)
        except Exception:  # raised again
            failed = True  # from here on hypothesis looks for the smallest case, whatever the time
            raise

    holds()


def _timed(call: Callable[..., Any], given_: tuple[Any, ...], named: dict[str, Any]) -> tuple[float, Any]:
    gc.freeze()  # what hypothesis keeps is not the program's to look through for garbage
    try:
        start = time.process_time()
        result = call(*given_, **named)
        return time.process_time() - start, result
    finally:
        gc.unfreeze()


def _short(given_: tuple[Any, ...]) -> str:
    text = repr(given_[0])
    return text if len(text) < 120 else f"{text[:80]}…{text[-30:]} ({len(text):,} characters)"
