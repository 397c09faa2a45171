"""Setups as the questions can make them, generated: raw answers that are valid by construction."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wizard.methods.levels import OWNER_ONLY
from wizard.policy.actions import service

SRC, DST = "111111111111", "222222222222"
REGIONS = {"ap-northeast-1": "aws", "us-east-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"}
PRINCIPALS = (
    "role/app-ec2",
    "role/apps/data/etl",
    "user/cliuser",
    "user/batch/nightly",
    "permission-set/DataReader",
    "role/a+b=c,d.e@f-g",
)
PREFIXES = ("", "reports/", "a/b/c/", "odd *?$ name/", "${aws:username}/", "日本語/")
TABLE = service("s3")
ACTIONS = sorted(
    action.name
    for action in (TABLE.actions.values() if TABLE else ())
    if action.resources & {"bucket", "object"} and action.name != "s3:ListAllMyBuckets"
)
WILDCARDS = ("s3:Get*", "s3:List*", "s3:*Object", "s3:Put*", "s3:*", "s3:GetObject*", "s3:ListBucket*", "S3:getobject")


@st.composite
def raw_answers(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the raw answers of any method with any of its variants."""
    method = draw(st.sampled_from(["bucket-policy", "iam-user", "assume-role"]))
    region = draw(st.sampled_from(sorted(REGIONS)))
    raw: dict[str, Any] = {
        "method": method,
        "source.account_id": SRC,
        "destination.account_id": DST,
        "bucket.name": "s3-crossaccount-bucket01",
        "bucket.region": region,
        "bucket.prefix": draw(st.sampled_from(PREFIXES)),
        "access.level": draw(st.sampled_from(["list", "read", "read-write", "read-write-delete", "custom"])),
        "access.tags": draw(st.booleans()),
        "access.acls": draw(st.booleans()),
        "access.list_all_buckets": draw(st.booleans()),
        "guards.require_tls": draw(st.booleans()),
    }
    if raw["access.level"] == "custom":
        names = [name for name in ACTIONS if method != "bucket-policy" or name not in OWNER_ONLY]
        choice = st.sampled_from(names) | st.sampled_from(WILDCARDS)
        raw["access.actions"] = draw(st.lists(choice, min_size=1, max_size=5, unique=True))
    if draw(st.booleans()):
        key = "12345678-1234-1234-1234-123456789012"
        owner = draw(st.sampled_from([DST, "333333333333"]))
        raw["bucket.kms_key_arn"] = f"arn:{REGIONS[region]}:kms:{region}:{owner}:key/{key}"
    own: dict[str, Any] = draw(_method_answers(method))
    guards: dict[str, Any] = draw(_guards(REGIONS[region]))
    return raw | own | guards


@st.composite
def _method_answers(draw: st.DrawFn, method: str) -> dict[str, Any]:
    if method == "iam-user":
        return {
            "user.name": draw(st.sampled_from(["cliuser", "wizard/cliuser"])),
            "user.in_bucket_policy": draw(st.booleans()),
        }
    whole = draw(st.booleans())
    names = ["root"] if whole else draw(st.lists(st.sampled_from(PRINCIPALS), min_size=1, max_size=4, unique=True))
    raw: dict[str, Any] = {"source.principals": names}
    if method == "bucket-policy":
        raw["access.resource_account"] = draw(st.booleans())
        return raw
    raw["role.name"] = draw(st.sampled_from(["RoleA", "wizard/RoleA"]))
    raw["role.external_id"] = draw(st.sampled_from(["", "ticket-42"]))
    if not any(name.startswith("permission-set") for name in names):
        raw["role.require_mfa"] = draw(st.booleans())
    return raw


@st.composite
def _guards(draw: st.DrawFn, partition: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if draw(st.booleans()):
        out["guards.vpc_endpoint_ids"] = draw(
            st.sampled_from([["vpce-0123456789abcdef0"], ["vpce-0123abcd", "vpce-0123abce"]])
        )
    if draw(st.booleans()):
        out["guards.organization_id"] = "o-a1b2c3d4e5"
    spared: bool = draw(st.booleans())
    if out and spared:
        out["guards.exempt_principals"] = [f"arn:{partition}:iam::{DST}:role/Admin"]
    return out
