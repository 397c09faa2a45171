"""The review at 80 columns: values have room, and an account's id is never broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, IAM_USER, screen_text, soon
from wizard import text
from wizard.tui.session import REVIEW
from wizard.tui.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot
    from textual.widgets import OptionList

    from wizard.tui.wizard_app import WizardApp

KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/11111111-2222-3333-4444-555555555555"
ADMINISTRATOR = "arn:aws:iam::222222222222:role/with/a/path/that/is/long/Administrator"
FULL = {**BUCKET_POLICY, "bucket.kms_key_arn": KEY, "guards.organization_id": "o-a1b2c3d4e5"}
FULL["guards.exempt_principals"] = ADMINISTRATOR


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    text.use(request.param)
    yield request.param
    text.use("en")


async def reviewed(pilot: Pilot[int], app: WizardApp) -> OptionList:
    """Go to the review, and return its values once they are listed."""
    app.wizard.go(REVIEW)
    await soon(pilot, lambda: "" if app.wizard.review.values.option_count else "no values yet")
    return app.wizard.review.values


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("raw", [ASSUME_ROLE, FULL, IAM_USER], ids=lambda raw: raw["method"])
async def test_ids_and_words_of_values_stay_whole_from_80_columns_on(
    open_at: Callable[..., WizardApp], raw: dict[str, Any]
) -> None:
    app = open_at(raw)
    for width in (80, 99, 100, 120):
        async with app.run_test(size=(width, 24)) as pilot:
            values = await reviewed(pilot, app)
            rows = [line for one in values.options for line in str(one.prompt).splitlines()]
            for question in app.session.walk():
                value = shown(app.session, question)
                for word in re.findall(r"\d{12}|\([a-z]+:\w+\)|role/[\w-]+$", value):
                    assert any(word in row for row in rows), (width, word, rows)
        app = open_at(raw)


@pytest.mark.usefixtures("language")
async def test_the_actions_stand_beside_the_values_only_where_both_have_room(
    open_at: Callable[..., WizardApp],
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24)) as pilot:
        values = await reviewed(pilot, app)
        assert values.region.width == 80
        assert "^X" in screen_text(app)
        await pilot.press("tab")
        assert values.has_focus
        await pilot.resize_terminal(100, 30)
        await soon(pilot, lambda: "" if app.wizard.review.doing.region.width else "not beside them")
        await pilot.press("tab")
        assert app.wizard.review.doing.has_focus
        await pilot.resize_terminal(80, 24)
        await soon(pilot, lambda: "" if values.has_focus else "the keyboard is nowhere")


async def test_what_is_missing_is_not_called_a_default(open_at: Callable[..., WizardApp]) -> None:
    app = open_at({"method": "assume-role"})
    async with app.run_test(size=(100, 30)) as pilot:
        values = await reviewed(pilot, app)
        rows = {one.id: str(one.prompt) for one in values.options}
        assert rows["bucket.name"].split() == ["Bucket", "–"]
        assert rows["role.require_mfa"].split()[-1] == "default"


async def test_escape_goes_back_to_where_the_review_was_looked_at(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        app.wizard.go("role.name")
        await pilot.press("ctrl+r", "escape")
        assert app.session.key == "role.name"
        app.wizard.go(REVIEW)
        await pilot.press("escape")
        assert app.session.step == "profile", "nobody looked at the review from anywhere"
