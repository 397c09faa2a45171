"""Opening a policy from a file to check it: what can't be read says why, and the text that was there stays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input, TextArea

from tests.tui.conftest import give, screen_text
from wizard.tui.screens.checking import Checking

if TYPE_CHECKING:
    from pathlib import Path

    from wizard.tui.wizard_app import WizardApp

POLICY = '{"Version": "2012-10-17", "Statement": []}'


async def test_a_file_is_opened_by_its_path(app: WizardApp, home: Path) -> None:
    (home / "policy.json").write_text("\ufeff" + POLICY)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f12", "end", "enter")
        await pilot.press("ctrl+o")
        await give(pilot, "~/policy.json")
        assert app.screen.query_one(TextArea).text == POLICY
        assert app.screen.query_one(TextArea).has_focus


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.json", "No such file"),
        ("folder", "Is a directory"),
        ("pipe", "it is no plain file"),
        ("huge.json", "it is larger than 1000000 bytes"),
    ],
)
async def test_what_is_no_policy_file_is_refused_at_once_and_the_text_stays(
    app: WizardApp, home: Path, name: str, why: str
) -> None:
    (home / "folder").mkdir()
    os.mkfifo(home / "pipe")
    with (home / "huge.json").open("wb") as file:
        file.truncate(1_000_001)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f12", "end", "enter")
        app.post_message(events.Paste(POLICY))
        await pilot.pause()
        await pilot.press("ctrl+o")
        await give(pilot, name)
        assert f"{name} can't be read: " in screen_text(app)
        assert why in screen_text(app)
        await pilot.press("escape")
        assert isinstance(app.screen, Checking), "Esc leaves the field first"
        assert not app.screen.query_one("#policy-file", Input).display
        assert app.screen.query_one(TextArea).text == POLICY
        await pilot.press("escape")
        assert len(app.screen_stack) == 1
