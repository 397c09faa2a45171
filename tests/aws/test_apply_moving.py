"""Applying in a world that moves: other writers, slow consistency, a person who stops it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.applied import PLACES, Events, applied
from tests.aws.apply_world import (
    DST,
    ENCRYPTED,
    PROFILES,
    THEIRS,
    accounts,
    answers,
    environment,
    put_theirs,
    run,
    written,
)
from tests.aws.fault_host import answer
from wizard.answers.file import read
from wizard.aws import accounts as sides
from wizard.aws import apply, clients, preparing
from wizard.aws.sinks import CredentialsFile
from wizard.aws.watch import Began, Made, Moved, Retrying, Told, Waiting
from wizard.commands.progress import watching
from wizard.errors import AwsError, CancelledError
from wizard.plan import Choices, Kind, plan
from wizard.plan.merge import what_of
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.aws.preparing import Prepared
    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def refusing(
    monkeypatch: pytest.MonkeyPatch, operation: str, times: int, status: int, code: str, message: str
) -> list[str]:
    """Let an operation be refused some times; return the list of the requests that were."""
    refused: list[str] = []

    def sending(**event: Any) -> Any:
        if len(refused) >= times:
            return None
        refused.append(event["request"].url)
        return answer(event["request"], status, code, message)

    monkeypatch.setattr(clients, "on_session", lambda session: session.register(f"before-send.{operation}", sending))
    return refused


def sids(clients: Clients) -> set[str]:
    policy = accounts(clients)[f"{DST} {ENCRYPTED}"]
    return {one["Sid"] for one in policy["Statement"]}


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        ("s3.PutBucketPolicy", "MalformedPolicy", "Invalid principal in policy"),
        (
            "kms.PutKeyPolicy",
            "MalformedPolicyDocument",
            "Policy contains a statement with one or more invalid principals.",
        ),
        ("iam.PutUserPolicy", "NoSuchEntity", "The user with name reader cannot be found."),
        ("sts.GetCallerIdentity", "InvalidClientTokenId", "The security token included in the request is invalid"),
    ],
)
def test_what_was_made_just_now_is_waited_for_and_the_waiting_is_shown(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, code: str, message: str
) -> None:
    file, events = written(tmp_path, answers("iam-user")), Events()
    made = plan(read(Path(file)).setup)
    entered = sides.enter(made.setup, PLACES, events.watch)
    prepared = preparing.prepare(made, entered, Choices())
    refused = refusing(monkeypatch, operation, 2, 400, code, message)
    for one in entered.clients.values():
        one.close()
        one._session = None
    assert made.profile is not None

    apply.apply(prepared, events.watch, CredentialsFile(made.profile))

    assert len(refused) == 2
    waits = events.of(Waiting)
    assert len(waits) == 2
    assert all("known everywhere yet" in wait.why for wait in waits)
    assert run("undo", "--yes")[0] == 0
    assert f"arn:aws:iam::{DST}:user/wizard/reader" not in accounts(clients)


def test_an_invalid_principal_that_this_run_did_not_make_is_told_at_once(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    refused = refusing(monkeypatch, "s3.PutBucketPolicy", 99, 400, "MalformedPolicy", "Invalid principal in policy")
    events = Events()

    with pytest.raises(AwsError, match="Invalid principal"):
        applied(written(tmp_path, answers("bucket-policy")), events)

    assert len(refused) == 1
    assert events.of(Waiting) == []
    monkeypatch.setattr("wizard.aws.clients.on_session", None)
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_throttled_requests_are_sent_again_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_context: 0)
    refusing(monkeypatch, "iam.CreateRole", 2, 400, "Throttling", "Rate exceeded")
    events = Events()

    applied(written(tmp_path, answers("assume-role")), events)

    assert events.of(Retrying) == [Retrying("CreateRole", 2), Retrying("CreateRole", 3)]


def test_an_undo_waits_as_long_as_an_apply_where_aws_asks_to(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_context: 0)
    applied(written(tmp_path, answers("assume-role")), Events())
    with monkeypatch.context() as patched:
        # Four: once more than botocore itself sends it.
        refusing(patched, "iam.DeleteRole", 4, 400, "Throttling", "Rate exceeded")
        status, _out, err = run("undo", "--yes")

    assert status == 0, err
    assert "too many requests" in err
    assert accounts(clients) == before


def test_somebody_who_writes_between_the_plan_and_the_change_loses_nothing(clients: Clients, tmp_path: Path) -> None:
    def write_theirs(told: Told) -> None:
        if isinstance(told, Began) and told.change.kind is Kind.BUCKET and not events.of(Moved):
            put_theirs(clients)

    events = Events(write_theirs)
    asked: list[Prepared] = []

    def again(now: Prepared) -> bool:
        asked.append(now)
        return True

    applied(written(tmp_path, answers("bucket-policy")), events, again)

    assert len(events.of(Moved)) == 1
    now: Any = asked[0].changes[0].now
    assert THEIRS["Statement"][0] in now["Statement"]
    assert sids(clients) >= {"BackupReads", "S3xReportsListList", "S3xReportsBucket", "S3xReportsRequireTls"}
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients)[f"{DST} {ENCRYPTED}"] == THEIRS


def test_a_changed_plan_that_is_not_confirmed_again_stops_with_what_is_done(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    events = Events(
        lambda told: put_theirs(clients) if isinstance(told, Began) and told.change.kind is Kind.BUCKET else None
    )

    with pytest.raises(CancelledError) as stopped:
        applied(written(tmp_path, answers("bucket-policy")), events, lambda _now: False)

    assert "Done until here" in stopped.value.why
    assert run("undo", "--yes")[0] == 0
    assert {**accounts(clients), f"{DST} {ENCRYPTED}": None} == before


def test_statements_that_somebody_wrote_over_are_written_again(clients: Clients, tmp_path: Path) -> None:
    def write_over(told: Told) -> None:
        if isinstance(told, Made) and told.change.kind is Kind.GUARDS and len(events.of(Made)) < 6:
            put_theirs(clients)

    events = Events(write_over)

    applied(written(tmp_path, answers("bucket-policy")), events)

    assert sids(clients) >= {"BackupReads", "S3xReportsListList", "S3xReportsBucket", "S3xReportsRequireTls"}


def test_a_race_that_is_lost_again_and_again_is_said(clients: Clients, tmp_path: Path) -> None:
    events = Events(
        lambda told: put_theirs(clients) if isinstance(told, Made) and told.change.kind is Kind.BUCKET else None
    )

    with pytest.raises(AwsError, match=r"race is lost|keeps changing"):
        applied(written(tmp_path, answers("bucket-policy")), events)

    assert accounts(clients)[f"{DST} {ENCRYPTED}"] == THEIRS


@pytest.mark.parametrize("machines", ["one", "two"])
def test_two_wizards_applying_to_one_bucket_at_once_keep_both_grants_or_one_says_so(
    clients: Clients, practice: Practice, tmp_path: Path, machines: str
) -> None:
    put_theirs(clients)
    running = []
    for number, name in enumerate(("rep", "rep-list")):
        file = written(tmp_path, answers("bucket-policy", name), f"{name}.toml")
        state = tmp_path / (f"state{number}" if machines == "two" else "state")
        command = [sys.executable, "-m", "wizard", "apply", file, "--side", "both", *PROFILES, "--yes"]
        running.append(
            subprocess.Popen(
                command,
                env=environment(practice, state),
                cwd=Path(__file__).parents[2],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )

    ended = [(*process.communicate(timeout=100), process.returncode) for process in running]

    there = sids(clients)
    assert {"BackupReads", "S3xReportsListList"} <= there
    for name, (_out, err, status) in zip(("rep", "rep-list"), ended, strict=True):
        mine = {what_of(sid, name) for sid in there} - {""}
        if status == 0:
            assert mine == {"Bucket", "Objects", "RequireTls"}, err
        else:
            assert machines == "two"
            assert "race is lost" in err or "keeps changing" in err


def test_the_first_ctrl_c_ends_after_the_call_in_flight_and_apply_goes_on_later(
    clients: Clients, tmp_path: Path
) -> None:
    before = accounts(clients)
    file = written(tmp_path, answers("iam-user"))
    events = Events(lambda told: events.watch.stop() if isinstance(told, Made) else None)

    with pytest.raises(CancelledError) as stopped:
        applied(file, events)

    (made,) = events.of(Made)
    assert made.change.what in stopped.value.why
    assert journal.runs()[0].id in stopped.value.mend
    assert journal.runs()[0].state == "stopped"

    applied(file, Events())
    assert len(journal.runs()) == 1
    assert journal.runs()[0].state == "complete"
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_the_second_ctrl_c_leaves_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), watching() as watch:  # noqa: PT012 -- it is raised inside
        signal.raise_signal(signal.SIGINT)
        assert watch.stopping
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_leaving_at_once_in_the_middle_of_a_change_leaves_its_intent_in_the_journal(
    clients: Clients, tmp_path: Path
) -> None:
    before = accounts(clients)

    def leave(told: Told) -> None:
        if isinstance(told, Made) and told.change.kind is Kind.KEY:
            raise KeyboardInterrupt

    with pytest.raises(CancelledError):
        applied(written(tmp_path, answers("bucket-policy")), Events(leave))

    assert [step.change["kind"] for step in journal.runs()[0].steps][-1] == "key-policy"
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_a_role_that_was_made_again_by_somebody_else_is_not_deleted(clients: Clients, tmp_path: Path) -> None:
    applied(written(tmp_path, answers("assume-role")), Events())
    iam = clients("destination-admin", "iam")
    iam.delete_role_policy(RoleName="RoleA", PolicyName="s3-crossaccount-reports")
    trust = iam.get_role(RoleName="RoleA")["Role"]["AssumeRolePolicyDocument"]
    iam.delete_role(RoleName="RoleA")
    iam.create_role(RoleName="RoleA", Path="/wizard/", AssumeRolePolicyDocument=json.dumps(trust))

    status, _out, err = run("undo", "--yes")

    assert status == 2
    assert "made again" in err
    assert f"arn:aws:iam::{DST}:role/wizard/RoleA" in accounts(clients)


def test_a_role_that_got_more_since_is_not_deleted(clients: Clients, tmp_path: Path) -> None:
    applied(written(tmp_path, answers("assume-role")), Events())
    statement = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    clients("destination-admin", "iam").put_role_policy(RoleName="RoleA", PolicyName="more", PolicyDocument=policy)

    status, _out, err = run("undo", "--yes")

    assert status == 2
    assert "isn't deleted" in err
    assert "undo" in err
