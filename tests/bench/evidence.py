"""From a keystroke until the proof of the new answers is painted, and until its findings are; at 160×45, headless.

A letter of the bucket's prefix is typed where everything else is answered, so that each key makes another proof.
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

KEYS = 60
ANSWERS = {
    "method": "assume-role",
    "source.account_id": "111122223333",
    "source.principals": "role/app-ec2",
    "destination.account_id": "222222222222",
    "role.name": "RoleA",
    "role.external_id": "ticket-42",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "access.level": "read-write-delete",
}


async def measure() -> tuple[list[float], list[float]]:
    """Return the milliseconds of each key until its documents, and until its proof and findings are painted."""
    from textual import events

    from wizard.tui.wizard_app import WizardApp

    app = WizardApp(ANSWERS, origin="bench")
    keys: list[float] = []
    proofs: list[float] = []
    async with app.run_test(size=(160, 45)) as pilot:
        app.wizard.go("bucket.prefix")
        await pilot.pause(1)
        display = app._display  # the one place through which every frame passes
        documents, painted, proven = app.wizard.documents, asyncio.Event(), asyncio.Event()
        before = ""

        def shown(*args: object, **named: object) -> None:
            display(*args, **named)  # type: ignore[arg-type] # handed on as they come
            if documents.sheets["iam"].text != before:
                painted.set()
                if not app.session.stale and app.session.evidence and app.session.evidence.plan is app.session.plan:
                    proven.set()

        app._display = shown  # type: ignore[method-assign] # the same
        for number in range(KEYS):
            await pilot.pause(0.25)
            before = documents.sheets["iam"].text
            painted.clear()
            proven.clear()
            began = time.perf_counter()
            app.post_message(
                events.Key("backspace" if number % 12 >= 6 else "abcdef"[number % 6], "abcdef"[number % 6])
            )
            await asyncio.wait_for(painted.wait(), 2)
            keys.append((time.perf_counter() - began) * 1000)
            await asyncio.wait_for(proven.wait(), 2)
            proofs.append((time.perf_counter() - began) * 1000)
    return keys, proofs


def main() -> None:
    """Measure and print."""
    os.environ["S3_CROSSACCOUNT_STATE"] = tempfile.mkdtemp()
    keys, proofs = (sorted(times) for times in asyncio.run(measure()))
    print(f"documents: median {statistics.median(keys):.1f} ms, longest {keys[-1]:.1f} ms")
    print(f"proof and findings: median {statistics.median(proofs):.1f} ms, 95th percentile", end=" ")
    print(f"{proofs[int(len(proofs) * 0.95)]:.1f} ms (to reach: at most 100)")


if __name__ == "__main__":
    main()
