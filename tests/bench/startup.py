"""Start-up: `--help` and `documents FILE --json` as whole processes, against `python -c pass`, in one run.

Run `python tests/bench/startup.py`; it prints medians and ratios. Goals: --help ≤ 6, documents ≤ 10.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15
SETUP = Path(__file__).parent.parent / "data" / "setups" / "s01.toml"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "--help": ["-m", "wizard", "--help"],
    "--version": ["-m", "wizard", "--version"],
    "documents --json": ["-m", "wizard", "documents", str(SETUP), "--json"],
}


def once(arguments: list[str]) -> float:
    """Run one process; return its wall time in seconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Time the commands in turn, so that a slow moment of the machine meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for round_number in range(RUNS + 1):
        for name, arguments in COMMANDS.items():
            spent = once(arguments)
            if round_number:  # the first round only warms up
                times[name].append(spent)
    floor = statistics.median(times["python -c pass"])
    for name, spent_all in times.items():
        median = statistics.median(spent_all)
        print(f"{name:20} {median * 1000:7.1f} ms   {median / floor:5.2f} ×")


if __name__ == "__main__":
    main()
