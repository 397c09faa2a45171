"""One rule of what is public: `check`, the plan's cautions and the evaluator agree on every bucket policy."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.plan.plan_world import BUCKET, DST, bucket, found, setup_of
from wizard.plan import changes, plan
from wizard.plan.cautions import cautions
from wizard.policy.check import check
from wizard.policy.evaluate import (
    Case,
    Policies,
    Request,
    evaluate,
    perhaps_public_statements,
    public_statements,
)

SRC = "111111111111"
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
KEYS = [
    "aws:SourceVpce", "AWS:sourcevpc", "aws:SourceArn", "aws:SourceAccount", "aws:SourceIp", "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalTag/team", "aws:PrincipalType",
    "aws:PrincipalIsAWSService", "aws:userid", "aws:username", "aws:SourceOrgID", "aws:VpceOrgID", "aws:VpceAccount",
    "s3:DataAccessPointArn", "s3:DataAccessPointAccount", "aws:Referer", "aws:UserAgent", "aws:SecureTransport",
    "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:ExistingObjectTag/public", "aws:Ec2InstanceSourceVPC",
]  # fmt: skip
OPERATORS = [
    "StringEquals", "StringLike", "StringEqualsIgnoreCase", "StringNotEquals", "StringLikeIfExists", "ArnLike",
    "ArnEquals", "IpAddress", "NotIpAddress", "Bool", "Null", "ForAnyValue:StringLike", "ForAllValues:StringEquals",
    "StringEqual",
]  # fmt: skip
VALUES = [
    "*", "vpce-0a1b2c3d4e5f60718", "vpc-*", "o-a1b2c3d4e5", "o-*", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*", SRC,
    "1111*", f"arn:aws:iam::{SRC}:role/app", f"arn:aws:iam::{SRC}:role/*", "arn:aws:iam::*:role/app",
    "${aws:username}", "${vpce}", f"arn:aws:s3:ap-northeast-1:{SRC}:accesspoint/*", f"arn:aws:s3:*:{SRC}:accesspoint/x",
    "AROAJ56VRG7KMPXH2ZB7A:*",
    "203.0.113.0/24", "0.0.0.0/0", "0.0.0.0/1", "2001:db8::/32", "fc00::/7", "::/0", "nothing", "true", "false",
]  # fmt: skip
PRINCIPALS: list[dict[str, Any]] = [
    {"Principal": "*"}, {"Principal": {"AWS": "*"}}, {"Principal": {"AWS": [f"arn:aws:iam::{SRC}:root", "*"]}},
    {"Principal": {"AWS": SRC}}, {"Principal": {"Service": "logging.s3.amazonaws.com"}},
    {"Principal": {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}},
    {"NotPrincipal": {"AWS": f"arn:aws:iam::{SRC}:role/app"}}, {"Principal": {"Service": "*"}},
    {"Principal": {"AWS": f"arn:aws:iam::{SRC}:role/*"}}, {"Principal": {"aws": "*"}},
]  # fmt: skip


def values() -> st.SearchStrategy[str | list[str]]:
    one = st.sampled_from(VALUES)
    return one | st.lists(one, min_size=1, max_size=2)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    made = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
        **draw(st.sampled_from(PRINCIPALS[:3]) | st.sampled_from(PRINCIPALS)),
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    one = st.dictionaries(st.sampled_from(KEYS), values(), min_size=1, max_size=2)
    condition = draw(st.dictionaries(st.sampled_from(OPERATORS), one, max_size=2))
    return {**made, "Condition": condition} if condition else made


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    made = draw(st.lists(statements(), min_size=1, max_size=3))
    for number, one in enumerate(made):
        one["Sid"] = f"Their{number}"
    return {"Version": draw(st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"])), "Statement": made}


def said_by_check(policy: dict[str, Any]) -> tuple[dict[str, set[int]], set[int]]:
    """Return the places that `check` calls public, by how surely, and those whose principal or operator S3 refuses."""
    places: dict[str, set[int]] = {"public": set(), "perhaps": set()}
    refused = set()
    for one in check(json.dumps(policy), document_type="bucket").findings:
        at = int((one.path or "").split("/")[2]) if (one.path or "").startswith("/Statement/") else -1
        if one.severity == "error" and ("Principal" in (one.path or "") or one.kind == "unknown-operator"):
            refused.add(at)
        if one.kind == "public-access" or (one.kind == "not-principal-allow" and "without an AWS" in one.message):
            places["public"].add(at)
        elif one.kind == "perhaps-public":
            places["perhaps"].add(at)
    return places, refused


def asked(who: str, policy: dict[str, Any], **more: Any) -> Case:
    request = Request(who, "s3:GetObject", f"arn:aws:s3:::{BUCKET}/x", {"aws:SecureTransport": "true"})
    return Case(request, Policies(identity=(EVERYTHING,), resource=policy, **more), SRC if ":" in who else None, DST)


@given(policies())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_check_cautions_and_evaluator_agree_on_what_is_public(policy: dict[str, Any]) -> None:
    public, perhaps = set(public_statements(policy)), set(perhaps_public_statements(policy))
    by_check, refused = said_by_check(policy)
    assert by_check["public"] - refused == public - refused
    assert by_check["perhaps"] - refused == perhaps - refused

    here = replace(bucket(policy), public_access_block=ALL_ON)
    made = plan(setup_of("bucket-policy"))
    there = found(buckets={BUCKET: here})
    said = "\n".join(cautions(made, there, changes(made, there)).warnings)
    assert ("is public by" in said) is bool(public)
    assert ("may count as public by" in said) is (bool(perhaps) and not public)

    granted = {"Sid": "Ours", "Effect": "Allow", "Principal": {"AWS": SRC}, "Action": "s3:*", "Resource": "*"}
    merged = {**policy, "Statement": [*policy["Statement"], granted]}
    verdict = evaluate(asked(f"arn:aws:iam::{SRC}:user/ann", merged, block_public_access=ALL_ON)).result
    before = evaluate(asked(f"arn:aws:iam::{SRC}:user/ann", merged)).result
    if public:
        assert verdict != "Allowed"
    elif perhaps:
        assert verdict in {"Unknown", before} - {"Allowed"}
    elif not refused:
        assert verdict == before


@given(policies())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_lets_anybody_in_who_says_nothing_of_himself_is_public(policy: dict[str, Any]) -> None:
    if evaluate(asked("anonymous", policy)).result == "Allowed":
        assert public_statements(policy) or perhaps_public_statements(policy)


def test_what_may_count_as_public_is_said_with_what_each_setting_would_do() -> None:
    tagged = {
        "Sid": "Tagged",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "data"}},
    }
    made = plan(setup_of("bucket-policy"))

    def said(**on: bool) -> str:
        here = replace(bucket({"Version": "2012-10-17", "Statement": [tagged]}), public_access_block=on)
        there = found(buckets={BUCKET: here})
        return "\n".join(cautions(made, there, changes(made, there)).warnings)

    assert "may count as public by Tagged: if it does, BlockPublicPolicy makes S3 refuse it." in said(
        BlockPublicPolicy=True
    )
    assert "may count as public by Tagged: if it does, RestrictPublicBuckets cuts off" in said(
        RestrictPublicBuckets=True
    )
    assert "and RestrictPublicBuckets cuts off" in said(RestrictPublicBuckets=True, BlockPublicPolicy=True)
    assert said(BlockPublicAcls=True) == ""
