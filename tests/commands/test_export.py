"""`export FILE --format F -o DIR`: what is written, what is kept, and what is said."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from wizard.__main__ import main
from wizard.answers.file import read
from wizard.export.formats import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

SETUP = """
name = "reports"
method = "assume-role"
[source]
account_id = "111111111111"
principals = ["role/app-ec2"]
[destination]
account_id = "222222222222"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
[role]
name = "RoleA"
"""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.toml"
    path.write_text(SETUP, encoding="utf-8")
    return path


def export(answers: Path, out: Path, export_format: str, *more: str) -> int:
    return main(["export", str(answers), "--format", export_format, "-o", str(out), *more])


def written(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("export_format", "source", "destination"),
    [
        ("shell", {"reports-source.sh"}, {"reports-destination.sh"}),
        ("cloudformation", {"reports-source.yaml"}, {"reports-destination.yaml"}),
        (
            "json",
            {"source/111111111111-role-app-ec2-s3-crossaccount-reports.json", "source/profile.ini"},
            {
                "destination/222222222222-role-RoleA-trust.json",
                "destination/222222222222-role-RoleA-s3-crossaccount-reports.json",
            },
        ),
    ],
)
def test_each_side_gets_its_own_files(
    export_format: str, source: set[str], destination: set[str], answers: Path, tmp_path: Path
) -> None:
    both = {"documents.json"} if export_format == "json" else set()
    source, destination = source | {"reports-source.toml"}, destination | {"reports-destination.toml"}
    for name, sides, wanted in (
        ("both", [], source | destination),
        ("source", ["--side", "source"], source),
        ("destination", ["--side", "destination"], destination),
    ):
        assert export(answers, tmp_path / name, export_format, *sides) == 0
        assert written(tmp_path / name) == wanted | both


def test_terraform_and_the_runbook_stand_in_one_folder(answers: Path, tmp_path: Path) -> None:
    assert export(answers, tmp_path / "out", "terraform") == 0
    assert export(answers, tmp_path / "out", "runbook") == 0
    assert {"main.tf", "modules/source/main.tf", "modules/destination/main.tf"} < written(tmp_path / "out")
    assert {"reports-runbook.html", "reports-runbook.md"} < written(tmp_path / "out")


def test_scripts_can_be_run_and_modes_follow_the_umask(answers: Path, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert export(answers, tmp_path / "out", "shell") == 0
        assert export(answers, tmp_path / "out", "json") == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out/reports-source.sh").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "out/documents.json").stat().st_mode) == 0o640


@pytest.mark.parametrize("export_format", FORMATS)
def test_again_there_is_nothing_to_change(
    export_format: str, answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(answers, tmp_path / "out", export_format) == 0
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    capsys.readouterr()
    assert export(answers, tmp_path / "out", export_format) == 0
    assert "Already there" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == times


def test_what_is_there_is_kept_and_the_difference_is_shown(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "reports-source.sh").write_text("echo mine\n")
    assert export(answers, out, "shell") == 2
    told = capsys.readouterr()
    assert "-echo mine" in told.out
    assert "+#!/usr/bin/env bash" in told.out
    assert "Give --yes to replace them" in told.err
    assert written(out) == {"reports-source.sh"}
    assert (out / "reports-source.sh").read_text() == "echo mine\n"


def test_yes_replaces_what_is_there_after_showing_the_difference(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "reports-source.sh").write_text("echo mine\n")
    assert export(answers, out, "shell", "--yes") == 0
    assert "-echo mine" in capsys.readouterr().err
    assert (out / "reports-source.sh").read_text().startswith("#!/usr/bin/env bash")


def test_dry_run_writes_nothing(answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(answers, tmp_path / "out", "shell", "--dry-run") == 0
    assert not (tmp_path / "out").exists()
    assert "reports-destination.sh" in capsys.readouterr().out


def test_json_lists_the_files(answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(answers, tmp_path / "out", "shell", "--json") == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(entry["file"].rpartition("/")[2], entry["written"], entry["diff"]) for entry in files] == [
        ("reports-source.sh", True, ""),
        ("reports-destination.sh", True, ""),
        ("reports-source.toml", True, ""),
        ("reports-destination.toml", True, ""),
    ]


def test_nothing_is_written_through_a_link(answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "precious").write_text("kept\n")
    (out / "reports-source.sh").symlink_to(tmp_path / "precious")
    assert export(answers, out, "shell", "--yes") == 2
    assert "link" in capsys.readouterr().err
    assert (tmp_path / "precious").read_text() == "kept\n"


def test_a_folder_that_is_a_file_is_one_message(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(answers, answers, "shell") == 2
    assert str(answers) in capsys.readouterr().err


def test_a_side_that_a_format_can_make_nothing_of_says_so(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.write_text(SETUP.replace('"role/app-ec2"', '"permission-set/DataReader"'), encoding="utf-8")
    assert export(answers, tmp_path / "out", "cloudformation", "--side", "source") == 2
    assert "--format runbook" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_fleet_beyond_the_limits_is_told_on_standard_error(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts = ", ".join(f'"{300_000_000_000 + number}"' for number in range(200))
    answers.write_text(SETUP.replace('account_id = "111111111111"', f"accounts = [{accounts}]"), encoding="utf-8")
    assert export(answers, tmp_path / "out", "json") == 0
    assert "at most 4,096" in capsys.readouterr().err


def test_each_side_gets_the_answers_file_that_asks_it_and_makes_the_same_documents(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(answers, tmp_path / "out", "runbook") == 0
    capsys.readouterr()
    assert main(["documents", str(answers), "--json"]) == 0
    documents = capsys.readouterr().out
    for side in ("source", "destination"):
        path = tmp_path / "out" / f"reports-{side}.toml"
        assert read(path).side == side
        assert main(["documents", str(path), "--json"]) == 0
        assert capsys.readouterr().out == documents


def test_who_reads_it_in_hands_the_other_half_back(answers: Path, tmp_path: Path) -> None:
    assert export(answers, tmp_path / "a", "shell", "--side", "destination") == 0
    handed = tmp_path / "a" / "reports-destination.toml"
    assert export(handed, tmp_path / "b", "shell", "--side", "source") == 0
    assert written(tmp_path / "b") == {"reports-source.sh", "reports-source.toml"}
    assert read(tmp_path / "b" / "reports-source.toml").side == "source"


def test_an_empty_folder_name_is_refused_and_nothing_lands_in_the_folder_that_one_is_in(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(answers.parent)
    assert main(["export", str(answers), "--format", "shell", "-o", "", "--yes"]) == 2
    assert capsys.readouterr().err == "-o: The folder's name is empty.\nName a folder; a dot is this one.\n"
    assert written(answers.parent) == {"answers.toml"}
