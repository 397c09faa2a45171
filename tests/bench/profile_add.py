"""Adding a profile to a config file of 10,000 profiles, in process, against the time botocore takes to read it.

Run `python tests/bench/profile_add.py`; it prints medians, the ratio and the memory. Goals: ≤ 4 × and ≤ 150 MiB.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROFILES = 10_000
RUNS = 5
MIB = 1024 * 1024


def main() -> None:
    """Time both in turn, then measure the memory of a process that only adds a profile."""
    if len(sys.argv) > 1:
        _add(Path(sys.argv[1]), "memory")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["S3_CROSSACCOUNT_STATE"] = str(folder / "state")
        config = folder / "config"
        config.write_text("".join(_profile(number) for number in range(PROFILES)))
        added, read = [], []
        for number in range(RUNS + 1):
            read.append(_timed(_botocore, config))
            added.append(_timed(_add, config, f"added-{number}"))
        # The first round only warms up (imports).
        ours, theirs = statistics.median(added[1:]), statistics.median(read[1:])
        command = [sys.executable, __file__, str(config)]
        memory = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(f"botocore reads {PROFILES} profiles   {theirs * 1000:7.0f} ms")
    print(f"a profile is added           {ours * 1000:7.0f} ms   {ours / theirs:5.2f} × (goal: 4)")
    print(f"memory of the process        {memory:7.0f} MiB (goal: 150)")


def _profile(number: int) -> str:
    return (
        f"[profile account-{number:05}]\n# account {number}\nrole_arn = arn:aws:iam::{number:012}:role/Admin\n"
        "source_profile = default\nregion = ap-northeast-1\n\n"
    )


def _timed(function: object, *arguments: object) -> float:
    start = time.perf_counter()
    function(*arguments)  # type: ignore[operator]  # one of the two below
    return time.perf_counter() - start


def _botocore(config: Path) -> None:
    from botocore.configloader import load_config

    assert len(load_config(str(config))["profiles"]) >= PROFILES


def _add(config: Path, name: str) -> None:
    from wizard.profiles.read import Paths
    from wizard.profiles.write import ProfileEntry, apply, plan

    settings = (("role_arn", "arn:aws:iam::222222222222:role/A"), ("source_profile", "default"), ("region", "x"))
    planned = plan(ProfileEntry(name, settings), Paths(config, config.with_name("credentials")))
    assert f"+[profile {name}]" in planned.diff
    assert len(apply(planned).written) == 1


if __name__ == "__main__":
    main()
