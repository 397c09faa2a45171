"""Standard input that can't be read, and files named beside it: one clear message, exit 2, no bug report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.__main__ import main

ROOT = Path(__file__).parents[2]
USERS = ROOT / "tests" / "data" / "setups" / "s05.toml"
READERS = [
    ("explain", "--cases", "-"),
    ("check", "--cases", "-"),
    ("check", "-"),
    ("profile", "write", str(USERS), "--keys", "-"),
]


def run(redirection: str, tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "S3_CROSSACCOUNT_STATE": str(tmp_path / "state")}
    shell = ["bash", "-c", f'exec "$@" {redirection}', "bash", sys.executable, "-m", "wizard", *words]
    return subprocess.run(shell, capture_output=True, text=True, env=environ, cwd=tmp_path, check=False)


@pytest.mark.parametrize("words", READERS, ids=" ".join)
@pytest.mark.parametrize(("redirection", "reason"), [("<&-", "it is closed"), ("0> /dev/null", "Bad file descriptor")])
def test_standard_input_that_can_not_be_read_is_told(
    words: tuple[str, ...], redirection: str, reason: str, tmp_path: Path
) -> None:
    done = run(redirection, tmp_path, *words)
    assert done.stderr == f"Standard input can't be read: {reason}.\n"
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("redirection", ["<&-", ">&-"])
def test_the_wizard_without_a_standard_stream_says_that_there_is_no_terminal(redirection: str, tmp_path: Path) -> None:
    done = run(redirection, tmp_path)
    assert done.stderr.startswith("There is no terminal to ask in.")
    assert done.returncode == 2


@pytest.mark.parametrize(
    "words",
    [("explain", "--cases", "-", "setup.toml"), ("check", "--cases", "-", "p.json"), ("check", "--kinds", "p.json")],
    ids=" ".join,
)
def test_a_file_that_would_not_be_looked_at_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(words)) == 2
    flag = next(word for word in words if word.startswith("--"))
    assert capsys.readouterr().err == f"With {flag} no file is looked at: {words[-1]}\nGive one of the two.\n"
