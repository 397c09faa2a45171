"""Taking what was found: the list, keys typed ahead, and what an empty field still offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from tests.tui.conftest import screen_text
from wizard.tui.screens.picking import Picking
from wizard.tui.session import Origin

if TYPE_CHECKING:
    from wizard.tui.wizard_app import WizardApp


async def test_enter_twice_in_a_list_takes_one_value_once(app: WizardApp) -> None:
    taken: list[str | None] = []
    async with app.run_test() as pilot:
        app.ask(Picking("Region", ["ap-northeast-1", "us-east-1"]), taken.append)
        await pilot.pause()
        for _press in range(2):
            app.post_message(events.Key("enter", "\r"))
        await pilot.pause()
        assert app.screen is app.wizard
    assert taken == ["ap-northeast-1"]
    assert app.crashed is None


async def test_what_was_found_stays_in_sight_when_an_empty_answer_is_refused(app: WizardApp) -> None:
    app.session.begin({"method": "assume-role"}, Origin.FILE)
    app.session.found = {"source.account_id": ("111111111111", "333333333333")}
    async with app.run_test(size=(80, 24)) as pilot:
        app.wizard.go("source.account_id")
        await pilot.press("enter")
        await pilot.pause()
        shown = screen_text(app)
        assert "✗ An answer is needed here." in shown
        assert "(^F takes one):  111111111111  333333333333" in shown


async def test_the_only_value_that_was_found_is_taken_with_one_key(app: WizardApp) -> None:
    app.session.begin({"method": "assume-role"}, Origin.FILE)
    app.session.found = {"source.account_id": ("111111111111",)}
    async with app.run_test() as pilot:
        app.wizard.go("source.account_id")
        await pilot.press("ctrl+f")
        await pilot.pause()
        assert app.screen is app.wizard
        assert app.session.raw["source.account_id"] == "111111111111"
        assert app.session.origin("source.account_id") is Origin.FOUND
