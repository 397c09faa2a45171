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
