"""Discovery on the practice accounts: what is there is suggested, what is denied makes no noise, stopping is quick."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.verify_world import BUCKET, DST, SRC, own_files
from wizard.aws.discover.run import Wish, discover, profile_names, start
from wizard.aws.discover.snapshot import Denied, NamedBucket, Snapshot, suggestions
from wizard.plan.found import BucketFound, NotKnown
from wizard.questions.catalogue import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wizard.demo import Practice

KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
ENCRYPTED = "s3-crossaccount-encrypted01"


@pytest.fixture(autouse=True)
def files(
    practice: Practice, practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    assert practice_environment
    return own_files(practice, tmp_path / "aws", monkeypatch)


def seen(wish: Wish) -> list[Snapshot]:
    found: list[Snapshot] = []
    discover(wish, found.append, lambda: False)
    return found


@pytest.fixture(scope="module")
def _fresh(module_practice: Practice) -> Practice:
    return module_practice


@pytest.mark.usefixtures("_fresh")
def test_the_destination_is_found_with_all_that_the_questions_ask() -> None:
    found = seen(Wish("destination", "destination-admin", DST, BUCKET, "ap-northeast-1"))
    last = found[-1]

    assert last.done
    assert not any(one.done for one in found[:-1])
    assert (last.account_id, last.problem, last.denied) == (DST, "", ())
    assert suggestions(last, "account") == (DST,)
    assert BUCKET in suggestions(last, "buckets")
    assert suggestions(last, "region") == ("ap-northeast-1",)
    assert suggestions(last, "prefixes") == ("incoming/", "logs/", "reports/")
    assert suggestions(last, "roles") == ("ops/backup",)
    assert suggestions(last, "users") == ("admin", "analyst")
    assert suggestions(last, "kms_keys") == (KEY,)
    assert suggestions(last, "organization") == ("o-practice01",)
    assert suggestions(last, "destination_principals")[0] == f"arn:aws:iam::{DST}:user/admin"
    assert f"arn:aws:iam::{DST}:role/ops/backup" in suggestions(last, "destination_principals")
    assert last.versioning == "Enabled"
    assert isinstance(last.bucket, BucketFound)
    assert last.bucket.ownership == "BucketOwnerEnforced"


@pytest.mark.usefixtures("_fresh")
def test_the_key_of_an_encrypted_bucket_comes_first() -> None:
    last = seen(Wish("destination", "destination-admin", DST, ENCRYPTED, "ap-northeast-1"))[-1]
    assert suggestions(last, "kms_keys")[0] == KEY


@pytest.mark.usefixtures("_fresh")
def test_the_source_is_found_with_its_principals_as_they_are_typed() -> None:
    last = seen(Wish("source", "source-admin", SRC, region="ap-northeast-1"))[-1]
    assert suggestions(last, "principals") == (
        "user/admin",
        "role/app-ec2",
        "role/data/etl",
        "permission-set/DataReader",
        "user/cliuser",
        "user/batch/nightly",
        "root",
    )
    assert suggestions(last, "vpc_endpoints") == ("vpce-0a1b2c3d4e5f60718",)
    assert "cliuser" in suggestions(last, "profiles")
    assert last.denied == ()


@pytest.mark.usefixtures("_fresh")
def test_each_snapshot_has_all_of_the_one_before() -> None:
    found = seen(Wish("destination", "destination-admin", DST, BUCKET, "ap-northeast-1"))
    for before, after in itertools.pairwise(found):
        for name in ("account_id", "buckets", "roles", "users", "kms_keys", "prefixes", "denied"):
            assert not getattr(before, name) or getattr(after, name) == getattr(before, name)


@pytest.mark.usefixtures("_fresh")
def test_what_is_denied_is_only_listed() -> None:
    last = seen(Wish("destination", "analyst", DST, BUCKET, "ap-northeast-1"))[-1]
    assert last.done
    assert last.problem == ""
    assert suggestions(last, "account") == (DST,)
    assert suggestions(last, "roles") == ()
    assert {"iam:ListRoles", "iam:ListUsers", "s3:GetBucketPolicy"} <= {one.action for one in last.denied}
    assert all("AccessDenied" in str(one) for one in last.denied)


@pytest.mark.usefixtures("_fresh")
def test_another_account_than_the_typed_one_is_said_at_once() -> None:
    found = seen(Wish("destination", "source-admin", DST))
    last = found[-1]
    assert last.mismatch
    assert SRC in last.problem
    assert DST in last.problem
    assert suggestions(last, "account") == (SRC,)
    assert suggestions(last, "roles") == suggestions(last, "buckets") == ()
    assert len(found) <= 3


@pytest.mark.parametrize(("profile", "word"), [("nobody", "no profile"), ("broken", "InvalidClientTokenId")])
def test_credentials_that_do_not_work_are_the_problem_and_end_it(files: Path, profile: str, word: str) -> None:
    with files.open("a", encoding="utf-8") as file:
        file.write("\n[broken]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n")
    last = seen(Wish("source", profile))[-1]
    assert last.done
    assert word in last.problem
    assert suggestions(last, "account") == ()
    assert "cliuser" in suggestions(last, "profiles")


@pytest.mark.usefixtures("_fresh")
def test_after_a_stop_nothing_is_asked_or_published() -> None:
    found: list[Snapshot] = []
    discover(Wish("source", "source-admin"), found.append, lambda: len(found) >= 3)
    assert len(found) == 3
    assert not found[-1].done


@pytest.mark.usefixtures("_fresh")
def test_an_mfa_code_is_asked_for_by_whoever_shows_the_wizard(files: Path) -> None:
    serial = f"arn:aws:iam::{SRC}:mfa/admin"
    role = {"role_arn": f"arn:aws:iam::{SRC}:role/app-ec2", "source_profile": "source-admin", "mfa_serial": serial}
    with files.with_name("config").open("a", encoding="utf-8") as config:
        config.write("\n[profile with-mfa]\n" + "".join(f"{key} = {value}\n" for key, value in role.items()))
    asked: list[str] = []
    found: list[Snapshot] = []

    def code(prompt: str) -> str:
        asked.append(prompt)
        return "123456"

    discover(Wish("source", "with-mfa"), found.append, lambda: False, code)

    assert len(asked) == 1
    assert serial in asked[0]
    assert found[-1].done
    # Only EC2 may become that role: AWS refuses, and that is what is told.
    assert "AssumeRole" in found[-1].problem


def test_files_that_can_not_be_read_offer_no_profiles(files: Path) -> None:
    files.write_text("no header\n")
    assert profile_names() == ()


@pytest.fixture
def hanging() -> Iterator[str]:
    """An endpoint that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_stopping_returns_at_once_while_a_call_hangs(hanging: str) -> None:
    found: list[Snapshot] = []
    discovery = start(Wish("source", "source-admin", endpoint_url=hanging), found.append)
    deadline = time.monotonic() + 10
    while not found and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    begun = time.monotonic()
    discovery.stop()
    assert time.monotonic() - begun < 0.1
    assert found[-1].account_id == ""
    assert discovery.running


