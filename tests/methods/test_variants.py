"""The variants that every method's questions must reach: Identity Center, KMS, guards, levels, prefixes, fleets."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.answers.build import build
from wizard.plan import Plan, plan

SRC, DST, BUCKET = "111111111111", "222222222222", "my-bucket"
KEY = f"arn:aws:kms:ap-northeast-1:{DST}:key/12345678-1234-1234-1234-123456789012"
BASE: dict[str, Any] = {
    "name": "reports",
    "source.account_id": SRC,
    "destination.account_id": DST,
    "source.principals": ["role/app"],
    "bucket.name": BUCKET,
    "bucket.region": "ap-northeast-1",
}
OWN: dict[str, dict[str, Any]] = {
    "bucket-policy": {},
    "iam-user": {"user.name": "cliuser"},
    "assume-role": {"role.name": "RoleA"},
}


def made(method: str, more: dict[str, Any] | None = None) -> Plan:
    raw = BASE | OWN[method] | {"method": method} | (more or {})
    built = build({key: value for key, value in raw.items() if not (method == "iam-user" and "principals" in key)})
    assert not built.problems, built.problems
    return plan(built.setup)


def statements(whole: Plan, document_id: str, place: int = 0) -> dict[str, dict[str, Any]]:
    policy = whole.of(document_id)[place].policy
    assert policy is not None
    return {one.to_json().get("Sid", "").removeprefix("S3xReports"): one.to_json() for one in policy.statements}


def test_a_permission_set_is_its_account_narrowed_by_the_roles_pattern() -> None:
    whole = made("assume-role", {"source.principals": ["permission-set/DataReader", "role/app"]})
    trust = statements(whole, "trust")
    pattern = f"arn:aws:iam::{SRC}:role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_DataReader_{'?' * 16}"
    assert trust["TrustSso"]["Principal"] == {"AWS": f"arn:aws:iam::{SRC}:root"}
    assert trust["TrustSso"]["Condition"] == {"ArnLike": {"aws:PrincipalArn": pattern}}
    assert trust["Trust"]["Principal"] == {"AWS": f"arn:aws:iam::{SRC}:role/app"}
    permission_set, role = whole.of("source-identity")
    assert permission_set.attach_to is None
    assert "the inline policy of the permission set DataReader" in permission_set.reason
    assert role.attach_to == f"arn:aws:iam::{SRC}:role/app"


def test_a_service_linked_role_is_a_step_of_its_service() -> None:
    role = "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    document = made("bucket-policy", {"source.principals": [role]}).of("source-identity")[0]
    assert "A service-linked role can't be edited in IAM" in document.reason


def test_external_id_and_mfa_are_asked_for_together() -> None:
    more = {"source.principals": ["user/alice"], "role.external_id": "ticket-42", "role.require_mfa": True}
    assert statements(made("assume-role", more), "trust")["Trust"]["Condition"] == {
        "StringEquals": {"sts:ExternalId": "ticket-42"},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
    }


@pytest.mark.parametrize(
    ("method", "principal", "identity"),
    [
        ("bucket-policy", f"arn:aws:iam::{SRC}:role/app", "source-identity"),
        ("iam-user", f"arn:aws:iam::{DST}:user/cliuser", "destination-identity"),
        ("assume-role", f"arn:aws:iam::{DST}:role/RoleA", "destination-identity"),
    ],
)
def test_a_customer_key_is_opened_to_those_who_make_the_calls(method: str, principal: str, identity: str) -> None:
    whole = made(method, {"bucket.kms_key_arn": KEY, "access.level": "read-write"})
    via = {"StringEquals": {"kms:ViaService": "s3.ap-northeast-1.amazonaws.com"}}
    actions = ["kms:Decrypt", "kms:GenerateDataKey"]
    key = statements(whole, "key")["Key"]
    assert (key["Principal"], key["Action"], key["Resource"], key["Condition"]) == (
        {"AWS": principal},
        actions,
        "*",
        via,
    )
    own = statements(whole, identity)["Key"]
    assert (own["Action"], own["Resource"], own["Condition"]) == (actions, KEY, via)
    document = whole.of("key")[0]
    assert (document.account_id, document.attach_to) == (DST, KEY)


def test_reading_needs_no_data_key_and_listing_no_key_at_all() -> None:
    read = made("assume-role", {"bucket.kms_key_arn": KEY, "access.level": "read"})
    assert statements(read, "key")["Key"]["Action"] == "kms:Decrypt"
    listing = made("assume-role", {"bucket.kms_key_arn": KEY, "access.level": "list"})
    assert not listing.of("key")[0].needed
    assert "listing objects does not use the key" in listing.of("key")[0].reason


def test_a_key_of_a_third_account_is_handed_over_to_its_owner() -> None:
    whole = made("assume-role", {"bucket.kms_key_arn": KEY.replace(DST, "333333333333")})
    document = whole.of("key")[0]
    assert document.account_id == "333333333333"
    assert "hand this statement over to its owner" in document.reason


def test_the_managed_key_needs_nothing_and_a_warning_tells_of_aliases() -> None:
    whole = made("assume-role", {"bucket.kms_key_arn": "aws/s3"})
    assert "managed key aws/s3" in whole.of("key")[0].reason
    assert any("an alias resolves in the caller's account" in warning for warning in whole.warnings)


def test_tls_only_spares_nobody_and_confirms_nothing() -> None:
    whole = made("assume-role", {"guards.require_tls": True})
    guard = statements(whole, "bucket")["RequireTls"]
    assert (guard["Effect"], guard["Principal"], guard["Action"]) == ("Deny", "*", "s3:*")
    assert guard["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert not any("typing the bucket's name" in warning for warning in whole.warnings)
    assert whole.of("bucket")[0].reason.startswith("Only the guards stand here")


@pytest.mark.parametrize("exempt", [(), (f"arn:aws:iam::{SRC}:role/app",), (f"arn:aws:iam::{DST}:root",)])
def test_a_guard_without_an_administrator_of_the_destination_takes_typing_the_name(exempt: tuple[str, ...]) -> None:
    whole = made("bucket-policy", {"guards.organization_id": "o-a1b2c3d4e5", "guards.exempt_principals": list(exempt)})
    condition = statements(whole, "bucket")["OrganizationOnly"]["Condition"]
    assert condition["StringNotEquals"] == {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
    assert condition["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}
    assert condition.get("ArnNotLike", {}).get("aws:PrincipalArn", ()) == (exempt[0] if exempt else ())
    said = next(warning for warning in whole.warnings if "typing the bucket's name" in warning)
    assert "add your own ARN to the exempt principals" in said, "apply refuses whom the guards shut out"


def test_several_endpoints_and_exempt_principals_stand_in_one_statement() -> None:
    more = {
        "guards.vpc_endpoint_ids": ["vpce-0123abcd", "vpce-0123abce"],
        "guards.exempt_principals": [f"arn:aws:iam::{DST}:role/Admin", f"arn:aws:iam::{DST}:user/root-like"],
    }
    condition = statements(made("bucket-policy", more), "bucket")["VpcEndpointOnly"]["Condition"]
    assert condition["StringNotEquals"]["aws:SourceVpce"] == ["vpce-0123abcd", "vpce-0123abce"]
    assert condition["ArnNotLike"]["aws:PrincipalArn"] == more["guards.exempt_principals"]


LEVELS = {
    "list": {"s3:ListBucket"},
    "read": {"s3:ListBucket", "s3:GetObject"},
    "read-write": {
        "s3:ListBucket",
        "s3:GetObject",
        "s3:GetBucketLocation",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
    },
}
LEVELS["read-write-delete"] = LEVELS["read-write"] | {"s3:DeleteObject"}
EXTRAS = {
    "list": set(),
    "read": {"s3:GetObjectTagging", "s3:GetObjectAcl"},
    "read-write": {"s3:GetObjectTagging", "s3:PutObjectTagging", "s3:GetObjectAcl", "s3:PutObjectAcl"},
}
EXTRAS["read-write-delete"] = EXTRAS["read-write"] | {"s3:DeleteObjectTagging"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("extras", [False, True])
def test_a_level_is_the_same_small_set_on_both_sides(level: str, *, extras: bool) -> None:
    more = {"access.level": level, "access.tags": extras, "access.acls": extras}
    whole = made("bucket-policy", more)
    for document_id in ("bucket", "source-identity"):
        found: set[str] = set()
        for one in statements(whole, document_id).values():
            found |= {one["Action"]} if isinstance(one["Action"], str) else set(one["Action"])
        assert found == LEVELS[level] | (EXTRAS[level] if extras else set())


def test_a_chosen_list_is_kept_verbatim_and_under_a_prefix_listing_stands_alone() -> None:
    chosen = ["s3:ListBucket", "s3:ListBucketVersions", "s3:getobject", "s3:GetObject*", "s3:GetBucketLocation"]
    more = {"access.level": "custom", "access.actions": chosen, "bucket.prefix": "reports/"}
    got = statements(made("assume-role", more), "destination-identity")
    assert got["List"]["Action"] == ["s3:ListBucket", "s3:ListBucketVersions"]
    assert got["List"]["Condition"] == {"StringLike": {"s3:prefix": ["reports/", "reports/*"]}}
    assert got["Bucket"]["Action"] == "s3:GetBucketLocation"
    assert "Condition" not in got["Bucket"]
    assert got["Objects"]["Action"] == ["s3:getobject", "s3:GetObject*"]
    assert got["Objects"]["Resource"] == f"arn:aws:s3:::{BUCKET}/reports/*"


def test_a_wildcard_that_lists_is_spelled_out_under_a_prefix_and_that_is_said() -> None:
    whole = made("assume-role", {"access.level": "custom", "access.actions": ["s3:List*"], "bucket.prefix": "reports/"})
    got = statements(whole, "destination-identity")
    assert got["List"]["Action"] == ["s3:ListBucket", "s3:ListBucketVersions"]
    assert "s3:ListBucketMultipartUploads" in got["Bucket"]["Action"]
    assert any("s3:List* is spelled out on the bucket" in warning for warning in whole.warnings)


def test_the_source_may_be_held_to_the_destinations_buckets() -> None:
    whole = made("bucket-policy", {"access.resource_account": True})
    for one in statements(whole, "source-identity").values():
        assert one["Condition"] == {"StringEquals": {"aws:ResourceAccount": DST}}
    assert all("Condition" not in one for one in statements(whole, "bucket").values())


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_every_arn_is_in_the_buckets_partition(region: str, partition: str) -> None:
    for method in OWN:
        whole = made(method, {"bucket.region": region, "access.list_all_buckets": True})
        for document in whole.needed():
            assert document.policy is not None
            assert "arn:aws:" not in document.policy.text()
            assert f"arn:{partition}:" in document.policy.text()


def test_only_what_was_asked_for_is_written_into_the_profile() -> None:
    more = {
        "source.principals": ["user/alice"],
        "role.external_id": "ticket-42",
        "role.session_seconds": 7200,
        "role.session_name": "alice",
        "profile.mfa_serial": f"arn:aws:iam::{SRC}:mfa/alice",
        "profile.output": "json",
        "profile.region": "us-east-1",
    }
    settings = made("assume-role", more).profile
    assert settings is not None
    assert dict(settings.settings) == {
        "role_arn": f"arn:aws:iam::{DST}:role/RoleA",
        "source_profile": "default",
        "external_id": "ticket-42",
        "mfa_serial": f"arn:aws:iam::{SRC}:mfa/alice",
        "duration_seconds": "7200",
        "role_session_name": "alice",
        "region": "us-east-1",
        "output": "json",
    }


def test_a_fleet_names_every_account_and_each_bucket_in_its_own_policy() -> None:
    raw = {
        "name": "fleet",
        "method": "bucket-policy",
        "source.accounts": [SRC, "333333333333"],
        "source.principals": ["role/app"],
        "destination.account_id": DST,
        "buckets": [
            {"name": "bucket-a", "region": "eu-west-1"},
            {"name": "bucket-b", "region": "us-east-1", "prefix": "x/"},
        ],
    }
    built = build(raw)
    assert not built.problems
    whole = plan(built.setup)
    first, second = whole.of("bucket")
    assert first.policy is not None
    assert second.policy is not None
    assert "bucket-b" not in first.policy.text()
    assert "bucket-a" not in second.policy.text()
    for document in (first, second):
        assert document.policy is not None
        assert all(f"arn:aws:iam::{account}:role/app" in document.policy.text() for account in (SRC, "333333333333"))
    assert [document.account_id for document in whole.of("source-identity")] == [SRC, "333333333333"]
