"""The decision as a pure function: it proposes no more than was asked for, and takes whatever was read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.aws.recorded_aws import RECORDED
from wizard.aws.diagnose.decide import decide
from wizard.aws.diagnose.evidence import (
    BUCKET,
    INLINE,
    BucketSeen,
    CallSeen,
    Evidence,
    Layers,
    ObjectSeen,
    Paper,
    Start,
    Who,
)
from wizard.aws.diagnose.result import Change, kinds
from wizard.aws.diagnose.told import text_of
from wizard.aws.verify.reading import Answer
from wizard.plan.found import ABSENT, NotKnown
from wizard.policy.evaluate import Case, Policies, Request, evaluate

SRC, DST = "111111111111", "222222222222"
APP = f"arn:aws:iam::{SRC}:user/app"
OTHER = f"arn:aws:iam::{SRC}:user/other"
NAME = "example-reports"
ARN = f"arn:aws:s3:::{NAME}"
KEY = "daily/2026-10.csv"
REFUSED = Answer("AccessDenied", f"User: {APP} is not authorized to perform: s3:GetObject")
ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:Get*", "s3:*", "*")
RESOURCES = (ARN, f"{ARN}/*", f"{ARN}/daily/*", f"{ARN}/other/*", "arn:aws:s3:::another/*", "*")
PRINCIPALS = (APP, OTHER, f"arn:aws:iam::{SRC}:root", DST, "AIDAEXAMPLEOLD00001", "AIDAEXAMPLEAPP000001")
CONDITIONS: tuple[Any, ...] = (
    {},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}},
    {"StringLike": {"s3:prefix": ["daily/*"]}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::{DST}:role/Admin"]}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(values)
    return one | st.lists(one, min_size=1, max_size=3, unique=True)


def statements(*, named: bool) -> st.SearchStrategy[dict[str, Any]]:
    def made(effect: str, action: Any, resource: Any, condition: Any, principal: Any) -> dict[str, Any]:
        out = {"Effect": effect, "Action": action, "Resource": resource}
        out |= {"Condition": condition} if condition else {}
        return out | ({"Principal": principal} if named else {})

    principal = some(PRINCIPALS).map(lambda arns: {"AWS": arns}) | st.just("*")
    effects = st.sampled_from(["Allow", "Allow", "Deny"])
    return st.builds(made, effects, some(ACTIONS), some(RESOURCES), st.sampled_from(CONDITIONS), principal)


def policies(*, named: bool) -> st.SearchStrategy[Any]:
    return st.lists(statements(named=named), max_size=4).map(lambda some: {"Version": "2012-10-17", "Statement": some})


def evidence(identity: Any, bucket: Any, action: str = "s3:GetObject", key: str = KEY) -> Evidence:
    arn = f"{ARN}"
    return Evidence(
        Start("app", asked=True, region="ap-northeast-1"),
        action,
        BucketSeen(
            NAME,
            exists=True,
            owner=DST,
            policy=Paper("resource", BUCKET, "", arn, DST, bucket) if bucket is not None else ABSENT,
            block={"RestrictPublicBuckets": True},
            account_block=ABSENT,
            ownership="BucketOwnerEnforced",
            encryption=("AES256", ""),
            region="ap-northeast-1",
        ),
        ObjectSeen(key, exists=True, owner_is_bucket_owner=True, kms_key=""),
        who=Who(
            APP,
            APP,
            SRC,
            "AIDAEXAMPLEAPP000001",
            (Paper("identity", INLINE, "access", APP, SRC, identity),),
            ABSENT,
            ABSENT,
            keys_only=True,
        ),
        call=CallSeen(action, "GetObject", made=True, answer=REFUSED),
        layers=Layers(ABSENT, {SRC: ABSENT}, {DST: ABSENT}, ()),
    )


def with_all(policy: Any, change: Change) -> Any:
    """Return a side's policies after a change as one: a new inline policy lies beside the one that is there."""
    if change.name == "access" or change.document == "bucket":
        return change.after or {"Version": "2012-10-17", "Statement": []}
    return {**policy, "Statement": [*policy["Statement"], *change.after["Statement"]]}


def granted(principal: str, action: str, resource: str, identity: Any, bucket: Any) -> str:
    """Evaluate as the other callers and actions are, with what a policy might say of the caller's network left open."""
    unnamed = json.loads(json.dumps(bucket).replace("AIDAEXAMPLEOLD00001", f"arn:aws:iam::{SRC}:user/gone"))
    unnamed = json.loads(json.dumps(unnamed).replace("AIDAEXAMPLEAPP000001", APP))
    context = {"aws:PrincipalArn": principal, "aws:PrincipalAccount": SRC, "aws:SecureTransport": "true"}
    policies = Policies(identity=(identity,) if identity else (), resource=unnamed)
    return evaluate(Case(Request(principal, action, resource, context), policies, SRC, DST)).result


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(policies(named=False), policies(named=True))
def test_a_proposed_allow_gives_the_caller_what_was_asked_for_and_nothing_else(identity: Any, bucket: Any) -> None:
    found = decide(evidence(identity, bucket))
    # Exempting somebody from a Deny is its owner's to weigh, and said so.
    assume(
        {cause.kind for cause in found.causes} <= {"identity-allow-missing", "bucket-allow-missing", "prefix-mismatch"}
    )
    allowed = [change for cause in found.causes for change in cause.changes]
    after = {"identity": identity, "bucket": bucket}
    for change in allowed:
        after[change.document] = with_all(after[change.document], change)
    every: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }

    for action in ("s3:PutObject", "s3:DeleteObject", "s3:GetObjectAcl"):
        for resource in (f"{ARN}/{KEY}", f"{ARN}/daily/another", f"{ARN}/other/x"):
            # Its own policies with a bucket that lets everything in: what the identity change gives; and the reverse.
            open_bucket = {"Version": "2012-10-17", "Statement": [every["Statement"][0] | {"Principal": {"AWS": APP}}]}
            for one, other in ((identity, after["identity"]), (every, every)):
                before, then = (bucket, after["bucket"]) if one is every else (open_bucket, open_bucket)
                if granted(APP, action, resource, one, before) != "Allowed":
                    assert granted(APP, action, resource, other, then) != "Allowed", (action, resource, allowed)
    for resource in (f"{ARN}/{KEY}", f"{ARN}/other/x"):
        if granted(OTHER, "s3:GetObject", resource, every, bucket) != "Allowed":
            assert granted(OTHER, "s3:GetObject", resource, every, after["bucket"]) != "Allowed", allowed


