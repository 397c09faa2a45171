"""What the practice accounts allow and deny, against what AWS documents: this guards the emulator's pin.

The rows say what AWS does. One that names a gap is known to come out otherwise, and fails when it no longer does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.demo.practice_calls import World
from wizard.demo.gaps import GAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wizard.demo import Practice

SCENARIOS: dict[str, dict[str, Any]] = {
    f"{scenario['method']}: {scenario['name']}": scenario
    for scenario in json.loads(Path(__file__).with_name("matrix.json").read_text(encoding="utf-8"))
}


def _rows() -> Iterator[Any]:
    for name, scenario in SCENARIOS.items():
        for caller, call, expected, *gap in scenario["rows"]:
            marks = [pytest.mark.xfail(reason=GAPS[known], raises=AssertionError) for known in gap]
            yield pytest.param(name, caller, call, expected, id=f"{name}: {caller} {call}", marks=marks)


@pytest.fixture(scope="module")
def session(practice: Practice) -> boto3.Session:
    return boto3.Session(region_name=practice.region)


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest,
    practice: Practice,
    clients: Callable[[str, str], Any],
    session: boto3.Session,
) -> Iterator[World]:
    arranged = World(practice, clients, session, SCENARIOS[request.param])
    yield arranged
    arranged.close()


@pytest.mark.parametrize(("world", "caller", "call", "expected"), list(_rows()), indirect=["world"])
def test_the_practice_accounts_decide_as_aws(world: World, caller: str, call: str, expected: str) -> None:
    assert world.call(caller, call) == expected


def test_every_gap_has_a_row_and_every_method_its_rows() -> None:
    rows = [(scenario["method"], row) for scenario in SCENARIOS.values() for row in scenario["rows"]]

    assert {gap for _method, row in rows for gap in row[3:]} == set(GAPS)
    for method in ("bucket-policy", "iam-user", "assume-role"):
        assert sum(found == method for found, _row in rows) >= 20
