"""The practice accounts: how long until start() returns, until they are ready, a reset, the end; and memory.

Run `python tests/bench/practice.py`; it prints medians of 10 (and the slowest). Goal: ready within 2 s.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from wizard import demo

RUNS = 10


def once() -> dict[str, float]:
    """Start, reset and stop once; return what each took, in milliseconds, and the memory in MiB."""
    clock = [time.perf_counter()]
    practice = demo.start()
    clock.append(time.perf_counter())
    practice.wait_ready()
    ready = time.perf_counter()
    practice.reset()
    clock.append(time.perf_counter())
    status = Path(f"/proc/{practice.pid}/status")
    memory = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    before = time.perf_counter()
    practice.stop()
    return {
        "start() returns, ms": (clock[1] - clock[0]) * 1000,
        "ready, ms after start()": (ready - clock[0]) * 1000,
        "reset, ms": (clock[2] - ready) * 1000,
        "stop, ms": (time.perf_counter() - before) * 1000,
        "memory of the child, MiB": int(memory.split()[1]) / 1024,
    }


def main() -> None:
    """Print the figures; the first run only warms up."""
    runs = [once() for _run in range(RUNS + 1)][1:]
    for name in runs[0]:
        values = [one[name] for one in runs]
        print(f"{name:26} {statistics.median(values):7.1f}   (slowest {max(values):.1f})")


if __name__ == "__main__":
    main()
