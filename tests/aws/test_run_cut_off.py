"""What is said at the end of a run that was cut off in the middle of a call: never that nothing was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.retries import standard

from tests.aws.applied import Events, applied
from tests.aws.apply_world import accounts, answers, run, written
from tests.aws.apply_world import apply as apply_by_command
from wizard.aws import clients as aws_clients
from wizard.aws.making import Maker
from wizard.aws.watch import Waiting
from wizard.errors import AwsError, CancelledError
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")
FIRST = "Give role/app-ec2 the inline policy s3-crossaccount-reports."


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(standard.ExponentialBackoff, "delay_amount", lambda _self, _context: 0)


def carried_out(event: str, monkeypatch: pytest.MonkeyPatch, then: Callable[[str], BaseException | None]) -> None:
    """Let AWS carry out a call whose answer never comes, and go on with what `then` returns for its URL."""

    def sending(request: Any, **_event: Any) -> None:
        error = then(str(request.url))
        if error is not None:
            _ = URLLib3Session().send(request).content
            raise error

    monkeypatch.setattr(aws_clients, "on_session", lambda session: session.register(f"before-send.{event}", sending))


def test_leaving_at_once_in_the_first_call_says_that_it_may_be_made(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    file = written(tmp_path, answers("assume-role"))
    carried_out("iam.PutRolePolicy", monkeypatch, lambda _url: KeyboardInterrupt())

    with pytest.raises(CancelledError) as stopped:
        applied(file, Events())

    assert accounts(clients) != before, "AWS carried it out"
    assert "Nothing was changed" not in stopped.value.why
    assert f"may be changed all the same:\n  {FIRST}" in stopped.value.why
    assert f"undo {journal.runs()[0].id}" in stopped.value.mend


def test_a_call_without_an_answer_whose_outcome_nobody_can_see_is_not_called_nothing(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    lost: list[str] = []

    def sending(request: Any, **event: Any) -> None:
        if lost or event["event_name"].endswith("PutRolePolicy"):
            if not lost:
                _ = URLLib3Session().send(request).content
            lost.append(str(request.url))
            raise ReadTimeoutError(endpoint_url=request.url)

    events = Events()
    events.watch.patience = 0.3
    file = written(tmp_path, answers("assume-role"))
    with monkeypatch.context() as patched:
        patched.setattr(aws_clients, "on_session", lambda session: session.register("before-send.*", sending))
        with pytest.raises(AwsError) as unsure:
            applied(file, events)

    assert accounts(clients) != before, "AWS carried it out"
    assert "Nothing was changed" not in unsure.value.why
    assert f"may be changed all the same:\n  {FIRST}" in unsure.value.why
    assert {one.why for one in events.of(Waiting)} == {"There was no answer."}
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_a_call_without_an_answer_after_which_an_old_policy_is_still_read_is_put_back_by_undo(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    file = written(tmp_path, answers("assume-role"))
    events = Events()
    events.watch.patience = 0.3

    def no_answer(url: str) -> BaseException:
        return ReadTimeoutError(endpoint_url=url)

    with monkeypatch.context() as patched:
        patched.setattr(Maker, "_is_there", lambda _maker, _clients, _change: False)
        carried_out("iam.PutRolePolicy", patched, no_answer)
        with pytest.raises(AwsError):
            applied(file, events)
    assert accounts(clients) != before, "AWS carried it out"

    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_going_on_without_a_change_says_that_no_more_was_changed(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, answers("assume-role"))
    stop = Events(lambda _told: None)
    stop.act = lambda _told: stop.watch.stop() if len(stop.told) > 1 else None
    with pytest.raises(CancelledError):
        applied(file, stop)
    assert accounts(clients)
    with monkeypatch.context() as patched:
        patched.setattr("wizard.aws.apply._make_all", lambda _run: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(CancelledError) as stopped:
            applied(file, Events())

    assert stopped.value.why == "Nothing more was changed."


def test_leaving_an_undo_at_once_says_what_may_be_put_back(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = accounts(clients)
    assert apply_by_command(written(tmp_path, answers("assume-role")))[0] == 0
    with monkeypatch.context() as patched:
        carried_out("s3.DeleteBucketPolicy", patched, lambda _url: KeyboardInterrupt())
        status, _out, err = run("undo", "--yes")

    assert status == 130
    assert "Nothing was put back" not in err
    assert "may be put back all the same:\n  arn:aws:s3:::s3-crossaccount-encrypted01" in err
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before
