"""The fuzzing by time: `pytest -m fuzz -n 0`, a minute unless FUZZ_SECONDS says otherwise.

The time is shared out equally among `check`, the evaluator and the answers file, and there among the targets.
FUZZ_SEED is the first seed of each target (0 unless it is given, so that two runs begin with the same cases);
`FUZZ_SEED=random` seeks new ground. A failure says with which seed it is repeated. Times are the processor's.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.fuzz import answers, check, evaluate
from tests.fuzz.running import Target, run

SECONDS = float(os.environ.get("FUZZ_SECONDS", "60"))
SEED = os.environ.get("FUZZ_SEED", "0")
ROOMS = (check.TARGETS, evaluate.TARGETS, answers.TARGETS)
SHARES = [(target, SECONDS / len(ROOMS) / len(room)) for room in ROOMS for target in room]


@pytest.mark.fuzz
@pytest.mark.timeout(SECONDS + 600)  # a failing case is made smaller first
@pytest.mark.parametrize(("target", "seconds"), SHARES, ids=[target.name for target, _ in SHARES])
def test_nothing_breaks_and_nothing_takes_a_second(
    target: Target, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    first = random.randrange(10**9) if SEED == "random" else int(SEED)  # noqa: S311 -- a seed, not a secret
    figures = run(target, seconds=seconds, first=first)
    with capsys.disabled():
        print(f"\n{figures.line(target.name)}")  # noqa: T201 -- the run's figures
    assert figures.cases
