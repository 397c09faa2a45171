"""The fuzzing itself: it ends in time, finds what breaks and what is slow, and says how to repeat it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from tests.fuzz.running import Target, Watch, run
from tests.fuzz.texts import Repeated

if TYPE_CHECKING:
    from collections.abc import Callable


def spin(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def target(holds: Callable[[int, Watch], None]) -> Target:
    return Target("some", st.integers(0, 1000), holds)


def test_it_ends_when_its_time_is_over_also_within_a_seed() -> None:
    start = time.monotonic()
    figures = run(target(lambda case, watch: watch.time(time.sleep, 0.01 * (case >= 0))), seconds=0.3, first=7)
    assert time.monotonic() - start < 5
    assert 1 <= figures.cases < 100
    assert figures.line("some").startswith(f"some: seeds 7 to 7, {figures.cases} cases, slowest ")


def test_a_seed_makes_the_same_cases_again() -> None:
    def seen(first: int) -> list[int]:
        found: list[int] = []
        run(target(lambda case, _watch: found.append(case)), seconds=0, first=first)
        return found

    assert seen(3) == seen(3)
    assert seen(3) != seen(4)


def test_what_breaks_is_raised_with_the_smallest_case_and_the_seed_that_repeats_it() -> None:
    cases = []

    def holds(case: int, _watch: Watch) -> None:
        cases.append(case)
        assert case < 10

    with pytest.raises(AssertionError) as error:
        run(target(holds), seconds=60, first=5)
    assert cases[-1] == 10
    assert any(note.startswith("To repeat it: FUZZ_SEED=5 FUZZ_SECONDS=0 ") for note in error.value.__notes__)


def test_a_call_that_takes_a_second_each_time_is_a_failure_that_shows_its_input() -> None:
    watch = Watch()
    with pytest.raises(AssertionError, match=r"1\.\d\d s for 1\.02"):
        watch.time(spin, 1.02)
    watch.time(spin, 0.01)
    assert watch.calls == 2
    assert 1 < watch.slowest < 2


def test_a_repeated_text_is_cut_off_at_its_most() -> None:
    assert Repeated("[", "a#,", 3, "]").text() == "[a0,a1,a2,]"
    assert Repeated("[", "ab", 10**9, "]").text(10) == "[ababababa"
