"""A keystroke in an account-id field until all three documents are repainted at 160×45.

In process, headless: from handing the key event to the app until the compositor has painted the frame that follows
from it.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

KEYS = 384
DIGITS = 12  # typed, then taken away again
ANSWERS = {
    "method": "assume-role",
    "source.principals": "role/app-ec2",
    "destination.account_id": "222222222222",
    "role.name": "RoleA",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "bucket.prefix": "reports/",
    "access.level": "read-write-delete",
}


async def measure() -> list[float]:
    """Return the milliseconds of each keystroke."""
    from textual import events

    from wizard.tui.wizard_app import WizardApp

    app = WizardApp(ANSWERS, origin="bench")
    times: list[float] = []
    async with app.run_test(size=(160, 45)) as pilot:
        app.wizard.go("source.account_id")
        await pilot.pause()
        documents = app.wizard.documents
        display = app._display  # the one place through which every frame passes
        before, painted = "", asyncio.Event()

        def shown(*args: object, **named: object) -> None:
            display(*args, **named)  # type: ignore[arg-type] # handed on as they come
            if documents.sheets["trust"].text != before:
                painted.set()

        app._display = shown  # type: ignore[method-assign] # the same
        for number in range(KEYS):
            key = "backspace" if number % 24 >= DIGITS else str(number % 10)
            await pilot.pause(0.035)  # a fast typist; a frame of Textual is 17 ms
            before = documents.sheets["trust"].text
            painted.clear()
            started = time.perf_counter()
            app.post_message(events.Key(key, key if len(key) == 1 else None))
            try:
                await asyncio.wait_for(painted.wait(), 2)
            except TimeoutError:
                continue  # a key that changed nothing
            times.append((time.perf_counter() - started) * 1000)
    return times


def main() -> None:
    """Measure and print median and 99th percentile."""
    os.environ["S3_CROSSACCOUNT_STATE"] = tempfile.mkdtemp()
    times = sorted(asyncio.run(measure()))
    median, last = statistics.median(times), times[int(len(times) * 0.99) - 1]
    print(f"keystrokes: {len(times)}")
    print(f"median {median:.1f} ms (to reach: at most 16), 99th percentile {last:.1f} ms (to reach: at most 50)")


if __name__ == "__main__":
    main()
