"""The plain front end's first question, against a bare questionary select with as many choices, in one run.

Both run as whole processes in a pty; the clock stops when the list's last choice is on the screen.
Run `python tests/bench/plain.py`; it prints medians of the wall time and of the processor's (which a busy machine
doesn't blur) with their ratios. Goal: ≤ 1.3.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import sys
import tempfile
import time

RUNS = 21
_BARE = """
import questionary
questionary.select(
    "How should the source account reach the bucket?",
    ["Switch role", "Bucket policy", "IAM user's access key", "Compare the methods"],
).unsafe_ask()
"""
COMMANDS = {
    "a bare questionary select": ["-c", _BARE],
    "--plain, first question": ["-m", "wizard", "--plain"],
}
_LAST_CHOICE = b"Compare the methods"


def once(arguments: list[str], home: str) -> tuple[float, float]:
    """Start one process in a pty; return the seconds until its list is there, and the processor's seconds of it."""
    environment = {
        **os.environ,
        "HOME": home,
        "S3_CROSSACCOUNT_STATE": f"{home}/state",
        "TERM": "xterm-256color",
        "ACCESSIBLE": "",
        "LC_ALL": "C.UTF-8",
        "PROMPT_TOOLKIT_NO_CPR": "1",  # nobody answers here
    }
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, *arguments], environment)  # noqa: S606 -- no shell is wanted
    seen = b""
    while _LAST_CHOICE not in seen:
        ready, _writable, _failed = select.select([terminal], [], [], 30)
        if not ready:
            raise TimeoutError(seen)
        seen += os.read(terminal, 65536)
    spent = time.perf_counter() - start
    os.kill(pid, signal.SIGKILL)
    used = os.wait4(pid, 0)[2]
    os.close(terminal)
    return spent, used.ru_utime + used.ru_stime


def main() -> None:
    """Time both in turn, so that a slow moment of the machine meets both."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as home:
        for round_number in range(RUNS + 1):
            for name, arguments in COMMANDS.items():
                spent = once(arguments, home)
                if round_number:  # the first round only warms up
                    times[name].append(spent)
    floor = [statistics.median(each) for each in zip(*times["a bare questionary select"], strict=True)]
    for name, rounds in times.items():
        wall, cpu = (statistics.median(each) for each in zip(*rounds, strict=True))
        print(
            f"{name:28} wall {wall * 1000:6.1f} ms {wall / floor[0]:5.2f} x"
            f"   processor {cpu * 1000:6.1f} ms {cpu / floor[1]:5.2f} x"
        )


if __name__ == "__main__":
    main()
