"""Access keys: made once, never lost without the journal knowing, whatever becomes of the call or the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.aws.applied import Events, applied
from tests.aws.apply_world import DST, accounts, answers, run, written
from tests.aws.apply_world import apply as apply_by_command
from tests.aws.fault_host import answer
from wizard.aws import clients as aws_clients
from wizard.aws import sinks
from wizard.aws.watch import Noted
from wizard.errors import AwsError
from wizard.profiles.keys import AccessKey, Secret
from wizard.state import journal
from wizard.state.run import Event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")
USER = f"arn:aws:iam::{DST}:user/wizard/reader"


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def losing_answers(monkeypatch: pytest.MonkeyPatch, times: int) -> list[str]:
    """Let CreateAccessKey be carried out, and its answer be lost; return what was sent."""
    sent: list[str] = []

    def sending(**event: Any) -> None:
        sent.append(event["request"].url)
        if len(sent) <= times:
            _ = URLLib3Session().send(event["request"]).content
            raise ReadTimeoutError(endpoint_url=event["request"].url)

    monkeypatch.setattr(
        aws_clients, "on_session", lambda session: session.register("before-send.iam.CreateAccessKey", sending)
    )
    return sent


def test_a_key_whose_answer_was_lost_is_deleted_and_another_one_made(
    clients: Clients, practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    sent = losing_answers(monkeypatch, 1)

    applied(written(tmp_path, answers("iam-user")), Events())

    assert len(sent) == 2
    (kept,) = accounts(clients)[USER]["keys"]
    assert kept in (practice.folder / "credentials").read_text(encoding="utf-8")
    told = (tmp_path / "state" / "runs" / f"{journal.runs()[0].id}.jsonl").read_text(encoding="utf-8")
    assert '"deleted_keys": ["AKIA' in told
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_answers_that_are_lost_again_leave_no_key_behind(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    sent = losing_answers(monkeypatch, 99)

    with pytest.raises(AwsError, match="CreateAccessKey"):
        applied(written(tmp_path, answers("iam-user")), Events())

    assert len(sent) == 2
    assert accounts(clients)[USER]["keys"] == []
    monkeypatch.setattr(aws_clients, "on_session", None)
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_a_profile_that_holds_another_key_is_not_written_over(
    clients: Clients, practice: Practice, tmp_path: Path
) -> None:
    before = accounts(clients)
    credentials = (practice.folder / "credentials").read_bytes()

    status, _out, err = apply_by_command(written(tmp_path, answers("iam-user", profile={"name": "analyst"})))

    assert status == 2
    assert "--keys-to" in err
    assert accounts(clients) == before
    assert (practice.folder / "credentials").read_bytes() == credentials


@pytest.mark.parametrize("event", ["intent", "done"])
def test_a_key_whose_run_died_while_it_was_kept_is_replaced_by_one_that_is(
    clients: Clients, practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    before = accounts(clients)
    file = written(tmp_path, answers("iam-user"))
    write = journal.Journal.write

    def dying(self: journal.Journal, now: Event, **told: Any) -> None:
        if now == event and told.get("made", "").startswith("AKIA"):
            raise GeneratorExit  # as a kill would: nothing is caught, nothing is written any more
        if now is not Event.END:
            write(self, now, **told)

    monkeypatch.setattr(journal.Journal, "write", dying)
    with pytest.raises(GeneratorExit):
        applied(file, Events())
    monkeypatch.setattr(journal.Journal, "write", write)
    user = f"arn:aws:iam::{DST}:user/wizard/reader"
    (lost,) = accounts(clients)[user]["keys"]

    assert apply_by_command(file)[0] == 0

    (kept,) = accounts(clients)[user]["keys"]
    assert kept != lost
    credentials = (practice.folder / "credentials").read_text(encoding="utf-8")
    assert kept in credentials
    assert lost not in credentials
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before
    assert kept not in (practice.folder / "credentials").read_text(encoding="utf-8")


def colleague_makes_a_key(clients: Clients, monkeypatch: pytest.MonkeyPatch, then: Callable[[Any], Any]) -> list[str]:
    """Let a colleague make a key just before our CreateAccessKey, which ends as `then` does; return its id."""
    theirs: list[str] = []
    iam = clients("destination-admin", "iam")

    def sending(**event: Any) -> Any:
        if not theirs:
            theirs.append(iam.create_access_key(UserName="reader")["AccessKey"]["AccessKeyId"])
        return then(event["request"])

    monkeypatch.setattr(
        aws_clients, "on_session", lambda session: session.register("before-send.iam.CreateAccessKey", sending)
    )
    return theirs


@pytest.mark.parametrize(("status", "code"), [(409, "LimitExceeded"), (400, "Throttling"), (403, "AccessDenied")])
def test_a_refused_call_deletes_no_key_that_a_colleague_made_meanwhile(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    theirs = colleague_makes_a_key(clients, monkeypatch, lambda request: answer(request, status, code))
    events = Events()

    with pytest.raises(AwsError, match=code):
        applied(written(tmp_path, answers("iam-user")), events)

    assert accounts(clients)[USER]["keys"] == theirs
    assert events.of(Noted) == []
    monkeypatch.setattr(aws_clients, "on_session", None)
    assert run("undo", "--yes")[0] == 2, "the user has a key that the run didn't make"
    assert accounts(clients)[USER]["keys"] == theirs


def test_of_two_new_keys_after_a_call_without_an_answer_none_is_deleted_and_both_are_named(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(request: Any) -> None:
        _ = URLLib3Session().send(request).content
        raise ReadTimeoutError(endpoint_url=request.url)

    (theirs,) = [colleague_makes_a_key(clients, monkeypatch, lose)]

    with pytest.raises(AwsError, match="more than one key is new") as unsure:
        applied(written(tmp_path, answers("iam-user")), Events())

    there = accounts(clients)[USER]["keys"]
    assert len(there) == 2
    assert theirs[0] in there
    assert all(identity in unsure.value.what for identity in there)
    assert "by hand" in unsure.value.mend
    monkeypatch.setattr(aws_clients, "on_session", None)
    clients("destination-admin", "iam").delete_access_key(
        UserName="reader", AccessKeyId=next(identity for identity in there if identity not in theirs)
    )
    assert apply_by_command(written(tmp_path, answers("iam-user")))[0] == 0
    run("undo", "--yes")
    assert accounts(clients)[USER]["keys"] == theirs, "whoever was asked to decide has decided"


def test_a_key_of_a_lost_call_that_is_deleted_is_said(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losing_answers(monkeypatch, 1)
    events = Events()

    applied(written(tmp_path, answers("iam-user")), events)

    (said,) = events.of(Noted)
    assert "its secret is lost" in said.text
    assert said.text.split()[1].startswith("AKIA")
    assert accounts(clients)[USER]["keys"]


@pytest.mark.parametrize("to_a_file", [False, True])
def test_leaving_at_once_while_the_key_is_written_leaves_no_dead_key_in_the_way_of_the_next_apply(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, to_a_file: bool
) -> None:
    before = accounts(clients)
    file, keys = written(tmp_path, answers("iam-user")), tmp_path / "keys.csv"
    more = ("--keys-to", str(keys)) if to_a_file else ()
    place = sinks.HandOverFile if to_a_file else sinks.CredentialsFile
    write = place.write

    def cut_off(sink: Any, key: Any) -> None:
        write(sink, key)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place, "write", cut_off)
        assert apply_by_command(file, *more)[0] == 130
    assert accounts(clients)[USER]["keys"] == []
    assert not keys.exists()

    status, _out, err = apply_by_command(file, *more)

    assert status == 0, err
    assert len(accounts(clients)[USER]["keys"]) == 1
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_a_hand_over_file_that_was_cut_off_is_not_half_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wizard.aws.sinks.os.fsync", cut_off)
    with pytest.raises(KeyboardInterrupt):
        sinks.HandOverFile(tmp_path / "keys.csv").write(AccessKey("AKIAIOSFODNN7EXAMPLE", Secret("s" * 40)))

    assert list(tmp_path.iterdir()) == []
