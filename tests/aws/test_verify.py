"""Verifying on the practice accounts: what works is proved, what doesn't is blamed, and nothing is left behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.verify_world import BUCKET, DST, SRC, arrange, hand_over_key, own_files, setup_of
from wizard.access_path import State
from wizard.aws.verify import Clock, Left, Options, Waiting, verify
from wizard.aws.verify_result import Verdict
from wizard.errors import BadInputError, CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.aws.verify_probe import Event
    from wizard.aws.verify_result import Tried, Verification
    from wizard.demo import Practice
    from wizard.setup import Setup

    Clients = Callable[[str, str], Any]

ADMIN = "destination-admin"
PREFIXED = {"name": BUCKET, "region": "ap-northeast-1", "prefix": "reports/"}
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
ENCRYPTED = {"name": "s3-crossaccount-encrypted01", "region": "ap-northeast-1", "kms_key_arn": KEY}
METHODS = ("bucket-policy", "assume-role", "iam-user")


@pytest.fixture(autouse=True)
def credentials(
    fresh_practice: Practice, practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    assert practice_environment
    return own_files(fresh_practice, tmp_path / "aws", monkeypatch)


@pytest.fixture
def arranged(clients: Clients, credentials: Path) -> Callable[..., Setup]:
    def arrange_it(method: str, **tables: Any) -> Setup:
        setup = setup_of(method, **tables)
        arrange(setup, clients)
        if method == "iam-user":
            hand_over_key(credentials, clients, "reader", "crossaccount")
        return setup

    return arrange_it


def go(setup: Setup, patience: float = 0.0, **options: Any) -> Verification:
    if setup.method == "bucket-policy":
        options.setdefault("source_profile", "cliuser")
    return verify(setup, Options(clock=Clock(patience=patience), **options))


def states(found: Verification) -> dict[str, State]:
    return {one.link.id: one.state for hop in found.path.hops for one in hop.links}


def of(found: Verification, action: str, expected: str = "allowed") -> list[Tried]:
    return [one for one in found.tried if one.action == action and one.expected == expected]


def objects(clients: Clients, bucket: str = BUCKET) -> list[tuple[str, str]]:
    told = clients(ADMIN, "s3").list_object_versions(Bucket=bucket)
    uploads = clients(ADMIN, "s3").list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    versions = [(one["Key"], one["VersionId"]) for one in (*told.get("Versions", []), *told.get("DeleteMarkers", []))]
    return [*versions, *((one["Key"], one["UploadId"]) for one in uploads)]


@pytest.mark.parametrize("level", ["list", "read"])
@pytest.mark.parametrize("method", METHODS)
def test_each_method_is_seen_to_work_and_to_stop_where_it_must(
    arranged: Callable[..., Setup], clients: Clients, method: str, level: str
) -> None:
    before = objects(clients)

    found = go(arranged(method, access={"level": level}), destination_profile=ADMIN)

    assert found.holds, found.tried
    assert set(states(found).values()) == {State.VERIFIED}
    denied = [one for one in found.tried if one.expected == "denied"]
    assert [one for one in denied if one.verdict is not Verdict.HOLDS] == []
    assert any(one.target.endswith("s3-crossaccount-bucket02/") for one in denied)
    assert objects(clients) == before


@pytest.mark.parametrize("level", ["read-write", "read-write-delete"])
@pytest.mark.parametrize("method", METHODS)
def test_a_write_test_proves_writing_and_leaves_nothing_behind(
    arranged: Callable[..., Setup], clients: Clients, method: str, level: str
) -> None:
    before = objects(clients)

    found = go(arranged(method, access={"level": level}), destination_profile=ADMIN, write_test=True)

    assert found.holds, found.tried
    passed = {one.call for one in found.tried if one.verdict is Verdict.HOLDS and one.expected == "allowed"}
    assert {"PutObject", "CreateMultipartUpload", "ListParts", "AbortMultipartUpload"} <= passed
    assert ("DeleteObject" in passed) is (level == "read-write-delete")
    assert objects(clients) == before
    assert found.left_behind == ()


@pytest.mark.parametrize("method", METHODS)
def test_without_consent_nothing_is_written(arranged: Callable[..., Setup], clients: Clients, method: str) -> None:
    before = objects(clients)
    found = go(arranged(method, access={"level": "read-write-delete"}), destination_profile=ADMIN)
    assert found.holds
    assert "--write-test" in of(found, "s3:PutObject")[0].reading
    assert of(found, "s3:DeleteObject")[0].verdict is Verdict.NOT_TRIED
    assert objects(clients) == before


def test_writing_without_deleting_is_proved_by_an_upload_that_is_ended(
    arranged: Callable[..., Setup], clients: Clients
) -> None:
    before = objects(clients)
    found = go(arranged("assume-role", access={"level": "read-write"}), write_test=True)
    assert [(one.call, one.verdict) for one in of(found, "s3:PutObject")] == [("CreateMultipartUpload", Verdict.HOLDS)]
    assert objects(clients) == before


def test_what_the_caller_may_not_remove_is_told_with_the_command_that_does(
    arranged: Callable[..., Setup], clients: Clients
) -> None:
    events: list[Event] = []
    before = objects(clients)
    setup = arranged("assume-role", access={"level": "read-write-delete"})

    found = go(setup, write_test=True, tell=events.append)

    left = [one for one in objects(clients) if one not in before]
    assert found.holds
    assert len(left) == len(found.left_behind) == 2  # the version, and the delete marker that hides it
    for key, version in left:
        assert any(
            f"delete-object --bucket {BUCKET} --key {key} --version-id {version}" in text for text in found.left_behind
        )
    assert [one.text for one in events if isinstance(one, Left)] == list(found.left_behind)


def test_tags_and_acls_are_proved_on_the_test_object(arranged: Callable[..., Setup], clients: Clients) -> None:
    before = objects(clients)
    access = {"level": "read-write-delete", "tags": True, "acls": True}
    found = go(arranged("assume-role", access=access), destination_profile=ADMIN, write_test=True)
    assert found.holds, found.tried
    for action in ("s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging", "s3:GetObjectAcl"):
        assert [one.verdict for one in of(found, action)] == [Verdict.HOLDS], action
    assert objects(clients) == before


@pytest.mark.parametrize("method", METHODS)
def test_a_prefix_is_proved_from_both_sides(arranged: Callable[..., Setup], method: str) -> None:
    found = go(arranged(method, bucket=PREFIXED), destination_profile=ADMIN)
    assert found.holds, found.tried
    assert of(found, "s3:GetObject")[0].target.startswith(f"s3://{BUCKET}/reports/")
    outside = [one for one in of(found, "s3:ListBucket", "denied") if f"{BUCKET}/s3-crossaccount-outside" in one.target]
    foreign = [one for one in of(found, "s3:GetObject", "denied") if "/reports/" not in one.target]
    assert [one.verdict for one in (*outside, *foreign)] == [Verdict.HOLDS, Verdict.HOLDS]


@pytest.mark.parametrize("method", METHODS)
def test_the_kms_key_is_a_link_of_its_own(arranged: Callable[..., Setup], clients: Clients, method: str) -> None:
    setup = arranged(method, bucket=ENCRYPTED)
    assert states(go(setup))["key"] is State.VERIFIED

    owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{DST}:user/admin"}, "Action": "kms:*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**owner, "Resource": "*"}]})
    clients(ADMIN, "kms").put_key_policy(KeyId=KEY, PolicyName="default", Policy=policy)
    found = go(setup)
    assert states(found)["key"] is State.BROKEN
    assert "kms:Decrypt" in of(found, "s3:GetObject")[0].said


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


def test_a_caller_outside_of_the_setup_tries_nothing_and_hears_what_to_use(arranged: Callable[..., Setup]) -> None:
    for method in METHODS:
        found = go(arranged(method), source_profile="source-admin")
        assert found.caller == f"arn:aws:iam::{SRC}:user/admin"
        assert not found.holds
        assert not found.failed
        assert {one.verdict for one in found.tried[1:]} == {Verdict.NOT_TRIED}
        assert "--source-profile" in found.tried[1].reading
        assert set(states(found).values()) == {State.UNKNOWN}


def test_a_destination_profile_of_another_account_is_refused(arranged: Callable[..., Setup]) -> None:
    with pytest.raises(BadInputError, match="111111111111"):
        go(arranged("bucket-policy"), destination_profile="source-admin")


def test_an_unknown_profile_is_bad_input(arranged: Callable[..., Setup]) -> None:
    with pytest.raises(BadInputError, match="no profile nobody"):
        go(arranged("bucket-policy"), source_profile="nobody")


def test_an_external_id_and_a_session_name_are_used_as_the_profile_would(arranged: Callable[..., Setup]) -> None:
    role = {"name": "RoleA", "external_id": "word-1", "session_name": "from-source"}
    found = go(arranged("assume-role", role=role))
    assert found.holds
    assert of(found, "sts:AssumeRole")[0].reading.endswith("assumed-role/RoleA/from-source")


def test_mfa_is_asked_for_and_without_anybody_to_ask_not_tried(arranged: Callable[..., Setup]) -> None:
    serial = f"arn:aws:iam::{SRC}:mfa/cliuser"
    profile = {"name": "crossaccount", "source_profile": "cliuser", "mfa_serial": serial}
    setup = arranged("assume-role", role={"name": "RoleA", "require_mfa": True}, profile=profile)
    silent = go(setup)
    assert "nobody to ask" in of(silent, "sts:AssumeRole")[0].reading

    asked: list[str] = []

    def code(prompt: str) -> str:
        asked.append(prompt)
        return "123456"

    found = go(setup, ask_mfa=code)
    assert len(asked) == 1
    assert serial in asked[0]
    # The practice accounts never count a session as signed in with MFA (a known gap): refused, once.
    assert of(found, "sts:AssumeRole")[0].verdict is Verdict.FAILS


def test_the_written_profile_is_tried_as_well(arranged: Callable[..., Setup], credentials: Path) -> None:
    setup = arranged("assume-role")
    written = {"role_arn": f"arn:aws:iam::{DST}:role/wizard/RoleA", "source_profile": "cliuser"}
    with credentials.with_name("config").open("a", encoding="utf-8") as file:
        file.write("\n[profile crossaccount]\n" + "".join(f"{key} = {value}\n" for key, value in written.items()))
    found = go(setup, written=written)
    assert found.holds
    by_profile = [one for one in found.tried if one.target == "crossaccount"]
    assert [one.verdict for one in by_profile] == [Verdict.HOLDS]
    assert "assumed-role/RoleA/" in by_profile[0].reading


def test_without_listing_the_destination_names_an_object(arranged: Callable[..., Setup]) -> None:
    setup = arranged("assume-role", access={"level": "custom", "actions": ["s3:GetObject"]})
    alone = go(setup)
    assert not alone.holds
    assert "--destination-profile" in of(alone, "s3:GetObject")[0].reading
    assert go(setup, destination_profile=ADMIN).holds


def test_an_empty_prefix_says_why_nothing_was_read(arranged: Callable[..., Setup]) -> None:
    bucket = {"name": BUCKET, "region": "ap-northeast-1", "prefix": "empty/"}
    found = go(arranged("bucket-policy", bucket=bucket))
    assert found.holds
    assert of(found, "s3:GetObject")[0].verdict is Verdict.NOT_TRIED
    assert "no object" in of(found, "s3:GetObject")[0].reading


def test_chosen_actions_are_each_tried_and_what_is_not_there_counts(arranged: Callable[..., Setup]) -> None:
    actions = ["s3:ListBucket", "s3:GetLifecycleConfiguration", "s3:GetBucketVersioning", "s3:PutBucketTagging"]
    found = go(arranged("assume-role", access={"level": "custom", "actions": actions}))
    assert found.holds
    lifecycle = of(found, "s3:GetLifecycleConfiguration")[0]
    assert (lifecycle.verdict, lifecycle.said.partition(":")[0]) == (Verdict.HOLDS, "NoSuchLifecycleConfiguration")
    assert of(found, "s3:PutBucketTagging")[0].verdict is Verdict.NOT_TRIED


def test_listing_all_buckets_is_proved_where_it_was_asked_for(arranged: Callable[..., Setup]) -> None:
    found = go(arranged("iam-user", access={"level": "list", "list_all_buckets": True}))
    assert [one.verdict for one in of(found, "s3:ListAllMyBuckets")] == [Verdict.HOLDS]


def test_a_fleet_is_tried_bucket_by_bucket(clients: Clients) -> None:
    buckets = [{"name": f"s3-crossaccount-bucket0{n}", "region": "ap-northeast-1"} for n in (1, 2)]
    setup = setup_of("assume-role", buckets=buckets, bucket={})
    arrange(setup, clients)
    found = go(setup)
    assert found.holds
    assert {one.target for one in of(found, "s3:ListBucket")} == {f"s3://{one['name']}/" for one in buckets}


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
