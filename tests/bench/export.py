"""Exports as whole processes against `python -c pass`, in one run: of one setup, and of 500 accounts × 20 buckets.

Run `python tests/bench/export.py`; it prints medians, ratios and sizes. Goals: any export ≤ 15 × `python -c pass`;
500 × 20 ≤ 2 s; the runbook ≤ 300 KB.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORMATS = ("shell", "terraform", "cloudformation", "json", "runbook")
RUNS = 9
ONE = Path(__file__).parent.parent / "data" / "setups" / "s01.toml"
BUCKET = '[[buckets]]\nname = "s3-crossaccount-bucket{:02}"\nregion = "ap-northeast-1"\nprefix = "reports/"\n'


def fleet(folder: Path) -> Path:
    """Write the answers file of 500 accounts and 20 buckets."""
    accounts = ", ".join(f'"{300_000_000_000 + number}"' for number in range(500))
    head = f'name = "fleet"\nmethod = "bucket-policy"\n[source]\naccounts = [{accounts}]\nprincipals = ["role/app"]\n'
    body = '[destination]\naccount_id = "222222222222"\n' + "".join(BUCKET.format(number) for number in range(20))
    path = folder / "fleet.toml"
    path.write_text(head + body, encoding="utf-8")
    return path


def once(arguments: list[str]) -> float:
    """Run one process; return its wall time in seconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Time the exports in turn, each into a new folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        answers = {"one": ONE, "500 × 20": fleet(folder)}
        times: dict[str, list[float]] = {"python -c pass": []}
        sizes: dict[str, int] = {}
        for number in range(RUNS):
            times["python -c pass"].append(once(["-c", "pass"]))
            for what, path in answers.items():
                for form in FORMATS:
                    out = folder / f"{number}-{form}-{path.stem}"
                    label = f"{form}, {what}"
                    words = ["-m", "wizard", "export", str(path), "--format", form, "-o", str(out)]
                    times.setdefault(label, []).append(once(words))
                    sizes[label] = max(file.stat().st_size for file in out.rglob("*") if file.is_file())
        floor = statistics.median(times["python -c pass"])
        for label, spent in times.items():
            median = statistics.median(spent)
            largest = f"   largest file {sizes[label] / 1000:8.1f} KB" if label in sizes else ""
            print(f"{label:26} {median * 1000:7.1f} ms   {median / floor:6.2f} ×{largest}")


if __name__ == "__main__":
    main()
