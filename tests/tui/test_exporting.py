"""The export's preview: what is shown is what is written, it follows every choice, and nothing is replaced unasked."""

from __future__ import annotations

import argparse
import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button, Input, OptionList

from tests.tui.acting import until
from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, paste, screen_text
from wizard import text
from wizard.answers.file import write as answers_text
from wizard.commands import export
from wizard.tui import previewing
from wizard.tui.screens.exporting import Exporting, size_of
from wizard.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from wizard.tui.wizard_app import WizardApp

FORMATS = ("shell", "terraform", "cloudformation", "json", "runbook")
SIDES = ("", "source", "destination")


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """End in the language of the other tests."""
    yield
    text.use("en")


async def opened(pilot: Pilot[Any], app: WizardApp) -> Exporting:
    """Open the dialog from the review, and wait for the first preview."""
    app.wizard.action_review()
    await pilot.press("ctrl+e")
    await until(pilot, lambda: isinstance(app.screen, Exporting) and app.screen.preview)
    assert isinstance(app.screen, Exporting)
    return app.screen


async def into(pilot: Pilot[Any], screen: Exporting, folder: Path) -> None:
    """Give another folder, and wait for what would be written there."""
    screen.query_one("#export-folder", Input).value = str(folder)
    await until(pilot, lambda: screen.preview is not None and screen.preview.choice.folder == folder)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def shown(screen: Exporting) -> str:
    return "\n".join("".join(piece.text for piece in row) for row in screen.query_one(TextPane).shown_rows())


@pytest.mark.parametrize("number", range(len(FORMATS)), ids=FORMATS)
async def test_the_same_files_as_the_command_writes_byte_for_byte(
    open_at: Callable[..., WizardApp], tmp_path: Path, number: int
) -> None:
    file = tmp_path / "answers.toml"
    file.write_text(answers_text(ASSUME_ROLE))
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        for side in SIDES:
            screen = await opened(pilot, app)
            screen.query_one("#formats", OptionList).highlighted = number
            for _press in range(SIDES.index(side)):
                await pilot.press("f6")
            by_app, by_command = tmp_path / f"app-{side}", tmp_path / f"command-{side}"
            await into(pilot, screen, by_app)
            assert screen.preview is not None
            assert screen.preview.choice.export_format == FORMATS[number]
            expected = {target.file.path: target.file.text.encode() for target in screen.preview.targets}
            options = argparse.Namespace(
                file=str(file), format=FORMATS[number], side=side, output=str(by_command), dry_run=False, yes=True
            )
            if expected:
                export.run(options)
                screen.query_one("#write", Button).press()
                await until(pilot, lambda: not isinstance(app.screen, Exporting))
                assert tree(by_app) == tree(by_command) == expected
            else:
                assert "nothing in this setup" in screen_text(app)
                await pilot.press("escape")


