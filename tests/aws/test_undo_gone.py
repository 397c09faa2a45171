"""Undoing where a bucket, role, user or key was deleted whole: it is gone already, and all the rest is put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.applied import Events, applied
from tests.aws.apply_world import DST, ENCRYPTED, KEY, SRC, accounts, answers, apply, put_theirs, run, written
from tests.aws.fault_host import answer
from wizard.aws import clients as aws_clients
from wizard.plan import Kind
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")
BUCKET_POLICY = f"{DST} {ENCRYPTED}"
GONE = "was deleted since: it is gone already, and nothing is left to put back."


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def delete_bucket(clients: Clients) -> None:
    s3 = clients("destination-admin", "s3")
    for one in s3.list_object_versions(Bucket=ENCRYPTED).get("Versions", []):
        s3.delete_object(Bucket=ENCRYPTED, Key=one["Key"], VersionId=one["VersionId"])
    for one in s3.list_objects_v2(Bucket=ENCRYPTED).get("Contents", []):
        s3.delete_object(Bucket=ENCRYPTED, Key=one["Key"])
    s3.delete_bucket(Bucket=ENCRYPTED)


def delete_identity(iam: Any, kind: str, name: str) -> None:
    """Delete a role or user as the console does: with everything that it has."""
    named = {f"{kind.capitalize()}Name": name}
    if kind == "user":
        for key in iam.list_access_keys(**named)["AccessKeyMetadata"]:
            iam.delete_access_key(**named, AccessKeyId=key["AccessKeyId"])
    else:
        for profile in iam.list_instance_profiles_for_role(**named)["InstanceProfiles"]:
            iam.remove_role_from_instance_profile(**named, InstanceProfileName=profile["InstanceProfileName"])
    for policy in getattr(iam, f"list_{kind}_policies")(**named)["PolicyNames"]:
        getattr(iam, f"delete_{kind}_policy")(**named, PolicyName=policy)
    for policy in getattr(iam, f"list_attached_{kind}_policies")(**named)["AttachedPolicies"]:
        getattr(iam, f"detach_{kind}_policy")(**named, PolicyArn=policy["PolicyArn"])
    getattr(iam, f"delete_{kind}")(**named)


def undone(*gone: str) -> str:
    """Undo; everything is put back but what is gone, which is said, and a second undo has nothing to do."""
    status, out, err = run("undo", "--yes")
    assert status == 0, err
    for arn in gone:
        assert f"{arn} {GONE}" in out
        assert f"{arn} {GONE}" in err, "the run says it at its step too"
    assert journal.runs()[0].state == "undone"
    status, out, _err = run("undo", "--yes", journal.runs()[0].id)
    assert (status, "nothing left to put back" in out) == (0, True)
    return out


@pytest.mark.parametrize("had_one", [False, True], ids=["no-policy-before", "a-policy-of-others-before"])
def test_a_bucket_deleted_whole_is_gone_already(clients: Clients, tmp_path: Path, *, had_one: bool) -> None:
    if had_one:
        put_theirs(clients)
    before = accounts(clients)
    assert apply(written(tmp_path, answers("bucket-policy")))[0] == 0
    assert {step.change["kind"] for step in journal.runs()[0].steps} >= {Kind.BUCKET, Kind.GUARDS, Kind.KEY}
    delete_bucket(clients)

    undone(f"arn:aws:s3:::{ENCRYPTED}")

    del before[BUCKET_POLICY]
    assert accounts(clients) == before


def test_a_role_that_the_run_made_and_somebody_deleted_is_gone_already(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    assert apply(written(tmp_path, answers("assume-role")))[0] == 0
    delete_identity(clients("destination-admin", "iam"), "role", "RoleA")

    undone(f"arn:aws:iam::{DST}:role/wizard/RoleA")

    assert accounts(clients) == before


def test_a_principal_deleted_whole_is_gone_already(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    assert apply(written(tmp_path, answers("bucket-policy")))[0] == 0
    role = f"arn:aws:iam::{SRC}:role/app-ec2"
    delete_identity(clients("source-admin", "iam"), "role", "app-ec2")

    undone(role)

    del before[role]
    assert accounts(clients) == before


def test_a_user_deleted_whole_with_its_keys_is_gone_already(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    assert apply(written(tmp_path, answers("iam-user")))[0] == 0
    delete_identity(clients("destination-admin", "iam"), "user", "reader")

    undone(f"arn:aws:iam::{DST}:user/wizard/reader")

    assert accounts(clients) == before
    assert run("profile", "show", "crossaccount")[0] == 2, "its key is in no file any more"


def answering(monkeypatch: pytest.MonkeyPatch, event: str, status: int, code: str) -> None:
    """Answer an operation's calls as AWS would."""
    monkeypatch.setattr(
        aws_clients,
        "on_session",
        lambda session: session.register(
            f"before-send.{event}", lambda request, **_event: answer(request, status, code)
        ),
    )


