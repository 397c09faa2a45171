"""What a script does where things are not as they were planned: other statements, other roles, nobody to ask."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tests.export.hostile import SETUP
from tests.export.world import assert_same, snapshot
from wizard.answers.build import build
from wizard.plan import plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.export.conftest import Shell
    from wizard.plan import Plan

    Clients = Callable[[str, str], Any]

NAMES = {"source.principals": ["role/app-ec2"], "role.name": "x'y`z\"(a)/-Role,A"}


def planned(**changes: Any) -> Plan:
    built = build({**SETUP, **NAMES, **changes})
    assert not built.problems, built.problems
    return plan(built.setup)


@pytest.mark.usefixtures("fresh_practice")
def test_without_a_terminal_the_difference_is_shown_and_nothing_changes(
    tmp_path: Path, shell: Shell, clients: Clients
) -> None:
    made = planned()
    before = snapshot(clients, made)
    done = shell.script(tmp_path, made, "source").run()
    assert done.returncode == 2
    assert '   +     "Sid": "S3xReportsAssumeRole"' in done.stdout or '"Sid": "S3xReportsAssumeRole"' in done.stdout
    assert "Give --yes" in done.stderr
    assert_same(snapshot(clients, made), before)


@pytest.mark.usefixtures("fresh_practice")
def test_a_policy_that_others_changed_meanwhile_keeps_their_statements_in_undo(
    tmp_path: Path, shell: Shell, clients: Clients
) -> None:
    raw = {"method": "bucket-policy", "bucket.name": "s3-crossaccount-bucket02"}
    made = planned(**raw)
    script = shell.script(tmp_path, made, "destination")
    assert script.run("--yes").returncode == 0
    s3 = clients("destination-admin", "s3")
    there = json.loads(s3.get_bucket_policy(Bucket="s3-crossaccount-bucket02")["Policy"])
    theirs = {
        "Sid": "Theirs",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::222222222222:user/analyst"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::s3-crossaccount-bucket02/*",
    }
    there["Statement"].append(theirs)
    s3.put_bucket_policy(Bucket="s3-crossaccount-bucket02", Policy=json.dumps(there))
    assert script.run("undo", "--yes").returncode == 0
    left = json.loads(s3.get_bucket_policy(Bucket="s3-crossaccount-bucket02")["Policy"])
    assert [statement["Sid"] for statement in left["Statement"]] == ["BackupReads", "Theirs"]


@pytest.mark.usefixtures("fresh_practice")
def test_an_access_key_goes_into_a_private_file_and_is_never_shown(
    tmp_path: Path, shell: Shell, clients: Clients
) -> None:
    raw = {"method": "iam-user", "user.name": "wizard/cli-b", "bucket.prefix": "", "source.principals": []}
    made = planned(**raw)
    script = shell.script(tmp_path, made, "destination")
    done = script.run("--yes")
    assert done.returncode == 0, done.stderr
    file = script.path.with_name("reports-destination.access-key.json")
    key = json.loads(file.read_text())["AccessKey"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key["UserName"] == "cli-b"
    assert key["SecretAccessKey"] not in done.stdout + done.stderr
    saved = script.path.with_name("reports-destination.saved-222222222222.tsv")
    assert key["SecretAccessKey"] not in saved.read_text()
    assert script.run("undo", "--yes").returncode == 0
    users = clients("destination-admin", "iam").list_users()["Users"]
    assert "cli-b" not in {user["UserName"] for user in users}


@pytest.mark.usefixtures("fresh_practice")
def test_a_role_of_somebody_else_gets_nothing_unless_told(tmp_path: Path, shell: Shell, clients: Clients) -> None:
    made = planned(**{"role.name": "ops/backup"})
    before = snapshot(clients, made)
    script = shell.script(tmp_path, made, "destination")
    done = script.run("--yes")
    assert done.returncode == 2
    assert "this setup didn't make it" in done.stderr
    assert_same(snapshot(clients, made), before)
    assert script.run("--yes", "--use-existing").returncode == 0
    trust = clients("destination-admin", "iam").get_role(RoleName="backup")["Role"]["AssumeRolePolicyDocument"]
    assert {"S3xReportsTrust"} < {statement.get("Sid", "") for statement in trust["Statement"]} | {"others"}
    assert script.run("undo", "--yes").returncode == 0
    assert_same(snapshot(clients, made), before)


@pytest.mark.usefixtures("fresh_practice")
def test_without_its_saved_file_undo_takes_only_this_setups_part_away(
    tmp_path: Path, shell: Shell, clients: Clients
) -> None:
    made = planned(**{"method": "bucket-policy", "bucket.name": "s3-crossaccount-bucket02"})
    before = snapshot(clients, made)
    script = shell.script(tmp_path, made, "destination")
    assert script.run("--yes").returncode == 0
    script.path.with_name("reports-destination.saved-222222222222.tsv").unlink()
    assert script.run("undo", "--yes").returncode == 0
    assert_same(snapshot(clients, made), before)
