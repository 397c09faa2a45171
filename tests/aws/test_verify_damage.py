"""Verifying what doesn't work: the link is blamed, more than allowed is found, and waiting ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectionClosedError

from tests.aws.verify_world import ADMIN, BUCKET, METHODS, SRC, go, objects, of, states
from wizard.access_path import State
from wizard.aws import clients as aws_clients
from wizard.aws.verify.result import Verdict
from wizard.aws.verify.run import Clock, Options, Waiting, verify
from wizard.errors import AwsError, CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.aws.verify.probe import Event
    from wizard.setup import Setup

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("own_credentials")


def _without_identity(setup: Setup, clients: Clients) -> None:
    side, user = (ADMIN, "reader") if setup.method == "iam-user" else ("source-admin", "cliuser")
    clients(side, "iam").delete_user_policy(UserName=user, PolicyName="setup")


def _without_bucket_policy(setup: Setup, clients: Clients) -> None:
    clients(ADMIN, "s3").delete_bucket_policy(Bucket=setup.bucket.name)


def _trusting_another(setup: Setup, clients: Clients) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{SRC}:user/admin"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = setup.own.name.name  # type: ignore[attr-defined] # a role's
    clients(ADMIN, "iam").update_assume_role_policy(RoleName=name, PolicyDocument=policy)


def _role_without_policy(setup: Setup, clients: Clients) -> None:
    name = setup.own.name.name  # type: ignore[attr-defined] # a role's
    clients(ADMIN, "iam").delete_role_policy(RoleName=name, PolicyName="setup")


def _denied_to_all(setup: Setup, clients: Clients) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{setup.bucket.name}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    clients(ADMIN, "s3").put_bucket_policy(Bucket=setup.bucket.name, Policy=policy)


BREAKS: list[tuple[str, Callable[[Setup, Clients], None], str]] = [
    ("bucket-policy", _without_identity, "source-identity"),
    ("bucket-policy", _without_bucket_policy, "bucket"),
    ("assume-role", _without_identity, "source-identity"),
    ("assume-role", _trusting_another, "trust"),
    ("assume-role", _role_without_policy, "destination-identity"),
    ("iam-user", _without_identity, "destination-identity"),
]


@pytest.mark.parametrize(("method", "damage", "link"), BREAKS)
def test_a_missing_half_is_found_with_awss_words_and_our_reading(
    arranged: Callable[..., Setup], clients: Clients, method: str, damage: Callable[[Setup, Clients], None], link: str
) -> None:
    setup = arranged(method)
    damage(setup, clients)

    found = go(setup, destination_profile=ADMIN)

    assert found.failed
    assert not found.holds
    assert states(found)[link] is State.BROKEN
    failed = next(one for one in found.tried if one.verdict is Verdict.FAILS)
    assert "AccessDenied" in failed.said
    assert failed.reading
    # What must not be possible proves nothing where nothing works.
    assert all(one.verdict is Verdict.NOT_TRIED for one in found.tried if one.expected == "denied")


def test_an_explicit_deny_breaks_reading_and_not_listing(arranged: Callable[..., Setup], clients: Clients) -> None:
    setup = arranged("iam-user")
    _denied_to_all(setup, clients)
    found = go(setup)
    assert of(found, "s3:ListBucket")[0].verdict is Verdict.HOLDS
    assert of(found, "s3:GetObject")[0].verdict is Verdict.FAILS


@pytest.mark.parametrize("method", METHODS)
def test_more_than_the_setup_allows_is_found(arranged: Callable[..., Setup], clients: Clients, method: str) -> None:
    setup = arranged(method)
    before = objects(clients)
    more = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [more]})
    match method:
        case "assume-role":
            clients(ADMIN, "iam").put_role_policy(RoleName="RoleA", PolicyName="more", PolicyDocument=document)
        case "iam-user":
            clients(ADMIN, "iam").put_user_policy(UserName="reader", PolicyName="more", PolicyDocument=document)
        case _:
            clients("source-admin", "iam").put_user_policy(
                UserName="cliuser", PolicyName="more", PolicyDocument=document
            )
            s3 = clients(ADMIN, "s3")
            policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
            who = {"AWS": f"arn:aws:iam::{SRC}:user/cliuser"}
            policy["Statement"].append({**more, "Principal": who, "Resource": f"arn:aws:s3:::{BUCKET}/*"})
            s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))

    found = go(setup, destination_profile=ADMIN)

    assert not found.holds
    delete = of(found, "s3:DeleteObject", "denied")[0]
    assert delete.verdict is Verdict.FAILS
    assert "something else does" in delete.reading
    # The links hold all the same, and the delete marker of the random key is gone again.
    assert set(states(found).values()) == {State.VERIFIED}
    assert objects(clients) == before


def test_a_change_that_is_not_known_yet_is_waited_for_with_the_clock_shown(
    arranged: Callable[..., Setup], clients: Clients
) -> None:
    setup = arranged("bucket-policy")
    policy = clients(ADMIN, "s3").get_bucket_policy(Bucket=BUCKET)["Policy"]
    _without_bucket_policy(setup, clients)
    events: list[Waiting] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if now[0] > 4:
            clients(ADMIN, "s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)

    def tell(event: Event) -> None:
        if isinstance(event, Waiting):
            events.append(event)

    clock = Clock(patience=60.0, now=lambda: now[0], sleep=sleep)
    found = verify(setup, Options(source_profile="cliuser", clock=clock, tell=tell))

    assert found.holds
    assert 4 < of(found, "s3:ListBucket")[0].waited_seconds < 8
    assert [one.waited for one in events] == sorted(one.waited for one in events)
    assert all("AccessDenied" in one.said and one.patience == 60.0 for one in events)


def test_a_link_that_is_broken_for_good_is_waited_for_a_minute_in_all(
    arranged: Callable[..., Setup], clients: Clients
) -> None:
    setup = arranged("bucket-policy")
    _without_bucket_policy(setup, clients)
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    clock = Clock(patience=60.0, now=lambda: now[0], sleep=sleep)
    found = verify(setup, Options(source_profile="cliuser", destination_profile=ADMIN, clock=clock))
    assert found.failed
    assert 59.9 < now[0] < 60.1


def test_a_stop_while_a_delete_that_should_be_refused_passes_leaves_no_delete_marker(
    arranged: Callable[..., Setup], clients: Clients
) -> None:
    setup = arranged("assume-role")
    before = objects(clients)
    more = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [more]})
    clients(ADMIN, "iam").put_role_policy(RoleName="RoleA", PolicyName="more", PolicyDocument=document)
    waiting: list[str] = []

    def tell(event: Event) -> None:
        if isinstance(event, Waiting) and event.action == "s3:DeleteObject":
            waiting.append("passed")

    with pytest.raises(CancelledError):
        go(setup, patience=5.0, destination_profile=ADMIN, tell=tell, stop=lambda: bool(waiting))

    assert waiting
    assert objects(clients) == before


def test_a_stop_is_heard_and_the_test_object_is_taken_away(arranged: Callable[..., Setup], clients: Clients) -> None:
    setup = arranged("assume-role", access={"level": "read-write-delete"})
    before = objects(clients)
    put: list[str] = []

    def tell(event: Event) -> None:
        if getattr(event, "call", "") == "PutObject":
            put.append("put")

    with pytest.raises(CancelledError):
        go(setup, destination_profile=ADMIN, write_test=True, tell=tell, stop=lambda: bool(put))
    assert objects(clients) == before


def test_aws_out_of_reach_on_the_way_is_an_error_and_the_test_object_is_taken_away(
    arranged: Callable[..., Setup], clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = arranged("assume-role", access={"level": "read-write-delete"})
    before = objects(clients)
    broken: list[str] = []

    def sending(event_name: str, **_more: Any) -> None:
        if event_name.endswith("ListParts"):
            broken.append(event_name)
            raise ConnectionClosedError(endpoint_url="https://s3")

    monkeypatch.setattr(aws_clients, "on_session", lambda session: session.register("before-send.*", sending))
    with pytest.raises(AwsError, match="got no answer"):
        go(setup, destination_profile=ADMIN, write_test=True)
    assert broken
    assert objects(clients) == before


def test_a_session_that_is_too_long_for_the_role_is_read_as_that(
    arranged: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = arranged("assume-role", role={"name": "RoleA", "session_seconds": 7200})
    message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."

    def answering(http_response: Any, parsed: Any, model: Any, **_more: Any) -> None:
        assert http_response is not None
        if model.name == "AssumeRole":
            parsed["Error"] = {"Code": "ValidationError", "Message": message}
            parsed["ResponseMetadata"]["HTTPStatusCode"] = 400
            http_response.status_code = 400

    monkeypatch.setattr(aws_clients, "on_session", lambda session: session.register("after-call.sts.*", answering))
    found = go(setup)
    assert states(found)["trust"] is State.BROKEN
    assert "role.session_seconds" in of(found, "sts:AssumeRole")[0].reading
