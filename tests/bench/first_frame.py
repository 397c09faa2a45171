"""First painted frame of the wizard, as a ratio to a bare Textual app with one Static.

Each run is a process of its own in a pseudo terminal of 160×45; the time is from its start until the text that marks
its frame has been written to the terminal. Runs of both alternate, the medians are compared.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 15
BARE = (
    "from textual.app import App\n"
    "from textual.widgets import Static\n"
    "class Bare(App):\n"
    "    def compose(self):\n"
    "        yield Static('the-frame')\n"
    "Bare().run()\n"
)
WIZARD = "from wizard.tui.app import run\nrun({})\n"


def first_frame(code: str, mark: bytes, state: str) -> float:
    """Return the milliseconds until `mark` was written; the process is ended then."""
    started = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", S3_CROSSACCOUNT_STATE=state)
        # As after an installation: with the modules compiled.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = state
        os.execve(sys.executable, [sys.executable, "-c", code], dict(os.environ))  # noqa: S606 -- our own code, no shell
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 160, 0, 0))
    seen = b""
    while mark not in seen:
        if not select.select([terminal], [], [], 20)[0]:
            raise SystemExit(f"no frame within 20 s: {seen[-300:]!r}")
        seen += os.read(terminal, 65536)
    taken = (time.perf_counter() - started) * 1000
    os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(terminal)
    return taken


def main() -> None:
    """Measure both, alternating, and print the ratio of the medians."""
    state = tempfile.mkdtemp()
    times: dict[str, list[float]] = {"bare": [], "wizard": []}
    for run in range(RUNS + 1):
        bare = first_frame(BARE, b"the-frame", state)
        ours = first_frame(WIZARD, b"Version", state)
        if run:  # the first one fills the disk's cache
            times["bare"].append(bare)
            times["wizard"].append(ours)
    bare, ours = (statistics.median(times[name]) for name in ("bare", "wizard"))
    print(f"bare Textual app, one Static: median {bare:.0f} ms of {RUNS}")
    print(f"the wizard's first frame with its documents: median {ours:.0f} ms of {RUNS}")
    print(f"ratio: {ours / bare:.2f} (to reach: at most 1.5)")


if __name__ == "__main__":
    main()
