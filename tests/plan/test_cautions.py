"""What is said before changes are made, and what forbids them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.plan.plan_world import BUCKET, CALLERS, DST, bucket, found, setup_of
from wizard.plan import ABSENT, NotKnown, changes, plan
from wizard.plan.cautions import arn_like, cautions, needs_lockout_confirmation, shuts_out_applier
from wizard.plan.found import BucketFound, Caller
from wizard.policy.evaluate import Case, Policies, Request, evaluate

ADMIN = f"arn:aws:iam::{DST}:role/ops/Admin"
PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def said(method: str, here: BucketFound, **tables: Any) -> str:
    made = plan(setup_of(method, **tables))
    there = found(buckets={BUCKET: here})
    return "\n".join(cautions(made, there, changes(made, there)).warnings)


def test_a_public_statement_cuts_off_the_other_account_where_public_buckets_are_restricted() -> None:
    here = replace(bucket({"Version": "2012-10-17", "Statement": [PUBLIC]}), public_access_block=ALL_ON)

    assert "RestrictPublicBuckets" in said("bucket-policy", here)
    assert "BlockPublicPolicy" in said("bucket-policy", here)
    assert "RestrictPublicBuckets" not in said(
        "bucket-policy", bucket({"Version": "2012-10-17", "Statement": [PUBLIC]})
    )


@pytest.mark.parametrize("settings", [ABSENT, {"RestrictPublicBuckets": False, "BlockPublicPolicy": False}])
def test_the_settings_of_the_whole_account_count_beside_the_buckets_own(settings: Any) -> None:
    here = replace(bucket({"Version": "2012-10-17", "Statement": [PUBLIC]}), public_access_block=settings)

    assert "RestrictPublicBuckets" in said("bucket-policy", replace(here, account_block=ALL_ON))
    assert "BlockPublicPolicy" in said("bucket-policy", replace(here, account_block=ALL_ON))
    assert "RestrictPublicBuckets" not in said("bucket-policy", replace(here, account_block=NotKnown("denied")))


@pytest.mark.parametrize(
    ("change", "public"),
    [
        ({}, True),
        ({"Principal": {"AWS": ["*", DST]}}, True),
        ({"Principal": {"AWS": DST}}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Condition": {"StringEquals": {"AWS:SourceVpce": ["vpce-1"]}}}, False),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
        ({"Condition": {"StringEquals": {"aws:UserAgent": "x"}}}, True),
        ({"Condition": {"StringLike": {"aws:PrincipalArn": "*"}}}, True),
        ({"Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}}, True),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "::/0"}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, False),
        ({"Condition": {"StringLike": {"aws:SourceVpce": "vpce-*"}}}, True),
        ({"Condition": {"StringLike": {"aws:userid": "AROAJ56VRG7KMPXH2ZB7A:*"}}}, True),
        ({"Condition": {"StringLike": {"aws:PrincipalAccount": "????????????"}}}, True),
        ({"Condition": {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:x"}}}, False),
    ],
)
def test_public_is_what_the_evaluator_calls_public(change: dict[str, Any], *, public: bool) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{**PUBLIC, **change, "Sid": "Theirs"}]}
    here = replace(bucket(policy), public_access_block=ALL_ON)
    policies = Policies(
        identity=({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},),
        resource=policy,
        block_public_access=ALL_ON,
    )
    user = "arn:aws:iam::111111111111:user/somebody"
    asked = Case(Request(user, "s3:GetObject", f"arn:aws:s3:::{BUCKET}/x"), policies, "111111111111", DST)

    assert ("RestrictPublicBuckets" in said("bucket-policy", here)) is public
    assert ("public by Theirs, and BlockPublicPolicy" in said("bucket-policy", here)) is public
    assert ("block_public_access" in {one.policy for one in evaluate(asked).missing}) is public


def test_enabled_acls_a_key_by_alias_the_managed_key_and_another_key_are_said() -> None:
    def with_key(algorithm: str, key: str) -> BucketFound:
        return replace(bucket(), encryption=(algorithm, key))

    assert "ObjectWriter" in said("assume-role", replace(bucket(), ownership="ObjectWriter"))
    assert "aws/s3" in said("bucket-policy", with_key("aws:kms", ""))
    assert "aws/s3" not in said("assume-role", with_key("aws:kms", ""))
    assert "alias/mine" in said("assume-role", with_key("aws:kms", "alias/mine"))
    assert "which the setup doesn't name" in said("assume-role", with_key("aws:kms:dsse", "arn:aws:kms:x:1:key/2"))
    assert "us-east-1" in said("assume-role", replace(bucket(), region="us-east-1"))
    assert said("assume-role", bucket()) == ""
    unknown = BucketFound(ABSENT, NotKnown(""), NotKnown(""), NotKnown(""), NotKnown(""))
    assert said("bucket-policy", unknown) == ""


@pytest.mark.parametrize(
    ("guards", "principal", "organization", "refused"),
    [
        ({"vpc_endpoint_ids": ["vpce-0a1b2c3d"]}, ADMIN, ABSENT, True),
        ({"vpc_endpoint_ids": ["vpce-0a1b2c3d"]}, f"arn:aws:iam::{DST}:root", ABSENT, False),
        ({"vpc_endpoint_ids": ["vpce-0a1b2c3d"], "exempt_principals": [ADMIN]}, ADMIN, ABSENT, False),
        (
            {"vpc_endpoint_ids": ["vpce-0a1b2c3d"], "exempt_principals": [f"arn:aws:iam::{DST}:role/ops/*"]},
            ADMIN,
            ABSENT,
            False,
        ),
        (
            {"vpc_endpoint_ids": ["vpce-0a1b2c3d"], "exempt_principals": [f"arn:aws:iam::{DST}:role/Admin"]},
            ADMIN,
            ABSENT,
            True,
        ),
        ({"organization_id": "o-abcdefghij"}, ADMIN, "o-abcdefghij", False),
        ({"organization_id": "o-abcdefghij"}, ADMIN, "o-zzzzzzzzzz", True),
        ({"organization_id": "o-abcdefghij"}, ADMIN, ABSENT, True),
        ({"organization_id": "o-abcdefghij"}, ADMIN, NotKnown("AccessDenied"), False),
        ({"require_tls": True}, ADMIN, ABSENT, False),
    ],
)
def test_a_guard_never_shuts_out_the_one_who_sets_it(
    guards: dict[str, Any], principal: str, organization: Any, *, refused: bool
) -> None:
    setup = setup_of("bucket-policy", guards=guards)
    caller = Caller(DST, principal, principal, organization)

    assert bool(shuts_out_applier(setup, caller)) is refused
    there = found(callers={**CALLERS, DST: caller})
    made = changes(plan(setup), there)
    assert bool(cautions(plan(setup), there, made).refusal) is refused


def test_the_bucket_name_is_typed_only_for_a_guard_that_is_new_and_spares_nobody() -> None:
    for guards, typed in (
        ({"organization_id": "o-abcdefghij"}, True),
        ({"organization_id": "o-abcdefghij", "exempt_principals": [ADMIN]}, False),
        ({"require_tls": True}, False),
    ):
        setup = setup_of("bucket-policy", guards=guards)
        made = changes(plan(setup), found())
        assert needs_lockout_confirmation(setup, made) is typed
        in_place = found(buckets={BUCKET: bucket(made[-1].then)})
        assert needs_lockout_confirmation(setup, changes(plan(setup), in_place)) is False


def test_arns_are_compared_part_by_part() -> None:
    assert arn_like("arn:aws:iam::*:role/a?", "arn:aws:iam::1:role/ab")
    assert arn_like("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b:c")
    assert not arn_like("arn:aws:iam:*:role/a", "arn:aws:iam::1:role/a")
    assert not arn_like("arn:aws:iam::1:role/a.", "arn:aws:iam::1:role/ab")


def test_a_long_trust_policy_is_said_before_iam_refuses_it() -> None:
    people = [f"user/somebody-with-a-long-name-{number:03}" for number in range(45)]
    made = plan(setup_of("assume-role", source={"account_id": "111111111111", "principals": people}))
    there = found()

    planned = changes(made, there)

    assert "2048" in "\n".join(cautions(made, there, planned).warnings)
