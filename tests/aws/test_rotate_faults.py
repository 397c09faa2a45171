"""Whatever breaks in whichever AWS call of a rotation: the profile keeps a key that works, and the next run ends it."""

from __future__ import annotations

import json
import os
import signal
from configparser import RawConfigParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import files_with, secrets_of
from tests.aws.fault_host import KINDS
from tests.aws.test_apply_faults import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

USER = "cliuser"
ROTATE = ("rotate-keys", USER, "--yes")
ACTIONS = ("CreateAccessKey", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed")
# The calls of one rotation, in order: the sample breaks the making (8), the seeing (9), the deactivating (11)
# and the deleting (15), among others.
SAMPLE = [
    ("kill", "after", 8),
    ("kill", "before", 9),
    ("timeout", "after", 8),
    ("reset", "before", 8),
    ("throttling", "before", 8),
    ("expired", "before", 10),
    ("denied", "before", 11),
    ("kill", "after", 11),
    ("kill", "after", 15),
]


@pytest.fixture(scope="module")
def host(practice: Practice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    made = Host(practice, tmp_path_factory.mktemp("rotate"))
    yield made
    made.close()


class World:
    """The practice accounts with a user that may change its own keys."""

    def __init__(self, host: Host, practice: Practice, clients: Clients, folder: Path) -> None:
        practice.reset()
        folder.mkdir()
        host.state = folder / "state"
        self.host, self.practice, self.folder = host, practice, folder
        self.iam = clients("source-admin", "iam")
        allowed = {"Effect": "Allow", "Action": [f"iam:{name}" for name in ACTIONS], "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self.iam.put_user_policy(UserName=USER, PolicyName="own-keys", PolicyDocument=document)

    def rotate(self, fault: dict[str, Any] | None = None) -> tuple[int, int]:
        return self.host.run(ROTATE, "", fault)

    def profile(self) -> dict[str, str]:
        known = RawConfigParser()
        known.read(self.practice.folder / "credentials")
        return dict(known[USER])

    def keys(self) -> dict[str, str]:
        found = self.iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]
        return {one["AccessKeyId"]: one["Status"] for one in found}


@pytest.fixture
def world(host: Host, practice: Practice, clients: Clients, tmp_path: Path) -> Callable[[str], World]:
    return lambda name: World(host, practice, clients, tmp_path / name)


def _survives(made: World, fault: dict[str, Any]) -> int:
    """Break one call, look, rotate again, look; return the exit status of the broken run."""
    first = made.profile()["aws_access_key_id"]
    status, _calls = made.rotate(fault)
    secrets = secrets_of(made.practice)
    held = made.profile()["aws_access_key_id"]
    assert made.keys()[held] == "Active", fault
    assert made.rotate()[0] == 0, (made.folder / "out.txt").read_text()
    now = made.profile()["aws_access_key_id"]
    assert now != first
    assert made.keys() == {now: "Active"}, fault
    assert files_with([*secrets, *secrets_of(made.practice)], made.folder) == []
    return status


@pytest.mark.parametrize(("kind", "when", "call"), SAMPLE)
def test_a_fault_leaves_a_profile_that_works_and_the_next_run_ends_it(
    world: Callable[[str], World], kind: str, when: str, call: int
) -> None:
    status = _survives(world("case"), {"kind": kind, "when": when, "call": call})
    if kind == "kill":
        assert status == -signal.SIGKILL
    elif kind in {"expired", "denied"}:
        assert status == 3


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_every_fault_at_every_call(world: Callable[[str], World]) -> None:
    calls = world("count").rotate()[1]
    assert calls > 10
    cases = [
        {"kind": kind, "when": when, "call": call}
        for kind in KINDS
        for when in ("before", "after")
        for call in range(1, calls + 1)
    ]
    for number, fault in enumerate(cases):
        _survives(world(str(number)), fault)
    if "FAULTS_TOLD" in os.environ:
        print(f"rotate-keys: {calls} calls, {len(cases)} faults survived")  # noqa: T201 -- the figure of the full matrix
