"""What a diagnosis says of an object that isn't there, and what only decides where it is needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from wizard.aws.diagnose.call import needs_object
from wizard.aws.diagnose.decide import decide
from wizard.aws.diagnose.evidence import (
    BUCKET,
    INLINE,
    Assuming,
    BucketSeen,
    CallSeen,
    Evidence,
    ObjectSeen,
    Other,
    Paper,
    Start,
    Who,
)
from wizard.aws.diagnose.told import text_of
from wizard.aws.errors import NO_CREDENTIALS
from wizard.aws.verify.reading import Answer
from wizard.plan.found import ABSENT, NotKnown

if TYPE_CHECKING:
    from wizard.aws.diagnose.result import Diagnosis

SRC, DST = "111111111111", "222222222222"
APP = f"arn:aws:iam::{SRC}:user/app"
NAME, KEY = "example-reports", "daily/2026-10.csv"
ARN = f"arn:aws:s3:::{NAME}"
DENIED, MISSING = Answer("AccessDenied", "Access Denied"), Answer("NoSuchKey", "The specified key does not exist.")
READS = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [ARN, f"{ARN}/*"]}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def evidence(action: str, answer: Answer | None, *own: Any, bucket: Any = None, key: str = KEY) -> Evidence:
    """Return a call on a key where there is nothing; without an answer it was not made."""
    named = bucket if bucket is not None else policy({**READS, "Action": "s3:*", "Principal": {"AWS": APP}})
    seen = BucketSeen(
        NAME, exists=True, owner=DST, policy=Paper("resource", BUCKET, "", ARN, DST, named), block=ABSENT,
        account_block=ABSENT, ownership="BucketOwnerEnforced", encryption=("AES256", ""), region="ap-northeast-1",
    )  # fmt: skip
    papers = (Paper("identity", INLINE, "own", APP, SRC, policy(*(own or (READS,)))),)
    who = Who(APP, APP, SRC, "", papers, ABSENT, ABSENT, keys_only=True)
    call = CallSeen(action, "Call", made=answer is not None, why="" if answer else "Not made.", answer=answer)
    return Evidence(Start("app"), action, seen, ObjectSeen(key, exists=False), who=who, call=call)


def kinds(found: Diagnosis) -> list[str]:
    return [cause.kind for cause in found.causes]


def told(found: Diagnosis) -> str:
    return "\n".join(text_of(found))


@pytest.mark.parametrize(
    ("action", "needs"),
    [
        ("s3:GetObject", True),
        ("s3:GetObjectTagging", True),
        ("s3:PutObjectTagging", True),
        ("s3:PutObjectAcl", True),
        ("s3:RestoreObject", True),
        ("s3:PutObject", False),
        ("s3:DeleteObject", False),
        ("s3:DeleteObjectVersion", False),
        ("s3:AbortMultipartUpload", False),
        ("s3:ListMultipartUploadParts", False),
        ("s3:ReplicateObject", False),
        ("s3:GetBucketPolicy", False),
        ("s3:ListBucket", False),
    ],
)
def test_only_actions_on_an_object_that_is_there_need_one(action: str, *, needs: bool) -> None:
    assert needs_object(action) is needs


@pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:PutObject", "s3:GetBucketTagging", "s3:GetBucketPolicy"])
def test_a_missing_object_is_no_cause_for_what_needs_none(action: str) -> None:
    found = decide(evidence(action, None if action == "s3:DeleteObject" else DENIED))

    # Another account never reads a bucket policy, whatever is allowed.
    assert kinds(found)[0] == ("not-possible" if action == "s3:GetBucketPolicy" else "identity-allow-missing")
    assert not any(cause.link == "object" for cause in found.causes)
    assert "object" not in {part.id for part in found.path}


def test_deleting_with_unread_policies_names_them_and_not_the_missing_object() -> None:
    seen = evidence("s3:DeleteObject", None)
    assert seen.who is not None
    unread = replace(seen, who=replace(seen.who, identity=NotKnown("denied")))

    found = decide(unread)

    assert (found.works, found.causes) == (None, ())
    assert found.unseen[0].what == "identity"


def test_a_missing_object_that_is_read_is_still_the_cause() -> None:
    found = decide(evidence("s3:GetObject", MISSING))

    assert kinds(found) == ["object-missing"]
    assert found.causes[0].certain


def test_an_older_version_may_be_there_where_the_listing_shows_nothing() -> None:
    allowed = {**READS, "Action": "s3:*"}

    found = decide(evidence("s3:GetObjectVersion", None, allowed))

    assert kinds(found) == ["object-missing"]
    assert not found.causes[0].certain


def test_changed_policies_are_not_said_to_bring_a_missing_object() -> None:
    listing = {**READS, "Action": "s3:ListBucket"}

    found = decide(evidence("s3:GetObject", DENIED, listing))

    assert kinds(found) == ["identity-allow-missing", "object-missing"]
    assert found.mended
    assert "what was read allows it" not in told(found)
    assert "They don't mend cause 2." in told(found)


def bare(start: Start) -> Evidence:
    refused = Answer(NO_CREDENTIALS, "There are no credentials to call AWS with: Unable to locate credentials")
    return Evidence(replace(start, answer=refused), "s3:GetObject", BucketSeen(NAME), ObjectSeen(KEY))


def test_that_there_are_no_credentials_is_said_once_with_the_profiles_that_are_there() -> None:
    cause = decide(bare(Start(profiles=("work", "other"), others=(Other("other", APP),)))).causes[0]

    assert cause.message == "There are no credentials for default: Unable to locate credentials"
    assert "work, other" in cause.mend
    assert cause.commands == (
        f"s3-crossaccount diagnose s3://{NAME}/{KEY} --profile other",
        "aws configure sso",
        "aws configure",
    )


def test_without_any_profile_the_ways_to_make_one_are_named() -> None:
    cause = decide(bare(Start())).causes[0]

    assert cause.commands == ("aws configure sso", "aws configure")


def test_a_profile_that_is_there_is_shown() -> None:
    cause = decide(bare(Start("empty", profiles=("empty",)))).causes[0]

    assert cause.commands == ("s3-crossaccount profile show empty",)


def test_nothing_unseen_is_listed_where_it_could_change_nothing() -> None:
    reading = evidence("s3:GetObject", MISSING)
    gone = replace(evidence("s3:GetObject", Answer("NoSuchBucket", "")), bucket=BucketSeen(NAME, exists=False))

    assert decide(reading).unseen == ()
    assert decide(gone).unseen == ()


def test_a_403_where_the_object_is_missing_may_have_an_unseen_reason() -> None:
    found = decide(evidence("s3:GetObject", DENIED))

    assert kinds(found) == ["object-missing"]
    assert found.unseen


def test_what_was_not_seen_of_a_switch_that_aws_made_is_left_out() -> None:
    role = f"arn:aws:iam::{DST}:role/reader"
    seen = evidence("s3:GetObject", DENIED)
    assert seen.who is not None
    hop = Assuming("app", role, replace(seen.who, identity=NotKnown("denied")), trust=NotKnown("denied"))

    found = decide(replace(seen, assuming=(hop,)))

    assert not {"identity", "trust"} & {one.what for one in found.unseen}


def test_a_bucket_of_another_account_is_asked_of_its_owner() -> None:
    seen = replace(evidence("s3:GetObject", Answer("NoSuchBucket", "")), bucket=BucketSeen(NAME, exists=False))

    cause = decide(seen).causes[0]

    assert cause.kind == "bucket-missing"
    assert "ask its owner" in cause.mend
    assert cause.commands == (f"aws s3api head-bucket --bucket {NAME} --profile app",)


def test_an_account_that_is_not_known_is_null_everywhere_in_the_json() -> None:
    told_json = decide(bare(Start())).to_json()

    assert told_json["account_id"] is None
    assert {part["account_id"] for part in told_json["path"]} == {None}


@pytest.mark.parametrize(("prefix", "reaches"), [("reports", "reports/*"), ("reports/", "reports/*")])
def test_a_listing_is_mended_for_the_folder_and_no_name_that_only_begins_alike(prefix: str, reaches: str) -> None:
    nothing = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::elsewhere"}

    found = decide(evidence("s3:ListBucket", DENIED, nothing, key=prefix))

    (change,) = found.causes[0].changes
    assert change.after["Statement"][-1]["Condition"] == {"StringLike": {"s3:prefix": [prefix, reaches]}}
    assert found.mended
    assert ("ask for reports/" in found.causes[0].mend) is (prefix == "reports")


def test_a_prefix_with_a_wildcard_in_it_is_allowed_as_it_is_written() -> None:
    nothing = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::elsewhere"}

    found = decide(evidence("s3:ListBucket", DENIED, nothing, key="a*b/"))

    (change,) = found.causes[0].changes
    assert change.after["Statement"][-1]["Condition"]["StringLike"]["s3:prefix"] == ["a${*}b/", "a${*}b/*"]
    assert found.mended


@pytest.mark.parametrize(("action", "is_said"), [("s3:GetObject", True), ("s3:ListBucket", False)])
def test_a_deny_on_a_key_that_the_action_never_has_says_why_it_always_denies(action: str, *, is_said: bool) -> None:
    guard = {**READS, "Effect": "Deny", "Condition": {"StringNotLike": {"s3:prefix": "reports/*"}}}

    cause = decide(evidence(action, DENIED, READS, guard)).causes[0]

    assert (cause.kind, cause.certain) == ("explicit-deny", True)
    assert ("s3:GetObject never has s3:prefix" in cause.message) is is_said
    assert ("StringNotLike holds where the key isn't there" in cause.message) is is_said
    assert ("let the statement deny those alone" in cause.mend) is is_said


def test_a_person_without_any_profile_is_shown_both_commands() -> None:
    shown = told(decide(bare(Start())))

    assert "  $ aws configure sso\n  $ aws configure\n" in shown


def test_a_command_for_an_account_that_is_not_known_has_a_place_for_it() -> None:
    seen = evidence("s3:GetObject", DENIED)

    found = decide(replace(seen, bucket=BucketSeen(NAME, exists=True)))

    assert [one.shows for one in found.unseen if one.what == "rcps"] == [
        "aws organizations list-policies-for-target --target-id ACCOUNT_ID --filter RESOURCE_CONTROL_POLICY"
    ]
