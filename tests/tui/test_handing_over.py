"""Copying, saving and writing the profile: what goes out is whole, and no secret is ever on the screen."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, IAM_USER, paste, screen_text
from wizard import clipboard
from wizard.clipboard import Copied, How
from wizard.export.answers import handed

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.tui.wizard_app import WizardApp

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was copied; the clipboard is certain of it."""
    texts: list[str] = []

    def copy(text: str, **_named: object) -> Copied:
        texts.append(text)
        return Copied(certain=True, how=How.SYSTEM)

    monkeypatch.setattr(clipboard, "copy", copy)
    return texts


@pytest.mark.parametrize(
    ("key", "begins"),
    [("f2", "{"), ("f4", "{"), ("f5", "# ~/.aws/config"), ("f7", "CREDENTIALS="), ("f8", "# Trust policy")],
)
async def test_one_key_copies_what_it_names(
    open_at: Callable[..., WizardApp], copied: list[str], key: str, begins: str
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.wizard.go("role.external_id")
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "Copied" in screen_text(app)
    assert copied
    assert copied[0].startswith(begins)


async def test_a_copy_is_the_plain_json_of_the_plan(open_at: Callable[..., WizardApp], copied: list[str]) -> None:
    app = open_at(BUCKET_POLICY)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("f3")
        await app.workers.wait_for_complete()
    document = next(one for one in app.session.plan.documents if one.id == "bucket")
    assert document.policy is not None
    assert json.loads(copied[0]) == document.policy.to_json()


async def test_placeholders_are_told_before_a_copy(app: WizardApp, copied: list[str]) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("f2")
        await pilot.pause()
        assert "<source account>" in screen_text(app)
        assert "isn't whole" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert copied == []
        await pilot.press("f2")
        await pilot.pause()
        await pilot.press("right", "enter")
        await app.workers.wait_for_complete()
    assert "<source account>" in copied[0]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (How.TERMINAL, "Sent to the terminal"),
        (How.TMUX, "tmux"),
        (How.NOWHERE, "No clipboard"),
        (How.TOO_LONG, "Too long"),
    ],
)
async def test_an_uncertain_copy_never_says_copied_and_offers_files(
    open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch, how: How, said: str
) -> None:
    monkeypatch.setattr(clipboard, "copy", lambda _text, **_named: Copied(certain=False, how=how))
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await pilot.press("f2")
        await app.workers.wait_for_complete()
        await pilot.pause()
        text = screen_text(app)
    assert said in text
    assert "Ctrl+S" in text
    assert "Copied:" not in text


async def test_saved_files_are_private_and_nothing_is_replaced_unasked(
    open_at: Callable[..., WizardApp], home: Path
) -> None:
    app = open_at(ASSUME_ROLE)
    trust = home / "out" / "destination" / "222222222222-role-RoleA-trust.json"
    trust.parent.mkdir(parents=True)
    trust.write_text("mine")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("ctrl+s")
        await pilot.pause()
        await paste(pilot, str(home / "out"))
        await pilot.press("enter")
        await pilot.pause()
        assert f"There already: destination/{trust.name}" in " ".join(screen_text(app).replace("│", "").split())
        assert trust.read_text() == "mine"
        await pilot.press("enter")
        await pilot.pause()
    saved = {path.relative_to(home / "out"): path for path in (home / "out").rglob("*") if path.is_file()}
    assert Path("source/assume-role.sh") in saved
    for path in saved.values():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(trust.read_text())["Version"] == "2012-10-17"
    # The same files, by the same names, as `export --format json` writes.
    exported = {Path(file.path): file.text for file in handed(app.session.plan, "json")}
    assert {path: saved[path].read_text() for path in exported} == exported
    assert saved.keys() - exported.keys() == {Path("source/assume-role.sh")}


