"""No command writes a colour: not into a pipe, and with NO_COLOR not into a terminal (https://no-color.org)."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.plain.plain_person import Person

ROOT = Path(__file__).parents[2]
SETUP = str(ROOT / "tests" / "data" / "setups" / "s01.toml")
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
COLOUR = re.compile(r"\x1b\[(?:[0-9;:]*[;:])?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:[;:][0-9;:]*)?m")
COMMANDS = [
    ["--help"],
    ["apply", "--help"],
    ["apply"],
    ["documents", SETUP],
    ["explain", SETUP],
    ["profile", "write", SETUP, "--dry-run"],
    ["profile", "show", "missing"],
    ["export", SETUP, "--format", "shell", "-o", "out", "--dry-run"],
    ["check", "policy.json"],
    ["check", "--kinds"],
    ["runs"],
    ["undo"],
    ["rotate-keys", "missing"],
    ["diagnose", "s3://b"],
    ["--read-only", "report"],
    ["completion", "bash"],
]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    (tmp_path / "policy.json").write_text('{"Version": "2012-10-17", "Statement": [{"Effect": "allow"}]}')
    return tmp_path


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **TERMINAL, **more}


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_pipe_gets_no_escape_codes(work: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wizard", *arguments],
        cwd=work,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        input="",
    )
    assert done.stdout or done.stderr
    # A completion script may hold them as text for the shell, never as the characters.
    assert "\x1b" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.terminal
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_with_no_color_a_terminal_gets_no_colours(work: Path, arguments: list[str]) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wizard", *arguments],
        cwd=work,
        env=environment(NO_COLOR="1"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    with suppress(OSError):  # Linux's end of a terminal
        while chunk := os.read(ours, 65536):
            said += chunk
    process.wait(30)
    os.close(ours)
    assert said.strip()
    assert not COLOUR.search(said.decode(errors="replace"))


@pytest.mark.terminal
@pytest.mark.parametrize("value", ["1", ""], ids=["NO_COLOR", "without"])
def test_the_plain_front_end_takes_no_color(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    person = Person(tmp_path, monkeypatch)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    terminal = person.terminal("--plain", **TERMINAL, NO_COLOR=value)
    terminal.wait_for("?")
    terminal.status(stop="\x03")
    # An empty NO_COLOR asks for nothing.
    assert (COLOUR.search(terminal.text) is None) == bool(value), terminal.text
