"""The questions: one list for both front ends and the answers file, complete, in order, and sound in itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings

from tests.generated_setups import raw_answers
from wizard.answers.build import arises, build
from wizard.methods.question import REQUIRED, Kind, Question
from wizard.methods.registry import METHODS
from wizard.questions.catalogue import BY_KEY, FLEET_ACCOUNTS, OWNERS, QUESTIONS, STEPS
from wizard.questions.labels import LABELS

# The answers file as the design fixes it: every key with its default; REQUIRED where it must be answered.
CONTRACT: dict[str, Any] = {
    "method": REQUIRED,
    "source.account_id": REQUIRED,
    "source.accounts": (),
    "source.principals": REQUIRED,
    "destination.account_id": REQUIRED,
    "bucket.name": REQUIRED,
    "bucket.region": REQUIRED,
    "bucket.prefix": "",
    "bucket.kms_key_arn": "",
    "access.level": "read",
    "access.actions": (),
    "access.list_all_buckets": False,
    "access.tags": False,
    "access.acls": False,
    "role.name": REQUIRED,
    "role.external_id": "",
    "role.require_mfa": False,
    "role.session_seconds": 3600,
    "role.session_name": "",
    "user.name": REQUIRED,
    "user.in_bucket_policy": False,
    "guards.vpc_endpoint_ids": (),
    "guards.require_tls": False,
    "guards.organization_id": "",
    "guards.exempt_principals": (),
    "profile.region": "",
    "profile.output": "",
    "profile.source_profile": "default",
    "profile.credential_source": "",
    "profile.mfa_serial": "",
}
DERIVED = {"name", "profile.name"}  # their defaults follow from other answers
BEYOND = {"access.resource_account"}  # aws:ResourceAccount, which the design has offered beside the file's table


def test_the_questions_are_the_keys_of_the_answers_file_with_its_defaults() -> None:
    assert set(BY_KEY) == set(CONTRACT) | DERIVED | BEYOND
    for key, default in CONTRACT.items():
        assert BY_KEY[key].default_for({}) == default, key


def test_the_derived_names_follow_from_the_answers() -> None:
    raw = {
        "method": "assume-role",
        "source.account_id": "111111111111",
        "destination.account_id": "222222222222",
        "source.principals": ["root"],
        "role.name": "RoleA",
        "bucket.name": "my-bucket",
        "bucket.region": "ap-northeast-1",
    }
    built = build(raw)
    assert built.values["profile.name"] == built.values["name"]
    assert build(raw | {"name": "reports"}).values["profile.name"] == "reports"
    assert build(raw | {"name": "reports", "profile.name": "x"}).values["profile.name"] == "x"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_a_question_is_whole(question: Question) -> None:
    assert question.step in {step.id for step in STEPS}
    assert LABELS[question.key]
    assert question.prompt
    assert bool(question.choices) == (question.kind is Kind.CHOICE)
    if question is not FLEET_ACCOUNTS:
        assert question.why
        assert question.help
    earlier = {other.key for other in QUESTIONS[: QUESTIONS.index(question)]}
    named = set(re.findall(r"\{([\w.]+)\}", question.prompt + question.why + question.help))
    assert named <= earlier
    if question.default is REQUIRED:
        assert question.stand_in  # else a document would have a hole where it is missing
        assert question.needed


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_an_example_is_an_answer_that_is_taken(question: Question) -> None:
    if not question.example or "…" in question.example:
        return
    whole: dict[str, Any] = {
        "method": OWNERS.get(question.key, "assume-role"),
        "source.account_id": "111122223333",
        "destination.account_id": "444455556666",
        "source.principals": ["user/alice"],
        "role.name": "RoleA",
        "user.name": "cliuser",
        "bucket.name": "my-bucket",
        "bucket.region": "ap-northeast-1",
        "guards.organization_id": "o-a1b2c3d4e5",
        "access.level": "custom",
        "access.actions": ["s3:GetObject"],
    }
    built = build(whole | {question.key: question.example})
    assert question.key in built.values
    assert not built.problems


def test_steps_come_in_the_order_of_their_questions() -> None:
    order = [step.id for step in STEPS]
    met = [question.step for question in QUESTIONS if question.step != "review"]
    assert [order.index(step) for step in met] == sorted(order.index(step) for step in met)


def test_the_methods_are_chosen_by_what_tells_them_apart() -> None:
    assert [method.id for method in METHODS.values() if method.recommended] == ["assume-role"]
    assert METHODS["iam-user"].warning
    for method in METHODS.values():
        for text in (
            method.title,
            method.comparison.needs,
            method.comparison.costs,
            method.comparison.choose,
            method.comparison.cannot,
            method.copying,
        ):
            assert text
    choices = [choice.value for choice in BY_KEY["method"].choices]
    assert choices == list(METHODS)


@settings(max_examples=100, deadline=None)
@given(raw_answers())
def test_a_rule_looks_only_at_answers_before_its_own(raw: dict[str, Any]) -> None:
    """Answer by answer, as a person types: what was understood so far never changes by a later answer."""
    so_far: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for question in QUESTIONS:
        if question.key in raw:
            so_far[question.key] = raw[question.key]
            built = build(so_far)
            typed = {key: value for key, value in built.values.items() if key in so_far}
            assert before.items() <= typed.items()
            before = typed
    whole = build(raw)
    assert {key: whole.values[key] for key in before} == before


@settings(max_examples=60, deadline=None)
@given(raw_answers())
def test_what_arises_is_answered_in_a_whole_setup(raw: dict[str, Any]) -> None:
    built = build(raw)
    assert not built.problems
    assert set(built.values) == {question.key for question in QUESTIONS if arises(question, built.values)}
