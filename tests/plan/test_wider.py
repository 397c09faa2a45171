"""Silence of `wider` means: nobody may do anything that the hand-over didn't ask for, by the evaluator's own word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from tests.generated_setups import raw_answers
from wizard.access_path import callers
from wizard.access_path.counter import OTHER_BUCKET, OTHER_PREFIX, UNGRANTED
from wizard.access_path.proof import Prover
from wizard.answers.build import build
from wizard.methods import levels
from wizard.methods.assume_role import Role
from wizard.plan import plan
from wizard.plan.wider import standing, wider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.access_path.callers import Caller
    from wizard.plan import Plan
    from wizard.setup import Bucket, Setup

ACTIONS = (
    *UNGRANTED,
    "s3:AbortMultipartUpload",
    "s3:GetBucketLocation",
    "s3:GetObjectTagging",
    "s3:PutObjectTagging",
    "s3:GetObjectAcl",
    "s3:ListBucketVersions",
    "s3:ListBucketMultipartUploads",
)
NETWORKS: tuple[dict[str, str], ...] = (
    {"aws:SecureTransport": "true", "aws:SourceVpce": "vpce-0123456789abcdef0", "aws:PrincipalOrgID": "o-a1b2c3d4e5"},
    {"aws:SecureTransport": "false", "aws:SourceVpce": "vpce-0123abcd", "aws:PrincipalOrgID": "o-a1b2c3d4e5"},
    {"aws:SecureTransport": "true", "aws:SourceVpce": "vpce-0123abce", "aws:PrincipalOrgID": "o-another000"},
    {"aws:SecureTransport": "true", "aws:SourceVpce": "vpce-ffffffff", "aws:PrincipalOrgID": "o-another000"},
)


class World:
    """What somebody of the source reaches in the end, by a plan's documents."""

    def __init__(self, made: Plan) -> None:
        self.prover = Prover(made)
        self.setup = made.setup
        self.source = callers.of_source(made) if made.setup.source.principals else ()
        self.acting = callers.of_destination(made)

    def as_known(self, caller: Caller) -> Caller:
        """Return a caller with the policy that this plan gives it: of the whole account anybody may have it."""
        if caller.identity == (callers.EVERYTHING,):
            return caller
        mine = {one.principal_arn: one.identity for one in self.source}
        anybody = self.source[0].identity if self.source and self.setup.source.whole_account else ()
        return replace(caller, identity=mine.get(caller.principal_arn, anybody))

    def who_acts(self, caller: Caller | None, shown: dict[str, str]) -> Caller | None:
        """Return who makes the S3 calls in the end; None where the role can't be assumed."""
        if caller is None or isinstance(self.setup.own, Role):
            first = self.as_known(caller) if caller else None
            if first and self.prover.assume(first, shown).result != "Allowed":
                return None
            return self.acting
        return self.as_known(caller)


def requests(one: Setup, other: Setup) -> Iterator[tuple[Bucket, str, str, dict[str, str]]]:
    buckets = {(bucket.name, bucket.prefix): bucket for bucket in (*one.buckets, *other.buckets)}
    first = one.buckets[0]
    for bucket in (*buckets.values(), replace(first, prefix=OTHER_PREFIX), replace(first, name=OTHER_BUCKET)):
        arn = f"arn:{one.partition}:s3:::{bucket.name}"
        for action in ACTIONS:
            if levels.reaches_bucket(action):
                for prefix in {bucket.prefix, ""}:
                    yield bucket, action, arn, {"s3:prefix": prefix}
            else:
                yield bucket, action, f"{arn}/{bucket.prefix}report.csv", {}
    yield first, levels.LIST_ALL, f"arn:{one.partition}:s3:::*", {}


