"""Measures `check`: a usual policy, one of 20 KB, the first run of the command, a document of a megabyte.

    python tests/bench/check.py

Limits (issue "Prove it"): a policy of 20 KB at most 20 ms warm, a usual one 3 ms; the first run at most 12 times
`python -c pass`; no document takes a second.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.policy.check import Context, check

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKET = "arn:aws:s3:::s3-crossaccount-bucket01"
CONTEXT = Context("111111111111", "222222222222", "s3-crossaccount-bucket01", "aws", "ap-northeast-1")
RUNS = 30


def statement(number: int, **more: Any) -> dict[str, Any]:
    return {
        "Sid": f"S3xReports{number}",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::111111111111:role/app-{number}"},
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": f"{BUCKET}/team-{number:03}/*",
        **more,
    }


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def usual() -> str:
    """Return a bucket policy as the wizard writes it: objects, listing by prefix, TLS only."""
    prefix = {"StringLike": {"s3:prefix": ["reports/", "reports/*"]}}
    tls = {"Bool": {"aws:SecureTransport": "false"}}
    both = [BUCKET, f"{BUCKET}/*"]
    return document(
        statement(1),
        statement(2, Action="s3:ListBucket", Resource=BUCKET, Condition=prefix),
        statement(3, Effect="Deny", Principal="*", Action="s3:*", Resource=both, Condition=tls),
    )


def large() -> str:
    """Return a bucket policy of just under 20 KB."""
    count = 1
    while len(document(*(statement(number) for number in range(count + 1)))) <= 20 * 1024:
        count += 1
    return document(*(statement(number) for number in range(count)))


def milliseconds(work: Callable[[], object], runs: int = RUNS, clock: Callable[[], float] = time.process_time) -> float:
    """Return the median: of this process's own time, so that what else runs on the machine doesn't count."""
    times = []
    for _run in range(runs):
        start = clock()
        work()
        times.append(clock() - start)
    return statistics.median(times) * 1000


def process(*arguments: str) -> float:
    return milliseconds(
        lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=False), 15, time.perf_counter
    )


def main() -> None:
    """Print each figure with its limit; exit with 1 where one is missed."""
    small, big = usual(), large()
    check(small, document_type="bucket", context=CONTEXT)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "policy.json"
        file.write_text(small, encoding="utf-8")
        ratio = process("-m", "wizard", "check", str(file)) / process("-c", "pass")
    huge = "{" + ",".join(f'"k{number}”:["s3:GetObject”]' for number in range(35_000)) + "}"
    figures = [
        (f"a usual policy ({len(small)} characters), ms", milliseconds(lambda: check(small, context=CONTEXT)), 3),
        (f"a policy of {len(big)} characters, ms", milliseconds(lambda: check(big, context=CONTEXT)), 20),
        ("the first run / python -c pass", ratio, 12),
        (f"a broken text of {len(huge)} characters, ms", milliseconds(lambda: check(huge), 3), 1000),
    ]
    missed = False
    for name, value, limit in figures:
        missed |= value > limit
        print(f"{name:48} {value:8.2f}  at most {limit}{'  MISSED' if value > limit else ''}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
