"""Applying while others make and change the same things: nothing of theirs is taken for ours, nothing unasked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.applied import PLACES, Events, applied
from tests.aws.apply_world import DST, ENCRYPTED, THEIRS, accounts, answers, put_theirs, run, written
from tests.aws.apply_world import apply as apply_by_command
from wizard.answers.file import read
from wizard.aws import accounts as sides
from wizard.aws import apply, preparing
from wizard.aws import clients as aws_clients
from wizard.aws.making import Maker
from wizard.aws.preparing import Prepared
from wizard.aws.sinks import CredentialsFile
from wizard.aws.watch import Began, Made, Moved, Told
from wizard.errors import BadInputError, CancelledError
from wizard.plan import Choices, Kind, plan
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.plan import Change

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")
MAKES = {"iam-user": "CreateUser", "assume-role": "CreateRole"}
GUARDS = {"organization_id": "o-practice01"}


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def made_by_alice(clients: Clients, file: str) -> str:
    """Make the user or role that the setup would make, just as it would, with tags of her own; return its ARN."""
    made = plan(read(Path(file)).setup)
    iam, tags = clients("destination-admin", "iam"), [{"Key": "owner", "Value": "alice"}]
    if made.setup.method == "iam-user":
        return str(iam.create_user(UserName="reader", Path="/wizard/", Tags=tags)["User"]["Arn"])
    (trust,) = [one.policy.to_json() for one in made.of("trust") if one.policy]
    told = iam.create_role(
        RoleName="RoleA",
        Path="/wizard/",
        AssumeRolePolicyDocument=json.dumps(trust),
        Tags=tags,
        MaxSessionDuration=3600,
    )
    return str(told["Role"]["Arn"])


def at(event: str, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something once, just before a call is sent."""
    done: list[object] = []

    def sending(**_event: Any) -> None:
        if not done:
            done.append(True)
            act()

    monkeypatch.setattr(aws_clients, "on_session", lambda session: session.register(f"before-send.{event}", sending))


@pytest.mark.parametrize("method", MAKES)
def test_a_user_or_role_that_somebody_makes_while_it_is_confirmed_gets_nothing_of_ours(
    clients: Clients, tmp_path: Path, method: str
) -> None:
    file = written(tmp_path, answers(method))
    events, made = Events(), plan(read(Path(file)).setup)
    entered = sides.enter(made.setup, PLACES, events.watch)
    prepared = preparing.prepare(made, entered, Choices())
    arn = made_by_alice(clients, file)
    hers = accounts(clients)[arn]
    assert made.profile is not None

    with pytest.raises(BadInputError, match="this setup didn't make it") as refused:
        apply.apply(prepared, events.watch, CredentialsFile(made.profile))
    entered.close()

    assert "Nothing was changed" not in refused.value.mend
    assert accounts(clients)[arn] == hers
    status, _out, err = run("undo", "--yes")
    assert status in {0, 2}, err
    assert accounts(clients)[arn] == hers


@pytest.mark.parametrize(("method", "operation"), MAKES.items())
def test_a_user_or_role_that_somebody_makes_just_before_our_call_gets_nothing_of_ours(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, operation: str
) -> None:
    file, arns = written(tmp_path, answers(method)), list[str]()
    at(f"iam.{operation}", monkeypatch, lambda: arns.append(made_by_alice(clients, file)))

    with pytest.raises(BadInputError, match="this setup didn't make it"):
        applied(file, Events())

    monkeypatch.setattr(aws_clients, "on_session", None)
    hers = accounts(clients)[arns[0]]
    assert (hers["inline"], hers["keys"]) == ({}, [])
    run("undo", "--yes")
    assert accounts(clients)[arns[0]] == hers


@pytest.mark.parametrize("kind", [Kind.INLINE, Kind.ACCESS_KEY])
def test_a_user_of_ours_that_somebody_made_again_meanwhile_gets_nothing_of_ours(
    clients: Clients, tmp_path: Path, kind: Kind
) -> None:
    iam, file = clients("destination-admin", "iam"), written(tmp_path, answers("iam-user"))

    def make_again(told: Told) -> None:
        if isinstance(told, Began) and told.change.kind is kind and told.change.account_id == DST:
            for name in iam.list_user_policies(UserName="reader")["PolicyNames"]:
                iam.delete_user_policy(UserName="reader", PolicyName=name)
            iam.delete_user(UserName="reader")
            made_by_alice(clients, file)

    with pytest.raises(BadInputError, match="this setup didn't make it"):
        applied(file, Events(make_again))

    hers = accounts(clients)[f"arn:aws:iam::{DST}:user/wizard/reader"]
    assert (hers["inline"], hers["keys"]) == ({}, [])


def test_a_guard_that_can_lock_out_is_not_set_by_yes_where_the_plan_was_made_again(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {key: value for key, value in answers("bucket-policy").items() if key != "guards"}
    file = written(tmp_path, {**told, "access": {"level": "read"}, "guards": GUARDS})
    assert apply_by_command(file)[0] == 2
    assert apply_by_command(file, "--confirm-lockout", ENCRYPTED)[0] == 0
    wider = written(tmp_path, {**told, "guards": GUARDS}, "wider.toml")
    make, taken = Maker.make, list[bool]()

    def after_somebody_took_the_guard_away(self: Maker, one: aws_clients.Clients, change: Change) -> bool:
        if change.kind is Kind.BUCKET and not taken:
            taken.append(True)
            put_theirs(clients)
        return make(self, one, change)

    monkeypatch.setattr(Maker, "make", after_somebody_took_the_guard_away)

    status, _out, err = apply_by_command(wider)

    assert status == 2
    assert "The guards can lock everybody out" in err
    assert "Done until here" in err
    assert "Nothing was changed" not in err
    assert accounts(clients)[f"{DST} {ENCRYPTED}"] == THEIRS
    assert apply_by_command(wider, "--confirm-lockout", ENCRYPTED)[0] == 0


def test_a_plan_made_again_has_the_warnings_of_the_world_as_it_is_then(clients: Clients, tmp_path: Path) -> None:
    s3, acls = clients("destination-admin", "s3"), {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    asked: list[Prepared] = []

    def act(told: Told) -> None:
        if isinstance(told, Began) and told.change.kind is Kind.BUCKET and not asked:
            put_theirs(clients)
            s3.put_bucket_ownership_controls(Bucket=ENCRYPTED, OwnershipControls=acls)

    def again(now: Prepared) -> bool:
        asked.append(now)
        return False

    with pytest.raises(CancelledError):
        applied(written(tmp_path, answers("bucket-policy")), Events(act), again)
    s3.delete_bucket_ownership_controls(Bucket=ENCRYPTED)

    assert any("ACLs are enabled" in text for text in asked[0].warnings)


def test_statements_that_somebody_took_out_during_the_run_are_put_in_again_only_when_asked(
    clients: Clients, tmp_path: Path
) -> None:
    def take_out(told: Told) -> None:
        if isinstance(told, Made) and told.change.kind is Kind.GUARDS:
            put_theirs(clients)

    events, asked = Events(take_out), list[Prepared]()

    def again(now: Prepared) -> bool:
        asked.append(now)
        return False

    with pytest.raises(CancelledError):
        applied(written(tmp_path, answers("bucket-policy")), events, again)

    assert {change.kind for change in asked[0].ours} == {Kind.BUCKET, Kind.GUARDS}
    assert {told.change.kind for told in events.of(Moved)} == {Kind.BUCKET, Kind.GUARDS}
    assert accounts(clients)[f"{DST} {ENCRYPTED}"] == THEIRS
    assert journal.runs()[0].state == "stopped"