async def test_every_file_is_listed_with_its_state_and_its_size_and_the_one_in_hand_is_shown(
    open_at: Callable[..., WizardApp], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        screen = await opened(pilot, app)
        screen.query_one("#formats", OptionList).highlighted = 3
        await into(pilot, screen, out)
        assert screen.preview is not None
        files = screen.preview.targets
        same, different = files[0].file, files[-1].file
        for one, content in ((same, same.text), (different, "mine\n")):
            path = out / one.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        await into(pilot, screen, tmp_path)
        await into(pilot, screen, out)
        said = screen_text(app)
        assert f"= {same.path}" in said
        assert f"unchanged · {size_of(files[0])}" in said
        assert f"differs · {size_of(files[-1])}" in said
        assert said.count("new · ") == len(files) - 2
        await until(pilot, lambda: "Replace 1 files" in screen_text(app))
        await pilot.press("f8")
        assert shown(screen).splitlines()[0] == files[1].file.text.splitlines()[0]
        await pilot.press("f7")
        assert "-mine" in shown(screen)
        assert "+method = " in shown(screen)
        await pilot.press("f7")
        assert "-mine" not in shown(screen)
        assert (out / different.path).read_text() == "mine\n"
        screen.query_one("#write", Button).press()
        await until(pilot, lambda: not isinstance(app.screen, Exporting))
    assert (out / different.path).read_text() == different.text


async def test_a_long_file_scrolls_from_wherever_the_keyboard_is(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("down", "down", "down", "down")
        await until(pilot, lambda: screen.preview is not None and screen.preview.choice.export_format == "runbook")
        pane = screen.query_one(TextPane)
        await pilot.press("pagedown")
        assert pane.scroll_offset.y == 8
        await pilot.press("f8")
        assert pane.scroll_offset.y == 0


async def test_what_is_still_being_made_says_so_and_an_old_result_is_dropped(
    open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    render, may, begun = previewing._render, threading.Event(), threading.Event()

    def slow(plan: Any, export_format: str, side: str) -> Any:
        if export_format == "terraform":
            begun.set()
            may.wait(20)
        return render(plan, export_format, side)

    monkeypatch.setattr(previewing, "_render", slow)
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        screen = await opened(pilot, app)
        await into(pilot, screen, tmp_path / "out")
        await pilot.press("down")
        await until(pilot, begun.is_set)
        assert screen.query_one("#write", Button).disabled, "what is listed is not what would be written"
        await until(pilot, lambda: "It is being made" in screen_text(app))
        assert not screen.query_one("#export-files", OptionList).option_count
        seen: list[str] = []
        arrived = screen.arrived

        def note(made: previewing.Preview) -> None:
            seen.append(made.choice.export_format)
            arrived(made)

        monkeypatch.setattr(screen._making, "_arrived", note)
        await pilot.press("down")
        await pilot.press("down")
        may.set()
        await until(pilot, lambda: screen.preview is not None)
        assert seen == ["json"]
        assert "documents.json" in screen_text(app)


async def test_quitting_waits_for_no_rendering(
    open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    may = threading.Event()
    monkeypatch.setattr(previewing, "_render", lambda *_what: may.wait(20))
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        app.wizard.action_review()
        await pilot.press("ctrl+e")
        await pilot.pause(0.2)
        await pilot.press("ctrl+c")
    assert app.return_value == 130
    may.set()


@pytest.mark.parametrize("told", ["en", "ja"])
@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_nothing_of_it_is_cut_off(
    open_at: Callable[..., WizardApp], tmp_path: Path, told: str, size: tuple[int, int]
) -> None:
    text.use(told)
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("down", "down", "down")
        await into(pilot, screen, tmp_path / "out")
        await pilot.pause()
        assert screen.preview is not None
        bottom = screen.query_one(".frame").content_region
        for name in ("#write", "#back", "#export-state", "#export-folder", "#export-content", "#export-files"):
            region = screen.query_one(name).region
            assert region.height >= 1
            assert bottom.contains_region(region), name
        files = screen.query_one("#export-files", OptionList)
        width = files.scrollable_content_region.width - 2  # an option's own padding: wider would wrap once more
        for option in files.options:
            assert all(len(line) <= width for line in str(option.prompt).splitlines())


async def test_enter_goes_from_the_format_to_the_folder_to_the_button(
    open_at: Callable[..., WizardApp], tmp_path: Path
) -> None:
    app, out = open_at(ASSUME_ROLE), tmp_path / "out"
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("down", "enter")
        await paste(pilot, str(out))
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one("#write").has_focus)
        assert not out.exists()
        await pilot.press("enter")
        await until(pilot, lambda: "Written:" in screen_text(app))
    assert list(out.rglob("*.tf"))


async def test_a_text_of_many_lines_is_there_at_once_and_whole_a_moment_later(
    open_at: Callable[..., WizardApp],
) -> None:
    lines = [(f"line {number}: " + "word " * 30, "text") for number in range(5000)]
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot, app)
        pane = screen.query_one(TextPane)
        pane.show(lines)
        assert 250 <= len(pane.shown_rows()) < 5000
        await until(pilot, lambda: "line 4999" in shown(screen))
        assert pane.virtual_size.height == len(pane.shown_rows())


async def test_the_half_of_whoever_else_administers_an_account_is_chosen(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.sides.choose("destination", None)
        screen = await opened(pilot, app)
        assert screen.preview is not None
        assert screen.preview.choice.side == "destination"


async def test_of_a_fleet_beyond_awss_limits_the_ways_on_are_exported(open_at: Callable[..., WizardApp]) -> None:
    accounts = [f"{300000000000 + number}" for number in range(400)]
    fleet = {key: value for key, value in BUCKET_POLICY.items() if key != "source.account_id"}
    fleet |= {"source.accounts": accounts, "source.principals": "role/app"}
    app = open_at(fleet)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        screen = await opened(pilot, app)
        assert screen.preview is not None
        assert screen.preview.notes[0].startswith("Bucket policy: ")
        screen.query_one("#formats", OptionList).highlighted = FORMATS.index("terraform")
        await until(pilot, lambda: screen.preview is not None and screen.preview.choice.export_format == "terraform")
        assert screen.preview is not None
        folders = {target.file.path.partition("/")[0] for target in screen.preview.targets}
        assert {"organization", "access-points", "README.md"} <= folders
