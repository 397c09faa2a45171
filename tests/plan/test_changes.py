"""What a plan changes in accounts as they were found: only its own statements, in an order that works."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.plan_world import (
    APP,
    BUCKET,
    CALLERS,
    DST,
    KEY,
    ROLE,
    SRC,
    THEIRS,
    TRUST,
    bucket,
    done,
    found,
    identity,
    of,
    setup_of,
)
from wizard.diff import same
from wizard.plan import By, Choices, Found, Kind, NotKnown
from wizard.plan.change import from_json
from wizard.plan.merge import WHATS, deleted_principals, is_grant, merged, what_of, without_deleted
from wizard.policy.document import Statement
from wizard.setup import policy_name, sid_prefix, tag_of


@pytest.mark.parametrize("method", ["assume-role", "bucket-policy", "iam-user"])
@pytest.mark.parametrize("level", ["read", "read-write-delete", "s3-full-access"])
def test_once_everything_is_made_there_is_nothing_left_to_change(method: str, level: str) -> None:
    # With bucket-policy the managed policy has no kms:Decrypt on another account's key: that setup is refused.
    key = "" if (method, level) == ("bucket-policy", "s3-full-access") else KEY
    setup = setup_of(
        method,
        access={"level": level},
        bucket={"name": BUCKET, "region": "ap-northeast-1", "kms_key_arn": key},
        guards={"require_tls": True},
    )
    there = found(buckets={BUCKET: bucket(THEIRS)})

    made = of(setup, there)

    assert made
    assert all(change.ours and not change.problem for change in made)
    assert of(setup, done(there, made, setup)) == ()


def test_roles_and_users_come_first_then_keys_then_policies_and_guards_last() -> None:
    order = {
        method: [
            change.kind
            for change in of(
                setup_of(
                    method,
                    bucket={"name": BUCKET, "region": "ap-northeast-1", "kms_key_arn": KEY},
                    guards={"require_tls": True},
                ),
                found(),
            )
        ]
        for method in ("assume-role", "bucket-policy", "iam-user")
    }

    assert order == {
        "assume-role": [Kind.INLINE, Kind.ROLE, Kind.INLINE, Kind.KEY, Kind.GUARDS],
        "bucket-policy": [Kind.INLINE, Kind.KEY, Kind.BUCKET, Kind.GUARDS],
        "iam-user": [Kind.USER, Kind.INLINE, Kind.ACCESS_KEY, Kind.KEY, Kind.GUARDS],
    }


def test_guards_are_added_to_what_the_grants_before_them_leave() -> None:
    setup = setup_of("bucket-policy", guards={"require_tls": True})

    grants, guards = of(setup, found(buckets={BUCKET: bucket(THEIRS)}))[-2:]

    assert guards.now == grants.then
    assert [one["Sid"] for one in guards.then["Statement"]][-1] == "S3xReportsRequireTls"
    assert "RequireTls" not in json.dumps(grants.then)


def test_a_policy_of_others_keeps_its_statements_its_id_and_its_old_version() -> None:
    change = of(setup_of("bucket-policy"), found(buckets={BUCKET: bucket(THEIRS)}))[-1]

    assert (change.then["Version"], change.then["Id"]) == ("2008-10-17", "theirs")
    assert change.then["Statement"][0] == THEIRS["Statement"]


def test_variables_in_our_statements_are_refused_under_an_old_version() -> None:
    setup = setup_of("bucket-policy", bucket={"name": BUCKET, "region": "ap-northeast-1", "prefix": "a*b/"})

    assert "2008-10-17" in of(setup, found(buckets={BUCKET: bucket(THEIRS)}))[-1].problem
    assert of(setup, found())[-1].problem == ""


def test_a_policy_that_is_no_policy_is_never_written_over() -> None:
    cases: list[Any] = ["{", [], {"Version": "2012-10-17"}, {"Statement": ["x"]}]
    for unreadable in cases:
        change = of(setup_of("bucket-policy"), found(buckets={BUCKET: bucket(unreadable)}))[-1]
        assert change.problem
        assert change.then == unreadable


def test_statements_that_a_changed_setup_no_longer_wants_are_taken_out() -> None:
    before = setup_of("bucket-policy", guards={"require_tls": True})
    there = done(found(buckets={BUCKET: bucket(THEIRS)}), of(before, found(buckets={BUCKET: bucket(THEIRS)})), before)

    made = of(setup_of("iam-user"), there)

    (policy,) = [one for one in made if one.kind is Kind.BUCKET]
    (guards,) = [one for one in made if one.kind is Kind.GUARDS]
    assert same(guards.then, {**THEIRS, "Statement": [THEIRS["Statement"]]})
    assert policy.then["Statement"][0] == THEIRS["Statement"]


def test_what_cannot_be_seen_belongs_to_the_other_side_and_says_so() -> None:
    made = of(setup_of("assume-role"), Found(callers={SRC: CALLERS[SRC]}, identities={APP: identity(APP)}))

    assert [(one.kind, one.by) for one in made] == [
        (Kind.INLINE, By.US),
        (Kind.ROLE, By.OTHER_SIDE),
        (Kind.INLINE, By.OTHER_SIDE),
    ]
    assert all(isinstance(one.now, NotKnown) and not one.problem for one in made[1:])


def test_what_is_ours_to_change_and_cannot_be_read_is_not_written_over() -> None:
    there = found(
        identities={APP: NotKnown("GetRole: AccessDenied"), ROLE: NotKnown("GetRole: AccessDenied")},
        buckets={BUCKET: bucket(NotKnown("GetBucketPolicy: AccessDenied"))},
    )
    for method in ("assume-role", "bucket-policy"):
        for change in of(setup_of(method), there):
            assert "AccessDenied" in change.problem


@pytest.mark.parametrize(
    ("principal", "kind", "by"),
    [
        ("root", Kind.MANAGED, By.ADMINISTRATORS),
        ("permission-set/DataReader", Kind.PERMISSION_SET, By.IDENTITY_CENTER),
        ("role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", Kind.INLINE, By.SERVICE),
    ],
)
def test_steps_that_only_others_can_take_are_never_dropped(principal: str, kind: Kind, by: By) -> None:
    setup = setup_of("bucket-policy", source={"account_id": SRC, "principals": [principal]})

    first = of(setup, found())[0]

    assert (first.kind, first.by) == (kind, by)
    assert "S3xReportsBucket" in json.dumps(first.then)


def test_the_key_of_a_third_account_is_a_step_of_its_owner() -> None:
    key = KEY.replace(DST, "333333333333")
    setup = setup_of("bucket-policy", bucket={"name": BUCKET, "region": "ap-northeast-1", "kms_key_arn": key})

    (change,) = [one for one in of(setup, found()) if one.kind is Kind.KEY]

    assert (change.by, change.side) == (By.KEY_OWNER, "other")


def test_a_role_that_is_not_ours_needs_all_of_its_policies_read_and_a_confirmation() -> None:
    setup = setup_of("assume-role")
    theirs = found(identities={APP: identity(APP), ROLE: identity(ROLE, inline={"all": {}})})
    unread = found(identities={APP: identity(APP), ROLE: identity(ROLE, inline=NotKnown("AccessDenied"))})
    other = found(identities={APP: identity(APP), ROLE: identity(ROLE, tags=dict([tag_of("other")]))})
    confirmed = Choices(frozenset((ROLE,)))

    for there in (theirs, unread, other):
        assert all(one.problem for one in of(setup, there) if one.target == ROLE)
    assert all(one.problem for one in of(setup, unread, confirmed) if one.target == ROLE)
    made = [one for one in of(setup, theirs, confirmed) if one.target == ROLE]
    assert [one.kind for one in made] == [Kind.TRUST, Kind.INLINE]
    assert made[0].then["Statement"][0] == TRUST["Statement"][0]


def test_a_role_that_others_use_for_longer_sessions_keeps_them() -> None:
    longer = identity(ROLE, max_session_seconds=7200)
    for tags, kinds in (
        (dict([tag_of("reports")]), {Kind.TRUST, Kind.SESSION, Kind.INLINE}),
        ({}, {Kind.TRUST, Kind.INLINE}),
    ):
        there = found(identities={APP: identity(APP), ROLE: replace(longer, tags=tags)})
        made = of(setup_of("assume-role"), there, Choices(frozenset((ROLE,))))
        assert {one.kind for one in made if one.target == ROLE} == kinds


def test_inline_policies_count_together_against_the_limit() -> None:
    large = {"Version": "2012-10-17", "Statement": [{"Sid": "A" * 10_000, "Effect": "Allow"}]}
    there = found(identities={APP: identity(APP, inline={"theirs": large})})

    assert "10240" in of(setup_of("bucket-policy"), there)[0].problem


def test_a_full_access_test_attaches_the_managed_policy_and_drops_the_inline_one() -> None:
    own = {policy_name("reports"): {"Version": "2012-10-17", "Statement": []}}
    there = found(identities={APP: identity(APP, inline=own)})

    made = of(setup_of("bucket-policy", access={"level": "s3-full-access"}), there)

    assert [(one.kind, one.then) for one in made[:2]] == [
        (Kind.ATTACHED, {"PolicyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}),
        (Kind.INLINE, None),
    ]


def test_principals_that_no_longer_exist_are_found_and_taken_out_on_request() -> None:
    gone = {"Sid": "Gone", "Effect": "Allow", "Principal": {"AWS": ["AROACKCEVSQ6C2EXAMPLE"]}, "Action": "s3:*"}
    mixed = {
        **gone,
        "Sid": "Mixed",
        "Principal": {"AWS": ["AIDACKCEVSQ6C2EXAMPLE", DST], "Service": "s3.amazonaws.com"},
    }
    there = found(buckets={BUCKET: bucket({"Version": "2012-10-17", "Statement": [gone, mixed]})})
    setup = setup_of("bucket-policy")

    assert "AROACKCEVSQ6C2EXAMPLE" in of(setup, there)[-1].problem
    made = of(setup, there, Choices(drop_deleted=True))[-1]

    assert made.problem == ""
    assert made.then["Statement"][0] == {**mixed, "Principal": {"AWS": [DST], "Service": "s3.amazonaws.com"}}
    assert deleted_principals(made.then) == ()


def test_a_not_principal_is_left_to_a_person() -> None:
    policy = {"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, "Action": "*"}]}

    assert without_deleted(policy) == policy
    assert deleted_principals(policy) == ("AIDACKCEVSQ6C2EXAMPLE",)


def test_every_sid_of_a_setup_is_known_as_its_own_and_as_nobody_elses() -> None:
    names = [
        "rep",
        "rep-list",
        "rep-list-all",
        "rep-bucket",
        "rep-key",
        "rep-key-sso",
        "rep-trust",
        "a1b",
        "a-1b",
        "r2",
    ]
    suffixes = ["", "Sso", "2", "Sso3", "10"]
    for name, what, suffix in product(names, WHATS, suffixes):
        owners = [other for other in names if what_of(f"{sid_prefix(name)}{what}{suffix}", other)]
        assert owners == [name]
    for sid in (
        "",
        None,
        3,
        "S3xRep",
        "S3xRepListX",
        "S3xRepList0",
        "S3xRepList01",
        "xS3xRepList",
        "S3xRepList ",
        "s3xrepList",
    ):
        assert what_of(sid, "rep") == ""


NAMES = st.from_regex(r"[a-z0-9]{1,6}(?:-[a-z0-9]{1,6}){0,3}", fullmatch=True)


@given(one=NAMES, other=NAMES, what=st.sampled_from(WHATS), suffix=st.sampled_from(["", "Sso", "2", "Sso12"]))
def test_no_two_setups_own_one_statement(one: str, other: str, what: str, suffix: str) -> None:
    sid = f"{sid_prefix(one)}{what}{suffix}"

    assert what_of(sid, one) == what
    assert one == other or what_of(sid, other) == ""


STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.sampled_from(["s3:*", ["s3:GetObject", "s3:PutObject"]]),
    },
    optional={
        "Sid": st.sampled_from(["Theirs", "S3xReportsListList", "S3xRepBucket", "S3xReportsBucket", "S3xReportsList2"]),
        "Unknown": st.integers(),
        "Resource": st.sampled_from(["*", ["arn:aws:s3:::b"]]),
    },
)


@given(statements=st.lists(STATEMENTS, max_size=5), wanted=st.sets(st.sampled_from(["Bucket", "Objects", "List"])))
def test_merging_touches_only_its_own_statements_and_settles_at_once(
    statements: list[dict[str, Any]], wanted: set[str]
) -> None:
    ours = [Statement(f"S3xReports{what}", "Allow", ("s3:GetObject",), ("*",), (SRC,)) for what in sorted(wanted)]
    current = {"Version": "2008-10-17", "Statement": statements, "Other": 1}
    mine = is_grant("reports")

    once = merged(current, ours, mine)

    theirs = [one for one in statements if not mine(one.get("Sid"))]
    kept = [] if once is None else [one for one in once["Statement"] if not mine(one.get("Sid"))]
    assert kept == theirs
    assert {one["Sid"] for one in (once or {"Statement": []})["Statement"] if mine(one.get("Sid"))} == {
        f"S3xReports{what}" for what in wanted
    }
    if once is not None:
        assert {**once, "Statement": 0} == {**current, "Statement": 0}
        assert merged(once, ours, mine) == once
        assert merged(once, (), mine) == ({**current, "Statement": theirs} if theirs else None)


def test_a_statement_that_aws_rewrote_stays_as_aws_wrote_it() -> None:
    ours = Statement(
        "S3xReportsBucket", "Allow", ("s3:GetObject", "s3:ListBucket"), ("*",), (f"arn:aws:iam::{SRC}:root",)
    )
    stored = {
        **ours.to_json(),
        "Principal": {"AWS": SRC},
        "Action": ["s3:ListBucket", "s3:getobject"],
        "Resource": ["*"],
    }

    assert merged({"Version": "2012-10-17", "Statement": [stored]}, [ours], is_grant("reports"))["Statement"] == [
        stored
    ]


def test_a_change_comes_back_from_the_journal_as_it_was() -> None:
    for change in of(setup_of("assume-role"), found()):
        assert from_json(json.loads(json.dumps(change.to_json()))) == replace(change, notes=(), problem="")


def test_in_a_fleet_each_account_and_each_bucket_has_its_own_changes() -> None:
    other = "333333333333"
    setup = setup_of(
        "bucket-policy",
        source={"accounts": [SRC, other], "principals": ["role/app-ec2"]},
        bucket={},
        buckets=[
            {"name": BUCKET, "region": "ap-northeast-1"},
            {"name": "another-bucket", "region": "us-east-1", "prefix": "a/"},
        ],
    )
    made = of(setup, found(buckets={BUCKET: bucket(), "another-bucket": bucket()}))

    assert [(one.kind, one.account_id, one.by, one.name, one.region) for one in made] == [
        (Kind.INLINE, SRC, By.US, "s3-crossaccount-reports", ""),
        (Kind.INLINE, other, By.OTHER_SIDE, "s3-crossaccount-reports", ""),
        (Kind.BUCKET, DST, By.US, BUCKET, "ap-northeast-1"),
        (Kind.BUCKET, DST, By.US, "another-bucket", "us-east-1"),
    ]
    assert BUCKET not in json.dumps(made[3].then)
