"""Completion in real shells, each in a terminal, and what it is answered without one."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.programs import installed

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CONTROL = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[\[(][0-9;?<>=]*[A-Za-z]?|\x1b[=>]|[\r\x07]")
SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], "PS1='READY$ '; "),
    "zsh": (["-f", "-i"], "PS1='READY$ '; autoload -Uz compinit; compinit -u -D; "),
    "fish": (
        ["--no-config", "-i"],
        "function fish_prompt; echo -n 'READY$ '; end; set -g fish_autosuggestion_enabled 0; ",
    ),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of somebody with the program on PATH, two profiles, a run and an answers file."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "s3-crossaccount"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m wizard "$@"\n')
    program.chmod(0o755)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\n[profile production]\nregion = us-east-1\n[profile 本番]\n")
    keys = "[operator]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    (tmp_path / ".aws" / "credentials").write_text(keys)
    (tmp_path / "state" / "runs").mkdir(parents=True)
    start = {"event": "start", "time": "2026-11-24T10:00:00.000+00:00", "setup": "reports"}
    change = {"event": "intent", "id": "role", "change": {"id": "role"}}
    (tmp_path / "state" / "runs" / "20261124-100000-000aa.jsonl").write_text(
        f"{json.dumps(start)}\n{json.dumps(change)}\n"
    )
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "my answers.toml").write_text("")
    return tmp_path


def environment(home: Path, **more: str) -> dict[str, str]:
    path = f"{home / 'bin'}:{os.environ['PATH']}"
    return {
        "HOME": str(home),
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "S3_CROSSACCOUNT_STATE": str(home / "state"),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
        **more,
    }


def answered(home: Path, line: str, **more: str) -> list[str]:
    """Ask as a shell's script does; the answers come on descriptor 8."""
    asking = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_SUPPRESS_SPACE": "1"}
    done = subprocess.run(
        ["bash", "-c", "exec s3-crossaccount 8>&1 9>/dev/null"],
        env=environment(home, COMP_LINE=line, COMP_POINT=str(len(line)), **asking, **more),
        cwd=home / "work",
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("prof", ["profile"]),
        ("apply --s", ["--side", "--source-profile"]),
        ("apply x --side ", ["source", "destination", "both"]),
        ("--read-only --lang ", ["en", "ja"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("apply m", ["my\\ answers.toml"]),
        ("profile write x --keys m", ["my\\ answers.toml"]),
        ("export x -o ~/s", ["~/state/"]),
        ("verify x --source-profile p", ["production"]),
        ("diagnose s3://b/k --destination-profile ", ["default", "production", "本番", "operator"]),
        ("profile show 本", ["本番"]),
        ("profile remove o", ["operator"]),
        ("rotate-keys ", ["operator"]),
        ("undo ", ["20261124-100000-000aa"]),
        ("apply x --confirm-lockout ", []),
        ("apply x --region ", []),
        ("runs --", ["--help", "--json"]),
    ],
)
def test_each_place_of_the_line_is_completed_by_what_fits(home: Path, typed: str, expected: list[str]) -> None:
    assert [one for one in answered(home, f"s3-crossaccount {typed}") if one] == expected


def test_zsh_which_would_quote_a_tilde_gets_no_path_below_one_of_us(home: Path) -> None:
    assert answered(home, "s3-crossaccount apply ~/s", _ARGCOMPLETE_SHELL="zsh") == []
    assert answered(home, "s3-crossaccount apply m", _ARGCOMPLETE_SHELL="zsh") == ["my\\ answers.toml:"]


def test_descriptions_are_in_the_language_of_the_locale(home: Path) -> None:
    said = answered(home, "s3-crossaccount prof", _ARGCOMPLETE_DFS="\t", LC_ALL="", LANG="ja_JP.UTF-8")
    name, _tab, description = said[0].partition("\t")
    assert name == "profile"
    assert re.search(r"[\u3040-\u30ff]", description)


def test_a_terminal_that_can_not_show_a_name_and_files_that_can_not_be_read_are_no_bug(home: Path) -> None:
    (home / ".aws" / "config").write_bytes(b"\xff\xfe [broken")
    assert answered(home, "s3-crossaccount profile show ") == []
    (home / ".aws" / "config").write_bytes(b"[profile a\x1b]0;x\x07]\n[profile fine]\n")
    assert "fine" in answered(home, "s3-crossaccount profile show ")
    assert not any("\x1b" in one for one in answered(home, "s3-crossaccount profile show "))
    assert [path.name for path in (home / "state").iterdir()] == ["runs"], "no bug report"


def test_completing_loads_nothing_heavy_and_a_leftover_variable_completes_nothing(home: Path) -> None:
    program = (
        "import os, sys; os._exit = sys.exit\n"
        "from wizard.__main__ import main\n"
        "try:\n    main([])\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    )
    line = "s3-crossaccount undo "
    asking = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line))}
    done = subprocess.run(
        ["bash", "-c", 'exec "$0" -c "$1" 8>&1', sys.executable, program],
        env=environment(home, **asking),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "20261124-100000-000aa" in done.stdout
    assert not {"boto3", "botocore", "textual", "rich", "questionary"} & set(done.stderr.split())
    left = subprocess.run(
        ["s3-crossaccount", "--version"],
        env=environment(home, _ARGCOMPLETE="1"),
        capture_output=True,
        text=True,
        check=True,
        executable=home / "bin" / "s3-crossaccount",
    )
    assert left.stdout.startswith("s3-crossaccount ")


class Shell:
    """A shell in a terminal, with the completion's install line of the README run in it."""

    def __init__(self, name: str, home: Path, language: str) -> None:
        arguments, prompt = SHELLS[name]
        program = installed(name)
        environ = environment(home, LC_ALL="", LANG=language)
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(home / "work")
            os.execve(program, [name, *arguments], environ)  # noqa: S606 -- no shell is wanted, it is one
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 200, 0, 0))
        self.text = ""
        install = (
            'eval "$(s3-crossaccount completion {})"' if name != "fish" else "s3-crossaccount completion {} | source"
        )
        # The end is said in two parts: the line that is typed must not be taken for it.
        self.type(f"{prompt}{install.format(name)}; echo installed'-'well\n")
        self.wait_for("installed-well")
        self.wait_for("READY$ ")

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def wait_for(self, words: str) -> None:
        """Read until these words are on the screen, and forget what was there before."""
        end = time.monotonic() + 30
        while words not in (shown := CONTROL.sub("", self.text)):
            assert time.monotonic() < end, f"{words!r} not in {shown!r}"
            if select.select([self._terminal], [], [], 0.2)[0]:
                self.text += os.read(self._terminal, 65536).decode(errors="replace")
        self.text = shown.partition(words)[2]

    def completes(self, typed: str, words: str) -> None:
        self.type(f"{typed}\t")
        self.wait_for(words)
        self.type("\x15")  # Ctrl-U: an empty line again

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


