"""Whom `check` calls shut out is denied by the evaluator, and a sound Deny leaves its owner's people in."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from wizard.policy.check import Context, check
from wizard.policy.evaluate import EXPLICITLY_DENIED, Case, Policies, Request, evaluate

DATA = Path(__file__).parents[1] / "data" / "check"
ACCOUNT = "222222222222"
BUCKET = "arn:aws:s3:::s3-crossaccount-bucket01"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
CALLERS = {
    f"arn:aws:iam::{ACCOUNT}:user/Admin": "AIDAJ56VRG7KMPXH2ZB7A",
    f"arn:aws:iam::{ACCOUNT}:user/alice": "AIDAEXAMPLEID22222222",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/alice": "AROAJ56VRG7KMPXH2ZB7A:alice",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/i-0123456789abcdef0": "AROAJ56VRG7KMPXH2ZB7A:i-0123456789abcdef0",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/Other/alice": "AROAEXAMPLEID22222222:alice",
}
PLACES = (
    {"aws:SourceIp": "203.0.113.7"},
    {"aws:SourceIp": "198.51.100.9"},
    {"aws:SourceVpce": "vpce-0123456789abcdef0"},
    {"aws:SourceVpce": "vpce-0123456789abcdef1"},
)
ORGANIZATIONS = ("o-a1b2c3d4e5", "o-b1b2c3d4e5")


def lines_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def principal_arn(caller: str) -> str:
    head, session, rest = caller.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{rest.partition('/')[0]}" if session else caller


def verdicts(policy: dict[str, Any]) -> set[str]:
    """Return what the evaluator says to administrators who would change the policy, from wherever they come."""
    found = set()
    for (caller, user_id), place, organization in product(CALLERS.items(), PLACES, ORGANIZATIONS):
        context = {
            **place,
            "aws:SecureTransport": "true",
            "aws:PrincipalOrgID": organization,
            "aws:userid": user_id,
            "aws:PrincipalArn": principal_arn(caller),
            "aws:PrincipalAccount": ACCOUNT,
        }
        request = Request(caller, "s3:PutBucketPolicy", BUCKET, context)
        case = Case(request, Policies(identity=[EVERYTHING], resource=policy), ACCOUNT, ACCOUNT)
        found.add(evaluate(case).result)
    return found


LOCKOUTS = [
    case
    for case in lines_of("whole")
    if case["document_type"] == "bucket"
    and any(one["kind"] == "bucket-lockout" and one["severity"] == "error" for one in case["expect"])
]
SPARING = [
    case
    for case in lines_of("sound")
    if case["document_type"] == "bucket" and case["name"].startswith("all but ") and "reading" not in case["name"]
]


@pytest.mark.parametrize("case", LOCKOUTS, ids=lambda case: case["name"])
def test_a_lockout_denies_every_user_and_role_from_everywhere(case: dict[str, Any]) -> None:
    assert verdicts(case["policy"]) == {EXPLICITLY_DENIED}


@pytest.mark.parametrize("case", SPARING, ids=lambda case: case["name"])
def test_a_sound_deny_is_no_lockout_and_spares_somebody_or_may(case: dict[str, Any]) -> None:
    report = check(json.dumps(case["policy"]), document_type="bucket", context=Context(destination_account=ACCOUNT))
    assert "bucket-lockout" not in [one.kind for one in report.findings]
    if "federated" not in case["name"]:
        assert verdicts(case["policy"]) != {EXPLICITLY_DENIED}


def test_there_are_documents_of_both_sorts() -> None:
    assert len(LOCKOUTS) >= 15
    assert len(SPARING) >= 6
