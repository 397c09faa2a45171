"""The shape of the code: no Python file grows beyond what one reads at a sitting."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST = 400


def test_no_python_file_has_more_than_400_lines() -> None:
    files = [path for folder in ("wizard", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert files
    long = {str(path.relative_to(ROOT)) for path in files if len(path.read_text().splitlines()) > MOST}
    assert long == set()
