"""`--read-only`: every command that changes something only shows it, and no call that could change AWS leaves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import ENCRYPTED, PROFILES, answers, apply, run, written
from tests.aws.verify_world import own_files
from tests.plain.plain_person import Person
from wizard.aws.clients import Clients, Place
from wizard.errors import BadInputError
from wizard.state import journal, log, read_only

if TYPE_CHECKING:
    from wizard.demo import Practice

ROOT = Path(__file__).parents[2]
CALL = re.compile(r" aws ([\w.-]+)\.([A-Z]\w+) ")
READS = re.compile(r"(?:Describe|Get|Head|List)\w+|AssumeRole")


@pytest.fixture
def world(
    fresh_practice: Practice, practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Somebody's own folder, with AWS files and a state folder, at the practice accounts."""
    assert practice_environment
    own_files(fresh_practice, tmp_path / "aws", monkeypatch)
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(log, "_begun", set())
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    """Return every file but the log and locks, which are nobody's work."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "log" and path.suffix != ".lock"
    }


def changing() -> list[str]:
    """Return the calls in the log that are no reads."""
    if not log.path_of().exists():
        return []
    calls = [f"{service}.{name}" for service, name in CALL.findall(log.path_of().read_text())]
    return [call for call in calls if not READS.fullmatch(call.partition(".")[2])]


def applied(world: Path) -> str:
    file = written(world, answers("iam-user"))
    status, _out, err = apply(file, side="destination")
    assert status == 0, err
    assert changing(), "the log tells changes"
    log.path_of().unlink()
    return file


@pytest.mark.parametrize("how", ["flag", "variable"])
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("profile write FILE --yes", "+[profile crossaccount]"),
        ("profile remove source-admin --yes", "-[source-admin]"),
        ("export FILE --format json -o DIR --yes", "New: "),
        ("export FILE --format runbook -o DIR", "New: "),
        (f"apply FILE --side both {' '.join(PROFILES)} --yes", ENCRYPTED),
        ("report -o DIR/r.txt --yes", "s3-crossaccount: a report for a bug"),
    ],
)
def test_what_would_change_is_shown_and_nothing_is_changed(
    world: Path, how: str, line: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(world, answers("assume-role"))
    before = files(world)
    if how == "variable":
        monkeypatch.setenv(read_only.VARIABLE, "1")
    flag = ("--read-only",) if how == "flag" else ()
    status, out, err = run(*flag, *line.replace("FILE", file).replace("DIR", str(world / "out")).split())
    assert status == 0, err
    assert shown in out
    assert err.splitlines()[-1] == "--read-only: nothing was changed, and no file was written."
    assert files(world) == before
    assert not changing()


@pytest.mark.parametrize(
    "line",
    [
        "profile write FILE",
        "profile remove source-admin",
        "export FILE --format json -o DIR --json",
        f"apply FILE --side both {' '.join(PROFILES)}",
    ],
)
def test_a_dry_run_says_at_its_end_that_nothing_was_changed(world: Path, line: str) -> None:
    file = written(world, answers("assume-role"))
    status, _out, err = run(*line.replace("FILE", file).replace("DIR", str(world / "out")).split(), "--dry-run")
    assert status == 0, err
    assert err.splitlines()[-1] == "--dry-run: nothing was changed, and no file was written."


def test_undo_shows_what_it_would_put_back(world: Path) -> None:
    applied(world)
    before = files(world)
    status, out, err = run("--read-only", "undo", "--yes")
    assert status == 0, err
    assert "reader" in out
    assert files(world) == before
    assert not changing()
    assert journal.runs()[0].left_to_undo()


def test_rotate_keys_shows_its_steps(world: Path) -> None:
    applied(world)
    before = files(world)
    status, out, err = run("--read-only", "rotate-keys", "crossaccount", "--destination-profile", "destination-admin")
    assert status == 0, err
    assert "make a new access key" in out
    assert files(world) == before
    assert not changing()


def test_verify_makes_its_reads_and_refuses_the_test_object(world: Path) -> None:
    file = applied(world)
    status, out, err = run("--read-only", "verify", file, "--wait", "0", *PROFILES)
    assert status in {0, 1, 2}, err
    assert CALL.search(log.path_of().read_text()), out
    assert not changing()
    log.path_of().unlink()
    status, _out, err = run("--read-only", "verify", file, "--write-test")
    assert status == 2
    assert "--write-test" in err
    assert not CALL.search(log.path_of().read_text()), "nothing was asked"


@pytest.mark.parametrize("more", [[], ["--apply", "--yes"]], ids=["look", "apply"])
def test_diagnose_looks_and_changes_nothing(world: Path, more: list[str]) -> None:
    before = files(world)
    target = f"s3://{ENCRYPTED}/a.csv"
    line = [target, "--profile", "cliuser", "--destination-profile", "destination-admin", *more]
    status, out, err = run("--read-only", "diagnose", *line)
    assert status in {0, 1, 2}, err
    assert out
    assert files(world) == before
    assert not changing()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("iam", "create_access_key", {"UserName": "cliuser"}),
        ("iam", "delete_user", {"UserName": "cliuser"}),
        ("s3", "put_bucket_policy", {"Bucket": ENCRYPTED, "Policy": "{}"}),
        ("s3", "delete_object", {"Bucket": ENCRYPTED, "Key": "x"}),
        ("kms", "put_key_policy", {"KeyId": "x", "Policy": "{}"}),
    ],
)
def test_no_call_that_changes_something_leaves_whoever_makes_it(
    service: str, operation: str, parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = Clients(Place("destination-admin"))
    clients.call("sts", "get_caller_identity")  # begun before the variable was set
    monkeypatch.setenv(read_only.VARIABLE, "1")
    with pytest.raises(BadInputError, match="may only read") as caught:
        clients.call(service, operation, **parameters)
    assert "--read-only" in caught.value.where
    clients.call("iam", "list_users")
    monkeypatch.setenv(read_only.VARIABLE, "0")
    clients.call("iam", "list_users")
    clients.close()
    assert not changing()


@pytest.mark.terminal
def test_plain_mode_says_so_first_and_writes_neither_the_profile_nor_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(tmp_path, monkeypatch)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    file = written(tmp_path, answers("assume-role"))
    terminal = person.terminal("--read-only", "--plain", "--answers", file, TERM="dumb")
    terminal.wait_for("Read-only: nothing can be changed")
    terminal.answer("What now? [", "write")
    terminal.answer("Write the profile crossaccount?", "y")
    terminal.wait_for("Not possible:")
    terminal.answer("What now? [", "answers")
    terminal.answer("As which file?", "mine.toml")
    terminal.wait_for("Not possible:")
    terminal.answer("What now? [", "save")
    terminal.answer("In which format?", "json")
    terminal.answer("Into which folder?", "out")
    terminal.wait_for("Not possible:")
    terminal.wait_for("What now? [")
    terminal.status(stop="\x03")
    assert not person.config.exists()
    assert not list((tmp_path / "work").rglob("*"))


def test_it_ends_with_the_command(world: Path) -> None:
    run("--read-only", "profile", "remove", "source-admin", "--yes")
    assert read_only.VARIABLE not in os.environ
    assert "-[source-admin]" not in files(world)
    status, _out, err = run("profile", "remove", "source-admin", "--yes")
    assert status == 0, err
    assert b"[source-admin]" not in files(world)["aws/credentials"]


def test_it_may_stand_behind_the_command_too(world: Path) -> None:
    before = files(world)
    status, out, err = run("profile", "remove", "source-admin", "--yes", "--read-only")
    assert status == 0, err
    assert "-[source-admin]" in out
    assert files(world) == before


def test_what_is_started_in_the_practice_accounts_may_only_read_too() -> None:
    def demo(*flags: str) -> str:
        program = "import os; print(os.environ.get('S3_CROSSACCOUNT_READ_ONLY'))"
        command = [sys.executable, "-m", "wizard", *flags, "demo", "--", sys.executable, "-c", program]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    assert demo("--read-only") == "1"
    assert demo() == "None"
