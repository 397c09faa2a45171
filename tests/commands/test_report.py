"""`report`: everything that a bug needs, and not one secret or account id, wherever they were planted."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wizard import redact
from wizard.commands import crash, report_content
from wizard.state import journal, log
from wizard.state.run import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ACCOUNT, OTHER = "123456789012", "998877665544"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
# Secrets of no known shape are known by where they were found.
PLANTED = {
    "env secret": "env-plain-secret-1",
    "env token": "env-plain-token-2",
    "container": "container-plain-3",
    "file secret": "file-plain-secret-4",
    "file token": "file-plain-token-5",
    "config": "config-plain-secret-6",
}


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    redact.forget_all()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home with secrets and account ids planted in every place that the report looks at."""
    home = tmp_path / "taro"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "config").write_text(
        f"[default]\nregion = eu-west-1\n[profile prod]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/RoleA\n"
        f"source_profile = keys\nexternal_id = external-7\ncredential_process = /bin/x --password {SECRET}\n"
        f"sso_client_secret = {PLANTED['config']}\n"
    )
    (home / ".aws" / "credentials").write_text(
        f"[keys]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {PLANTED['file secret']}\n"
        f"aws_session_token = {PLANTED['file token']}\n"
    )
    for name, value in {
        "HOME": str(home),
        "S3_CROSSACCOUNT_STATE": str(home / "state"),
        "AWS_PROFILE": "prod",
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": PLANTED["env secret"],
        "AWS_SESSION_TOKEN": PLANTED["env token"],
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": PLANTED["container"],
        "AWS_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/other-role",
        "AWS_ENDPOINT_URL": "http://somebody:url-secret-8@localhost:4566",
        "TMPDIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tempfile.tempdir", None)
    everything = " ".join([*PLANTED.values(), ACCOUNT, OTHER, KEY_ID, SECRET])
    change = {"id": "role", "kind": "role", "side": "destination", "then": {"Secret": everything}}
    with journal.new_run(setup="reports", method="assume-role", accounts={ACCOUNT: {}}) as run:
        run.write(Event.INTENT, id="role", change=change)
        run.write(Event.FAILED, id="role", why=f"AccessDenied: {everything}", code="AccessDenied")
    crash.report(RuntimeError(everything), ["s3-crossaccount", "apply", everything], folder=home / "state")
    (home / "state" / "bug-older.txt").write_text(f"written by hand: {everything}\x1b[31m\n")
    monkeypatch.setattr(log, "_begun", set())
    log.write(everything)
    with log.path_of().open("a") as file:
        file.write(f"unmasked {everything}\n")
    return home


def run(*arguments: str, cwd: Path, check: bool = True, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wizard", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=check,
        input=stdin,
    )


def test_no_secret_and_no_account_is_in_it_wherever_they_were_planted(home: Path) -> None:
    file = home / "r.txt"
    done = run("report", "-o", str(file), cwd=home)
    for text in (file.read_text(), done.stdout, done.stderr):
        for unwanted in (*PLANTED.values(), SECRET, ACCOUNT, OTHER, KEY_ID, "url-secret-8", "external-7", "other-role"):
            assert unwanted not in text
    text = file.read_text()
    assert str(home) not in text
    assert "\x1b" not in text
    assert "Secret" not in text.partition("== newest runs")[2].partition("== newest reports")[0], "no document"


def test_it_says_what_a_bug_needs(home: Path) -> None:
    run("report", "-o", "r.txt", cwd=home)
    text = (home / "r.txt").read_text()
    for wanted in (
        "Please read it before you send it",
        "python: CPython 3.",
        "boto3 1.",
        "argcomplete ",
        "AWS_PROFILE=prod",
        "AWS_SECRET_ACCESS_KEY is set",
        "AWS_ENDPOINT_URL=http://********@localhost:4566",
        "~/.aws/config: ",
        "[default] region = eu-west-1",
        "[prod] role_arn, source_profile = keys, external_id, credential_process, sso_client_secret",
        "[keys] aws_access_key_id, aws_secret_access_key, aws_session_token",
        "runs: folder, mode 0700",
        "method assume-role, changes: 1",
        "0. role destination failed AccessDenied",
        "written by hand",
        "RuntimeError",
        "unmasked ",
        "12******9012",
        "AKIA************MPLE",
        "\\x1b[31m",
    ):
        assert wanted in text, wanted


def test_the_same_account_is_masked_alike_everywhere_and_others_stay_apart() -> None:
    said = report_content.masked(
        f"{ACCOUNT} arn:aws:iam::{ACCOUNT}:role/x 1234-5678-9012 {OTHER} 20261124 1234567890123"
    )
    assert said == ("12******9012 arn:aws:iam::12******9012:role/x 12******9012 99******5544 20261124 1234567890123")


def test_the_file_is_the_owners_alone_and_named_after_the_moment(home: Path) -> None:
    before = set(home.iterdir())
    said = json.loads(run("report", "--json", cwd=home).stdout)
    (file,) = set(home.iterdir()) - before
    assert said == {"file": str(file.resolve()), "written": True}
    assert file.name.startswith("s3-crossaccount-report-20")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_kept_until_told(home: Path) -> None:
    file = home / "notes.txt"
    file.write_text(f"my notes, and {SECRET}\n")
    file.chmod(0o644)
    done = run("report", "-o", "notes.txt", cwd=home, check=False)
    assert done.returncode == 2
    assert "-my notes" in done.stdout
    assert SECRET not in done.stdout
    assert "--yes" in done.stderr
    assert file.read_text().startswith("my notes")
    done = run("report", "-o", "notes.txt", "--yes", cwd=home)
    assert "-my notes" in done.stderr
    assert file.read_text().startswith("s3-crossaccount: a report")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [path for path in home.iterdir() if path.name.endswith(".tmp")]


@pytest.mark.parametrize("output", ["missing/r.txt", ".aws", "loop"])
def test_where_it_can_not_be_written_it_says_so(home: Path, output: str) -> None:
    (home / "loop").symlink_to("loop")
    done = run("report", "-o", output, "--yes", cwd=home, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_read_only_prints_it_and_writes_nothing(home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    done = run("--read-only", "report", "-o", "r.txt", cwd=home)
    assert done.stdout.startswith("s3-crossaccount: a report")
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_what_can_not_be_read_is_said_in_its_place(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (home / ".aws" / "config").write_bytes(b"\xff\xfe[broken aws_secret_access_key = " + SECRET.encode())
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "file" / "state"))
    text = report_content.text()
    assert text.count("can't be told: BadInputError") >= 3
    assert SECRET not in text
    assert "python: " in text


def test_in_japanese_the_person_is_told_and_the_file_stays_english(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    run("report", "-o", "r.txt", cwd=home)
    assert "Please read it before you send it" in (home / "r.txt").read_text()
