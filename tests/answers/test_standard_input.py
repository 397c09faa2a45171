"""`-` in place of an answers file: every command reads standard input, bounded as a file is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "tests" / "data" / "setups" / "s06.toml"


def run(given: bytes, *words: str, cwd: Path) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "wizard", *words]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, input=given, capture_output=True, cwd=cwd, env=environ, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    "words",
    [
        ("documents", "FILE", "--json"),
        ("explain", "FILE"),
        ("export", "FILE", "--format", "json", "-o", "out", "--dry-run"),
        ("profile", "write", "FILE", "--dry-run"),
        ("--answers", "FILE"),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_what_comes_on_it_is_read_as_the_file(words: tuple[str, ...], name: str, tmp_path: Path) -> None:
    of_file = run(b"", *[word.replace("FILE", str(SETUP)) for word in words], cwd=tmp_path)
    of_stdin = run(SETUP.read_bytes(), *[word.replace("FILE", name) for word in words], cwd=tmp_path)
    assert of_file[0] == 0
    assert of_stdin == of_file


def test_a_fault_is_told_at_its_line(tmp_path: Path) -> None:
    status, _out, err = run(b'name = "x"\nnmae = "y"\n', "documents", "-", cwd=tmp_path)
    assert status == 2
    assert err.startswith("-:2: nmae is no key")


def test_it_is_bounded(tmp_path: Path) -> None:
    status, _out, err = run(b"#" * 1_000_001, "documents", "-", cwd=tmp_path)
    assert status == 2
    assert "larger than 1 MB" in err


def test_the_access_key_cannot_come_from_there_as_well(tmp_path: Path) -> None:
    status, _out, err = run(SETUP.read_bytes(), "profile", "write", "-", "--keys", "-", cwd=tmp_path)
    assert status == 2
    assert "can't both come from standard input" in err
