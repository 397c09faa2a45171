"""What goes to a terminal holds nothing that the terminal acts on, whatever names and files of others hold."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.text import visible, without_controls

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "\x1b]0;owned\x07\x1b[31m\x9b31m\u202e\u2066\u200e\x08\x7f\r"
ACTED_ON = {char for char in HOSTILE if not char.isprintable()}


@given(st.text(st.characters(max_codepoint=0x2100), max_size=40))
def test_nothing_that_a_terminal_acts_on_is_left(text: str) -> None:
    seen = visible(text)
    assert not set(seen.replace("\r\n", "\n")) & set(map(chr, [*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0)]))
    assert not set(seen) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    assert not set(without_controls(text)) & ACTED_ON


@pytest.mark.parametrize(
    "text", ["", "plain", "接続元アカウント　「a」", "two\nlines\twith a tab", "a file of DOS\r\nx\r\n"]
)
def test_what_is_no_control_stays(text: str) -> None:
    assert visible(text) == text


def test_json_stays_json_and_says_the_same() -> None:
    data = {"Sid": HOSTILE, "日本語": ["\n"]}
    assert json.loads(visible(json.dumps(data, ensure_ascii=False, indent=2))) == data


@pytest.mark.parametrize("arguments", [["check"], ["documents"], ["--answers"], ["check", "--json"], ["explain"]])
def test_a_files_name_reaches_the_terminal_without_its_escapes(tmp_path: Path, arguments: list[str]) -> None:
    name = f"a{HOSTILE}b.json"
    (tmp_path / name).write_text('{"Statement": [{"Sid": "\x9b31m\u202e", "Effect": "Alow"}]}', encoding="utf-8")
    for file in (name, f"{name}.absent"):
        done = subprocess.run(
            [sys.executable, "-m", "wizard", *arguments, file], cwd=tmp_path, check=False, capture_output=True
        )
        said = (done.stdout + done.stderr).decode()
        assert done.returncode in {1, 2}
        assert not set(said) & ACTED_ON, said