def test_the_program_ends_within_a_second_while_discovery_hangs(hanging: str) -> None:
    program = f"""
        import time
        from wizard.aws.discover.run import Wish, start
        found = []
        discovery = start(Wish("source", "source-admin", endpoint_url={hanging!r}), found.append)
        while not found:
            time.sleep(0.01)
        time.sleep(0.5)
        print("ready", flush=True)
        discovery.stop()
        """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == "ready\n"
        begun = time.monotonic()
        status = child.wait(10)
        took = time.monotonic() - begun
        assert child.stderr.read() == ""
    assert status == 0
    assert took < 1.0


def test_discovery_goes_on_in_the_background() -> None:
    done = threading.Event()
    threads: set[str] = set()

    def publish(snapshot: Snapshot) -> None:
        threads.add(threading.current_thread().name)
        if snapshot.done:
            done.set()

    start(Wish("source", "source-admin", SRC), publish)
    assert done.wait(20)
    assert threads == {"discover-source"}


def _snapshot(**found: Any) -> Snapshot:
    return Snapshot("destination", "p", account_id=DST, **found)


def test_every_kind_of_the_questions_has_suggestions() -> None:
    bucket = BucketFound(NotKnown(""), NotKnown(""), NotKnown(""), ("aws:kms", ""), "eu-west-1")
    full = _snapshot(
        caller_arn=f"arn:aws:iam::{DST}:user/me",
        buckets=(NamedBucket("b", "eu-west-1"),),
        bucket=bucket,
        prefixes=("p/",),
        roles=(f"arn:aws:iam::{DST}:role/r",),
        users=(f"arn:aws:iam::{DST}:user/u",),
        organization_id="o-1",
        vpc_endpoints=("vpce-1",),
        profiles=("p",),
    )
    for kind in {one.found for one in QUESTIONS if one.found}:
        assert suggestions(full, kind), kind
    assert suggestions(full, "no such kind") == ()
    assert suggestions(full, "kms_keys") == ("aws/s3",)


def test_roles_that_nobody_can_edit_are_not_suggested() -> None:
    reserved = (
        f"arn:aws:iam::{DST}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
        f"arn:aws:iam::{DST}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b2c3d4e5f6071",
    )
    found = _snapshot(roles=reserved)
    assert suggestions(found, "roles") == ()
    assert suggestions(found, "principals") == ("permission-set/Admin", "root")


def test_the_caller_itself_is_suggested_first() -> None:
    roles = tuple(f"arn:aws:iam::{DST}:role/{name}" for name in ("a", "ops/mine"))
    found = _snapshot(roles=roles, caller_arn=f"arn:aws:sts::{DST}:assumed-role/mine/me")
    assert suggestions(found, "principals")[0] == "role/ops/mine"
    assert suggestions(found, "destination_principals")[0] == f"arn:aws:iam::{DST}:role/ops/mine"


def test_a_denied_look_reads_as_a_sentence() -> None:
    assert str(Denied("iam:ListRoles", "AccessDenied: no")) == "iam:ListRoles: AccessDenied: no"
    assert str(Denied("iam:ListRoles", "")) == "iam:ListRoles"