@pytest.fixture(params=[(name, language) for name in SHELLS for language in ("C.UTF-8", "ja_JP.UTF-8")], ids="-".join)
def shell(request: pytest.FixtureRequest, home: Path) -> Iterator[Shell]:
    one = Shell(request.param[0], home, request.param[1])
    yield one
    one.end()


@pytest.mark.terminal
def test_a_tab_completes_in_the_shell(shell: Shell) -> None:
    shell.completes("s3-crossaccount prof", "s3-crossaccount profile ")
    shell.completes("s3-crossaccount apply --so", "s3-crossaccount apply --source-profile ")
    shell.completes("s3-crossaccount rotate-keys o", "s3-crossaccount rotate-keys operator ")
    shell.completes("s3-crossaccount apply --s\t", "--side")


@pytest.mark.terminal
def test_a_path_below_the_home_is_completed_in_zsh(home: Path) -> None:
    (home / "setups").mkdir()
    (home / "setups" / "reports.toml").write_text("")
    shell = Shell("zsh", home, "C.UTF-8")
    try:
        shell.completes("s3-crossaccount apply ~/setu", "s3-crossaccount apply ~/setups/")
        shell.completes("s3-crossaccount apply ~/setups/re", "s3-crossaccount apply ~/setups/reports.toml ")
        shell.completes("s3-crossaccount export x -o ~/se", "s3-crossaccount export x -o ~/setups/")
    finally:
        shell.end()


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_is_printed_whole_and_says_nothing_else(home: Path, name: str) -> None:
    program = home / "bin" / "s3-crossaccount"
    done = subprocess.run(
        [program, "completion", name], env=environment(home), capture_output=True, text=True, check=True
    )
    assert not done.stderr
    assert (
        subprocess.run([installed(name), "-n"], input=done.stdout, text=True, capture_output=True, check=True).stderr
        == ""
    )
