"""The log for bug reports: what is in it, what never is, and that it never stops a run."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wizard.state import log

if TYPE_CHECKING:
    from wizard.demo import Practice

ROOT = Path(__file__).parents[2]
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(log, "_begun", set())
    return tmp_path / "state"


def written() -> list[str]:
    return log.path_of().read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("apply f.toml --side both --source-profile prod --yes", "apply --side --source-profile --yes"),
        ("--lang ja --read-only verify 222222222222.toml", "verify --lang --read-only"),
        ("profile write f --keys=k.csv", "profile write --keys"),
        ("export f --format shell -o ../d", "export --format -o"),
        ("demo -- aws --secret x", "demo"),
        (f"{SECRET} --{SECRET}", "?"),
        ("--answers f.toml", "(the wizard) --answers"),
        ("", "(the wizard)"),
    ],
)
def test_a_command_is_told_by_its_verb_and_the_names_of_its_flags(line: str, told: str) -> None:
    assert log.command(line.split()) == told


def test_the_first_line_of_a_process_names_the_command_and_the_last_its_status(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["s3-crossaccount", "undo", "--yes"])
    log.ended(0)
    assert not state.exists(), "nothing happened, so there is nothing to keep"
    log.write("something")
    log.ended(3)
    first, second, third = written()
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \d+ s3-crossaccount \S+: undo --yes$", first)
    assert second.endswith(f" {os.getpid()} something")
    assert third.endswith(" exit status 3")


def test_it_is_the_owners_alone_and_one_record_is_one_line_without_secrets(state: Path) -> None:
    old = os.umask(0)
    try:
        log.write(f"a\nb\x1b[31m aws_secret_access_key = {SECRET} 接続先\ud800")
    finally:
        os.umask(old)
    assert stat.S_IMODE(log.path_of().stat().st_mode) == 0o600
    assert stat.S_IMODE((state / "log").stat().st_mode) == 0o700
    text = written()[-1]
    assert "a\\nb\\x1b[31m" in text
    assert "接続先\\ud800" in text
    assert SECRET not in text


def test_it_keeps_two_files_of_a_bounded_size_whoever_writes() -> None:
    def write() -> None:
        for _ in range(300):
            log.write("x" * 1500)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    files = sorted(log.path_of().parent.iterdir())
    assert [file.name for file in files] == [log.NAME, f"{log.NAME}.1"]
    assert all(file.stat().st_size <= log.BYTES for file in files)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


@pytest.mark.parametrize("trouble", ["a file for a folder", "a link", "a folder for a file", "a full disk"])
def test_a_log_that_can_not_be_written_is_none(
    state: Path, trouble: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if trouble == "a file for a folder":
        state.write_text("")
    elif trouble == "a link":
        (state / "log").mkdir(parents=True)
        (state / "log" / log.NAME).symlink_to(state / "elsewhere")
    elif trouble == "a folder for a file":
        (state / "log" / log.NAME).mkdir(parents=True)
    else:
        if not Path("/dev/full").exists():
            pytest.skip("needs /dev/full")
        monkeypatch.setattr(log, "_opened", lambda _path, flags: os.open("/dev/full", flags))
    log.write("x")
    assert capsys.readouterr() == ("", "")
    assert not (state / "elsewhere").exists()


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wizard", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands_that_only_read_files_leave_no_log_and_an_error_does(state: Path) -> None:
    assert run("check", "--kinds").returncode == 0
    assert not state.exists()
    assert run("documents", "missing.toml").returncode == 2
    first, second, third = written()
    assert first.endswith(": documents")
    assert "BadInputError" in second
    assert third.endswith("exit status 2")


def test_every_aws_call_is_told_without_its_parameters(state: Path, fresh_practice: Practice) -> None:
    answers = state.parent / "f.toml"
    answers.write_text(
        f'name = "reports"\nmethod = "assume-role"\n[source]\naccount_id = "{fresh_practice.source_account}"\n'
        f'principals = ["root"]\n[destination]\naccount_id = "{fresh_practice.destination_account}"\n'
        '[bucket]\nname = "s3-crossaccount-bucket01"\nregion = "ap-northeast-1"\n[role]\nname = "RoleA"\n'
    )
    environ = {**fresh_practice.environment, "S3_CROSSACCOUNT_STATE": str(state)}
    done = run(
        "apply",
        str(answers),
        "--side",
        "destination",
        "--destination-profile",
        "destination-admin",
        "--dry-run",
        **environ,
    )
    assert done.returncode == 0, done.stderr
    lines = written()
    assert lines[0].endswith(": apply --side --destination-profile --dry-run")
    calls = [line for line in lines if " aws " in line]
    assert any(re.search(r" aws sts\.GetCallerIdentity 200 \d+ ms request \S", line) for line in calls)
    assert any(re.search(r" aws iam\.GetRole 404 NoSuchEntity \d+ ms request ", line) for line in calls)
    assert not any(word in line for line in lines for word in ("RoleA", "bucket01", fresh_practice.source_account))
    assert lines[-1].endswith("exit status 0")


def test_an_endpoint_that_does_not_answer_is_told_by_the_kind_of_error() -> None:
    environ = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9/secret-path",
        "AWS_MAX_ATTEMPTS": "1",
    }
    done = run("diagnose", "s3://some-bucket/key", "--region", "us-east-1", **environ)
    assert done.returncode in {2, 3}
    text = log.path_of().read_text()
    assert re.search(r" aws \S+ no answer: EndpointConnectionError", text)
    assert "secret-path" not in text.partition("exit status")[0].partition("Error: ")[0]
    assert SECRET not in text


def test_where_the_state_folder_can_not_be_made_a_run_is_as_without_a_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("documents", "missing.toml", S3_CROSSACCOUNT_STATE=str(tmp_path / "file" / "state"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3
