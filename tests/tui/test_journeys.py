"""Journeys from the first frame to the review, one for each method, by the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, IAM_USER, give, paste, screen_text
from wizard.tui.session import REVIEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.tui.wizard_app import WizardApp


async def test_the_first_frame_is_the_first_step_with_documents_of_assume_role(app: WizardApp) -> None:
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await pilot.pause()
        text = screen_text(app)
    assert app.wizard.session.key == "method"
    assert app.wizard.panel.choice_field.value == "assume-role"
    assert "recommended" in text
    assert '"Action": "sts:AssumeRole"' in text
    assert "<source account>" in text
    assert "Not needed" in text
    assert "○ planned" in text


async def test_assume_role_from_nothing_to_the_review(app: WizardApp) -> None:
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await pilot.press("enter")
        await give(pilot, "1111-1111-1111")
        await give(pilot, "arn:aws:iam::222222222222:root")
        await give(pilot, "RoleA")
        await give(pilot, "role/app-ec2\nuser/alice")
        await give(pilot, "s3://s3-crossaccount-bucket01")
        await give(pilot, "ap-northeast-1")
        await give(pilot, "reports")
        await pilot.press("down", "enter")
        await pilot.press("enter")
        assert app.session.key == "profile.name"
        await give(pilot, "crossaccount")
        await pilot.press("enter")
        await pilot.press("enter")
        assert app.session.key == REVIEW
        assert app.session.built.problems == ()
        setup = app.session.built.setup
        assert setup.access.level == "read-write"
        assert [str(one) for one in setup.source.principals] == ["role/app-ec2", "user/alice"]
        assert setup.bucket.prefix == "reports/"
        await pilot.pause()
        text = screen_text(app)
        assert "typed" in text
        assert "default" in text


async def test_bucket_policy_asks_for_no_role_and_no_profile(app: WizardApp) -> None:
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await pilot.press("down", "enter")
        await give(pilot, "111111111111")
        await give(pilot, "222222222222")
        assert app.session.key == "source.principals"
        await give(pilot, "root")
        await give(pilot, "s3-crossaccount-bucket01")
        await give(pilot, "eu-west-1")
        await pilot.press("enter", "enter", "enter")
        assert app.session.key == REVIEW
        assert app.session.whole


async def test_iam_user_asks_for_the_user_and_warns_about_its_key(app: WizardApp) -> None:
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await pilot.press("down", "down")
        await pilot.pause()
        assert "Long-lived access keys" in screen_text(app)
        await pilot.press("enter")
        await give(pilot, "111111111111")
        await give(pilot, "222222222222")
        assert app.session.key == "user.name"
        await give(pilot, "cliuser")
        await give(pilot, "s3-crossaccount-bucket01")
        await give(pilot, "eu-west-1")
        await pilot.press("enter", "enter", "enter")
        assert app.session.key == "profile.name"
        await pilot.press("enter")
        assert app.session.key == REVIEW
        assert app.session.whole


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("source.account_id", "11111111111", "11 digits"),
        ("source.account_id", "abc", "✗"),
        ("destination.account_id", "111111111111", "is the source account as well"),
        ("source.principals", "group/admins", "✗"),
        ("source.principals", "role/*", "✗"),
        ("source.principals", "root role/a", "root stands beside others"),
        ("bucket.name", "Bad_Bucket", "✗"),
        ("bucket.kms_key_arn", "alias/mine", "✗"),
        ("role.session_seconds", "10", "out of range"),
    ],
)
async def test_a_bad_answer_stays_with_its_reason_beneath(
    open_at: Callable[..., WizardApp], key: str, typed: str, said: str
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.wizard.go(key)
        await pilot.pause()
        await give(pilot, typed)
        assert app.session.key == key
        text = screen_text(app)
        assert said in text
        assert "→" in text or "✗" in text


async def test_an_empty_needed_answer_is_asked_for(app: WizardApp) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("enter", "enter")
        assert app.session.key == "source.account_id"
        assert "An answer is needed here" in screen_text(app)


async def test_an_account_id_is_taken_out_of_what_was_pasted_and_said(app: WizardApp) -> None:
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await pilot.press("enter")
        await paste(pilot, "1111-2222-3333")
        assert app.session.built.values["source.account_id"] == "111122223333"
        assert "✓" in screen_text(app)
        assert "111122223333" in app.wizard.documents.sheets["trust"].text


async def test_the_documents_follow_each_key_and_mark_what_it_changed(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        app.wizard.go("role.external_id")
        await pilot.pause()
        await paste(pilot, "ticket-43")
        text = screen_text(app)
        assert "▎" in text
        marked = [line for line in text.splitlines() if "▎" in line]
        assert any("ticket-43" in line for line in marked)
        assert not any("Version" in line for line in marked)


async def test_tab_reaches_optional_questions_and_escape_goes_back(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.wizard.go("source.principals")
        await pilot.press("tab")
        assert app.session.key == "role.external_id"
        await pilot.press("down")
        assert app.session.key == "role.require_mfa"
        await pilot.press("shift+tab", "escape")
        assert app.session.key == "source.principals"
        await pilot.press("escape")
        assert app.session.key == "role.name"


async def test_the_review_changes_a_value_and_comes_back(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(BUCKET_POLICY)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        assert app.session.key == REVIEW
        await pilot.pause()
        app.wizard.review.values.highlighted = next(
            n for n, one in enumerate(app.wizard.review.values.options) if one.id == "bucket.prefix"
        )
        await pilot.press("enter")
        assert app.session.key == "bucket.prefix"
        await give(pilot, "in/")
        assert app.session.key == REVIEW
        assert "in/" in screen_text(app)
        assert app.session.origin("bucket.prefix") == "typed"
        assert app.session.origin("bucket.name") == "file"


async def test_problems_of_a_file_stand_first_in_the_review(open_at: Callable[..., WizardApp]) -> None:
    app = open_at({**IAM_USER, "bucket.name": "Bad_Bucket"})
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        assert app.session.key == "bucket.name"
        await pilot.press("ctrl+r")
        await pilot.pause()
        first = app.wizard.review.values.options[0]
        assert first.id == "problem:bucket.name"


async def test_a_guard_that_locks_out_needs_the_buckets_name(open_at: Callable[..., WizardApp]) -> None:
    app = open_at({**BUCKET_POLICY, "guards.vpc_endpoint_ids": ["vpce-0123456789abcdef0"]})
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.wizard.go("guards.exempt_principals")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "lock everybody out" in screen_text(app)
        await give(pilot, "something")
        assert app.session.waits_for_confirmation
        app.screen.query_one("#word").value = "s3-crossaccount-bucket01"  # type: ignore[attr-defined] # an Input
        await pilot.press("enter")
        await pilot.pause()
        session = app.wizard.session
        assert (session.waits_for_confirmation, session.key) == (False, REVIEW)


async def test_the_other_iam_policy_is_one_key_away(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        app.wizard.go("access.level")
        await pilot.pause()
        assert app.wizard.documents.sheets["iam"].document_id == "destination-identity"
        await pilot.press("f6")
        assert app.wizard.documents.sheets["iam"].document_id == "source-identity"
        assert "1 of 2" in screen_text(app)


async def test_the_kms_key_policy_and_the_profile_are_further_panes(open_at: Callable[..., WizardApp]) -> None:
    key = "arn:aws:kms:ap-northeast-1:222222222222:key/11111111-2222-3333-4444-555555555555"
    app = open_at({**ASSUME_ROLE, "bucket.kms_key_arn": key})
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        app.wizard.go("bucket.kms_key_arn")
        await pilot.pause()
        assert "Key policy" in screen_text(app)
        await pilot.press("ctrl+t")
        assert app.wizard.documents.in_hand == "profile"
        assert "role_arn" in screen_text(app)
