"""Why is it denied, on the practice accounts: each cause by itself, the side that acts, the change that mends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.diagnose_world import (
    ARN,
    BUCKET,
    CLIUSER,
    DST,
    KEY,
    READS,
    ROLE,
    SRC,
    SUMMARY,
    World,
    allow,
    apply_changes,
    deny,
    kinds,
    states,
    why,
)
from wizard.access_path import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

GET = ("s3:GetObject", f"{ARN}/reports/*")
ENCRYPTED = "s3-crossaccount-encrypted01"
TRUST = allow("sts:AssumeRole", Principal={"AWS": CLIUSER})
ASSUME = allow("sts:AssumeRole", ROLE)
ROLE_READS = [allow(action, resource) for action, resource in READS]


@pytest.fixture
def world(clients: Clients, own_credentials: Path) -> World:
    return World(clients, own_credentials)


def test_what_works_is_said_to_work_and_every_link_is_verified(world: World) -> None:
    world.both_sides()

    found = why()

    assert (found.works, found.causes) == (True, ())
    assert set(states(found).values()) == {State.VERIFIED}


def test_the_allow_that_the_callers_policies_lack_is_the_sources_to_add(world: World) -> None:
    world.bucket(allow(*GET, Principal={"AWS": CLIUSER}))

    found = why()

    assert kinds(found) == ["identity-allow-missing"]
    cause = found.causes[0]
    assert (cause.side, cause.account_id, cause.certain) == ("source", SRC, True)
    assert states(found)["source-identity"] is State.BROKEN
    assert states(found)["bucket"] is State.PROVEN
    assert found.mended


def test_the_allow_that_the_bucket_policy_lacks_is_the_destinations_to_add(world: World) -> None:
    world.identity(allow(*GET))

    found = why()

    assert kinds(found) == ["bucket-allow-missing"]
    assert (found.causes[0].side, found.causes[0].account_id) == ("destination", DST)
    assert found.causes[0].changes[0].document == "bucket"
    assert states(found)["source-identity"] is State.PROVEN


@pytest.mark.usefixtures("world")
def test_both_sides_are_told_in_one_go_the_sources_first() -> None:
    assert kinds(why()) == ["identity-allow-missing", "bucket-allow-missing"]


def test_the_statement_that_denies_is_named_with_its_place(world: World) -> None:
    world.both_sides()
    world.bucket(
        allow(*GET, Principal={"AWS": CLIUSER}),
        deny("s3:*", f"{ARN}/reports/*", Sid="NoReports", Principal="*"),
    )

    found = why()

    assert kinds(found) == ["explicit-deny"]
    statement = found.causes[0].statement
    assert statement is not None
    assert (statement.on, statement.index, statement.sid, statement.effect) == (ARN, 1, "NoReports", "Deny")
    assert "NoReports" in found.causes[0].message
    assert "ArnNotLike" in found.causes[0].changes[0].diff


def test_a_deny_in_the_callers_own_policy_is_the_sources(world: World) -> None:
    world.both_sides()
    world.identity(allow(*GET), deny("s3:GetObject", f"{ARN}/*", Sid="Stop"))

    found = why()

    assert kinds(found) == ["explicit-deny"]
    assert (found.causes[0].side, found.causes[0].link) == ("source", "source-identity")
    assert found.causes[0].statement is not None
    assert found.causes[0].statement.policy == "own-bucket"


def test_another_prefix_than_the_allowed_one_is_told_from_no_allow_at_all(world: World) -> None:
    world.both_sides()

    found = why("logs/2026-10-01.log")

    assert kinds(found) == ["prefix-mismatch", "prefix-mismatch"]
    assert "reports/*" in found.causes[0].message


def test_a_listing_of_another_prefix_is_told_too(world: World) -> None:
    condition = {"StringLike": {"s3:prefix": ["reports/", "reports/*"]}}
    world.identity(allow("s3:ListBucket", ARN, Condition=condition))
    world.bucket(allow("s3:ListBucket", ARN, Condition=condition, Principal={"AWS": CLIUSER}))

    found = why("logs/")

    assert kinds(found) == ["prefix-mismatch", "prefix-mismatch"]
    assert '"logs/*"' in found.causes[1].changes[0].diff
    assert found.mended


def test_an_object_that_is_not_there_is_told_to_who_may_list(world: World) -> None:
    world.both_sides()

    found = why("reports/none-of-these.bin")

    assert kinds(found) == ["object-missing"]
    assert found.call is not None
    assert found.call.answer is not None
    assert found.call.answer.code == "NoSuchKey"


def test_a_key_with_a_typo_is_shown_with_the_one_that_is_there(world: World) -> None:
    world.both_sides()

    found = why("reports/2026/10/sumary.csv")

    assert kinds(found) == ["key-name-typo"]
    assert SUMMARY in found.causes[0].message
    assert any(SUMMARY in command for command in found.causes[0].commands)


def test_a_bucket_with_a_typo_is_shown_with_the_one_that_is_there(world: World) -> None:
    world.both_sides()

    found = why(bucket="s3-crossaccount-bucket1")

    assert kinds(found) == ["bucket-name-typo"]
    assert BUCKET in found.causes[0].message


def test_a_bucket_that_is_not_there_at_all(world: World) -> None:
    world.both_sides()

    assert kinds(why(bucket="nothing-of-the-kind-anywhere")) == ["bucket-missing"]


def test_a_trust_policy_that_names_somebody_else_gets_the_caller_added(world: World) -> None:
    world.identity(ASSUME)
    world.role(allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{SRC}:user/admin"}), *ROLE_READS)
    world.switching()

    found = why(profile="crossaccount")

    assert kinds(found) == ["trust-not-naming-caller"]
    assert found.causes[0].side == "destination"
    assert f'+          "{CLIUSER}"' in found.causes[0].changes[0].diff
    assert states(found)["source-identity"] is State.PROVEN


def test_who_may_not_assume_the_role_is_the_sources_to_mend(world: World) -> None:
    world.identity(allow("s3:ListBucket", "arn:aws:s3:::other"))
    world.role(TRUST, *ROLE_READS)
    world.switching()

    found = why(profile="crossaccount")

    assert kinds(found) == ["identity-allow-missing"]
    assert "sts:AssumeRole" in found.causes[0].changes[0].diff
    assert states(found)["trust"] is State.PROVEN


@pytest.mark.parametrize(
    ("given", "kind"), [({}, "external-id-missing"), ({"external_id": "of-last-year"}, "external-id-wrong")]
)
def test_the_external_id_is_told_missing_or_wrong_with_the_line_of_the_profile(
    world: World, given: dict[str, str], kind: str
) -> None:
    world.identity(ASSUME)
    world.role({**TRUST, "Condition": {"StringEquals": {"sts:ExternalId": "ticket-42"}}}, *ROLE_READS)
    world.switching(**given)

    found = why(profile="crossaccount")

    assert kinds(found) == [kind]
    cause = found.causes[0]
    assert (cause.side, cause.certain) == ("source", True)
    assert "+external_id = ticket-42" in cause.changes[0].diff
    assert cause.commands == ("aws configure set external_id ticket-42 --profile crossaccount",)


def test_mfa_that_the_trust_policy_asks_for_and_the_profile_does_not_give(world: World) -> None:
    device = world.clients("source-admin", "iam").create_virtual_mfa_device(VirtualMFADeviceName="phone")
    serial = device["VirtualMFADevice"]["SerialNumber"]
    world.clients("source-admin", "iam").enable_mfa_device(
        UserName="cliuser", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="234567"
    )
    world.identity(ASSUME)
    world.role({**TRUST, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, *ROLE_READS)
    world.switching()

    found = why(profile="crossaccount")

    assert kinds(found) == ["mfa-missing"]
    assert found.causes[0].certain
    assert f"+mfa_serial = {serial}" in found.causes[0].changes[0].diff


def test_a_role_that_does_not_exist_is_shown_with_the_one_that_is_meant(world: World) -> None:
    world.identity(allow("sts:AssumeRole", "*"))
    world.role(TRUST, *ROLE_READS)
    world.switching(role_arn=f"arn:aws:iam::{DST}:role/wizard/RolaA")

    found = why(profile="crossaccount")

    assert kinds(found)[0] == "role-missing"
    assert ROLE in found.causes[0].message
    assert f"+role_arn = {ROLE}" in found.causes[0].changes[0].diff


def test_what_the_role_itself_may_not_do_is_the_destinations(world: World) -> None:
    world.identity(ASSUME)
    world.role(TRUST, allow("s3:ListBucket", ARN))
    world.switching()

    found = why(profile="crossaccount")

    assert kinds(found) == ["identity-allow-missing"]
    cause = found.causes[0]
    assert (cause.link, cause.side, cause.account_id) == ("destination-identity", "destination", DST)
    assert states(found)["trust"] is State.VERIFIED


def test_links_behind_a_broken_one_are_looked_at_too(world: World) -> None:
    world.identity(allow("s3:ListBucket", "arn:aws:s3:::other"))
    world.role(TRUST, allow("s3:ListBucket", ARN))
    world.switching()

    found = why(profile="crossaccount")

    assert [(cause.kind, cause.link) for cause in found.causes] == [
        ("identity-allow-missing", "source-identity"),
        ("identity-allow-missing", "destination-identity"),
    ]


def test_the_key_policy_and_the_identity_policy_are_told_apart_for_kms(world: World) -> None:
    resource = f"arn:aws:s3:::{ENCRYPTED}/*"
    world.bucket(allow("s3:GetObject", resource, Principal={"AWS": CLIUSER}), name=ENCRYPTED)
    world.identity(allow("s3:GetObject", resource))
    both = why(bucket=ENCRYPTED)
    world.identity(allow("s3:GetObject", resource), allow("kms:Decrypt", KEY))
    key_only = why(bucket=ENCRYPTED)

    assert kinds(both) == ["kms-identity-missing", "kms-key-policy-missing"]
    assert kinds(key_only) == ["kms-key-policy-missing"]
    assert key_only.causes[0].changes[0].document == "key"
    added = [line for line in key_only.causes[0].changes[0].diff.splitlines() if line.startswith("+ ")]
    assert any("kms:ViaService" in line for line in added)
    assert not any("kms:*" in line for line in added)
    assert states(key_only)["key"] is State.BROKEN


def test_the_managed_key_can_not_be_used_across_accounts(world: World) -> None:
    s3 = world.clients("destination-admin", "s3")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_object(Bucket=BUCKET, Key="reports/new.csv", Body=b"x")
    world.both_sides()

    found = why("reports/new.csv")

    assert kinds(found) == ["managed-key-across-accounts"]
    assert not found.causes[0].changes
    assert "aws/s3" in found.causes[0].message


def test_a_boundary_is_told_from_the_policies(world: World) -> None:
    world.both_sides()
    world.boundary(allow("s3:ListBucket", "*"))

    found = why()

    assert kinds(found) == ["permissions-boundary"]
    assert (found.causes[0].link, found.causes[0].side) == ("layers", "source")
    assert found.causes[0].changes[0].document == "boundary"


def test_a_public_statement_shuts_every_other_account_out(world: World) -> None:
    world.both_sides()
    world.bucket(
        allow(*GET, Principal={"AWS": CLIUSER}),
        allow("s3:GetObject", f"{ARN}/public/*", Principal="*", Sid="Everybody"),
        public=True,
    )

    found = why()

    assert kinds(found) == ["public-policy-restricted"]
    assert found.causes[0].statement is not None
    assert found.causes[0].statement.sid == "Everybody"
    assert found.mended


def test_the_vpc_endpoint_guard_is_named_with_its_endpoint(world: World) -> None:
    world.both_sides()
    guard = {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}
    world.bucket(
        allow(*GET, Principal={"AWS": CLIUSER}),
        deny("s3:GetObject", f"{ARN}/*", Principal="*", Condition=guard),
    )

    found = why()

    assert kinds(found) == ["vpc-endpoint-guard"]
    assert "vpce-0a1b2c3d4e5f60718" in found.causes[0].message
    assert not found.causes[0].certain
    assert "aws:SourceVpce" in {one.what for one in found.unseen}


def test_the_organisation_guard_is_named_with_the_organisation(world: World) -> None:
    world.both_sides()
    guard = {"StringNotEquals": {"aws:PrincipalOrgID": "o-elsewhere1"}}
    world.bucket(allow(*GET, Principal={"AWS": CLIUSER}), deny("s3:*", f"{ARN}/*", Principal="*", Condition=guard))

    found = why()

    assert kinds(found) == ["organization-guard"]
    assert "o-elsewhere1" in found.causes[0].message


def test_the_wrong_profile_is_told_where_another_one_is_named(world: World) -> None:
    world.both_sides()

    found = why(profile="nightly")

    assert kinds(found)[0] == "wrong-profile"
    assert "cliuser" in found.causes[0].message
    assert any("--profile cliuser" in command for command in found.causes[0].commands)


def test_keys_in_the_environment_that_come_before_the_profile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.both_sides()
    keys = world.clients("source-admin", "iam").create_access_key(UserName="nightly")["AccessKey"]
    monkeypatch.setenv("AWS_PROFILE", "cliuser")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])

    found = why(profile="")

    assert kinds(found)[0] == "environment-overrides-profile"
    assert found.causes[0].certain
    assert found.causes[0].commands == ("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",)
    assert why(profile="cliuser").works


def test_an_access_key_that_aws_does_not_know(world: World) -> None:
    with world.credentials.open("a", encoding="utf-8") as file:
        file.write("\n[gone]\naws_access_key_id = AKIAQQQQQQQQQQQQQQQQ\naws_secret_access_key = wrong\n")

    found = why(profile="gone")

    assert kinds(found) == ["unknown-access-key"]
    assert states(found)["credentials"] is State.BROKEN


def test_a_profile_without_credentials(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # This machine has no credentials of its own either.
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    world.profile("empty", region="ap-northeast-1")

    assert kinds(why(profile="empty")) == ["no-credentials"]


def test_a_profile_that_leads_nowhere(world: World) -> None:
    world.profile("lost", role_arn=ROLE, source_profile="nobody")

    found = why(profile="lost")

    assert kinds(found) == ["profile-broken"]
    assert "nobody" in found.causes[0].message


def test_writing_is_tried_by_an_upload_that_leaves_nothing(world: World) -> None:
    world.identity(allow(["s3:PutObject", "s3:AbortMultipartUpload"], f"{ARN}/*"))
    put = ["s3:PutObject", "s3:AbortMultipartUpload"]
    world.bucket(allow(put, f"{ARN}/*", Principal={"AWS": CLIUSER}))

    found = why("incoming/new.json", action="s3:PutObject")

    s3 = world.clients("destination-admin", "s3")
    assert found.works is True
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="incoming/new").get("KeyCount") == 0


def test_writing_that_is_denied_names_the_write(world: World) -> None:
    world.both_sides()

    found = why("incoming/new.json", action="PutObject")

    assert kinds(found) == ["identity-allow-missing", "bucket-allow-missing"]
    assert all("s3:PutObject" in cause.message for cause in found.causes)


def test_deleting_is_never_tried_but_evaluated(world: World) -> None:
    world.both_sides()

    found = why(action="s3:DeleteObject")

    assert found.call is not None
    assert not found.call.made
    assert kinds(found) == ["identity-allow-missing", "bucket-allow-missing"]
    assert found.notes
    assert world.clients("destination-admin", "s3").head_object(Bucket=BUCKET, Key=SUMMARY)


def test_deleting_that_is_allowed_is_said_to_be_by_what_was_read(world: World) -> None:
    world.identity(allow("s3:DeleteObject", f"{ARN}/*"))
    world.bucket(allow("s3:DeleteObject", f"{ARN}/*", Principal={"AWS": CLIUSER}))

    found = why(action="s3:DeleteObject")

    assert found.works is True
    assert found.causes == ()
    assert world.clients("destination-admin", "s3").head_object(Bucket=BUCKET, Key=SUMMARY)


def test_what_nobody_could_read_is_listed_with_what_would_show_it(world: World) -> None:
    world.bucket(allow(*GET, Principal={"AWS": CLIUSER}))

    found = why(destination_profile="", source_profile="")

    assert found.works is False
    unseen = {one.what: one for one in found.unseen}
    assert {"identity", "resource", "scps"} <= set(unseen)
    assert "--destination-profile" in unseen["resource"].shows
    assert not any(cause.certain for cause in found.causes)


@pytest.mark.parametrize("broken", ["identity", "bucket", "prefix", "trust", "role", "kms"])
def test_with_the_proposed_changes_made_it_works(world: World, broken: str) -> None:
    key, ask = SUMMARY, {"profile": "cliuser", "bucket": BUCKET}
    world.both_sides()
    match broken:
        case "identity":
            world.identity(allow("s3:ListBucket", "arn:aws:s3:::other"))
        case "bucket":
            world.clients("destination-admin", "s3").delete_bucket_policy(Bucket=BUCKET)
        case "prefix":
            key = "logs/2026-10-01.log"
        case "trust" | "role":
            names = CLIUSER if broken == "role" else f"arn:aws:iam::{SRC}:user/admin"
            world.identity(ASSUME)
            rights = [] if broken == "role" else ROLE_READS
            world.role(allow("sts:AssumeRole", Principal={"AWS": names}), *rights)
            world.switching()
            ask["profile"] = "crossaccount"
        case "kms":
            ask["bucket"] = ENCRYPTED
    before = why(key, **ask)
    assert before.works is False

    apply_changes(before, world.clients)

    assert before.mended
    assert why(key, **ask).works is True


@pytest.mark.usefixtures("world")
def test_the_json_of_a_diagnosis_can_be_read_back() -> None:
    told = json.loads(json.dumps(why().to_json()))

    assert told["works"] is False
    assert [cause["kind"] for cause in told["causes"]] == ["identity-allow-missing", "bucket-allow-missing"]
    assert all(cause["page"].startswith("https://docs.aws.amazon.com/") for cause in told["causes"])
    assert all(change["diff"] for cause in told["causes"] for change in cause["changes"])