def test_a_key_that_does_not_exist_any_more_is_gone_already(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    assert apply(written(tmp_path, answers("bucket-policy")))[0] == 0
    ours = accounts(clients)[KEY]
    answering(monkeypatch, "kms.GetKeyPolicy", 400, "NotFound")

    undone(KEY)

    assert accounts(clients) == {**before, KEY: ours}


def test_a_key_that_waits_for_its_deletion_is_still_put_back(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    assert apply(written(tmp_path, answers("bucket-policy")))[0] == 0
    clients("destination-admin", "kms").schedule_key_deletion(KeyId=KEY, PendingWindowInDays=7)

    assert GONE not in undone()

    assert accounts(clients) == before


@pytest.mark.parametrize(
    ("method", "event"),
    [
        ("iam-user", "s3.GetBucketPolicy"),
        ("iam-user", "kms.GetKeyPolicy"),
        ("iam-user", "iam.GetUser"),
        ("iam-user", "iam.GetUserPolicy"),
        ("assume-role", "iam.GetRole"),
    ],
)
def test_nothing_is_gone_because_it_may_not_be_looked_at(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, event: str
) -> None:
    assert apply(written(tmp_path, answers(method)))[0] == 0
    there = accounts(clients)
    answering(monkeypatch, event, 403, "AccessDenied")

    status, out, err = run("undo", "--yes")

    assert status == 3
    assert "AccessDenied" in err
    assert GONE not in out + err
    assert accounts(clients) == there
    assert journal.runs()[0].left_to_undo()


def test_a_role_that_a_stopped_run_never_made_is_not_called_deleted(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)

    def dying(**_event: Any) -> None:
        raise GeneratorExit  # as a kill would

    monkeypatch.setattr(aws_clients, "on_session", lambda one: one.register("before-send.iam.CreateRole", dying))
    with pytest.raises(GeneratorExit):
        applied(written(tmp_path, answers("assume-role")), Events())
    monkeypatch.setattr(aws_clients, "on_session", None)

    assert GONE not in undone()
    assert accounts(clients) == before


@pytest.mark.parametrize("operation", ["GetBucketPolicy", "DeleteBucketPolicy", "PutBucketPolicy"])
def test_a_bucket_deleted_while_it_is_put_back_is_gone_already(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    if operation == "PutBucketPolicy":
        put_theirs(clients)
    before = accounts(clients)
    assert apply(written(tmp_path, answers("bucket-policy")))[0] == 0
    times = list[str]()

    def deleting(**_event: Any) -> None:
        times.append(operation)
        if len(times) == (2 if operation == "GetBucketPolicy" else 1):
            delete_bucket(clients)

    session = f"before-send.s3.{operation}"
    monkeypatch.setattr(aws_clients, "on_session", lambda one: one.register(session, deleting))
    status, out, err = run("undo", "--yes")

    assert status == 0, err
    assert GONE not in out, "it was there when it was shown"
    assert f"arn:aws:s3:::{ENCRYPTED} {GONE}" in err
    assert journal.runs()[0].state == "undone"
    del before[BUCKET_POLICY]
    assert accounts(clients) == before
