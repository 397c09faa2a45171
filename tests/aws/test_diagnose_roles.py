"""Why is it denied: roles, boundaries and profiles, each cause by itself, on the practice accounts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.diagnose_world import (
    ARN,
    CLIUSER,
    DST,
    READS,
    ROLE,
    SRC,
    World,
    allow,
    kinds,
    policy,
    states,
    why,
)
from wizard.access_path import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

TRUST = allow("sts:AssumeRole", Principal={"AWS": CLIUSER})
ASSUME = allow("sts:AssumeRole", ROLE)
ROLE_READS = [allow(action, resource) for action, resource in READS]


@pytest.fixture
def world(clients: Clients, own_credentials: Path) -> World:
    return World(clients, own_credentials)


def test_a_trust_policy_that_names_somebody_else_gets_the_caller_added(world: World) -> None:
    world.identity(ASSUME)
    world.role(allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{SRC}:user/admin"}), *ROLE_READS)
    world.switching()

    found = why(profile="crossaccount")

    assert kinds(found) == ["trust-not-naming-caller"]
    assert found.causes[0].side == "destination"
    change = found.causes[0].changes[0]
    assert change.after["Statement"][0] == change.before["Statement"][0]
    assert change.after["Statement"][1]["Principal"] == {"AWS": CLIUSER}
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


def test_who_is_added_to_a_trust_policy_is_asked_for_what_the_others_are(world: World) -> None:
    world.identity(ASSUME)
    condition = {"StringEquals": {"sts:ExternalId": "ticket-42"}}
    world.role(
        allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{SRC}:user/admin"}, Condition=condition), *ROLE_READS
    )
    world.switching()

    found = why(profile="crossaccount")

    assert kinds(found) == ["trust-not-naming-caller", "external-id-missing"]
    after = found.causes[0].changes[0].after
    assert [one["Condition"] for one in after["Statement"]] == [condition, condition]
    assert found.mended


def test_a_machines_role_that_may_not_switch_is_found_by_what_aws_says(world: World) -> None:
    world.role(allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{SRC}:role/app-ec2"}), *ROLE_READS)
    world.profile("machine", role_arn=ROLE, credential_source="Ec2InstanceMetadata")

    found = why(profile="machine")

    assert kinds(found) == ["identity-allow-missing"]
    assert found.caller.startswith(f"arn:aws:sts::{SRC}:assumed-role/app-ec2/")
    assert states(found)["trust"] is State.PROVEN
    assert found.causes[0].changes[0].target == f"arn:aws:iam::{SRC}:role/app-ec2"


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


def test_a_role_that_was_deleted_and_made_again_is_told_by_its_id_in_the_policy(world: World) -> None:
    iam = world.clients("source-admin", "iam")
    iam.put_role_policy(RoleName="etl", PolicyName="reads", PolicyDocument=json.dumps(policy(*ROLE_READS)))
    world.bucket(*(allow(action, resource, Principal={"AWS": "AROAEXAMPLEOLD000001"}) for action, resource in READS))

    found = why(profile="etl")

    assert kinds(found) == ["principal-recreated"]
    assert "AROAEXAMPLEOLD000001" in found.causes[0].message
    assert f'+        "AWS": "arn:aws:iam::{SRC}:role/data/etl"' in found.causes[0].changes[0].diff
    assert found.causes[0].side == "destination"


def test_links_behind_a_broken_one_are_looked_at_too(world: World) -> None:
    world.identity(allow("s3:ListBucket", "arn:aws:s3:::other"))
    world.role(TRUST, allow("s3:ListBucket", ARN))
    world.switching()

    found = why(profile="crossaccount")

    assert [(cause.kind, cause.link) for cause in found.causes] == [
        ("identity-allow-missing", "source-identity"),
        ("identity-allow-missing", "destination-identity"),
    ]


def test_a_boundary_is_told_from_the_policies(world: World) -> None:
    world.both_sides()
    world.boundary(allow("s3:ListBucket", "*"))

    found = why()

    assert kinds(found) == ["permissions-boundary"]
    assert (found.causes[0].link, found.causes[0].side) == ("layers", "source")
    assert found.causes[0].changes[0].document == "boundary"


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


@pytest.mark.parametrize("value", ["RoleA", "arn:aws:iam::2222:role/RoleA", "arn:aws:iam::222222222222:user/RoleA"])
def test_a_profile_whose_role_is_no_role(world: World, value: str) -> None:
    world.profile("odd", role_arn=value, source_profile="cliuser")

    found = why(profile="odd")

    assert kinds(found) == ["profile-broken"]
    assert value in found.causes[0].message


def test_a_profile_that_leads_nowhere(world: World) -> None:
    world.profile("lost", role_arn=ROLE, source_profile="nobody")

    found = why(profile="lost")

    assert kinds(found) == ["profile-broken"]
    assert "nobody" in found.causes[0].message
