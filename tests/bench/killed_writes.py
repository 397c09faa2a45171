"""kill -9 at random moments of writing a config file: how many files are damaged.

Run `python tests/bench/killed_writes.py [MOMENTS]` (200); it prints the count and exits 1 when one is damaged:
one that botocore can't read, that lost a byte of another profile, or that holds half of the profile.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

import filelock  # noqa: F401 -- imported before the children are forked, as the program would have by then

from wizard.profiles.read import Paths
from wizard.profiles.write import Planned, ProfileEntry, apply, plan, plan_removal

NEIGHBOURS = 300
# Writers are killed within this many times of what a write takes: most in it, some after.
SPAN = 1.5
MEASURED_EVERY = 20
NAME = "written"
STATES = (
    None,
    {"role_arn": "arn:aws:iam::111111111111:role/A", "source_profile": "default", "region": "us-east-1"},
    {
        "role_arn": "arn:aws:iam::222222222222:role/B" + "b" * 200,
        "credential_source": "Environment",
        "region": "eu-west-1",
    },
)


def main() -> int:
    """Kill a writer at each moment, and look at what it left."""
    moments = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chance = random.Random(1)  # noqa: S311 -- the same moments in every run
    damaged = written = left = 0
    longest = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["S3_CROSSACCOUNT_STATE"] = str(folder / "state")
        config = folder / "config"
        neighbours = "".join(
            f"# {number}\n[profile n-{number}]\nregion = r{number}\n" for number in range(NEIGHBOURS)
        ).encode()
        config.write_bytes(neighbours)
        for moment in range(moments):
            if moment % MEASURED_EVERY == 0:
                longest = SPAN * _a_write_takes(folder / "measured", neighbours)
            before = config.read_bytes()
            _kill_a_writer(config, STATES[moment % len(STATES)], chance.uniform(0, longest))
            left += len(list(folder.glob(".config.*")))
            damaged += not _is_whole(config.read_bytes(), neighbours)
            written += config.read_bytes() != before
        apply(_plan(config, {"region": "last"}))
        still_left = len(list(folder.glob(".config.*")))
    print(f"{moments} writers killed: {damaged} files damaged (goal: 0)")
    print(f"{written} files were found changed, {left} temporaries left behind, {still_left} after the next write")
    return 1 if damaged or still_left else 0


def _a_write_takes(config: Path, neighbours: bytes) -> float:
    """Return the seconds of a write as the machine is now (others may be at work on it)."""
    config.write_bytes(neighbours)
    spent = []
    for state in STATES[1:] * 3:
        planned = _plan(config, state)
        start = time.perf_counter()
        apply(planned)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def _kill_a_writer(config: Path, state: dict[str, str] | None, wait: float) -> None:
    """Start a process that is about to write, let it, and kill it `wait` seconds later."""
    ready, begun = os.pipe()
    child = os.fork()
    if child == 0:
        planned = _plan(config, state)
        os.write(begun, b".")
        apply(planned)
        time.sleep(60)
    os.read(ready, 1)
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ready)
    os.close(begun)


def _plan(config: Path, state: dict[str, str] | None) -> Planned:
    paths = Paths(config, config.with_name("credentials"))
    return plan_removal(NAME, paths) if state is None else plan(ProfileEntry(NAME, tuple(state.items())), paths)


def _is_whole(data: bytes, neighbours: bytes) -> bool:
    from botocore.configloader import load_config
    from botocore.exceptions import ConfigParseError

    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            profiles = load_config(file.name)["profiles"]
        except ConfigParseError:
            return False
    return data.startswith(neighbours) and len(profiles) >= NEIGHBOURS and profiles.get(NAME) in STATES


if __name__ == "__main__":
    sys.exit(main())