def reached(before: Plan, after: Plan) -> Iterator[str]:
    """Yield what is allowed after a change and wasn't before it."""
    then, now = World(before), World(after)
    shown = now.prover.assume_context()
    for caller in (*(now.source or (None,)), callers.outsiders(after.setup)[0]):
        acting, acted = now.who_acts(caller, shown), then.who_acts(caller, shown)
        if acting is None:
            continue
        for network in NETWORKS:
            for bucket, action, resource, keys in requests(after.setup, before.setup):
                asked = keys | network
                if now.prover.s3(acting, bucket, action, resource, asked).result == "Allowed" and (
                    acted is None or then.prover.s3(acted, bucket, action, resource, asked).result != "Allowed"
                ):
                    yield f"{caller and caller.label}: {action} {resource} {asked}"
        for bucket in after.setup.buckets if after.setup.bucket.customer_key else ():
            for action in ("kms:Decrypt", "kms:GenerateDataKey"):
                if now.prover.kms(acting, bucket, action).result == "Allowed" and (
                    acted is None or then.prover.kms(acted, bucket, action).result != "Allowed"
                ):
                    yield f"{caller and caller.label}: {action}"


@settings(max_examples=80, deadline=None)
@given(raw_answers(), st.data())
def test_where_nothing_is_wider_nobody_may_do_more(first: dict[str, Any], data: st.DataObject) -> None:
    second = data.draw(raw_answers().filter(lambda raw: bool(raw["method"] == first["method"])))
    differing = sorted(key for key in {*first, *second} - {"method"} if first.get(key) != second.get(key))
    assume(differing)
    key = data.draw(st.sampled_from(differing))
    changed = {one: value for one, value in first.items() if one != key} | ({key: second[key]} if key in second else {})
    if changed.get("access.level") == "custom" and "access.actions" not in changed:
        changed["access.actions"] = ["s3:GetObject", "s3:ListBucket"]
    before, after = build(first), build(changed)
    assume(not after.problems)
    said = wider(before.setup, after.setup)
    event("wider" if said else "no wider")
    if not said:
        assert list(reached(plan(before.setup), plan(after.setup))) == []


BASE: dict[str, Any] = {
    "name": "reports",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "bucket.prefix": "reports/",
    "access.level": "read-write",
    "guards.require_tls": True,
    "guards.organization_id": "o-a1b2c3d4e5",
    "guards.vpc_endpoint_ids": ["vpce-0123abcd"],
    "guards.exempt_principals": ["arn:aws:iam::222222222222:role/Admin"],
}
ROLE = BASE | {
    "method": "assume-role",
    "role.name": "RoleA",
    "role.external_id": "ticket-42",
    "role.require_mfa": True,
    "source.principals": ["user/a", "user/b"],
}
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/12345678-1234-1234-1234-123456789012"


def setup_of(raw: dict[str, Any]) -> Setup:
    built = build(raw)
    assert not built.problems, built.problems
    return built.setup


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("access.level", "read-write-delete", "more actions: s3:DeleteObject"),
        ("access.level", "s3-full-access", "AmazonS3FullAccess"),
        ("access.tags", True, "s3:GetObjectTagging, s3:PutObjectTagging"),
        ("access.list_all_buckets", True, "the names of all buckets"),
        ("source.principals", ["user/a", "user/c"], "more principals: user/c"),
        ("source.principals", ["root"], "the whole source account"),
        ("source.account_id", "333333333333", "more source accounts: 333333333333"),
        ("destination.account_id", "333333333333", "another destination: 333333333333"),
        ("bucket.name", "another-bucket", "another bucket: another-bucket"),
        ("bucket.prefix", "", "the whole bucket s3-crossaccount-bucket01, in place of reports/"),
        ("bucket.prefix", "report/", "the prefix report/ in place of reports/"),
        ("bucket.kms_key_arn", KEY, "the KMS key"),
        ("role.name", "RoleB", "another role: RoleB"),
        ("role.session_seconds", 7200, "longer sessions: 7200 seconds in place of 3600"),
        ("role.external_id", "", "without the external id"),
        ("role.external_id", "other", "another external id"),
        ("role.require_mfa", False, "without MFA"),
        ("guards.require_tls", False, "without the guard: TLS only"),
        ("guards.organization_id", "", "without the guard: organization only"),
        ("guards.organization_id", "o-b1b2c3d4e5", "another organization"),
        ("guards.vpc_endpoint_ids", [], "without the guard: VPC endpoint only"),
        ("guards.vpc_endpoint_ids", ["vpce-0123abcd", "vpce-0123abce"], "more VPC endpoints: vpce-0123abce"),
        (
            "guards.exempt_principals",
            ["arn:aws:iam::222222222222:role/Admin", "arn:aws:iam::111111111111:role/x"],
            "more exempt principals",
        ),
    ],
)
def test_each_way_to_get_more_is_said(key: str, value: Any, said: str) -> None:
    asked, changed = setup_of(ROLE), setup_of(ROLE | {key: value})
    assert said in "\n".join(wider(asked, changed))
    assert wider(changed, changed) == ()
    assert standing(ROLE, ROLE | {key: value}, key) == "wider"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("access.level", "read"),
        ("access.level", "list"),
        ("source.principals", ["user/a"]),
        ("bucket.prefix", "reports/2026/"),
        ("role.session_seconds", 900),
        ("guards.exempt_principals", []),
    ],
)
def test_less_is_narrowed_and_nothing_is_said(key: str, value: Any) -> None:
    assert wider(setup_of(ROLE), setup_of(ROLE | {key: value})) == ()
    assert standing(ROLE, ROLE | {key: value}, key) == "narrowed"
    assert standing(ROLE, ROLE, key) == ""


