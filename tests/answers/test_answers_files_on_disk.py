"""Answers files as they lie on a disk: noise, nothing, no permission, odd line ends; and what is said of good ones."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from wizard.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

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
[role]
name = "RoleA"
"""


def test_a_file_of_noise_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "noise.toml"
    for size in (1000, 1_000_000, 1_000_001):
        noise = random.Random(size)  # noqa: S311 -- noise, the same in every run
        path.write_bytes(noise.randbytes(size))
        assert main(["documents", str(path)]) == 2
        said = capsys.readouterr().err
        assert str(path) in said
        assert len(said) < 1000


@pytest.mark.parametrize("name", ["nowhere.toml", "", "."])
def test_a_file_that_is_not_there_is_told(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", str(tmp_path / name)]) == 2
    assert "The answers file can't be read: " in capsys.readouterr().err


def test_a_file_without_permission_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(GOOD)

    def denied(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")  # root, who may run this, is never refused by the system

    monkeypatch.setattr("wizard.answers.untrusted.os.open", denied)
    assert main(["documents", str(path)]) == 2
    assert f"{path}: The answers file can't be read: Permission denied." in capsys.readouterr().err


def test_full_width_digits_are_converted_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.toml"
    path.write_text(GOOD.replace('"111111111111"', '"１１１１１１１１１１１１"'), encoding="utf-8")
    assert main(["documents", str(path)]) == 0
    assert "source.account_id: Full-width characters were converted: 111111111111" in capsys.readouterr().err


def test_answers_that_nothing_asks_for_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.toml"
    path.write_text(GOOD + "[user]\nname = 'cliuser'\n[access]\nactions = ['s3:GetObject']\n", encoding="utf-8")
    assert main(["documents", str(path)]) == 0
    said = capsys.readouterr().err
    assert "user.name is not used: it belongs to the method iam-user." in said
    assert "access.actions is not used: nothing asks for it." in said


def test_a_byte_order_mark_and_crlf_are_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert main(["documents", str(path)]) == 0
