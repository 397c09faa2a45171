"""Taking what was found: the list, keys typed ahead, and what an empty field still offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from wizard.tui.screens.picking import Picking

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
