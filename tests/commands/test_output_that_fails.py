"""Standard output that can't be written: one clear line and exit status 2, whatever the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = str(ROOT / "tests" / "data" / "setups" / "s01.toml")
FULL = Path("/dev/full")


def run(stdout: str, *words: str, unbuffered: bool = False, given: bytes = b"") -> tuple[int, str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1" if unbuffered else ""}
    with Path(stdout).open("rb" if stdout == os.devnull else "wb") as out:
        command = [sys.executable, "-m", "wizard", *words]
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, input=given, env=environ, check=False)
    return done.returncode, done.stderr.decode()


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize("unbuffered", [False, True], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    "words", [("documents", SETUP), ("explain", SETUP, "--json"), ("--version",), ("apply", "--help")], ids=" ".join
)
def test_a_full_disk_is_told_in_one_line(words: tuple[str, ...], *, unbuffered: bool) -> None:
    status, err = run(str(FULL), *words, unbuffered=unbuffered)
    assert err.splitlines()[-1:] == ["standard output can't be written: No space left on device"]
    assert status == 2


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_stream_of_answers_ends_there_too() -> None:
    status, err = run(str(FULL), "check", "--cases", "-", given=b"{}\n" * 9)
    assert err.splitlines()[-1:] == ["standard output can't be written: No space left on device"]
    assert status == 2


def test_an_output_that_is_open_for_reading_only_is_told() -> None:
    status, err = run(os.devnull, "documents", SETUP)
    assert err.splitlines()[-1:] == ["standard output can't be written: Bad file descriptor"]
    assert status == 2


def redirected(redirection: str, *words: str, unbuffered: bool = False) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1" if unbuffered else ""}
    shell = ["bash", "-c", f'exec "$@" {redirection}', "bash", sys.executable, "-m", "wizard", *words]
    return subprocess.run(shell, capture_output=True, text=True, env=environ, stdin=subprocess.DEVNULL, check=False)


@pytest.mark.parametrize("words", [("documents", SETUP), ("--version",)], ids=" ".join)
def test_an_output_that_is_closed_is_told(words: tuple[str, ...]) -> None:
    done = redirected(">&-", *words)
    assert done.stderr.splitlines()[-1:] == ["standard output can't be written: Bad file descriptor"]
    assert done.returncode == 2


@pytest.mark.parametrize("unbuffered", [False, True], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    "redirection",
    ["2>&-", ">&- 2>&-", pytest.param("2> /dev/full", marks=pytest.mark.skipif(not FULL.exists(), reason="no such"))],
)
def test_an_error_that_nobody_can_be_told_is_in_the_exit_status(redirection: str, *, unbuffered: bool) -> None:
    for words in (("documents", "nowhere.toml"), ("bogus",)):
        done = redirected(redirection, *words, unbuffered=unbuffered)
        assert (done.returncode, done.stdout) == (2, "")


def test_without_standard_error_the_output_is_the_same() -> None:
    whole = redirected("", "documents", SETUP)
    assert redirected("2>&-", "documents", SETUP).stdout == whole.stdout
    assert whole.returncode == 0


@pytest.mark.parametrize("words", [("documents", SETUP), ("--version",)], ids=" ".join)
def test_a_reader_that_left_is_no_failure(words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "wizard", *words]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    os.close(writing)
    assert done.returncode == 0
    assert b"rror" not in done.stderr
