"""The answers file of a hand-over makes the sender's documents, and carries nothing of the sender's machine."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.generated_setups import raw_answers
from wizard.answers.build import build
from wizard.answers.file import read
from wizard.answers.handed import answers_of, handed_over
from wizard.plan import plan
from wizard.setup import ProfileAnswers

if TYPE_CHECKING:
    from pathlib import Path

FLEET: dict[str, Any] = {
    "name": "fleet",
    "method": "assume-role",
    "source.accounts": ["111111111111", "333333333333"],
    "source.principals": ["role/app", "user/a/b"],
    "destination.account_id": "222222222222",
    "buckets": [
        {"name": "bucket-a", "region": "us-east-1", "prefix": "x/"},
        {"name": "bucket-b", "region": "us-west-2"},
    ],
    "role.name": "wizard/RoleA",
    "role.session_seconds": 900,
    "access.level": "custom",
    "access.actions": ["s3:Get*"],
}


@settings(max_examples=150, deadline=None)
@given(raw_answers())
def test_a_setup_goes_back_to_answers_that_make_it_again(raw: dict[str, Any]) -> None:
    setup = build(raw).setup
    again = build(answers_of(setup))
    assert again.problems == ()
    assert again.setup == setup


def test_a_fleet_too() -> None:
    setup = build(FLEET).setup
    assert build(answers_of(setup)).setup == setup


@pytest.mark.parametrize("side", ["source", "destination"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=raw_answers())
def test_the_file_of_either_side_makes_the_same_documents(side: str, raw: dict[str, Any], tmp_path: Path) -> None:
    setup = build(raw).setup
    path = tmp_path / "handed.toml"
    path.write_text(handed_over(setup, side), encoding="utf-8")
    there = read(path)
    assert there.side == side
    assert there.notes == ()
    assert plan(there.setup).documents == plan(setup).documents
    assert replace(there.setup, profile=setup.profile) == setup


def test_what_is_the_senders_own_stays_with_the_sender() -> None:
    raw = FLEET | {
        "profile.name": "shared-name",
        "profile.region": "eu-west-1",
        "profile.output": "yaml",
        "profile.source_profile": "alices-laptop",
        "profile.mfa_serial": "arn:aws:iam::111111111111:mfa/alice",
    }
    setup = build(raw).setup
    assert setup.profile == ProfileAnswers(
        "shared-name", "eu-west-1", "yaml", "alices-laptop", "", "arn:aws:iam::111111111111:mfa/alice"
    )
    for side in ("source", "destination"):
        assert "alice" not in handed_over(setup, side)
    assert tomllib.loads(handed_over(setup, "source"))["profile"] == {
        "name": "shared-name",
        "region": "eu-west-1",
        "output": "yaml",
    }
    assert "profile" not in tomllib.loads(handed_over(setup, "destination"))


def test_the_file_says_whom_it_asks_and_how_to_see_it() -> None:
    text = handed_over(build(FLEET).setup, "destination")
    assert text.startswith("# What the setup fleet asks of the destination (222222222222).\n")
    assert "s3-crossaccount --answers FILE" in text
    assert text.endswith('\n[handover]\nside = "destination"\n')
    assert "(2 accounts)" in handed_over(build(FLEET).setup, "source")
