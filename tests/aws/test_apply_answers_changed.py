"""Applying answers that were changed since the last apply of the setup: what stays is said, and how it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import BUCKET, DST, SRC, accounts, answers, apply, run, written
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")
ROLE_A, ROLE_B = (f"arn:aws:iam::{DST}:role/wizard/Role{letter}" for letter in "AB")
USER = f"arn:aws:iam::{SRC}:user/cliuser"
OTHERS: dict[str, dict[str, Any]] = {
    "another role, fewer callers": {
        "role": {"name": "wizard/RoleB"},
        "source": {"account_id": SRC, "principals": ["role/app-ec2"]},
    },
    "another method": {"method": "iam-user", "user": {"name": "wizard/reader"}},
    "another bucket": {"bucket": {"name": BUCKET, "region": "ap-northeast-1"}},
}


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def changed(folder: Path, what: str) -> str:
    """Write the answers of a setup that was applied with others before."""
    told = answers("assume-role")
    if what == "another method":
        del told["role"], told["source"]["principals"]
    return written(folder, {**told, **OTHERS[what]})


@pytest.mark.parametrize(
    ("what", "stays", "goes_on"),
    [
        ("another role, fewer callers", (ROLE_A, USER), ROLE_B),
        ("another method", (ROLE_A, USER), "nothing else"),
        ("another bucket", ("arn:aws:s3:::s3-crossaccount-encrypted01", "arn:aws:kms:"), ROLE_A),
    ],
)
def test_what_the_answers_no_longer_name_is_said_with_the_way_to_take_it_back(
    clients: Clients, tmp_path: Path, what: str, stays: tuple[str, ...], goes_on: str
) -> None:
    before = accounts(clients)
    assert apply(written(tmp_path, answers("assume-role")))[0] == 0
    (first,) = journal.runs()
    file = changed(tmp_path, what)

    status, _out, err = apply(file, "--dry-run")

    assert status == 0
    (said,) = [line for line in err.splitlines() if "don't name now" in line]
    assert f"undo {first.id}" in said
    assert [one for one in (*stays, goes_on) if one in said] == list(stays)
    # As it says: put back first, then applied, nothing of the earlier answers is left.
    assert run("undo", first.id, "--yes")[0] == 0
    assert accounts(clients) == before
    status, _out, err = apply(file)
    assert status == 0
    assert "don't name now" not in err


def test_where_everything_is_in_place_what_stays_of_earlier_answers_is_said_still(tmp_path: Path) -> None:
    assert apply(written(tmp_path, answers("assume-role")))[0] == 0
    assert "don't name now" not in apply(written(tmp_path, answers("assume-role")))[2]
    file = changed(tmp_path, "another role, fewer callers")
    assert apply(file)[0] == 0

    status, out, err = apply(file)

    assert (status, "nothing to change" in out) == (0, True)
    assert ROLE_A in err


def test_full_access_that_the_answers_no_longer_ask_for_is_not_passed_over(tmp_path: Path) -> None:
    assert apply(written(tmp_path, answers("assume-role", access={"level": "s3-full-access"})))[0] == 0

    _status, _out, err = apply(written(tmp_path, answers("assume-role")), "--dry-run")

    assert f"{ROLE_A} arn:aws:iam::aws:policy/AmazonS3FullAccess" in err


def test_a_setup_of_the_same_name_in_other_accounts_is_no_earlier_answers(tmp_path: Path) -> None:
    assert apply(written(tmp_path, answers("assume-role")))[0] == 0
    elsewhere = answers("assume-role", source={"account_id": "333333333333", "principals": ["role/app"]})
    elsewhere["destination"] = {"account_id": SRC}
    elsewhere["bucket"] = {"name": "s3-crossaccount-source01", "region": "ap-northeast-1"}

    _status, out, err = run(
        "apply", written(tmp_path, elsewhere), "--side", "destination", "--destination-profile", "source-admin"
    )

    assert f"arn:aws:iam::{SRC}:role/wizard/RoleA" in out
    assert ROLE_A not in err


def test_a_key_that_is_there_already_is_said_where_another_one_was_asked_for(clients: Clients, tmp_path: Path) -> None:
    file, keys = written(tmp_path, answers("iam-user")), tmp_path / "keys.csv"
    assert apply(file)[0] == 0
    (key,) = clients("destination-admin", "iam").list_access_keys(UserName="reader")["AccessKeyMetadata"]
    assert key["AccessKeyId"] not in apply(file)[2], "the profile holds it: nothing is missing"

    status, _out, err = apply(file, "--keys-to", str(keys))

    assert status == 0
    assert not keys.exists()
    (said,) = [line for line in err.splitlines() if key["AccessKeyId"] in line]
    assert "none is made" in said
    assert str(keys) in said


def test_undoing_the_earlier_run_names_the_later_one_and_not_somebody_else(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    assert apply(written(tmp_path, answers("assume-role")))[0] == 0
    assert apply(changed(tmp_path, "another role, fewer callers"))[0] == 0
    second, first = journal.runs()
    both = accounts(clients)

    status, out, err = run("undo", first.id, "--yes")

    assert status == 2
    assert f"The later run {second.id} changed it since" in out
    assert "Somebody else" not in out + err
    assert f"undo {second.id}" in err
    assert accounts(clients) == both
    assert run("undo", second.id, "--yes")[0] == 0
    assert run("undo", first.id, "--yes")[0] == 0
    assert accounts(clients) == before


def test_an_undo_of_a_run_that_a_later_one_builds_on_says_so_before_it_is_asked(tmp_path: Path) -> None:
    assert apply(written(tmp_path, answers("assume-role")))[0] == 0
    more = answers("assume-role", source={"account_id": SRC, "principals": ["role/app-ec2", "user/cliuser"]})
    more["bucket"] = {"name": BUCKET, "region": "ap-northeast-1"}
    assert apply(written(tmp_path, more))[0] == 0
    second, first = journal.runs()

    _status, out, _err = run("undo", first.id, "--dry-run")

    assert f"A later run of this setup still stands, and builds on what this one made: {second.id}." in out
    assert "A later run" not in run("undo", second.id, "--dry-run")[1]


def test_what_a_later_run_and_somebody_else_changed_is_told_apart(clients: Clients, tmp_path: Path) -> None:
    assert apply(written(tmp_path, answers("assume-role")))[0] == 0
    assert apply(changed(tmp_path, "another role, fewer callers"))[0] == 0
    second, first = journal.runs()
    theirs = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}'
    clients("source-admin", "iam").put_user_policy(
        UserName="cliuser", PolicyName="s3-crossaccount-reports", PolicyDocument=theirs
    )

    status, out, err = run("undo", first.id, "--yes", "--own-statements")

    assert status == 2
    assert f"{USER} s3-crossaccount-reports\nSomebody else changed it since" in out
    assert f"{USER}: somebody else changed what this run wrote" in err
    assert f"role/app-ec2: the later run {second.id} changed what this run wrote" in err
    inline = accounts(clients)[USER]["inline"]
    assert inline["s3-crossaccount-reports"]["Statement"]["Effect"] == "Deny"
