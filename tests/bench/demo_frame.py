"""First painted frame with `--demo`, as a ratio to the one without it; and until the practice accounts are ready.

Each run is a process of its own in a pseudo terminal of 160×45 (see first_frame.py); runs of both alternate.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.first_frame import first_frame

RUNS = 11
WITHOUT = "import sys\nfrom wizard.__main__ import main\nsys.exit(main([]))\n"
WITH = "import sys\nfrom wizard.__main__ import main\nsys.exit(main(['--demo']))\n"
# Discovery answers only when the accounts are there: what it found then stands in a file.
READY = (
    "import sys\nfrom wizard.tui.practising import Practising\n"
    "found = Practising._look_round\n"
    "def told(self, practice):\n    found(self, practice)\n    self._app.write_to_terminal('the-accounts-are-ready')\n"
    "Practising._look_round = told\n" + WITH
)


def main() -> None:
    """Measure all, alternating, and print the ratio of the medians."""
    state = tempfile.mkdtemp()
    times: dict[str, list[float]] = {"without": [], "with": [], "ready": []}
    for run in range(RUNS + 1):
        without = first_frame(WITHOUT, b"Version", state)
        with_demo = first_frame(WITH, b"Version", state)
        ready = first_frame(READY, b"the-accounts-are-ready", state)
        if run:  # the first one fills the disk's cache
            times["without"].append(without)
            times["with"].append(with_demo)
            times["ready"].append(ready)
    without, with_demo, ready = (statistics.median(times[name]) for name in ("without", "with", "ready"))
    print(f"first frame: {without:.0f} ms; with --demo: {with_demo:.0f} ms (medians of {RUNS})")
    print(f"ratio: {with_demo / without:.2f} (to reach: at most 1.3)")
    print(f"practice accounts ready {ready - with_demo:.0f} ms after the frame (to reach: at most 2000)")


if __name__ == "__main__":
    main()
