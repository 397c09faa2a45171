"""The evaluator: `explain --cases -` against Python reading and writing the same lines as JSON, and its import.

Run `python tests/bench/evaluate.py [LINES]`; it prints rates and ratios. Goals: evaluations per second at least 0.2
of the lines per second that Python reads and writes as JSON; the import at most 2 times that of dataclasses and json.
Each stream is measured as a whole process that reads a pipe, its start-up taken off, and within one process.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from wizard.policy.evaluation.reading import answer

SOURCE, DESTINATION = "111111111111", "222222222222"
JSON = "import json,sys\nfor line in sys.stdin.buffer:\n  sys.stdout.write(json.dumps(json.loads(line))+'\\n')"
EXPLAIN = ["-m", "wizard", "explain", "--cases", "-"]
GOALS = {"rate": 0.2, "import": 2.0}


def cases(count: int, *, distinct: bool, seed: int = 7) -> list[bytes]:
    """Make lines of usual size: three documents, a context; with documents that come again, or all distinct."""
    rng = random.Random(seed)  # noqa: S311 -- a bench, not a secret
    return [json.dumps(case(rng, number if distinct else number % 40)).encode() for number in range(count)]


def case(rng: random.Random, number: int) -> dict[str, Any]:
    """Make one case; `number` goes into the documents."""
    bucket = f"arn:aws:s3:::bucket-{number}"
    role = f"arn:aws:iam::{SOURCE}:role/team/app-{number}"
    grant = {
        "Sid": "Objects",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        "Resource": [f"{bucket}/reports/*"],
    }
    listing = {
        "Sid": "List",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": bucket,
        "Condition": {"StringLike": {"s3:prefix": ["reports/", "reports/*"]}},
    }
    guard = {
        "Sid": "Tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, f"{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    statements = [{**one, "Principal": {"AWS": [role, f"arn:aws:iam::{SOURCE}:user/cli"]}} for one in (grant, listing)]
    action, resource = rng.choice(
        [("s3:GetObject", f"{bucket}/reports/a.csv"), ("s3:PutObject", f"{bucket}/other/a"), ("s3:ListBucket", bucket)]
    )
    return {
        "name": f"case {rng.random()}",
        "request": {
            "principal": f"arn:aws:sts::{SOURCE}:assumed-role/app-{number}/session",
            "action": action,
            "resource": resource,
            "context": {
                "aws:SecureTransport": rng.choice(["true", "true", "false"]),
                "aws:SourceIp": f"203.0.113.{rng.randrange(256)}",
                "aws:PrincipalArn": role,
                "s3:prefix": "reports/2026/",
            },
        },
        "policies": {
            "identity": [{"Version": "2012-10-17", "Statement": [grant, listing]}],
            "resource": {"Version": "2012-10-17", "Statement": [*statements, guard]},
            "scps": [[{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]],
        },
        "principal_account": SOURCE,
        "resource_account": DESTINATION,
    }


def seconds(arguments: list[str], given: bytes) -> float:
    """Return the processor time of a process that reads `given`: what else the machine does counts less."""
    before = os.times()
    subprocess.run([sys.executable, *arguments], input=given, check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def stream(arguments: list[str], lines: list[bytes], runs: int = 5) -> float:
    """Return the seconds that a process takes for the lines, its start-up (the same with one line) taken off."""
    given = b"\n".join(lines) + b"\n"
    whole = statistics.median(seconds(arguments, given) for _ in range(runs))
    return whole - statistics.median(seconds(arguments, lines[0] + b"\n") for _ in range(runs))


def within(lines: list[bytes]) -> tuple[float, float]:
    """Return the seconds that one process takes to read and write the lines as JSON, and to answer them."""
    start = time.process_time()
    for line in lines:
        json.dumps(json.loads(line))
    middle = time.process_time()
    for line in lines:
        answer(line)
    return middle - start, time.process_time() - middle


def imports(runs: int = 21) -> tuple[float, float]:
    """Return the median seconds that importing dataclasses and json, and importing the evaluator, take."""
    names = ("dataclasses, json", "wizard.policy.evaluate")
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(runs):
        for name in names:  # in turn, and the processor's time: what else the machine does counts less
            code = f"import time; start = time.process_time(); import {name}; print(time.process_time() - start)"
            root = Path(__file__).parents[2]
            done = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True)
            times[name].append(float(done.stdout))
    base, ours = (statistics.median(times[name]) for name in names)
    return base, ours


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    for distinct in (False, True):
        lines = cases(count, distinct=distinct)
        kind = "all documents distinct" if distinct else "documents come again"
        size = sum(map(len, lines)) // count
        plain, ours = within(lines)
        print(
            f"{kind}, {size} bytes a line, in one process: JSON {count / plain:,.0f}/s,"
            f" evaluations {count / ours:,.0f}/s, ratio {plain / ours:.2f} (goal >= {GOALS['rate']})"
        )
        plain, ours = stream(["-c", JSON], lines), stream(EXPLAIN, lines)
        print(
            f"{kind}, as a filter: JSON {count / plain:,.0f}/s, evaluations {count / ours:,.0f}/s,"
            f" ratio {plain / ours:.2f} (goal >= {GOALS['rate']})"
        )
    base, ours = imports()
    print(f"import: {ours * 1000:.1f} ms, {ours / base:.2f} x dataclasses and json (goal <= {GOALS['import']})")


if __name__ == "__main__":
    main()
