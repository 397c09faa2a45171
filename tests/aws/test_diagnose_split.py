"""What of a diagnosis is applied and what is only offered, as a pure function of what was read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wizard.aws.diagnose.decide import decide
from wizard.aws.diagnose.evidence import (
    BUCKET,
    INLINE,
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
from wizard.aws.diagnose.split import split
from wizard.aws.verify.reading import Answer
from wizard.plan import Kind
from wizard.plan.found import ABSENT, NotKnown

SRC, DST = "111111111111", "222222222222"
APP, ROLE = f"arn:aws:iam::{SRC}:user/app", f"arn:aws:iam::{DST}:role/reader"
NAME, KEY = "example-reports", "daily/2026-10.csv"
ARN = f"arn:aws:s3:::{NAME}"
SIDES = {SRC: "source", DST: "destination"}
THEIRS = {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": DST}, "Action": "s3:*", "Resource": f"{ARN}/*"}
REFUSED = Answer("AccessDenied", "Access Denied")


def policy(*statements: Any, version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def evidence(identity: Any, bucket: Any, key: str = KEY, *, exists: bool = True) -> Evidence:
    who = Who(
        APP, APP, SRC, "", (Paper("identity", INLINE, "own", APP, SRC, identity),), ABSENT, ABSENT, keys_only=True
    )
    seen = BucketSeen(
        NAME, exists=True, owner=DST, policy=Paper("resource", BUCKET, "", ARN, DST, bucket), block=ABSENT,
        account_block=ABSENT, ownership="BucketOwnerEnforced", encryption=("AES256", ""), region="ap-northeast-1",
    )  # fmt: skip
    call = CallSeen("s3:GetObject", "GetObject", made=True, answer=REFUSED)
    thing = ObjectSeen(key, exists=exists, owner_is_bucket_owner=True, kms_key="")
    return Evidence(Start("app"), "s3:GetObject", seen, thing, who=who, call=call)


OWN = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::own"}
ALLOWED = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{ARN}/*"}


def test_what_was_asked_for_is_applied_the_callers_half_first() -> None:
    seen = evidence(policy(OWN), policy(THEIRS))

    mend = split(seen, decide(seen), SIDES)

    assert [(one.kind, one.side, one.account_id) for one in mend.made] == [
        (Kind.INLINE, "source", SRC),
        (Kind.BUCKET, "destination", DST),
    ]
    assert mend.left == ()
    assert mend.made[1].then["Statement"][0] == THEIRS


@pytest.mark.parametrize("side", ["source", "destination"])
def test_without_credentials_for_a_side_its_half_is_left_with_the_option_that_gives_them(side: str) -> None:
    seen = evidence(policy(OWN), policy(THEIRS))
    account = next(account for account, name in SIDES.items() if name == side)

    mend = split(seen, decide(seen), {account: side})

    (left,) = mend.left
    assert [one.side for one in mend.made] == [side]
    assert left.change.account_id not in (account, "")
    assert left.change.account_id in left.why
    assert ("--destination-profile" if side == "source" else "--source-profile") in left.why


@pytest.mark.parametrize(
    ("bucket", "key", "says"),
    [
        (policy(THEIRS | {"Principal": {"AWS": "AROAEXAMPLEOLD000001"}, "Action": "s3:PutObject"}), KEY, "AROAEX"),
        (policy(THEIRS, version="2008-10-17"), "daily/a*b", "old Version"),
        (policy(*({**THEIRS, "Sid": f"Theirs{n}"} for n in range(160))), KEY, "20480"),
    ],
)
def test_what_aws_would_refuse_is_said_and_not_sent(bucket: Any, key: str, says: str) -> None:
    seen = evidence(policy(ALLOWED), bucket, key)

    mend = split(seen, decide(seen), SIDES)

    assert mend.made == ()
    assert says in mend.left[0].why


def test_a_key_with_a_wildcard_in_it_is_one_object_and_no_wildcard() -> None:
    seen = evidence(policy(ALLOWED), policy(THEIRS), "daily/a*b?c")

    (made,) = split(seen, decide(seen), SIDES).made

    assert made.then["Statement"][1]["Resource"] == f"{ARN}/daily/a${{*}}b${{?}}c"


def test_listing_that_nobody_asked_for_is_only_offered() -> None:
    both = policy(ALLOWED), policy({**ALLOWED, "Principal": {"AWS": APP}})
    seen = evidence(*both, exists=False)

    found = decide(seen)
    mend = split(seen, found, SIDES)

    assert [cause.kind for cause in found.causes] == ["object-missing", "list-bucket-missing"]
    assert mend.made == ()
    assert {left.change.document for left in mend.left} == {"identity", "bucket"}
    assert all("s3:ListBucket" in left.why for left in mend.left)


def test_what_is_only_likely_is_not_applied() -> None:
    seen = evidence(policy(OWN), policy(THEIRS))
    seen = replace(seen, who=replace(seen.who, identity=NotKnown("denied")))  # type: ignore[type-var] # it is there
    said = Answer("AccessDenied", "because no identity-based policy allows the s3:GetObject action")
    seen = replace(seen, bucket=replace(seen.bucket, policy=NotKnown("denied")))
    seen = replace(seen, call=CallSeen("s3:GetObject", "GetObject", made=True, answer=said))

    mend = split(seen, decide(seen), SIDES)

    assert mend.made == ()
    assert [left.change.document for left in mend.left] == ["identity"]
    assert "likely" in mend.left[0].why


@pytest.mark.parametrize("is_read", [True, False])
def test_nobody_is_let_into_a_role_whose_policies_were_not_read(*, is_read: bool) -> None:
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}
    other = {"AWS": f"arn:aws:iam::{SRC}:user/other"}
    trust = policy({"Effect": "Allow", "Principal": other, "Action": "sts:AssumeRole"})
    seen = evidence(policy(assume), policy(THEIRS))
    who = seen.who
    assert who is not None
    session = f"arn:aws:sts::{DST}:assumed-role/reader/x"
    papers = (Paper("identity", INLINE, "reads", ROLE, DST, policy(ALLOWED)),)
    role = Who(session, ROLE, DST, "", papers if is_read else NotKnown("denied"), ABSENT, ABSENT)
    hop = Assuming("x", ROLE, who, trust=Paper("trust", TRUST, "", ROLE, DST, trust), role_exists=True, answer=REFUSED)
    seen = replace(seen, assuming=(hop,), who=role, call=CallSeen("s3:GetObject", "", made=False))

    mend = split(seen, decide(seen), SIDES)

    assert [one.kind for one in mend.made] == ([Kind.TRUST] if is_read else [])
    if is_read:
        assert any("all that the role can" in note for note in mend.made[0].notes)
        assert any(f'"{ARN}/*"' in note for note in mend.made[0].notes)
    else:
        assert "couldn't be read" in mend.left[0].why