async def test_saved_answers_are_read_back_as_the_same_setup(open_at: Callable[..., WizardApp], home: Path) -> None:
    from wizard.answers.file import read

    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("ctrl+n")
        await pilot.pause()
        await paste(pilot, "answers.toml")
        await pilot.press("enter")
        await pilot.pause()
    assert read(home / "answers.toml").setup == app.session.built.setup


async def test_a_profile_is_written_and_read_back_by_botocore(open_at: Callable[..., WizardApp], home: Path) -> None:
    import botocore.session

    app = open_at(ASSUME_ROLE)
    config = home / "aws" / "config"
    config.parent.mkdir()
    config.write_text("# mine\n[default]\nregion = us-east-1\n")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        text = screen_text(app)
        assert "+[profile crossaccount]" in text
        assert config.read_text() == "# mine\n[default]\nregion = us-east-1\n"
        await pilot.press("enter")
        await pilot.pause()
    profile = botocore.session.Session(profile="crossaccount").get_scoped_config()
    assert profile["role_arn"] == "arn:aws:iam::222222222222:role/RoleA"
    assert profile["source_profile"] == "default"
    assert profile["external_id"] == "ticket-42"
    assert config.read_text().startswith("# mine\n[default]\nregion = us-east-1\n")


@pytest.mark.parametrize(
    "pasted",
    [
        f"Access key ID,Secret access key\n{KEY_ID},{SECRET}\n",
        json.dumps({"AccessKey": {"UserName": "u", "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET}}),
        f"{KEY_ID}\n{SECRET}\n",
    ],
)
async def test_an_access_key_is_pasted_masked_and_written_with_the_profile(
    open_at: Callable[..., WizardApp], home: Path, pasted: str
) -> None:
    import botocore.session

    app = open_at(IAM_USER)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        await paste(pilot, pasted)
        await pilot.pause()
        text = screen_text(app)
        assert SECRET not in text
        assert SECRET not in app.export_screenshot()
        assert "aws_access_key_id" in text
        await pilot.press("enter")
        await pilot.pause()
        assert SECRET not in screen_text(app)
    credentials = botocore.session.Session(profile="crossaccount").get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.secret_key) == (KEY_ID, SECRET)
    assert stat.S_IMODE((home / "aws" / "credentials").stat().st_mode) == 0o600
    assert SECRET not in (home / "aws" / "config").read_text()


async def test_a_secret_key_that_is_not_whole_is_refused_unseen(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(IAM_USER)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        await paste(pilot, KEY_ID)
        await pilot.press("enter")
        await paste(pilot, "tooshort")
        await pilot.pause()
        text = screen_text(app)
    assert "not whole" in text
    assert "tooshort" not in text


async def test_an_existing_profile_is_told_and_another_name_can_be_given(
    open_at: Callable[..., WizardApp], home: Path
) -> None:
    app = open_at(ASSUME_ROLE)
    (home / "aws").mkdir()
    (home / "aws" / "config").write_text("[profile crossaccount]\nregion = us-east-1\n")
    (home / "aws" / "credentials").write_text("[crossaccount]\nregion = eu-west-3\n")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        text = screen_text(app)
        assert "is there already" in text
        assert "overrides" in text
        assert "Update" in text
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert app.session.key == "profile.name"
    assert (home / "aws" / "config").read_text() == "[profile crossaccount]\nregion = us-east-1\n"


async def test_a_config_file_that_botocore_cannot_read_is_left_alone(
    open_at: Callable[..., WizardApp], home: Path
) -> None:
    app = open_at(ASSUME_ROLE)
    (home / "aws").mkdir()
    (home / "aws" / "config").write_text("region = x\n[default]\n")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        text = screen_text(app)
        assert "role_arn" in text
        assert app.screen.query_one("#write").disabled
    assert (home / "aws" / "config").read_text() == "region = x\n[default]\n"


async def test_no_profile_is_written_while_it_has_open_values(app: WizardApp, home: Path) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert "not whole yet" in screen_text(app)
    assert not (home / "aws").exists()
