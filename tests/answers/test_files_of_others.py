"""Answers files that somebody else wrote: nothing invisible, nothing without end, and `[handover]` taken by all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wizard.__main__ import main
from wizard.answers import untrusted
from wizard.answers.file import read
from wizard.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = """name = "reports"
method = "assume-role"
[source]
account_id = "111111111111"
principals = ["role/app"]
[destination]
account_id = "222222222222"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
prefix = "reports/"
[role]
name = "RoleA"
"""
# Control, C1, bidirectional, zero-width, and what has nothing to be seen though Unicode calls it a letter or a mark.
INVISIBLE = [
    *(chr(code) for code in (0x1B, 0x07, 0x7F, 0x85, 0x9B, 0x061C, 0x200B, 0x200D, 0x200E, 0x200F, 0x2028, 0x2060)),
    *(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    *(chr(code) for code in (0xFEFF, 0x00AD, 0x034F, 0x115F, 0x3164, 0xFFA0, 0x2800, 0xFE0F, 0xE0041, 0xE0101)),
]
ESCAPED = [f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}" for char in INVISIBLE]


@pytest.fixture
def refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Run `documents` on a text that must be refused; return what is said."""

    def run(text: str) -> str:
        path = tmp_path / "a.toml"
        path.write_text(text, encoding="utf-8")
        began = time.monotonic()
        assert main(["documents", str(path)]) == 2
        assert time.monotonic() - began < 10
        captured = capfd.readouterr()
        assert captured.out == ""
        assert "Traceback" not in captured.err
        assert len(captured.err) < 20_000
        return captured.err.replace(f"{tmp_path}{os.sep}", "")

    return run


@pytest.mark.parametrize("written", ESCAPED)
def test_no_value_and_no_key_holds_what_cannot_be_seen(refused: Callable[[str], str], written: str) -> None:
    for text in (
        GOOD.replace('"reports/"', f'"rep{written}orts/"'),
        GOOD.replace('"RoleA"', f'"RoleA{written}"'),
        GOOD.replace('["role/app"]', f'["role/app", "role/{written}b"]'),
        GOOD + f'"tem{written}plate" = "x"\n',
        GOOD + f'["tem{written}plate"]\nx = 1\n',
        GOOD.replace("[bucket]", "[[buckets]]") + f'[[buckets]]\nname = "b{written}"\nregion = "us-east-1"\n',
        GOOD + f'[handover]\nside = "source{written}"\n',
    ):
        said = refused(text)
        assert "a.toml:" in said
        assert all(char.isprintable() or char == "\n" for char in said), ascii(said)
        assert "\\x" in said or "\\u" in said or "\\U" in said


def test_invisible_characters_in_a_comment_are_never_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.toml"
    path.write_text(GOOD + "# \u202e\u200b\x9b31m\n", encoding="utf-8")
    assert main(["documents", str(path)]) == 0
    captured = capfd.readouterr()
    assert "\x9b" not in captured.out + captured.err
    assert "\u202e" not in captured.out + captured.err


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a." * 400_000 + "a = 1\n", "nested too deeply"),
        ("".join(f"x{n}.{'a.' * 40}b = 1\n" for n in range(8_000)), "nested too deeply"),
        ('x = {"\\"" = 1, ' + "a." * 100_000 + 'a = 1, z = "\\""}\n', "nested too deeply"),
        ("[" + "a." * 400_000 + "a]\n", "nested too deeply"),
        ("a = " + "[" * 400_000, "nested too deeply"),
        ("a = " + "[" * 90 + "]" * 90, "nested too deeply"),
        ("a = " + "{b = " * 300 + "1" + "}" * 300, "nested too deeply"),
        ("".join(f"key{n} = 1\n" for n in range(60_000)), "more than 200 keys"),
        ("[t]\n" + "".join(f"key{n} = 1\n" for n in range(60_000)), "more than 200 keys"),
        ("".join(f"[table{n}]\n" for n in range(60_000)), "more than 200 keys"),
        (GOOD.replace('["role/app"]', str([f"role/r{n}" for n in range(50_000)])), "at most 2000"),
        ("[[buckets]]\nname = 'a'\n" * 30_000, "at most 2000"),
        (GOOD.replace('"reports/"', f'"{"x" * 900_000}"'), "900000 characters"),
        (GOOD.replace("role/app", f"role/{'x' * 900_000}"), "900005 characters"),
        (GOOD + f"{'k' * 900_000} = 1\n", "900005 characters"),
        ("x = [\n[" + " " * 900_000 + "\n]]\nwrong = 1\n", "wrong is no key"),
        ("[" * 900_000, "no valid TOML"),
        ("x = " + '"' * 900_001, "no valid TOML"),
        ("#" * 1_000_001, "larger than 1 MB"),
    ],
    ids=lambda text: text[:12] if len(text) > 40 else text,
)
def test_what_would_take_ages_or_gigabytes_is_refused_at_once(
    refused: Callable[[str], str], text: str, what: str
) -> None:
    assert what in refused(text)


