"""What is said in passing stands on a line of its own: whole in every language, and never over what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tests.tui.conftest import ASSUME_ROLE, screen_text, soon
from wizard import text
from wizard.tui import messages
from wizard.tui.widgets.message import MessageLine

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from textual.pilot import Pilot

    from wizard.tui.wizard_app import WizardApp

LONG = "The answers can't be kept as a draft in /home/somebody/.local/state: " + "no space is left on the device, " * 4


async def said(pilot: Pilot[int], app: WizardApp, words: str) -> None:
    """Wait until something is on the screen."""
    await soon(pilot, lambda: "" if words in screen_text(app) else screen_text(app), words)


async def test_a_message_is_whole_above_the_footer_and_nothing_lies_beneath_it(
    open_at: Callable[..., WizardApp],
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.say(LONG, severity="warning")
        await said(pilot, app, "! The answers can't be kept")
        line = app.wizard.query_one(MessageLine)
        assert line.region.height == 3
        assert line.region.bottom == app.wizard.keys.region.y
        others = (app.wizard.documents, app.wizard.path, app.wizard.keys)
        assert not any(line.region.overlaps(one.region) for one in others)
        shown = " ".join(" ".join(row.text for row in pieces) for pieces in line.rows(78))
        assert " ".join(shown.split()) == "! " + " ".join(LONG.split())


async def test_over_a_dialog_a_message_takes_a_place_where_nothing_is(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("ctrl+s", "ctrl+o", "f9"):  # a field, a difference, a text that is as long as the screen
            await pilot.press(key)
            await soon(pilot, lambda: "" if app.screen is not app.wizard else "no dialog")
            app.say(LONG, severity="warning")
            await said(pilot, app, "! The answers can't be kept")
            line, frame = app.screen.query_one(MessageLine), app.screen.query_one(".frame")
            await soon(pilot, lambda f=frame, m=line: f.region.overlaps(m.region), key)  # type: ignore[misc] # bound
            assert line.region.bottom == 24
            await pilot.press("escape")
            await soon(pilot, lambda: "" if app.screen is app.wizard else "still a dialog")
            assert app.wizard.message.display, "what is still new is said on the screen that is back"
            app.messages.forget()


async def test_the_buttons_of_a_dialog_are_in_sight_beside_a_message(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        await soon(pilot, lambda: "" if app.screen is not app.wizard else "no dialog")
        app.say("The answers can't be kept as a draft.", severity="warning")
        await said(pilot, app, "! The answers")
        frame, save = app.screen.query_one(".frame"), app.screen.query_one("#save")
        await soon(pilot, lambda: "" if frame.content_region.contains_region(save.region) else "cut off")


async def test_a_newer_message_replaces_the_one_before_and_time_takes_it_away(
    open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24)) as pilot:
        app.say("the first")
        await said(pilot, app, "· the first")
        monkeypatch.setattr(messages, "SECONDS", 0.3)
        app.say("the second", severity="error")
        await said(pilot, app, "✗ the second")
        assert "the first" not in screen_text(app)
        await soon(pilot, lambda: "the second" in screen_text(app), "it goes")
        assert not app.wizard.message.region.height


async def test_no_character_of_a_japanese_message_is_lost(open_at: Callable[..., WizardApp]) -> None:
    text.use("ja")
    try:
        app = open_at(ASSUME_ROLE)
        told = "回答を下書きとして保存できません。空き容量がありません。" * 3
        async with app.run_test(size=(81, 24)) as pilot:
            await pilot.pause()
            app.say(told)
            await said(pilot, app, "· 回答を")
            assert all(cell_len(line) <= 81 for line in screen_text(app).splitlines())
            assert told in "".join(screen_text(app).split()).replace("\n", "")
    finally:
        text.use("en")
