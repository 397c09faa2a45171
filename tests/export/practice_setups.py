"""Setups over what the practice accounts hold, made from a number: the same number gives the same setup."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from wizard.answers.build import build
from wizard.plan import plan

if TYPE_CHECKING:
    from wizard.plan import Plan

COUNT = 54
METHODS = ("assume-role", "bucket-policy", "iam-user")
PREFIXES = ("", "reports/", 'it\'s "odd" $(x) `y` ${*}/', "日本語/")
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
ADMIN = "arn:aws:iam::222222222222:user/admin"


def answers(number: int) -> dict[str, Any]:
    """Return the raw answers of a setup; every third is of one method."""
    random = Random(number)  # noqa: S311 -- nothing secret: a setup that is the same every time
    method = METHODS[number % 3]
    raw: dict[str, Any] = {
        "name": random.choice(["reports", "a-1b", "x"]),
        "method": method,
        "source.account_id": "111111111111",
        "destination.account_id": "222222222222",
        "access.level": random.choice(["list", "read", "read-write", "read-write-delete", "custom"]),
        "access.list_all_buckets": random.random() < 0.3,
        "access.tags": random.random() < 0.3,
        "guards.require_tls": random.random() < 0.4,
    }
    raw |= _buckets(random)
    if raw["access.level"] == "custom":
        raw["access.actions"] = random.sample(["s3:Get*", "s3:List*", "s3:PutObject", "s3:GetBucketLocation"], 2)
    if method != "iam-user":
        callers = ["role/app-ec2", "role/data/etl", "user/cliuser", "user/batch/nightly", "permission-set/DataReader"]
        raw["source.principals"] = ["root"] if random.random() < 0.2 else random.sample(callers, random.randint(1, 3))
    if method == "assume-role":
        raw["role.name"] = random.choice(["RoleA", "wizard/RoleA", "-odd,role"])
        raw["role.external_id"] = random.choice(["", "ticket:42/a"])
        people = all(name.startswith("user/") for name in raw["source.principals"])
        raw["role.session_seconds"] = 7200 if people else 3600  # a role's own session ends after an hour
    if method == "iam-user":
        raw["user.name"] = random.choice(["cli-b", "wizard/cli-b"])
        raw["user.in_bucket_policy"] = random.random() < 0.5
    if random.random() < 0.3:
        raw["guards.organization_id"] = "o-practice01"
        raw["guards.exempt_principals"] = random.choice([[], [ADMIN]])
    return raw


def _buckets(random: Random) -> dict[str, Any]:
    rows = [
        {"name": "s3-crossaccount-bucket01"},
        {"name": "s3-crossaccount-bucket02"},
        {"name": "s3-crossaccount-encrypted01", "kms_key_arn": KEY},
    ]
    chosen = random.sample(rows, random.choice([1, 1, 2, 3]))
    for row in chosen:
        row |= {"region": "ap-northeast-1", "prefix": random.choice(PREFIXES)}
    if len(chosen) > 1:
        return {"buckets": chosen}
    return {f"bucket.{key}": value for key, value in chosen[0].items()}


def planned(number: int) -> Plan:
    """Return the plan of a setup."""
    built = build(answers(number))
    assert not built.problems, built.problems
    return plan(built.setup)
