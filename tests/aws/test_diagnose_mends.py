"""What a diagnosis proposes: what a call has to bring, a condition that never holds, a policy that goes whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wizard.aws.diagnose.brought import session_name
from wizard.aws.diagnose.decide import decide
from wizard.aws.diagnose.evidence import (
    BUCKET,
    GROUP,
    INLINE,
    MANAGED,
    TRUST,
    Assuming,
    BucketSeen,
    CallSeen,
    Evidence,
    ObjectSeen,
    Paper,
    Start,
    Who,
)
from wizard.aws.diagnose.request_keys import with_key
from wizard.aws.diagnose.result import HERE, SOURCE, Cause, Diagnosis
from wizard.aws.diagnose.told import text_of
from wizard.aws.verify.reading import Answer
from wizard.plan.found import ABSENT

SRC, DST = "111111111111", "222222222222"
APP, GROUP_ARN = f"arn:aws:iam::{SRC}:user/app", f"arn:aws:iam::{SRC}:group/readers"
ROLE = f"arn:aws:iam::{DST}:role/reader"
NAME, KEY = "example-reports", "daily/2026-10.csv"
ARN = f"arn:aws:s3:::{NAME}"
KMS = f"arn:aws:kms:ap-northeast-1:{DST}:key/0a1b2c3d"
SSE, SSE_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
DENIED = Answer("AccessDenied", "Access Denied")


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": f"{ARN}/*", **more}


def deny(action: str, **more: Any) -> dict[str, Any]:
    return allow(action, **more) | {"Effect": "Deny"}


def identity(document: Any, place: str = INLINE, name: str = "own", on: str = APP) -> Paper:
    return Paper("identity", place, name, on, SRC, document)


def evidence(
    bucket: Any, *papers: Paper, action: str = "s3:GetObject", encryption: tuple[str, str] = ("AES256", "")
) -> Evidence:
    own = papers or (identity(policy(allow("s3:*"))),)
    seen = BucketSeen(
        NAME, exists=True, owner=DST, policy=Paper("resource", BUCKET, "", ARN, DST, bucket), block=ABSENT,
        account_block=ABSENT, ownership="BucketOwnerEnforced", encryption=encryption, region="ap-northeast-1",
    )  # fmt: skip
    who = Who(APP, APP, SRC, "", own, ABSENT, ABSENT, keys_only=True)
    thing = ObjectSeen(KEY, exists=True, owner_is_bucket_owner=True, kms_key="")
    call = CallSeen(action, "GetObject", made=True, answer=DENIED)
    return Evidence(Start("app"), action, seen, thing, who=who, call=call)


def only(found: Diagnosis) -> Cause:
    assert len(found.causes) == 1
    return found.causes[0]


NAMED = {"Principal": {"AWS": APP}}


def test_a_condition_on_a_key_that_the_action_never_has_is_said_to_hold_never() -> None:
    asked = {"StringLike": {"s3:prefix": "daily/*"}}
    found = decide(evidence(policy(allow("s3:GetObject", **NAMED, Condition=asked))))

    cause = only(found)
    assert (cause.kind, cause.side, cause.certain) == ("condition-not-met", "destination", True)
    assert "s3:GetObject never has that, only s3:ListBucket, s3:ListBucketVersions do" in cause.message
    assert "without that condition" in cause.mend
    assert "under that prefix" not in cause.mend
    assert "Condition" not in cause.changes[0].after["Statement"][1]
    assert found.mended
    assert not any(one.what == "s3:prefix" for one in found.unseen)


def test_what_else_the_statement_asks_for_stays_asked_for() -> None:
    asked = {"StringLike": {"s3:prefix": "daily/*"}, "StringEquals": {"aws:PrincipalAccount": SRC}}
    found = decide(evidence(policy(allow("s3:GetObject", **NAMED, Condition=asked))))

    assert only(found).changes[0].after["Statement"][1]["Condition"] == {"StringEquals": {"aws:PrincipalAccount": SRC}}


@pytest.mark.parametrize(
    ("action", "key", "never"),
    [
        ("s3:GetObject", "s3:prefix", True),
        ("s3:GetObject", "S3:Prefix", True),
        ("s3:ListBucket", "s3:prefix", False),
        ("s3:ListBucketVersions", "s3:prefix", False),
        ("s3:GetObject", "s3:x-amz-acl", True),
        ("s3:PutObject", "s3:x-amz-acl", False),
        ("s3:GetObject", "s3:ExistingObjectTag/team", False),
        ("s3:GetObject", "s3:DataAccessPointArn", False),
        ("s3:GetObject", "s3:BucketTag/team", False),
        ("s3:GetObject", "s3:TlsVersion", False),
        ("s3:GetObject", "aws:SourceIp", False),
        ("s3:GetObject", "s3:no-such-key", False),
        ("kms:Decrypt", "s3:prefix", False),
    ],
)
def test_which_keys_an_action_never_has_is_by_the_action_tables(action: str, key: str, *, never: bool) -> None:
    assert bool(with_key(action, key)) is never


@pytest.mark.parametrize(
    ("place", "name", "on", "command"),
    [
        (GROUP, "gd", GROUP_ARN, "aws iam delete-group-policy --group-name readers --policy-name gd"),
        (INLINE, "gd", APP, "aws iam delete-user-policy --user-name app --policy-name gd"),
        (
            MANAGED,
            f"arn:aws:iam::{SRC}:policy/m",
            APP,
            f"aws iam detach-user-policy --user-name app --policy-arn arn:aws:iam::{SRC}:policy/m",
        ),
        (
            GROUP,
            f"arn:aws:iam::{SRC}:policy/m",
            GROUP_ARN,
            f"aws iam detach-group-policy --group-name readers --policy-arn arn:aws:iam::{SRC}:policy/m",
        ),
    ],
)
@pytest.mark.parametrize("count", [1, 2])
def test_a_policy_without_a_statement_left_is_taken_away(
    place: str, name: str, on: str, command: str, count: int
) -> None:
    papers = identity(policy(allow("s3:*"))), identity(policy(*[deny("s3:GetObject")] * count), place, name, on)
    found = decide(evidence(policy(allow("s3:*", **NAMED)), *papers))

    change = found.causes[0].changes[0]
    assert change.after is None
    assert change.command == command
    assert "+++ /dev/null" in change.diff
    told = "\n".join(text_of(found))
    assert f"  $ {command}" in told
    assert "POLICY.json" not in told
    assert ("everybody in the group" in told) is (on == GROUP_ARN)
    assert found.mended


@pytest.mark.parametrize(
    ("conditions", "encryption", "options"),
    [
        ([{"StringNotEquals": {SSE: "aws:kms"}}], ("AES256", ""), "--sse aws:kms --sse-kms-key-id KMS_KEY_ARN"),
        ([{"StringNotEquals": {SSE: "aws:kms"}}], ("aws:kms", KMS), f"--sse aws:kms --sse-kms-key-id {KMS}"),
        ([{"StringNotEqualsIfExists": {SSE: ["AES256", "aws:kms"]}}], ("AES256", ""), "--sse AES256"),
        ([{"StringNotLike": {SSE: "aws:kms*"}}], ("aws:kms", KMS), f"--sse aws:kms --sse-kms-key-id {KMS}"),
        ([{"StringNotEquals": {SSE_KEY: KMS}}], ("AES256", ""), f"--sse aws:kms --sse-kms-key-id {KMS}"),
        (
            [{"StringNotEquals": {SSE: "aws:kms"}}, {"StringNotEquals": {SSE_KEY: KMS}}, {"Null": {SSE: "true"}}],
            ("AES256", ""),
            f"--sse aws:kms --sse-kms-key-id {KMS}",
        ),
        ([{"Null": {SSE: "true"}}], ("AES256", ""), "--sse AES256"),
        ([{"Null": {SSE_KEY: "true"}}], ("aws:kms", KMS), f"--sse aws:kms --sse-kms-key-id {KMS}"),
        (
            [{"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}],
            ("AES256", ""),
            "--acl bucket-owner-full-control",
        ),
    ],
)
def test_what_a_guard_asks_of_an_upload_is_offered_before_an_exemption(
    conditions: list[Any], encryption: tuple[str, str], options: str
) -> None:
    guards = [deny("s3:PutObject", Principal="*", Condition=one) for one in conditions]
    seen = evidence(policy(allow("s3:*", **NAMED), *guards), action="s3:PutObject", encryption=encryption)

    cause = decide(seen).causes[0]

    command = f"aws s3 cp FILE s3://{NAME}/{KEY} {options}"
    assert (cause.kind, cause.side, cause.account_id) == ("explicit-deny", HERE, SRC)
    assert cause.commands == (command,)
    assert cause.mend.index(command) < cause.mend.index("second way, and riskier")
    assert "ArnNotLike" in cause.changes[0].diff


@pytest.mark.parametrize(
    "conditions",
    [
        [{"StringNotEquals": {SSE: "aws:kms"}}, {}],
        [{"StringNotEquals": {"aws:PrincipalAccount": DST}}],
        [{"StringNotLike": {SSE_KEY: "arn:aws:kms:*"}}],
    ],
)
def test_no_option_is_offered_that_would_not_get_past_every_guard(conditions: list[Any]) -> None:
    guards = [deny("s3:PutObject", Principal="*", **({"Condition": one} if one else {})) for one in conditions]
    found = decide(evidence(policy(allow("s3:*", **NAMED), *guards), action="s3:PutObject"))

    assert all(cause.commands == () and "aws s3 cp" not in cause.mend for cause in found.causes)


def switching(condition: Any, **profile: Any) -> Evidence:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": APP}, "Action": "sts:AssumeRole", "Condition": condition})
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}
    seen = evidence(policy(allow("s3:*", **NAMED)), identity(policy(assume)))
    assert seen.who is not None
    hop = Assuming(
        "nightly",
        ROLE,
        seen.who,
        trust=Paper("trust", TRUST, "", ROLE, DST, trust),
        role_exists=True,
        answer=DENIED,
        **profile,
    )
    return replace(seen, assuming=(hop,), who=None, call=None)


def test_the_profiles_own_session_name_is_what_the_trust_policy_is_asked_about() -> None:
    condition = {"StringLike": {"sts:RoleSessionName": "nightly-*"}, "StringEquals": {"sts:ExternalId": "x1"}}

    cause = only(decide(switching(condition, session_name="nightly-1", names_session=True)))

    assert (cause.kind, cause.side, cause.certain) == ("external-id-missing", SOURCE, True)


@pytest.mark.parametrize(
    ("profile", "given"), [({}, "none of its own"), ({"session_name": "x9", "names_session": True}, "x9")]
)
def test_a_session_name_that_the_trust_policy_asks_for_is_set_in_the_profile(profile: Any, given: str) -> None:
    found = decide(switching({"StringLike": {"sts:RoleSessionName": "nightly-*"}}, **profile))

    cause = only(found)
    assert (cause.kind, cause.side, cause.account_id, cause.certain) == ("condition-not-met", SOURCE, SRC, True)
    assert "nightly-*" in cause.message
    assert given in cause.message
    assert "role_session_name in the profile nightly" in cause.mend
    assert cause.commands == ("aws configure set role_session_name nightly-app --profile nightly",)
    assert "+role_session_name = nightly-app" in cause.changes[0].diff


def test_a_session_name_is_the_callers_own_where_the_trust_policy_leaves_it_open() -> None:
    who = Who(APP, APP, SRC)
    assert session_name(["${aws:username}"], who) == "app"
    assert session_name(["exact"], who) == "exact"
    assert session_name(["${aws:PrincipalTag/x}", "a b", "?"], who) == ""
