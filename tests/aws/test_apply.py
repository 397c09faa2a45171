"""What applying a setup to the practice accounts does, and that undo puts everything back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import (
    DST,
    ENCRYPTED,
    KEY,
    METHODS,
    THEIRS,
    accounts,
    answers,
    apply,
    files_with,
    put_theirs,
    run,
    secrets_of,
    written,
)
from wizard.plan.merge import what_of
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def test_assume_role_works_after_apply_and_no_longer_after_undo(clients: Clients, tmp_path: Path) -> None:
    file = written(tmp_path, answers("assume-role"))
    before = accounts(clients)
    role = {"RoleArn": f"arn:aws:iam::{DST}:role/wizard/RoleA", "RoleSessionName": "test"}
    sts = clients("default", "sts")
    with pytest.raises(sts.exceptions.ClientError, match="AccessDenied"):
        sts.assume_role(**role)

    status, _out, _err = apply(file)

    assert status == 0
    session = sts.assume_role(**role)["Credentials"]
    s3 = _client(clients, session)
    assert s3.list_objects_v2(Bucket=ENCRYPTED)["KeyCount"] == 1
    assert s3.get_object(Bucket=ENCRYPTED, Key="reports/2026/10/summary.csv")["Body"].read()

    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before
    with pytest.raises(sts.exceptions.ClientError, match="AccessDenied"):
        sts.assume_role(**role)


def test_bucket_policy_lets_the_callers_in_with_their_own_profile(clients: Clients, tmp_path: Path) -> None:
    file = written(tmp_path, answers("bucket-policy"))
    before = accounts(clients)

    assert apply(file)[0] == 0

    for caller in ("default", "cliuser"):
        assert clients(caller, "s3").list_objects_v2(Bucket=ENCRYPTED)["KeyCount"] == 1
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_iam_user_gets_a_key_in_the_profile_that_works_and_is_shown_to_nobody(
    clients: Clients, practice: Practice, tmp_path: Path
) -> None:
    import boto3

    file = written(tmp_path, answers("iam-user"))
    before = accounts(clients)
    config = (practice.folder / "config").read_text(encoding="utf-8")
    credentials = (practice.folder / "credentials").read_text(encoding="utf-8")
    known = len(secrets_of(practice))

    status, out, err = apply(file)

    assert status == 0
    s3 = boto3.Session(profile_name="crossaccount").client("s3")
    assert s3.list_objects_v2(Bucket=ENCRYPTED)["KeyCount"] == 1
    secrets = secrets_of(practice)
    assert len(secrets) == known + 1
    assert not [secret for secret in secrets if secret in out + err]
    assert files_with(secrets, tmp_path, practice.folder) == []

    status, out, _err = run("undo", "--yes")
    assert status == 0
    assert "can't be had back" in out
    assert accounts(clients) == before
    assert (practice.folder / "config").read_text(encoding="utf-8").rstrip() == config.rstrip()
    assert (practice.folder / "credentials").read_text(encoding="utf-8").rstrip() == credentials.rstrip()


def test_a_key_can_go_into_a_file_to_hand_over_that_only_its_owner_reads(clients: Clients, tmp_path: Path) -> None:
    from wizard.profiles import keys

    file, to = written(tmp_path, answers("iam-user")), tmp_path / "key.csv"

    status, _out, err = apply(file, "--keys-to", str(to))

    assert status == 0
    assert to.stat().st_mode & 0o777 == 0o600
    key = keys.load(to)
    assert key.id in err
    assert accounts(clients)[f"arn:aws:iam::{DST}:user/wizard/reader"]["keys"] == [key.id]
    assert apply(written(tmp_path, answers("iam-user", "other", user={"name": "two"})), "--keys-to", str(to))[0] == 2
    assert run("undo", "--yes")[0] == 0
    assert not to.exists()


@pytest.mark.parametrize("method", METHODS)
def test_applying_again_changes_nothing(clients: Clients, tmp_path: Path, method: str) -> None:
    file = written(tmp_path, answers(method))
    assert apply(file)[0] == 0
    there = accounts(clients)

    status, out, _err = apply(file)

    assert status == 0
    assert "nothing to change" in out
    assert accounts(clients) == there
    assert len(journal.runs()) == 1


@pytest.mark.parametrize("method", METHODS)
def test_statements_of_others_stay_as_they_are(clients: Clients, tmp_path: Path, method: str) -> None:
    put_theirs(clients)
    before = accounts(clients)

    assert apply(written(tmp_path, answers(method)))[0] == 0

    merged = accounts(clients)[f"{DST} {ENCRYPTED}"]
    assert merged["Version"] == "2008-10-17"
    assert merged["Id"] == "theirs"
    assert merged["Statement"][:2] == THEIRS["Statement"]
    assert {what_of(one["Sid"], "reports") for one in merged["Statement"][2:]} >= {"RequireTls"}
    key_policy = accounts(clients)[KEY]
    assert key_policy["Statement"][0] == before[KEY]["Statement"][0]
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_guards_are_set_last_and_taken_away_first(tmp_path: Path) -> None:
    apply(written(tmp_path, answers("bucket-policy")))
    made = [step.change["kind"] for step in journal.runs()[0].steps]

    _status, _out, err = run("undo", "--yes")

    assert made[-1] == "guards"
    assert made.index("bucket-policy") == len(made) - 2
    assert "Put back: guards" in err.splitlines()[0]


def test_two_setups_share_a_bucket_and_each_is_taken_out_alone(clients: Clients, tmp_path: Path) -> None:
    put_theirs(clients)
    one = written(tmp_path, answers("bucket-policy", "rep"), "one.toml")
    two = written(tmp_path, answers("bucket-policy", "rep-list"), "two.toml")
    assert apply(one)[0] == 0
    with_one = accounts(clients)

    assert apply(two)[0] == 0
    assert apply(one)[1].startswith("Everything is in place")
    assert run("undo", "--yes")[0] == 0

    assert accounts(clients) == with_one


def test_an_undo_that_would_lose_somebody_elses_change_shows_three_versions_and_stops(
    clients: Clients, tmp_path: Path
) -> None:
    assert apply(written(tmp_path, answers("bucket-policy")))[0] == 0
    there = accounts(clients)[f"{DST} {ENCRYPTED}"]
    moved = {**there, "Statement": [*there["Statement"], THEIRS["Statement"][0]]}
    put_theirs(clients, moved)
    changed = accounts(clients)

    status, out, err = run("undo", "--yes")

    assert status == 2
    assert "nothing was put back" in err
    assert all(title in out for title in ("before the run", "as the run wrote it", "as it is now"))
    assert accounts(clients) == changed

    assert run("undo", "--yes", "--own-statements")[0] == 0
    assert accounts(clients)[f"{DST} {ENCRYPTED}"] == {**there, "Statement": [THEIRS["Statement"][0]]}


def test_own_statements_that_somebody_changed_are_left_alone_and_all_else_is_put_back(
    clients: Clients, tmp_path: Path
) -> None:
    before = accounts(clients)
    assert apply(written(tmp_path, answers("bucket-policy")))[0] == 0
    there = accounts(clients)[f"{DST} {ENCRYPTED}"]
    narrowed = [
        {**one, "Action": "s3:GetObject"} if one["Sid"].endswith("Objects") else one for one in there["Statement"]
    ]
    put_theirs(clients, {**there, "Statement": narrowed})
    changed = accounts(clients)
    assert run("undo", "--yes")[0] == 2
    assert accounts(clients) == changed

    status, _out, err = run("undo", "--yes", "--own-statements")

    assert status == 2
    assert "It is left alone" in err
    assert "by hand" in err
    assert "--own-statements" not in err
    grants = [one for one in narrowed if not one["Sid"].endswith("RequireTls")]
    assert accounts(clients) == {**before, f"{DST} {ENCRYPTED}": {**there, "Statement": grants}}


def test_one_side_at_a_time_leaves_the_other_half_to_the_other_side(clients: Clients, tmp_path: Path) -> None:
    file = written(tmp_path, answers("assume-role"))

    status, out, _err = apply(file, side="source")
    assert status == 0
    assert "to be done by the other side" in out
    assert f"arn:aws:iam::{DST}:role/wizard/RoleA" not in accounts(clients)

    status, out, _err = apply(file, side="destination")
    assert status == 0
    session = clients("default", "sts").assume_role(
        RoleArn=f"arn:aws:iam::{DST}:role/wizard/RoleA", RoleSessionName="test"
    )
    assert session["Credentials"]["AccessKeyId"]
    assert "nothing to change" in apply(file)[1]
    assert apply(file, side="source")[1].startswith("Nothing to change on this side.")


def test_a_side_without_changes_still_names_what_is_left_to_the_other(tmp_path: Path) -> None:
    status, out, _err = apply(written(tmp_path, answers("iam-user")), side="source")

    assert status == 0
    assert out.startswith("Nothing to change on this side.")
    assert "to be done by the other side" in out


def test_what_only_others_can_do_is_handed_over_and_never_dropped(tmp_path: Path) -> None:
    told = answers("bucket-policy")
    told["source"]["principals"] = ["permission-set/DataReader", "role/app-ec2"]
    status, out, _err = apply(written(tmp_path, told))
    assert status == 0
    assert "IAM Identity Center" in out

    told = answers("assume-role", "whole", role={"name": "RoleB"})
    told["source"]["principals"] = ["root"]
    status, out, _err = apply(written(tmp_path, told))
    assert status == 0
    assert "the account's administrators" in out


def test_a_changed_setup_changes_only_its_own_statements(clients: Clients, tmp_path: Path) -> None:
    put_theirs(clients)
    before = accounts(clients)
    assert apply(written(tmp_path, answers("bucket-policy")))[0] == 0

    less = answers("bucket-policy", access={"level": "list"}, guards={})
    assert apply(written(tmp_path, less))[0] == 0

    sids = [one["Sid"] for one in accounts(clients)[f"{DST} {ENCRYPTED}"]["Statement"]]
    assert sids == ["BackupReads", "S3xReportsListList", "S3xReportsBucket"]
    assert run("undo", "--yes")[0] == 0
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_a_full_access_test_is_attached_and_taken_away_again(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    managed = "arn:aws:iam::aws:policy/AmazonS3FullAccess"

    assert apply(written(tmp_path, answers("assume-role", access={"level": "s3-full-access"})))[0] == 0

    assert accounts(clients)[f"arn:aws:iam::{DST}:role/wizard/RoleA"]["attached"] == [managed]
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_longer_sessions_are_set_on_the_role_that_is_there_and_set_back(clients: Clients, tmp_path: Path) -> None:
    def told(seconds: int) -> str:
        own = {"name": "wizard/RoleA", "session_seconds": seconds}
        people = {"account_id": "111111111111", "principals": ["user/cliuser"]}
        return written(tmp_path, answers("assume-role", role=own, source=people))

    def seconds() -> int:
        return int(clients("destination-admin", "iam").get_role(RoleName="RoleA")["Role"]["MaxSessionDuration"])

    assert apply(told(3600))[0] == 0
    assert apply(told(7200))[0] == 0
    assert seconds() == 7200
    assert run("undo", "--yes")[0] == 0
    assert seconds() == 3600


@pytest.mark.parametrize("seconds", [900, 3599])
def test_sessions_shorter_than_an_hour_are_asked_of_a_role_whose_longest_is_the_hour_that_iam_takes_at_least(
    clients: Clients, tmp_path: Path, seconds: int
) -> None:
    file = written(tmp_path, answers("assume-role", role={"name": "wizard/RoleA", "session_seconds": seconds}))

    assert apply(file)[0] == 0

    assert clients("destination-admin", "iam").get_role(RoleName="RoleA")["Role"]["MaxSessionDuration"] == 3600
    assert "nothing to change" in apply(file)[1]


def test_runs_are_listed_with_what_became_of_them(tmp_path: Path) -> None:
    assert "no runs" in run("runs")[1]
    apply(written(tmp_path, answers("assume-role")))
    run_id = journal.runs()[0].id
    told = json.loads(run("runs", "--json")[1])["runs"][0]
    assert told["id"] == run_id
    assert (told["state"], told["setup"], told["left_to_undo"]) == ("complete", "reports", told["changes"])

    assert run("undo", run_id[:-2], "--yes")[0] == 0

    assert "put back" in run("runs")[1]
    assert run("undo", run_id, "--yes")[0] == 0
    assert run("undo", "--yes")[0] == 0, "nothing to change is no failure"


def _client(clients: Clients, session: dict[str, str]) -> Any:
    import boto3

    endpoint = clients("default", "sts").meta.endpoint_url
    return boto3.Session(
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        region_name="ap-northeast-1",
    ).client("s3", endpoint_url=endpoint)
