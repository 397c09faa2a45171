"""The setups that were asked for (S1 to S12): each answers file gives exactly the documents written beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wizard.answers.file import read
from wizard.plan import Plan, plan

SETUPS = Path(__file__).parent.parent / "data" / "setups"
NAMES = sorted(path.stem for path in SETUPS.glob("*.toml"))
IDS = {"trust", "bucket", "source-identity", "destination-identity", "key"}


def made(name: str) -> Plan:
    return plan(read(SETUPS / f"{name}.toml").setup)


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SETUPS / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_setup_gives_its_documents(name: str) -> None:
    got = [document.to_json() for document in made(name).documents]
    needed = [{key: one[key] for key in ("id", "account_id", "attach_to", "policy")} for one in got if one["needed"]]
    assert needed == expected(name)["documents"]
    assert [one["id"] for one in got if not one["needed"]] == expected(name)["not_needed"]
    assert {one["id"] for one in got} == IDS
    assert all(one["reason"] for one in got)


@pytest.mark.parametrize("name", NAMES)
def test_the_setup_gives_its_profile(name: str) -> None:
    wanted, got = expected(name)["profile"], made(name).profile
    if wanted is None:
        assert got is None
        return
    assert got is not None
    assert {"name": got.name, "settings": dict(got.settings), "needs_keys": got.needs_keys} == wanted


@pytest.mark.parametrize("name", [name for name in NAMES if "trials" in expected(name)])
def test_the_setup_is_tried_with_these_commands(name: str) -> None:
    assert [trial.command for trial in made(name).trials] == expected(name)["trials"]


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("s01", ("Shows the caller of the source account", "Lists the objects", "is never in that list")),
        (
            "s05",
            ("arn:aws:iam::222222222222:user/cliuser", "Lists the objects", "AccessDenied: s3:ListAllMyBuckets"),
        ),
        (
            "s09",
            (
                "arn:aws:sts::222222222222:assumed-role/RoleA/",
                "Lists the objects",
                "AccessDenied: s3:ListAllMyBuckets",
            ),
        ),
        (
            "s11",
            (
                "arn:aws:sts::222222222222:assumed-role/RoleA/",
                "Lists the objects",
                "Lists all buckets of 222222222222",
            ),
        ),
        (
            "s12",
            (
                "arn:aws:sts::222222222222:assumed-role/RoleA/",
                "Lists the objects",
                "Lists all buckets of 222222222222",
            ),
        ),
    ],
)
def test_what_each_method_answers_to_the_commands_is_said(name: str, answers: tuple[str, ...]) -> None:
    for trial, part in zip(made(name).trials, answers, strict=True):
        assert part in trial.answer


def test_s6_says_that_the_whole_account_is_trusted_and_why_no_bucket_policy_is_needed() -> None:
    whole = made("s06")
    said = "Every user and role of 111111111111 that its administrators let may become RoleA."
    assert whole.of("trust")[0].reason == said
    assert "its policy decides" in whole.of("bucket")[0].reason
    assert "For the administrators of 111111111111" in whole.of("source-identity")[0].reason
    assert any("whole source account is let in" in warning for warning in whole.warnings)


def test_s7_says_who_is_shut_out_who_is_spared_and_the_way_out() -> None:
    warnings = " ".join(made("s07").warnings)
    assert "does not come through vpce-0123456789abcdef0" in warnings
    assert "the console of 222222222222 too" in warnings
    assert "Exempt: arn:aws:iam::222222222222:role/BucketAdmin." in warnings
    assert "the root user of 222222222222 can always read, put and delete the bucket policy" in warnings


@pytest.mark.parametrize("name", ["s12", "s12b"])
def test_s12_attaches_the_managed_policy_with_a_warning(name: str) -> None:
    full = made(name)
    managed = [document for document in full.documents if document.managed_policy_arn]
    assert [document.managed_policy_arn for document in managed] == [expected(name)["managed_policy_arn"]]
    assert "For a test only" in managed[0].reason
    assert "for a test only" in full.warnings[0]
