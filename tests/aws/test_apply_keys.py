"""Access keys: made once, never lost without the journal knowing, whatever becomes of the call or the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.aws.applied import Events, applied
from tests.aws.apply_world import DST, accounts, answers, run, written
from tests.aws.apply_world import apply as apply_by_command
from wizard.aws import clients as aws_clients
from wizard.errors import AwsError
from wizard.state import journal

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

    def dying(self: journal.Journal, now: journal.Event, **told: Any) -> None:
        if now == event and told.get("made", "").startswith("AKIA"):
            raise GeneratorExit  # as a kill would: nothing is caught, nothing is written any more
        if now is not journal.Event.END:
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