@settings(max_examples=60, deadline=None)
@given(policies(named=False), policies(named=True))
def test_a_proposed_allow_is_a_statement_more_for_that_object_alone(identity: Any, bucket: Any) -> None:
    found = decide(evidence(identity, bucket))

    for cause in found.causes:
        if cause.kind not in {"identity-allow-missing", "bucket-allow-missing", "prefix-mismatch"}:
            continue
        for change in cause.changes:
            before = (change.before or {"Statement": []})["Statement"]
            added = change.after["Statement"][len(before) :]
            if change.after["Statement"][: len(before)] != before:
                continue  # a Deny beside it was changed too: one document, one change
            assert [one["Resource"] for one in added] == [f"{ARN}/{KEY}"]
            assert [one["Sid"] for one in added] == ["S3xExampleReportsXac46b8Objects"]


@settings(max_examples=120, deadline=None)
@given(policies(named=False), policies(named=True))
def test_with_all_changes_it_is_allowed_or_said_not_to_be(identity: Any, bucket: Any) -> None:
    found = decide(evidence(identity, bucket))

    assert found.works is False
    assert found.causes
    after = {"identity": identity, "bucket": bucket}
    made = {(change.document, change.name): change for cause in found.causes for change in cause.changes}
    for (document, _name), change in sorted(made.items()):
        after[document] = with_all(after[document], change)
    if found.mended:
        again = decide(evidence(after["identity"], after["bucket"]))
        assert {cause.kind for cause in again.causes} <= {"not-explained"}, again.causes


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.text(max_size=4) | st.sampled_from([*ACTIONS, *PRINCIPALS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["AWS", "s3:prefix", "Null"]), inner),
    max_leaves=6,
)
odd_statements = st.dictionaries(
    st.sampled_from(["Effect", "Action", "Resource", "Principal", "Condition", "NotPrincipal", "Sid", "NotAction"]),
    anything | st.sampled_from(["Allow", "Deny"]),
)
odd_documents = (
    st.text(max_size=9) | anything | st.fixed_dictionaries({"Statement": odd_statements | st.lists(odd_statements)})
)


@settings(max_examples=300, deadline=None)
@given(odd_documents, odd_documents, st.sampled_from(["s3:GetObject", "s3:ListBucket"]))
def test_whatever_the_account_gives_back_for_a_policy_is_diagnosed(identity: Any, bucket: Any, action: str) -> None:
    found = decide(evidence(identity, bucket, action, "daily/" if action == "s3:ListBucket" else KEY))

    assert found.causes
    assert "\n".join(text_of(found))
    assert json.dumps(found.to_json())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["AccessDenied", "403", "KMS.DisabledException", "NoSuchKey", "Odd"]))
def test_whatever_aws_says_is_evidence_and_never_a_crash(message: str, code: str) -> None:
    seen = evidence({"Version": "2012-10-17", "Statement": []}, None)
    call = replace(seen.call, answer=Answer(code, message)) if seen.call else None

    found = decide(replace(seen, call=call))

    # What was read lacks the Allow, whatever AWS's message blames.
    if code in {"AccessDenied", "403"}:
        assert [cause.kind for cause in found.causes] == ["identity-allow-missing", "bucket-allow-missing"]


@pytest.mark.parametrize("unread", ["identity", "bucket", "both"])
def test_less_knowledge_is_never_more_certain(unread: str) -> None:
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    seen = evidence(allow, None)
    who = seen.who
    assert who is not None
    if unread != "bucket":
        seen = replace(seen, who=replace(who, identity=NotKnown("denied")))
    if unread != "identity":
        seen = replace(seen, bucket=replace(seen.bucket, policy=NotKnown("denied")))

    found = decide(seen)

    about = {"identity": "source-identity", "bucket": "bucket"}
    blamed = [cause for cause in found.causes if cause.link in (about.get(unread), *about.values()) and cause.certain]
    assert [cause.kind for cause in blamed] == (["bucket-allow-missing"] if unread == "identity" else [])


def test_every_kind_has_its_sentence_and_page_of_aws() -> None:
    for word, kind in kinds().items():
        assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", word)
        assert kind.sentence.endswith(".")
        assert kind.page.startswith("https://docs.aws.amazon.com/")


def test_every_kind_is_told_apart_in_a_test() -> None:
    recorded = {word for scenario in RECORDED["scenarios"].values() for word in scenario["expect"]["kinds"]}
    written = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_diagnose*.py"))

    assert [word for word in kinds() if word not in recorded and f'"{word}"' not in written] == []
