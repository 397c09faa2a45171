"""Whatever breaks in whichever AWS call: apply again completes, undo restores, and nothing of others is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import (
    DST,
    ENCRYPTED,
    METHODS,
    PROFILES,
    THEIRS,
    accounts,
    answers,
    environment,
    files_with,
    put_theirs,
    secrets_of,
    written,
)
from tests.aws.fault_host import KINDS
from wizard.diff import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

APPLY, UNDO = ("apply", "FILE", "--side", "both", *PROFILES, "--yes"), ("undo", "--yes")
WHENS = ("before", "after")


class Host:
    """The process that runs commands in forked children."""

    def __init__(self, practice: Practice, folder: Path) -> None:
        self._practice, self._folder = practice, folder
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fault_host.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(practice, folder),
            cwd=Path(__file__).parents[2],
        )
        self.state = folder

    def run(self, argv: tuple[str, ...], file: str, fault: dict[str, Any] | None = None) -> tuple[int, int]:
        """Run a command; return its exit status and the number of its AWS calls."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {
            "argv": [file if word == "FILE" else word for word in argv],
            "environ": environment(self._practice, self.state),
            "out": str(self.state.parent / "out.txt"),
            "counted": str(self.state.parent / "calls"),
            "fault": fault,
        }
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return told["status"], told["calls"]

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module")
def host(practice: Practice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    made = Host(practice, tmp_path_factory.mktemp("host"))
    yield made
    made.close()


class World:
    """One start of the practice accounts with a policy of others, and the commands on it."""

    def __init__(self, host: Host, practice: Practice, clients: Clients, folder: Path, method: str) -> None:
        practice.reset()
        put_theirs(clients)
        self.host, self.practice, self.clients, self.folder = host, practice, clients, folder
        host.state = folder / "state"
        self.file = written(folder, answers(method))
        self.before = accounts(clients)

    def run(self, argv: tuple[str, ...], fault: dict[str, Any] | None = None) -> tuple[int, int]:
        return self.host.run(argv, self.file, fault)

    def said(self) -> str:
        return (self.folder / "out.txt").read_text(encoding="utf-8")

    def keeps_theirs(self) -> None:
        """Statements of others are there, whatever became of ours."""
        there = accounts(self.clients)[f"{DST} {ENCRYPTED}"]["Statement"]
        assert THEIRS["Statement"] == [one for one in there if one in THEIRS["Statement"]]

    def can_be_undone(self) -> None:
        """Undo puts everything back, run after run."""
        for _attempt in range(3):
            status, _calls = self.run(UNDO)
            if same(accounts(self.clients), self.before):
                break
            assert status == 0, self.said()
        assert accounts(self.clients) == self.before
        assert "crossaccount]" not in (self.practice.folder / "credentials").read_text(encoding="utf-8")

    def tells_no_secret(self, secrets: list[str]) -> None:
        assert files_with(secrets, self.folder) == []


def _after_a_broken_apply(world: World, fault: dict[str, Any]) -> None:
    world.run(APPLY, fault)
    world.keeps_theirs()
    secrets = secrets_of(world.practice)
    assert world.run(APPLY)[0] == 0, world.said()
    world.keeps_theirs()
    there = accounts(world.clients)
    assert _keys(there) <= _keys(world.before) + 1
    assert world.run(APPLY)[0] == 0
    assert accounts(world.clients) == there
    secrets += secrets_of(world.practice)
    world.can_be_undone()
    world.tells_no_secret(secrets)


def _broken_apply_undone(world: World, fault: dict[str, Any]) -> None:
    world.run(APPLY, fault)
    world.can_be_undone()


def _after_a_broken_undo(world: World, fault: dict[str, Any]) -> None:
    assert world.run(APPLY)[0] == 0, world.said()
    world.run(UNDO, fault)
    world.keeps_theirs()
    world.can_be_undone()


def _keys(told: dict[str, Any]) -> int:
    return sum(len(one["keys"]) for one in told.values() if one and "keys" in one)


def _count(world: World, argv: tuple[str, ...]) -> int:
    status, calls = world.run(argv)
    assert status == 0, world.said()
    return calls


# A sample for every run of the tests: each kind of fault, at calls that change something and at others.
SAMPLE = [
    (_after_a_broken_apply, "assume-role", "kill", "after", 0.5),
    (_broken_apply_undone, "assume-role", "throttling", "before", 0.6),
    (_after_a_broken_undo, "assume-role", "reset", "after", 0.8),
    (_broken_apply_undone, "bucket-policy", "timeout", "after", 0.7),
    (_after_a_broken_undo, "bucket-policy", "kill", "before", 0.9),
    (_after_a_broken_apply, "bucket-policy", "expired", "before", 0.6),
    (_after_a_broken_apply, "iam-user", "denied", "after", 0.7),
    (_after_a_broken_apply, "iam-user", "timeout", "before", 0.5),
    (_broken_apply_undone, "iam-user", "kill", "after", 0.66),
]


@pytest.fixture
def world(host: Host, practice: Practice, clients: Clients, tmp_path: Path) -> Callable[[str, str], World]:
    """Make a world for a method, in a folder of its own."""
    return lambda method, name: World(host, practice, clients, _folder(tmp_path, name), method)


@pytest.mark.parametrize(("scenario", "method", "kind", "when", "where"), SAMPLE)
def test_a_fault_leaves_nothing_that_apply_or_undo_can_not_settle(
    world: Callable[[str, str], World],
    scenario: Callable[[World, dict[str, Any]], None],
    method: str,
    kind: str,
    when: str,
    where: float,
) -> None:
    counted = world(method, "count")
    calls = _count(counted, APPLY)
    if scenario is _after_a_broken_undo:
        calls = _count(counted, UNDO)
    scenario(world(method, "case"), {"kind": kind, "when": when, "call": max(1, int(calls * where))})


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_every_fault_in_every_call(world: Callable[[str, str], World], method: str, kind: str) -> None:
    counted = world(method, "count")
    applying, undoing = _count(counted, APPLY), _count(counted, UNDO)
    failed = []
    # FAULTS_EVERY=7 takes every seventh case, where there is no hour for all of them; FAULTS_PART (from 0) says which.
    every, part = int(os.environ.get("FAULTS_EVERY", "1")), int(os.environ.get("FAULTS_PART", "0"))
    number = len(kind)
    for scenario, calls in (
        (_after_a_broken_apply, applying),
        (_broken_apply_undone, applying),
        (_after_a_broken_undo, undoing),
    ):
        for call in range(1, calls + 1):
            for when in WHENS:
                fault = {"kind": kind, "when": when, "call": call}
                number += 1
                if number % every != part:
                    continue
                try:
                    scenario(world(method, f"{scenario.__name__}-{call}-{when}"), fault)
                except AssertionError as error:
                    failed.append(f"{scenario.__name__} {fault}: {error}")
    tried = (number - len(kind)) // every
    print(f"{method}, {kind}: {tried} cases, {len(failed)} failed")  # noqa: T201 -- the figure of the matrix
    assert failed == [], f"{len(failed)} of {tried}"


def _folder(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made