def test_what_is_no_access_is_neither() -> None:
    assert standing(ROLE, ROLE | {"profile.name": "mine"}, "profile.name") == ""
    assert wider(setup_of(ROLE), setup_of(ROLE | {"profile.name": "mine", "role.session_name": "me"})) == ()


def custom(*actions: str) -> dict[str, Any]:
    return ROLE | {"access.level": "custom", "access.actions": list(actions)}


@pytest.mark.parametrize(
    ("asked", "chosen", "said"),
    [
        (["s3:Get*"], ["s3:GetObject"], ""),
        (["s3:Get*"], ["s3:GetObject*"], ""),
        (["s3:*"], ["s3:Get*", "s3:List*"], ""),
        (["s3:GetObject"], ["s3:getobject"], ""),
        (["s3:Get*"], ["s3:Put*"], "more actions"),
        (["s3:GetObject?ersion"], ["s3:GetObject*ersion"], "wildcards"),
        (["s3:PutObjectLegalHold"], ["s3:PutObjectLegal*"], "wildcards"),
        (["s3:GetObject"], ["s3:*"], "more actions"),
    ],
)
def test_wildcards_are_compared_by_what_they_reach_today_and_tomorrow(
    asked: list[str], chosen: list[str], said: str
) -> None:
    told = wider(setup_of(custom(*asked)), setup_of(custom(*chosen)))
    assert bool(told) == bool(said)
    assert said in "\n".join(told)


def test_a_level_becomes_chosen_actions_in_two_answers() -> None:
    half = ROLE | {"access.level": "custom"}
    assert wider(setup_of(ROLE), build(half).setup) == ()
    whole = half | {"access.actions": ["s3:ListBucket", "s3:GetObject"]}
    assert standing(ROLE, whole, "access.level") == standing(ROLE, whole, "access.actions") == "narrowed"
    assert standing(ROLE, half | {"access.actions": ["s3:*"]}, "access.level") == "wider"


def test_a_fleet_may_lose_buckets_and_accounts_and_get_none() -> None:
    shared = {key: value for key, value in ROLE.items() if not key.startswith(("bucket.", "source.account"))}
    rows = [{"name": "bucket-a", "region": "us-east-1"}, {"name": "bucket-b", "region": "us-east-1", "prefix": "x/"}]
    fleet = shared | {"source.accounts": ["111111111111", "333333333333"], "buckets": rows}
    small = shared | {"source.account_id": "333333333333", "bucket.name": "bucket-b", "bucket.region": "us-east-1"}
    assert wider(setup_of(fleet), setup_of(small | {"bucket.prefix": "x/y/"})) == ()
    assert "the whole bucket bucket-b" in wider(setup_of(fleet), setup_of(small))[0]
    assert len(wider(setup_of(small | {"bucket.prefix": "x/"}), setup_of(fleet))) == 2


def test_another_method_is_never_taken_as_less() -> None:
    other = BASE | {"method": "bucket-policy", "source.principals": ["user/a"], "access.level": "list"}
    assert wider(setup_of(ROLE), setup_of(other)) == ("the method bucket-policy in place of assume-role",)
