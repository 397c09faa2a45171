"""`rotate-keys NAME` as a person or a script meets it, for a key that `apply` made and for any other."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.verify_world import BUCKET, DST, SRC, own_files
from wizard.__main__ import main
from wizard.commands import confirm
from wizard.profiles.read import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

ANSWERS = f"""method = "iam-user"
[source]
account_id = "{SRC}"
[destination]
account_id = "{DST}"
[bucket]
name = "{BUCKET}"
region = "ap-northeast-1"
[user]
name = "wizard/reader"
[profile]
name = "crossaccount"
"""
ADMINS = ("--source-profile", "source-admin", "--destination-profile", "destination-admin")


@pytest.fixture(autouse=True)
def _files(
    fresh_practice: Practice, practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert practice_environment
    own_files(fresh_practice, tmp_path / "aws", monkeypatch)


@pytest.fixture
def applied(tmp_path: Path) -> str:
    """The answers file of an iam-user setup that was applied: the profile crossaccount holds the user's key."""
    file = tmp_path / "answers.toml"
    file.write_text(ANSWERS)
    assert main(["apply", str(file), "--side", "destination", *ADMINS, "--yes"]) == 0
    return str(file)


def held() -> str:
    return (read().settings("crossaccount") or {})["aws_access_key_id"]


def keys(clients: Clients) -> dict[str, str]:
    found = clients("destination-admin", "iam").list_access_keys(UserName="reader")["AccessKeyMetadata"]
    return {one["AccessKeyId"]: one["Status"] for one in found}


def typing(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr(confirm, "has_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))


def test_a_key_that_apply_made_is_rotated_by_whoever_applied_and_the_setup_still_works(
    applied: str, clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    old = held()

    assert main(["rotate-keys", "crossaccount", "--yes"]) == 0

    told = capsys.readouterr()
    assert "called as destination-admin" in told.err
    assert f"The old key {old} is deleted." in told.out
    assert keys(clients) == {held(): "Active"}
    assert main(["verify", applied, "--destination-profile", "destination-admin", "--wait", "5"]) == 0


def test_undo_of_the_setup_deletes_the_key_that_stands_in_the_old_ones_place(applied: str, clients: Clients) -> None:
    assert applied
    assert main(["rotate-keys", "crossaccount", "--yes"]) == 0
    assert main(["undo", "--yes"]) == 0
    iam = clients("destination-admin", "iam")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_user(UserName="reader")
    assert read().settings("crossaccount") is None


def test_a_person_is_asked_twice_and_may_keep_the_old_key(
    applied: str, clients: Clients, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert applied
    old = held()
    typing(monkeypatch, "y\nn\n")
    assert main(["rotate-keys", "crossaccount"]) == 0
    told = capsys.readouterr()
    assert "Rotate the key of crossaccount?" in told.err
    assert f"Delete {old} for good?" in told.err
    assert "never used" in told.err
    assert keys(clients) == {old: "Inactive", held(): "Active"}

    new = held()
    typing(monkeypatch, "y\ny\n")
    assert main(["rotate-keys", "crossaccount"]) == 0
    assert "go on with an earlier rotation" in capsys.readouterr().err
    assert keys(clients) == {new: "Active"}


def test_a_no_changes_nothing(
    applied: str, clients: Clients, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert applied
    before = keys(clients), held()
    typing(monkeypatch, "n\n")
    assert main(["rotate-keys", "crossaccount"]) == 130
    assert "nothing was changed" in capsys.readouterr().err
    assert (keys(clients), held()) == before


@pytest.mark.parametrize(("answer", "status"), [("s\n", 130), ("d\ny\ny\n", 0)])
def test_with_two_keys_a_person_chooses(
    applied: str, clients: Clients, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    assert applied
    clients("destination-admin", "iam").create_access_key(UserName="reader")
    before = keys(clients)
    typing(monkeypatch, answer)
    assert main(["rotate-keys", "crossaccount"]) == status
    assert (keys(clients) == before) is (status == 130)
    assert held() in keys(clients)


@pytest.mark.parametrize("name", ["nobody", "etl"])
def test_a_profile_without_a_key_to_rotate_ends_with_2(name: str) -> None:
    assert main(["rotate-keys", name, "--yes"]) == 2


def test_a_dry_run_names_the_keys_by_their_ids_only(
    applied: str, clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    assert applied
    before = keys(clients)
    secret = (read().settings("crossaccount") or {})["aws_secret_access_key"]
    assert main(["rotate-keys", "crossaccount", "--dry-run"]) == 0
    told = capsys.readouterr()
    assert held() in told.out
    assert secret not in told.out + told.err
    assert keys(clients) == before
