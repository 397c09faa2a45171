"""Undoing what others changed, took out or made again meanwhile: theirs stays, and all the rest is put back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.applied import Events, applied
from tests.aws.apply_world import DST, ENCRYPTED, THEIRS, accounts, answers, put_theirs, run, written
from tests.aws.apply_world import apply as apply_by_command
from wizard.aws import backs
from wizard.aws import clients as aws_clients
from wizard.aws.watch import Made, Told
from wizard.errors import CancelledError
from wizard.plan import Change, Kind
from wizard.plan.change import By
from wizard.state import journal
from wizard.state.run import Event, Stage, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")
BUCKET_POLICY = f"{DST} {ENCRYPTED}"


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def test_a_run_that_was_overwritten_and_stopped_is_put_back_whole(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)

    def write_over(told: Told) -> None:
        if isinstance(told, Made) and told.change.kind is Kind.BUCKET:
            put_theirs(clients)

    with pytest.raises(CancelledError):
        applied(written(tmp_path, answers("bucket-policy")), Events(write_over), lambda _now: False)

    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == {**before, BUCKET_POLICY: THEIRS}
    assert journal.runs()[0].state == "undone"


def test_a_run_that_wrote_one_policy_again_over_others_is_put_back_step_by_step(
    clients: Clients, tmp_path: Path
) -> None:
    before, times = accounts(clients), list[bool]()

    def write_over(told: Told) -> None:
        if isinstance(told, Made) and told.change.kind is Kind.GUARDS and not times:
            times.append(True)
            put_theirs(clients)

    applied(written(tmp_path, answers("bucket-policy")), Events(write_over))
    kinds = [step.change["kind"] for step in journal.runs()[0].steps]
    assert kinds.count("bucket-policy") == 2

    status, out, _err = run("undo", "--yes")

    assert status == 0
    assert "took this setup's statements out since" in out
    assert accounts(clients) == {**before, BUCKET_POLICY: THEIRS}


def test_what_others_added_between_two_steps_of_a_run_stays(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)

    def add(told: Told) -> None:
        if isinstance(told, Made) and told.change.kind is Kind.BUCKET:
            there = accounts(clients)[BUCKET_POLICY]
            put_theirs(clients, {**there, "Statement": [*there["Statement"], THEIRS["Statement"][0]]})

    applied(written(tmp_path, answers("bucket-policy")), Events(add))

    assert run("undo", "--yes")[0] == 0
    there = accounts(clients)
    assert there[BUCKET_POLICY]["Statement"] == [THEIRS["Statement"][0]]
    assert {**there, BUCKET_POLICY: None} == before


@pytest.mark.parametrize("had_one", [False, True])
def test_a_policy_that_others_deleted_has_nothing_of_ours_to_put_back(
    clients: Clients, tmp_path: Path, *, had_one: bool
) -> None:
    if had_one:
        put_theirs(clients)
    before = accounts(clients)
    assert apply_by_command(written(tmp_path, answers("bucket-policy")))[0] == 0
    clients("destination-admin", "s3").delete_bucket_policy(Bucket=ENCRYPTED)

    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == {**before, BUCKET_POLICY: None}


def test_statements_of_ours_that_others_took_out_count_as_put_back(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    assert apply_by_command(written(tmp_path, answers("bucket-policy")))[0] == 0
    there = accounts(clients)[BUCKET_POLICY]
    rest = [one for one in there["Statement"] if not one["Sid"].endswith("Objects")]
    put_theirs(clients, {**there, "Statement": [*rest, THEIRS["Statement"][0]]})

    status, _out, err = run("undo", "--yes")
    assert status == 2
    assert "--own-statements" in err
    assert run("undo", "--yes", "--own-statements")[0] == 0
    assert accounts(clients)[BUCKET_POLICY]["Statement"] == [THEIRS["Statement"][0]]
    assert {**accounts(clients), BUCKET_POLICY: None} == before


def statement(what: str, action: str) -> dict[str, Any]:
    return {"Sid": f"S3xReports{what}", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}


def step_of(now: list[dict[str, Any]], then: list[dict[str, Any]]) -> tuple[Step, Change]:
    version = {"Version": "2012-10-17"}
    change = Change(
        id="one",
        kind=Kind.BUCKET,
        account_id=DST,
        side="destination",
        target="arn:aws:s3:::b",
        name="b",
        region="",
        what="",
        now={**version, "Statement": now} if now else None,
        then={**version, "Statement": then},
        put_back="",
        by=By.US,
    )
    return Step(0, change.to_json(), Stage.DONE, after=change.then), change


def test_an_earlier_version_of_a_statement_of_ours_is_not_put_in_again_where_others_took_ours_out() -> None:
    other = THEIRS["Statement"][0]
    step, change = step_of(
        [statement("Bucket", "s3:ListBucket"), statement("Objects", "s3:GetObject")],
        [statement("Bucket", "s3:List*"), statement("Objects", "s3:*")],
    )
    there = {"Version": "2012-10-17", "Statement": [other, statement("Bucket", "s3:List*")]}

    back = backs.own_only(backs.compared(step, change, there), "reports")

    assert not back.differs
    assert back.to == {**there, "Statement": [other, statement("Bucket", "s3:ListBucket")]}


def test_a_step_that_changed_no_statement_of_the_setup_is_never_taken_for_put_back() -> None:
    other = THEIRS["Statement"][0]
    step, change = step_of([other], [{**other, "Action": "s3:*"}])
    there = {"Version": "2012-10-17", "Statement": [{**other, "Action": "s3:Get*"}]}

    assert backs.without_ours(backs.compared(step, change, there), "reports").differs


@pytest.mark.parametrize(("method", "operation"), [("iam-user", "CreateUser"), ("assume-role", "CreateRole")])
def test_a_died_run_deletes_no_user_or_role_that_somebody_made_since(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, operation: str
) -> None:
    def dying(**_event: Any) -> None:
        raise GeneratorExit  # as a kill would: nothing is caught, nothing is written any more

    session = "wizard.aws.clients.on_session"
    monkeypatch.setattr(session, lambda one: one.register(f"before-send.iam.{operation}", dying))
    with monkeypatch.context() as patched:
        write = journal.Journal.write
        patched.setattr(
            journal.Journal,
            "write",
            lambda self, now, **told: None if now is Event.END else write(self, now, **told),
        )
        with pytest.raises(GeneratorExit):
            applied(written(tmp_path, answers(method)), Events())
    monkeypatch.setattr(aws_clients, "on_session", None)
    (made,) = [one for one in journal.runs()[0].steps if one.change["kind"] in {"user", "role"}]
    iam, tags = clients("destination-admin", "iam"), [{"Key": "owner", "Value": "alice"}]
    if method == "iam-user":
        iam.create_user(UserName="reader", Path="/wizard/", Tags=tags)
        iam.create_access_key(UserName="reader")
    else:
        trust = json.dumps(made.change["then"])
        iam.create_role(RoleName="RoleA", Path="/wizard/", AssumeRolePolicyDocument=trust, Tags=tags)
    hers = accounts(clients)

    status, _out, err = run("undo", "--yes")

    arn = str(made.change["target"])
    assert status == 2
    assert "doesn't carry the tag" in err
    assert "by hand" in err
    assert accounts(clients)[arn] == hers[arn]
    run("undo", "--yes")  # there is no run left to undo
    assert journal.runs()[0].left_to_undo() == ()
    assert accounts(clients)[arn] == hers[arn]


@pytest.mark.parametrize("edit", [{"kind": "access-point"}, {"target": None, "session_seconds": "long"}, {"now": ...}])
def test_a_change_in_the_journal_that_this_version_does_not_know_is_said_and_stops_no_other_run(
    clients: Clients, tmp_path: Path, edit: dict[str, Any]
) -> None:
    before = accounts(clients)
    assert apply_by_command(written(tmp_path, answers("assume-role")))[0] == 0
    both = accounts(clients)
    (first,) = journal.runs()
    with journal.new_run(setup="reports", accounts=first.about["accounts"]) as opened:
        change = {**first.steps[0].change, **edit}
        known = {key: value for key, value in change.items() if value is not ...}
        opened.write(Event.INTENT, id=known["id"], change=known)
        opened.write(Event.END, state="complete")

    status, _out, err = run("undo", "--yes")

    assert status == 2
    assert "can't be read" in err
    assert "newer version" in err
    assert accounts(clients) == both
    assert apply_by_command(written(tmp_path, answers("assume-role")))[0] == 0
    assert run("undo", first.id, "--yes")[0] == 0
    assert accounts(clients) == before
