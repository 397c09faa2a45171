"""Ctrl+C in a dialog that works in the accounts: it closes at once and says so, and the next one ends the app."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.conftest import ASSUME_ROLE, screen_text
from wizard.errors import CancelledError
from wizard.tui.app import INTERRUPTED
from wizard.tui.screens.applying import Applying
from wizard.tui.screens.wizard import WizardScreen
from wizard.tui.session import REVIEW
from wizard.tui.widgets.message import MessageLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.tui.wizard_app import WizardApp


@pytest.mark.usefixtures("accounts_hang")
async def test_ctrl_c_while_the_plan_is_looked_at_closes_it_and_the_next_one_ends_the_app(
    open_at: Callable[..., WizardApp],
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        app.sides.choose("source", "")
        app.sides.choose("destination", "")
        app.wizard.go(REVIEW)
        await pilot.press("ctrl+x")
        assert [type(screen) for screen in app.screen_stack] == [WizardScreen, Applying]
        began = time.monotonic()
        await pilot.press("ctrl+c")
        assert time.monotonic() - began < 1
        assert app.screen is app.wizard
        assert "Stopped: nothing was changed. Ctrl+C once more ends the app." in screen_text(app)
        await pilot.press("ctrl+c")
    assert app.return_value == INTERRUPTED


@pytest.mark.usefixtures("accounts_hang")
async def test_esc_while_the_plan_is_looked_at_goes_back_without_a_word(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        app.sides.choose("source", "")
        app.sides.choose("destination", "")
        app.wizard.go(REVIEW)
        await pilot.press("ctrl+x", "escape")
        await pilot.pause()
        assert app.screen is app.wizard
        assert app.is_running
        assert "Stopped" not in screen_text(app)


@pytest.mark.usefixtures("accounts_hang")
async def test_a_dialog_that_was_left_asks_for_no_code_any_more(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        app.sides.choose("source", "")
        app.sides.choose("destination", "")
        app.wizard.go(REVIEW)
        await pilot.press("ctrl+x")
        left = app.screen
        assert isinstance(left, Applying)
        await pilot.press("ctrl+c")
        await pilot.pause()
        with pytest.raises(CancelledError):
            left.ask_mfa("MFA code for user/cliuser")
        assert [type(screen) for screen in app.screen_stack] == [WizardScreen]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"role.name": "", "bucket.name": ""}, "Not answered yet: Role, Bucket."),
        ({"role.name": "", "bucket.region": "mars-1"}, "Region: mars-1 is no AWS region."),
        ({"guards.vpc_endpoint_ids": "vpce-0123456789abcdef0"}, "The guards can lock everybody out"),
    ],
)
@pytest.mark.parametrize("key", ["ctrl+x", "ctrl+d", "ctrl+e"])
async def test_what_keeps_a_setup_from_being_carried_out_is_named(
    open_at: Callable[..., WizardApp], key: str, answers: dict[str, Any], said: str
) -> None:
    app = open_at({name: value for name, value in {**ASSUME_ROLE, **answers}.items() if value})
    async with app.run_test(size=(80, 24)) as pilot:
        app.wizard.go(REVIEW)
        await pilot.pause()
        await pilot.press(key)
        await pilot.pause()
        text = app.screen.query_one(MessageLine).text
        assert said in text
        assert "see the review" not in text