def test_many_errors_are_told_as_twenty_and_a_number(refused: Callable[[str], str]) -> None:
    said = refused(GOOD + "[unheard]\n" + "".join(f"[table{n}]\nx = 1\n" for n in range(60)))
    assert said.count("is no table") == 20
    assert "more." in said


@pytest.mark.parametrize("kind", ["fifo", "folder", "socket", "/dev/zero", "/dev/full", "dangling", "loop"])
def test_what_is_no_file_is_refused_and_nobody_waits(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's name is short
    path = Path(kind if kind.startswith("/") else "a.toml")
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    elif kind == "dangling":
        path.symlink_to("nowhere")
    elif kind == "loop":
        path.symlink_to(path)
    began = time.monotonic()
    for arguments in (["documents", str(path)], ["--answers", str(path)]):
        assert main(arguments) == 2
        assert str(path) in capsys.readouterr().err
    assert time.monotonic() - began < 5


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there.toml").write_text(GOOD)
    (tmp_path / "link.toml").symlink_to("there.toml")
    assert read(tmp_path / "link.toml").setup.name == "reports"


def test_a_pipe_is_read_as_the_shell_gives_it(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    command = f'"{sys.executable}" -m wizard documents <(sleep 0.2; cat "{tmp_path}/a.toml")'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=Path.cwd())
    assert done.returncode == 0, done.stderr
    assert "RoleA" in done.stdout


def test_a_pipe_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untrusted, "_PIPE_SECONDS", 0.3)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    silent = os.open(path, os.O_RDWR)  # a writer that never writes
    try:
        with pytest.raises(BadInputError, match="nothing more came out of the pipe"):
            read(path)
    finally:
        os.close(silent)


def test_a_pipe_without_end_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    keeper = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    done = threading.Event()

    def pour() -> None:
        while not done.is_set():
            try:
                os.write(keeper, b"#" * 4096)
            except BlockingIOError:
                time.sleep(0.001)

    pouring = threading.Thread(target=pour)
    pouring.start()
    try:
        with pytest.raises(BadInputError, match="larger than 1 MB"):
            read(path)
    finally:
        done.set()
        pouring.join()
        os.close(keeper)


def test_whose_half_is_asked_for_is_read_and_changes_no_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(GOOD)
    assert read(path).side == ""
    assert main(["documents", str(path)]) == 0
    plain = capsys.readouterr().out
    for side in ("source", "destination"):
        path.write_text(f'{GOOD}[handover]\nside = "{side}"\n')
        assert read(path).side == side
        assert main(["documents", str(path)]) == 0
        assert capsys.readouterr().out == plain


@pytest.mark.parametrize(
    "table",
    [
        'handover = "source"\n' + GOOD,
        GOOD + "[handover]\n",
        GOOD + '[handover]\nside = "both"\n',
        GOOD + "[handover]\nside = 1\n",
        GOOD + '[handover]\nside = ["source"]\n',
        GOOD + '[handover]\nside = "source"\nasked = {}\n',
        GOOD + '[[handover]]\nside = "source"\n',
    ],
)
def test_a_handover_table_that_says_anything_else_is_refused(refused: Callable[[str], str], table: str) -> None:
    said = refused(table)
    assert "[handover] doesn't say whose half the file asks for." in said
    assert "source, destination" in said
