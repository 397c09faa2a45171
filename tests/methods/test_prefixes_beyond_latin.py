"""A prefix that IAM's policies can't spell: a wildcard stands there, a bucket policy spells it, and that is said."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.answers.build import build
from wizard.plan import Plan, plan

RAW: dict[str, Any] = {
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "source.principals": ["role/app"],
    "bucket.name": "my-bucket",
    "bucket.region": "ap-northeast-1",
}


def made(prefix: str, **more: Any) -> Plan:
    built = build(RAW | {"bucket.prefix": prefix} | more)
    assert not built.problems
    return plan(built.setup)


def resources(whole: Plan, document_id: str) -> tuple[str, ...]:
    policy = whole.of(document_id)[0].policy
    assert policy is not None
    return next(one.resources or () for one in policy.statements if one.sid.endswith("Objects"))


@pytest.mark.parametrize(
    ("prefix", "pattern"),
    [("日本語/", "???/*"), ("données/", "données/*"), ("写真🎏2024/", "??*2024/*"), ("a*?$b/", "a${*}${?}${$}b/*")],
)
def test_iam_policies_hold_latin_characters_alone(prefix: str, pattern: str) -> None:
    role = made(prefix, method="assume-role", **{"role.name": "RoleA"})
    assert resources(role, "destination-identity") == (f"arn:aws:s3:::my-bucket/{pattern}",)
    listing = role.of("destination-identity")[0].policy
    assert listing is not None
    assert listing.statements[0].condition == {"StringLike": {"s3:prefix": (pattern[:-1], pattern)}}


def test_a_bucket_policy_names_the_prefix_itself() -> None:
    both = made("日本語/", method="bucket-policy")
    assert resources(both, "bucket") == ("arn:aws:s3:::my-bucket/日本語/*",)
    assert resources(both, "source-identity") == ("arn:aws:s3:::my-bucket/???/*",)


def test_what_the_wildcard_lets_in_is_said() -> None:
    said = "a wildcard stands for each of the prefix"
    assert any(said in warning for warning in made("日本語/", method="bucket-policy").warnings)
    assert not any(said in warning for warning in made("a*?$b/", method="bucket-policy").warnings)
