"""The evaluator against a table of cases, each with the section of the evaluation rules that it comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wizard.errors import BadInputError
from wizard.policy.evaluate import Case, Doubt, Missing, NearMiss, Policies, Request, StatementRef, evaluate
from wizard.policy.evaluation.reading import answer, read
from wizard.policy.evaluation.reasons import REASONS

TABLES = sorted((Path(__file__).parents[1] / "data" / "evaluate").glob("*.jsonl"))
SOURCE, DESTINATION = "111111111111", "222222222222"
OBJECT = "arn:aws:s3:::b/k"
USER = f"arn:aws:iam::{SOURCE}:user/ann"


def table(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def allow(**elements: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"} | elements
    return {"Version": "2012-10-17", "Statement": [{key: item for key, item in statement.items() if item is not None}]}


def across(identity: dict[str, Any] | None, resource: dict[str, Any] | None, **context: str) -> Case:
    policies = Policies(identity=[identity] if identity else [], resource=resource)
    return Case(Request(USER, "s3:GetObject", OBJECT, context), policies, SOURCE, DESTINATION)


@pytest.mark.parametrize("path", TABLES, ids=[path.stem for path in TABLES])
def test_every_case_of_the_table_gets_its_verdict(path: Path) -> None:
    wrong = []
    for case in table(path):
        got = json.loads(answer(json.dumps(case).encode()))
        for key, expected in case["expect"].items():
            if got.get(key) != expected:
                wrong.append(f"{case['section']} {case['name']}: {key} is {got.get(key)}, expected {expected}")
    assert not wrong


def test_the_table_covers_every_section() -> None:
    sections = {case["section"] for path in TABLES for case in table(path)}
    numbered = {f"1.{part}" for part in range(1, 7)} | {"2", "3", "4", "5", "6", "7", "8", "9", "11", "12"}
    assert sections == numbered  # section 10 is about sizes, which `check` checks


def test_an_answer_has_the_five_documented_keys_and_nothing_else() -> None:
    for path in TABLES:
        for case in table(path):
            got = json.loads(answer(json.dumps(case).encode()))
            assert list(got) == ["name", "result", "because", "missing", "unknown"]


def test_a_verdict_names_accounts_and_sides() -> None:
    verdict = evaluate(across(None, allow(Principal={"AWS": SOURCE}, Sid="Theirs")))
    assert verdict.result == "ImplicitlyDenied"
    assert verdict.missing == (Missing("identity", "source", SOURCE),)
    assert verdict.allowing == (StatementRef("resource", 0, "Theirs", "Allow", 0, None, DESTINATION),)


def test_what_the_destination_lacks_is_on_its_side() -> None:
    verdict = evaluate(across(allow(), None))
    assert verdict.missing == (Missing("resource", "destination", DESTINATION),)


def test_an_unknown_verdict_says_what_is_not_known_and_why() -> None:
    guard = allow(Principal="*", Effect="Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})
    case = across(
        allow(), {"Version": "2012-10-17", "Statement": [*allow(Principal="*")["Statement"], *guard["Statement"]]}
    )
    verdict = evaluate(Case(case.request, case.policies, SOURCE, DESTINATION, unlisted_context=True))
    assert verdict.result == "Unknown"
    assert verdict.unknown == (Doubt("aws:SourceVpce", "context"),)
    assert [(ref.policy, ref.index) for ref in verdict.because] == [("resource", 1)]


@pytest.mark.parametrize(
    ("resource", "element", "wanted"),
    [
        (allow(Principal={"AWS": SOURCE}, Resource="arn:aws:s3:::b/other/*"), "Resource", ("arn:aws:s3:::b/other/*",)),
        (allow(Principal={"AWS": "333333333333"}), "Principal", ("333333333333",)),
        (allow(Principal={"AWS": SOURCE}, Action="s3:PutObject"), "Action", ("s3:PutObject",)),
        (
            allow(Principal={"AWS": SOURCE}, Condition={"Bool": {"aws:SecureTransport": "true"}}),
            "Condition",
            ("Bool aws:SecureTransport",),
        ),
    ],
)
def test_a_statement_that_matches_but_for_one_element_is_a_near_miss(
    resource: dict[str, Any], element: str, wanted: tuple[str, ...]
) -> None:
    verdict = evaluate(across(allow(), resource))
    (miss,) = verdict.near_misses
    assert miss == NearMiss(StatementRef("resource", 0, None, "Allow", 0, None, DESTINATION), element, wanted)


def test_a_statement_that_misses_by_two_elements_is_no_near_miss() -> None:
    resource = allow(Principal={"AWS": "333333333333"}, Action="s3:PutObject")
    assert evaluate(across(allow(), resource)).near_misses == ()


def test_a_trust_policy_that_wants_an_external_id_is_a_near_miss() -> None:
    role = f"arn:aws:iam::{DESTINATION}:role/target"
    condition = {"StringEquals": {"sts:ExternalId": "X"}}
    trust = allow(Principal={"AWS": SOURCE}, Action="sts:AssumeRole", Resource=None, Condition=condition)
    policies = Policies(identity=[allow(Action="sts:AssumeRole", Resource=role)], trust=trust)
    verdict = evaluate(Case(Request(USER, "sts:AssumeRole", role), policies, SOURCE, DESTINATION))
    assert verdict.missing == (Missing("trust", "destination", DESTINATION),)
    assert [(miss.but_for, miss.wanted) for miss in verdict.near_misses] == [
        ("Condition", ("StringEquals sts:ExternalId",))
    ]


def test_an_allowed_verdict_has_no_near_misses() -> None:
    assert evaluate(across(allow(), allow(Principal={"AWS": SOURCE}))).near_misses == ()


@pytest.mark.parametrize(
    ("action", "resource", "rule"),
    [
        ("kms:PutKeyPolicy", f"arn:aws:kms:eu-west-1:{DESTINATION}:key/1", "kms-across"),
        ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{DESTINATION}:alias/aws/s3", "managed-key"),
        ("s3:GetBucketPolicy", "arn:aws:s3:::b", "owner-only"),
        ("s3:HeadObject", OBJECT, "no-such-action"),
        ("s3:ListBucket", OBJECT, "not-on-this"),
        ("s3:GetObject", "arn:aws-cn:s3:::b/k", "partition"),
    ],
)
def test_rules_that_no_document_states_are_named(action: str, resource: str, rule: str) -> None:
    everything = allow(Action="*", Resource="*")
    policies = Policies(identity=[everything], resource=allow(Action="*", Resource="*", Principal="*"))
    verdict = evaluate(Case(Request(USER, action, resource), policies, SOURCE, DESTINATION))
    assert verdict.result == "ImplicitlyDenied"
    assert verdict.rules == (rule,)
    assert rule in REASONS


def test_every_reason_that_the_table_meets_has_a_sentence() -> None:
    for path in TABLES:
        for given in table(path):
            verdict = evaluate(read(given))
            assert {doubt.why for doubt in verdict.unknown} | set(verdict.rules) <= REASONS.keys()
            assert bool(verdict.unknown) == (verdict.result == "Unknown")


def test_other_mappings_than_dict_are_documents_too() -> None:
    from types import MappingProxyType

    identity = MappingProxyType(allow())
    policies = Policies(identity=[identity], resource=allow(Principal={"AWS": SOURCE}))
    assert evaluate(Case(Request(USER, "s3:GetObject", OBJECT), policies, SOURCE, DESTINATION)).result == "Allowed"


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (Case(Request("arn:aws:iam::1:user/x", "s3:GetObject", OBJECT), Policies(), None, DESTINATION), "can't make"),
        (
            Case(Request(f"arn:aws:iam::{SOURCE}:group/x", "s3:GetObject", OBJECT), Policies(), None, DESTINATION),
            "can't",
        ),
        (Case(Request(USER, "GetObject", OBJECT), Policies(), SOURCE, DESTINATION), "not an action"),
        (Case(Request(USER, "s3:Get*", OBJECT), Policies(), SOURCE, DESTINATION), "not an action"),
        (Case(Request(USER, "s3:GetObject", "b/k"), Policies(), SOURCE, DESTINATION), "neither an ARN"),
        (Case(Request(USER, "s3:GetObject", OBJECT), Policies(), SOURCE, None), "resource_account"),
        (Case(Request(USER, "s3:GetObject", OBJECT), Policies(), SOURCE, "222"), "twelve digits"),
        (
            Case(Request(USER, "s3:GetObject", OBJECT), Policies(), "333333333333", DESTINATION),
            "not the one in the ARN",
        ),
        (
            Case(Request(USER, "kms:Decrypt", "arn:aws:kms:r:333333333333:key/1"), Policies(), SOURCE, DESTINATION),
            "not the one in the ARN",
        ),
    ],
)
def test_a_case_that_makes_no_sense_is_bad_input(case: Case, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        evaluate(case)


def test_accounts_are_taken_from_the_arns_where_they_are_not_given() -> None:
    key = f"arn:aws:kms:eu-west-1:{SOURCE}:key/1"
    policies = Policies(resource=allow(Principal={"AWS": USER}, Action="kms:*", Resource="*"))
    assert evaluate(Case(Request(USER, "kms:Decrypt", key), policies, None, None)).result == "Allowed"
