"""What verifying would call, and how it reads AWS's answers: without AWS."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session

from tests.aws.verify_world import BUCKET, setup_of
from wizard.access_path import State
from wizard.aws.verify.caller import not_tried_as, part, why_not
from wizard.aws.verify.plan import On, _catalogue, allowed, granted, refused
from wizard.aws.verify.reading import Answer, of_refusal
from wizard.aws.verify.result import Tried, Verdict, Verification, lit
from wizard.policy.actions import reach

PREFIXED = {"bucket": {"name": BUCKET, "region": "ap-northeast-1", "prefix": "reports/"}}
LINKS = ("source-identity", "bucket", "key", "guards")


def test_every_call_of_the_catalogue_is_one_of_s3_and_names_the_owner_it_expects() -> None:
    model = Session().get_service_model("s3")
    for probe in _catalogue().values():
        assert reach(probe.action), probe
        if probe.call:
            shape = model.operation_model(probe.call).input_shape
            assert shape is not None
            members = set(shape.members)
            assert {"Bucket", "ExpectedBucketOwner", *dict(probe.parameters)} <= members
            assert probe.call.startswith(("Get", "Head", "List")), "a probe must change nothing"
            assert xform_name(probe.call)


@pytest.mark.parametrize("level", ["list", "read", "read-write", "read-write-delete"])
def test_every_action_of_a_level_has_a_probe_and_listing_comes_first(level: str) -> None:
    setup = setup_of("bucket-policy", access={"level": level, "tags": level != "list", "acls": level != "list"})
    probes = allowed(setup)
    assert [one.action for one in probes if one.on is On.NOTHING] == []
    assert probes[0].action == "s3:ListBucket"
    assert {one.action for one in probes} == set(granted(setup))


def test_what_was_not_granted_is_tried_by_calls_that_destroy_nothing() -> None:
    for level in ("list", "read", "read-write", "read-write-delete"):
        setup = setup_of("assume-role", access={"level": level})
        tried = refused(setup)
        assert len(tried) == 2
        assert not {one.action for one in tried} & set(granted(setup))
        # A delete is made on a random key only; everything else reads.
        assert all(one.action == "s3:DeleteObject" or one.call.startswith("Get") for one in tried)
    assert refused(setup_of("assume-role", access={"level": "s3-full-access"})) == ()
    assert refused(setup_of("bucket-policy", access={"level": "s3-full-access"})) != ()


def test_chosen_wildcards_are_spelled_out() -> None:
    setup = setup_of("iam-user", access={"level": "custom", "actions": ["s3:Get*", "s3:ListBucket"]})
    probes = {one.action: one for one in allowed(setup)}
    assert probes["s3:GetLifecycleConfiguration"].absent == {"NoSuchLifecycleConfiguration"}
    assert probes["s3:GetObjectVersion"].on is On.VERSION
    assert probes["s3:GetObjectTorrent"].on is On.NOTHING
    assert "s3:PutObject" not in probes


CALLERS = [
    (["role/app-ec2"], "arn:aws:sts::111111111111:assumed-role/app-ec2/i-1", True),
    (["role/apps/app-ec2"], "arn:aws:sts::111111111111:assumed-role/app-ec2/i-1", True),
    (["role/app-ec2"], "arn:aws:sts::111111111111:assumed-role/other/i-1", False),
    (["role/app-ec2"], "arn:aws:iam::111111111111:user/app-ec2", False),
    (["user/batch/nightly"], "arn:aws:iam::111111111111:user/batch/nightly", True),
    (["user/nightly"], "arn:aws:iam::111111111111:user/batch/nightly", False),
    (["user/a", "role/b"], "arn:aws:sts::111111111111:assumed-role/b/s", True),
    (["root"], "arn:aws:iam::111111111111:user/anybody", True),
    (["root"], "arn:aws:iam::333333333333:user/anybody", False),
    (
        ["permission-set/DataReader"],
        "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_DataReader_0a1b2c3d4e5f6071/taro@example.com",
        True,
    ),
    (
        ["permission-set/Data"],
        "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_DataReader_0a1b2c3d4e5f6071/taro@example.com",
        False,
    ),
]


@pytest.mark.parametrize(("principals", "arn", "named"), CALLERS)
def test_only_a_caller_that_the_setup_names_may_verify_it(principals: list[str], arn: str, *, named: bool) -> None:
    setup = setup_of("bucket-policy", source={"account_id": "111111111111", "principals": principals})
    why = why_not(setup, arn.split(":")[4], arn)
    assert (why == "") is named
    if not named:
        assert arn in why
        assert "--source-profile" in why


def test_one_caller_says_nothing_about_the_others() -> None:
    setup = setup_of("bucket-policy", source={"account_id": "111111111111", "principals": ["user/a", "role/b"]})
    assert not_tried_as(setup, "111111111111", "arn:aws:iam::111111111111:user/a") == ("role/b",)
    assert not_tried_as(setup_of("iam-user"), "222222222222", "arn:aws:iam::222222222222:user/wizard/reader") == ()


def test_the_caller_of_iam_user_is_the_user_itself() -> None:
    setup = setup_of("iam-user")
    assert why_not(setup, "222222222222", "arn:aws:iam::222222222222:user/wizard/reader") == ""
    assert "wizard/reader" in why_not(setup, "222222222222", "arn:aws:iam::222222222222:user/admin")


WRITTEN = {"role_arn": "arn:aws:iam::222222222222:role/wizard/RoleA", "source_profile": "other"}


@pytest.mark.parametrize(
    ("method", "asked", "profiles", "profile"),
    [
        ("bucket-policy", "", {}, None),
        ("bucket-policy", "mine", {}, "mine"),
        ("iam-user", "", {}, "crossaccount"),
        ("iam-user", "mine", {}, "mine"),
        ("assume-role", "", {}, "cliuser"),
        ("assume-role", "", {"crossaccount": WRITTEN}, "other"),
        ("assume-role", "mine", {"crossaccount": WRITTEN}, "mine"),
        ("assume-role", "mine", {"mine": WRITTEN}, "other"),
        ("assume-role", "mine", {"mine": {**WRITTEN, "role_arn": "arn:aws:iam::222222222222:role/Other"}}, "mine"),
    ],
)
def test_each_method_knows_which_profile_plays_the_source(
    method: str, asked: str, profiles: dict[str, dict[str, str]], profile: str | None
) -> None:
    assert part(setup_of(method), asked, profiles).profile == profile


def test_a_machine_that_assumes_a_role_calls_with_its_own_credentials() -> None:
    setup = setup_of("assume-role", profile={"name": "crossaccount", "credential_source": "Ec2InstanceMetadata"})
    chosen = part(setup, "", {})
    assert chosen.profile is None
    assert "Ec2InstanceMetadata" in chosen.why


READINGS = [
    ("Access Denied", LINKS, ("source-identity", "bucket", "key", "guards")),
    ("x because no identity-based policy allows the s3:GetObject action", LINKS, ("source-identity",)),
    ("x because no resource-based policy allows the s3:GetObject action", ("source-identity", "bucket"), None),
    ("x with an explicit deny in a resource-based policy", LINKS, ("guards",)),
    ("x with an explicit deny in a resource-based policy", ("source-identity", "bucket"), ("bucket",)),
    ("x with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/p", LINKS, ("source-identity",)),
    ("x with an explicit deny in a service control policy", LINKS, ()),
    ("x with an explicit deny in a permissions boundary", LINKS, ()),
    ("x is not authorized to perform: kms:Decrypt on resource: k", LINKS, ("source-identity", "key")),
    ("x: kms:Decrypt because no identity-based policy allows the kms:Decrypt action", LINKS, ("source-identity",)),
]


@pytest.mark.parametrize(("message", "links", "blamed"), READINGS)
def test_a_refusal_blames_only_links_that_can_have_stopped_it(
    message: str, links: tuple[str, ...], blamed: tuple[str, ...] | None
) -> None:
    read = of_refusal(setup_of("bucket-policy"), "s3:GetObject", Answer("AccessDenied", message), links)
    assert read.blamed == (links if blamed is None else blamed)
    assert read.text


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("NoSuchBucket", "no such bucket"),
        ("PermanentRedirect", "bucket.region"),
        ("InvalidAccessKeyId", "access key"),
        ("MethodNotAllowed", "own account"),
        ("InternalError", "no refusal"),
    ],
)
def test_other_answers_are_read_as_well(code: str, word: str) -> None:
    assert word in of_refusal(setup_of("bucket-policy"), "s3:GetObject", Answer(code, ""), LINKS).text


def _tried(verdict: Verdict, *links: str, expected: str = "allowed", **more: Any) -> Tried:
    return Tried(expected, "s3:GetObject", "GetObject", "s3://b/k", verdict, links, **more)


def _states(*tried: Tried) -> dict[str, State]:
    path = lit(setup_of("bucket-policy"), tried)
    return {one.link.id: one.state for hop in path.hops for one in hop.links}


def test_a_link_is_broken_by_one_refusal_whatever_else_passed_it() -> None:
    both = ("source-identity", "bucket")
    assert _states(_tried(Verdict.HOLDS, *both)) == dict.fromkeys(both, State.VERIFIED)
    assert _states(_tried(Verdict.HOLDS, *both), _tried(Verdict.FAILS, "bucket")) == {
        "source-identity": State.VERIFIED,
        "bucket": State.BROKEN,
    }
    assert _states(_tried(Verdict.NOT_TRIED, *both, reading="no object")) == dict.fromkeys(both, State.UNKNOWN)
    assert _states(_tried(Verdict.HOLDS, *both, expected="denied")) == dict.fromkeys(both, State.UNKNOWN)


def test_nothing_tried_is_never_told_as_working() -> None:
    path = lit(setup_of("bucket-policy"), ())
    nothing = Verification("p", "", "arn", (), (_tried(Verdict.NOT_TRIED),), path)
    only_listed_all = Verification(
        "p", "", "arn", (), (Tried("allowed", "s3:ListAllMyBuckets", "ListBuckets", "s3://", Verdict.HOLDS),), path
    )
    assert not nothing.holds
    assert not only_listed_all.holds
    assert not nothing.failed
