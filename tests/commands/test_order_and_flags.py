"""Where things stand: notes after the output that they are about, and the flags of all commands on either side."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.__main__ import main

ROOT = Path(__file__).parents[2]
SETUP = str(ROOT / "tests" / "data" / "setups" / "s01.toml")


def test_a_refusal_stands_after_the_difference_that_it_is_about(tmp_path: Path) -> None:
    environ = {**os.environ, "AWS_CONFIG_FILE": str(tmp_path / "config"), "PYTHONPATH": str(ROOT)}
    environ.pop("PYTHONUNBUFFERED", None)
    command = [sys.executable, "-m", "wizard", "profile", "write", SETUP.replace("s01", "s06")]
    with (tmp_path / "both").open("wb") as both:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=both, stderr=subprocess.STDOUT, env=environ, check=False
        )
    lines = (tmp_path / "both").read_text(encoding="utf-8").splitlines()
    assert done.returncode == 2
    assert lines[-1].startswith("Nothing was changed: there is no terminal to ask in.")
    assert any(line.startswith("+[profile") for line in lines)


@pytest.mark.parametrize("flag", [["--lang", "ja"], ["--lang=ja"]])
def test_the_language_may_stand_behind_the_command_too(flag: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "ja", "explain", SETUP]) == 0
    japanese = capsys.readouterr().out
    assert main(["explain", *flag, SETUP]) == 0
    assert capsys.readouterr().out == japanese
    assert main(["--lang", "en", "explain", SETUP]) == 0
    assert capsys.readouterr().out != japanese


@pytest.mark.parametrize("words", [["profile", "show", "--lang", "xx", "x"], ["documents", "x", "--lang=xx"]])
def test_a_language_that_is_none_is_refused_there_as_well(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "invalid choice: 'xx'" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--plain", "--demo", "--answers=a.toml"])
def test_a_flag_of_the_wizard_behind_a_command_is_explained(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["documents", SETUP, flag])
    assert ended.value.code == 2
    name = flag.partition("=")[0]
    assert (
        f"{name} is the wizard's own, which runs without a command: s3-crossaccount {name}" in capsys.readouterr().err
    )


@pytest.mark.parametrize("words", [["--plain"], ["--demo"], ["--answers", SETUP]])
def test_a_flag_of_the_wizard_before_a_command_is_refused_and_not_passed_over(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "documents", SETUP])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert f"{words[0]} is the wizard's own, which runs without a command" in shown.err
    assert ("s3-crossaccount demo -- s3-crossaccount apply FILE" in shown.err) is (words == ["--demo"])


def test_the_help_of_a_command_has_its_own_options_only(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["documents", "--help"])
    assert "--lang" not in capsys.readouterr().out
