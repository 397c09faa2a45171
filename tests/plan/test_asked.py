"""What a hand-over asks is read out of the documents: nothing of what is applied is left unsaid."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings

from tests.generated_setups import raw_answers
from wizard.answers.build import build
from wizard.plan import Found, Plan, changes, plan
from wizard.plan.asked import Asked, asked
from wizard.plan.asked_risks import Weight
from wizard.policy.actions import reach

BASE: dict[str, Any] = {
    "name": "reports",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
}
ROLE = BASE | {"method": "assume-role", "role.name": "RoleA", "source.principals": ["role/app-ec2"]}
BUCKET = BASE | {"method": "bucket-policy", "source.principals": ["role/app-ec2"]}
USER = BASE | {"method": "iam-user", "user.name": "cliuser"}
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/12345678-1234-1234-1234-123456789012"


def made(raw: dict[str, Any]) -> Plan:
    built = build(raw)
    assert not built.problems, built.problems
    return plan(built.setup)


def of(raw: dict[str, Any], side: str = "destination") -> Asked:
    return asked(made(raw), side)


def risks(raw: dict[str, Any], side: str = "destination") -> list[str]:
    return [risk.id for risk in of(raw, side).risks]


@settings(max_examples=150, deadline=None)
@given(raw_answers())
def test_every_action_principal_bucket_key_and_change_of_a_side_is_said(raw: dict[str, Any]) -> None:
    ready = made(raw)
    for side in ("source", "destination"):
        said = asked(ready, side).text()
        ids = {"source-identity"} if side == "source" else {"trust", "bucket", "destination-identity", "key"}
        for document in ready.needed():
            assert document.policy
            for statement in document.policy.statements if document.id in ids else ():
                if statement.effect == "Allow" and statement.actions != ("kms:*",):
                    for action in statement.actions:
                        spelled = [one.name for one in reach(action) if one.resources & {"bucket", "object", "key"}]
                        assert [name for name in spelled if name not in said] == []
                for arn in statement.resources or ():
                    assert arn.rpartition(":")[2].partition("/")[0].rstrip("*") in said
                for arn in (statement.principals or ()) if statement.effect == "Allow" else ():
                    resource = arn.rpartition(":")[2]
                    assert (resource in said) or resource == "root"
        for change in changes(ready, Found()):
            if (change.side == "source") == (side == "source"):
                assert change.what in said
        assert "DataReader" in said or "DataReader" not in str(raw)


@pytest.mark.parametrize(
    ("raw", "risk"),
    [
        (ROLE | {"access.level": "read-write-delete"}, "delete"),
        (ROLE | {"access.level": "custom", "access.actions": ["s3:PutLifecycleConfiguration"]}, "delete"),
        (BUCKET | {"access.level": "read-write"}, "overwrite"),
        (BUCKET | {"source.principals": ["root"]}, "whole-account"),
        (ROLE | {"source.principals": ["root"]}, "whole-account"),
        (ROLE, "no-second-factor"),
        (BUCKET | {"access.level": "custom", "access.actions": ["s3:*"]}, "wildcard:s3:*"),
        (ROLE | {"access.level": "custom", "access.actions": ["s3:Put*"]}, "open"),
        (ROLE | {"access.level": "custom", "access.actions": ["s3:PutBucketAcl"]}, "open"),
        (ROLE | {"access.level": "custom", "access.actions": ["s3:PutReplicationConfiguration"]}, "open"),
        (ROLE | {"access.level": "custom", "access.actions": ["s3:PutBucketVersioning"]}, "settings"),
        (ROLE, "whole-bucket"),
        (USER, "long-lived-key"),
        (ROLE | {"guards.organization_id": "o-a1b2c3d4e5"}, "lock-out"),
        (ROLE | {"bucket.kms_key_arn": KEY}, "kms-key"),
        (ROLE | {"access.level": "s3-full-access"}, "every-bucket"),
        (ROLE | {"access.list_all_buckets": True}, "bucket-names"),
    ],
)
def test_each_risk_of_the_destination_is_seen_in_the_documents(raw: dict[str, Any], risk: str) -> None:
    assert risk in risks(raw)


def test_what_is_harmless_has_no_risk_but_the_last_ones() -> None:
    assert risks(BUCKET | {"bucket.prefix": "reports/"}) == []
    assert risks(ROLE | {"bucket.prefix": "reports/", "role.external_id": "ticket-42"}) == []
    assert risks(ROLE | {"bucket.prefix": "reports/", "role.require_mfa": True, "source.principals": ["user/a"]}) == []


def test_the_heaviest_risks_come_first() -> None:
    raw = ROLE | {
        "access.level": "s3-full-access",
        "source.principals": ["root"],
        "guards.organization_id": "o-a1b2c3d4e5",
    }
    weights = [risk.weight for risk in of(raw).risks]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] is Weight.HIGH
    assert risks(raw)[0] == "every-bucket"


def test_the_source_is_told_its_own_risks() -> None:
    assert risks(BUCKET | {"access.level": "read-write"}, "source") == ["data-out"]
    assert risks(BUCKET | {"access.level": "s3-full-access"}, "source")[0] == "every-bucket"
    assert "EVERY bucket of 111111111111" in of(BUCKET | {"access.level": "s3-full-access"}, "source").text()
    assert risks(ROLE, "source") == ["their-role"]
    assert risks(USER, "source") == ["secret"]
    assert of(USER, "source").steps == ()
    assert "by-hand" in risks(ROLE | {"source.principals": ["permission-set/DataReader"]}, "source")


def test_who_comes_in_is_named_with_the_account() -> None:
    both = ROLE | {"source.principals": ["user/batch/nightly", "permission-set/DataReader"]}
    assert of(both).who == (
        "user/batch/nightly of 111111111111",
        "the permission set DataReader (IAM Identity Center) of 111111111111",
    )
    assert of(ROLE | {"source.principals": ["root"]}).who == (
        "everybody whom the administrators of 111111111111 let: the whole account",
    )
    assert of(USER).who == ("whoever holds the access key of user/cliuser in 222222222222",)


def test_how_and_for_how_long() -> None:
    # IAM takes no less than an hour for a role's longest session: that is what a caller may ask for.
    strict = ROLE | {"role.external_id": "t-1", "role.session_seconds": 900, "guards.require_tls": True}
    assert of(strict).how == (
        "as the role RoleA, in sessions of up to 60 minutes, for as long as the role stands",
        "only with the external id t-1",
        "only over TLS",
    )
    assert of(USER).how == ("with a long-lived access key, until somebody deletes it",)


def test_what_is_not_asked_is_said_too() -> None:
    assert of(ROLE).not_asked[0].split(", ") == [
        "writing or deleting objects",
        "changing the bucket's policy or ACLs",
        "changing the bucket's settings",
        "any other bucket",
        "anybody else of the source",
        "access keys",
    ]
    assert of(ROLE | {"access.level": "s3-full-access", "source.principals": ["root"]}).not_asked == ("access keys",)


def test_a_fleet_fits_and_is_all_there_in_full() -> None:
    raw = {key: value for key, value in ROLE.items() if not key.startswith(("bucket.", "source.account"))} | {
        "source.accounts": [str(300_000_000_000 + number) for number in range(40)],
        "buckets": [{"name": f"fleet-bucket-{number}", "region": "us-east-1"} for number in range(20)],
    }
    told = of(raw)
    assert told.who == ("role/app-ec2 of 300000000000, 300000000001, 300000000002 and 37 more",)
    assert all(f"fleet-bucket-{number}" in told.text() for number in range(20))
    assert len(told.where) == 6
    steps = of(raw, "source")
    assert len(steps.steps) == 6
    assert sum("300000000039" in line or "role/app-ec2" in line for line in steps.full) == 40


def test_the_package_still_gives_its_function_when_this_was_loaded_first() -> None:
    code = "import wizard.plan.ceiling; from wizard.plan import changes; assert callable(changes)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
