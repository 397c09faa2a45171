"""Writing the profile: a key that is there is kept, what has no backup is told before, what was done in two lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, Static

from tests.tui.conftest import ASSUME_ROLE, IAM_USER, paste, screen_text
from wizard.state import journal
from wizard.state.run import Event
from wizard.tui.widgets.message import MessageLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.tui.wizard_app import WizardApp

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
OTHER_ID = "AKIAIOSFODNN7EXAMPL2"


def written(home: Path, *, region: str) -> Path:
    """Write the profile as an apply leaves it, and return the credentials file."""
    folder = home / "aws"
    folder.mkdir(exist_ok=True)
    (folder / "config").write_text(f"[profile crossaccount]\nregion = {region}\n")
    credentials = folder / "credentials"
    credentials.write_text(f"[crossaccount]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
    credentials.chmod(0o600)
    return credentials


def said_of_the_key(app: WizardApp) -> str:
    """Return what the dialog says above the fields."""
    return str(app.screen.query_one("#key-said", Static).content)


async def test_a_key_that_the_profile_has_is_kept_and_only_the_settings_are_compared(
    open_at: Callable[..., WizardApp], home: Path
) -> None:
    credentials = written(home, region="us-east-1")
    before = credentials.read_text()
    app = open_at(IAM_USER)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        shown = screen_text(app)
        assert said_of_the_key(app) == f"The profile has an access key already, {KEY_ID}: it stays."
        assert not any(field.display for field in app.screen.query(Input)), "no key is asked for"
        frame = app.screen.query_one(".frame").region
        assert all(frame.contains_region(button.region) for button in app.screen.query(Button)), "all four are in sight"
        assert "aws_access_key_id" not in shown
        await pilot.press("pagedown")
        await pilot.pause()
        assert "+region = ap-northeast-1" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
    assert credentials.read_text() == before
    assert "region = ap-northeast-1" in (home / "aws" / "config").read_text()


async def test_the_key_that_the_run_made_is_named_with_its_run(open_at: Callable[..., WizardApp], home: Path) -> None:
    written(home, region="ap-northeast-1")
    app = open_at(IAM_USER)
    with journal.new_run(setup=app.session.plan.setup.name) as told:
        told.write(Event.INTENT, id="key", change={"id": "key", "kind": "access-key"})
        told.write(Event.DONE, id="key", after={"AccessKeyIds": [KEY_ID]}, made=KEY_ID)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert f"the access key {KEY_ID} that the run {told.id} made: it stays." in said_of_the_key(app)
        assert "The files say this already: nothing is to be written." in screen_text(app)


async def test_another_key_can_be_given_in_place_of_the_one_that_is_there(
    open_at: Callable[..., WizardApp], home: Path
) -> None:
    credentials = written(home, region="ap-northeast-1")
    app = open_at(IAM_USER)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        app.screen.query_one("#another-key", Button).press()
        await pilot.pause()
        assert app.screen.query_one("#write", Button).disabled, "no key was given yet"
        app.screen.query_one("#another-key", Button).press()
        await pilot.pause()
        assert "it stays" in said_of_the_key(app), "and the one that is there can be kept after all"
        app.screen.query_one("#another-key", Button).press()
        await pilot.pause()
        await paste(pilot, f"{OTHER_ID}\n{SECRET}\n")
        await pilot.press("enter")
        await pilot.pause()
    assert OTHER_ID in credentials.read_text()


@pytest.mark.parametrize("temporary", ["aws_session_token = FwoG\n", ""])
async def test_half_a_key_and_a_temporary_one_are_none(
    open_at: Callable[..., WizardApp], home: Path, temporary: str
) -> None:
    credentials = written(home, region="ap-northeast-1")
    half = credentials.read_text().partition("aws_secret")[0]
    credentials.write_text(credentials.read_text() + temporary if temporary else half)
    app = open_at(IAM_USER)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert "Paste the console's CSV" in screen_text(app)
        assert not app.screen.query_one("#another-key").display


async def test_what_was_written_and_its_backup_take_two_lines_at_80_columns(
    open_at: Callable[..., WizardApp], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / ".aws" / "config"))
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(home / ".local" / "state" / "s3-crossaccount"))
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[default]\nregion = us-east-1\n")
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        line = app.screen.query_one(MessageLine)
        assert line.size.height == 2
        first, second = line.text.split("\n")
    assert first == "Written: profile crossaccount in ~/.aws/config"
    folder = second.removeprefix("As it was: ").replace("~", str(home), 1)
    assert "[profile crossaccount]" not in next(home.joinpath(folder).glob("*.bak")).read_text()


async def test_a_long_name_and_long_paths_take_two_lines_as_well(
    open_at: Callable[..., WizardApp], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / ("a" * 60) / ("b" * 60)
    folder.mkdir(parents=True)
    for name, variable in (("config", "AWS_CONFIG_FILE"), ("credentials", "AWS_SHARED_CREDENTIALS_FILE")):
        monkeypatch.setenv(variable, str(folder / name))
        (folder / name).write_text("[default]\nregion = us-east-1\n")
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(folder))
    monkeypatch.setenv("HOME", "/nobody")
    app = open_at({**IAM_USER, "profile.name": "p" * 50})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        await paste(pilot, f"{KEY_ID}\n{SECRET}\n")
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.query_one(MessageLine).size.height == 2


async def test_that_no_backup_is_made_is_said_before(open_at: Callable[..., WizardApp], home: Path) -> None:
    written(home, region="us-east-1")
    app = open_at({**IAM_USER, "profile.name": "another"})
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        await paste(pilot, f"{KEY_ID}\n{SECRET}\n")
        await pilot.pause()
        assert "! No backup is made of ~/aws/credentials: it holds secret keys." in screen_text(app)


async def test_what_goes_back_is_called_back_everywhere(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        for key in ("ctrl+o", "ctrl+s", "ctrl+n", "ctrl+e", "ctrl+d"):
            await pilot.press(key)
            await pilot.pause()
            last = [button for button in app.screen.query(Button) if button.display][-1]
            assert str(last.label) == "Back", key
            last.press()
            await pilot.pause()
            assert app.screen is app.wizard, key
