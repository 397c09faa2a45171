"""The screen at every size and in every theme: nothing is cut off, everything is on a key, nothing is lost."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, IAM_USER, paste, screen_text, soon
from wizard import text
from wizard.policy.check import Context
from wizard.state import drafts
from wizard.tui import actions, helping, picture
from wizard.tui.screens.checking import Checking
from wizard.tui.session import REVIEW, Session
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.demo import Practice

SIZES = [(80, 24), (100, 30), (120, 36), (160, 45), (60, 18)]
ANSWERS = [ASSUME_ROLE, BUCKET_POLICY, IAM_USER]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("raw", ANSWERS, ids=lambda raw: raw["method"])
async def test_every_question_fits_every_size(
    open_at: Callable[..., WizardApp], raw: dict[str, Any], size: tuple[int, int]
) -> None:
    app = open_at(raw)
    async with app.run_test(size=size, notifications=True) as pilot:
        for key in [*(question.key for question in app.session.walk()), REVIEW]:
            app.wizard.go(key)
            await soon(pilot, lambda: misfits(app, size), key)


def misfits(app: WizardApp, size: tuple[int, int]) -> list[str]:
    """Return what does not fit the screen as it is laid out now."""
    screen = app.screen
    wrong = ["a horizontal scroll bar"] if screen.show_horizontal_scrollbar else []
    if size < (80, 24):
        return wrong
    regions = {name: screen.query_one(name).region for name in ("#rail", "#keys", "#path", "#documents")}
    wrong += ["a vertical scroll bar"] if screen.show_vertical_scrollbar else []
    wrong += [f"{name}: {one}" for name, one in regions.items() if one.height < 1 or one.bottom > size[1]]
    return wrong + (["the documents are too low"] if regions["#documents"].height < 4 else [])


async def test_a_small_terminal_is_told_and_still_works(app: WizardApp) -> None:
    async with app.run_test(size=(60, 18), notifications=True) as pilot:
        await pilot.pause()
        assert "from 80×24 on" in screen_text(app)
        await pilot.press("enter")
        await paste(pilot, "111111111111")
        assert app.session.built.values["source.account_id"] == "111111111111"


async def test_panes_stand_side_by_side_from_120_columns_and_are_tabs_below(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(BUCKET_POLICY)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        app.wizard.go("bucket.name")
        await pilot.pause()
        assert sum(pane.display for pane in app.wizard.query(".pane")) == 3
        await pilot.resize_terminal(119, 36)
        await pilot.pause()
        assert sum(pane.display for pane in app.wizard.query(".pane")) == 1
        assert app.wizard.documents.in_hand == "bucket"
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert app.wizard.documents.in_hand == "iam"
        await pilot.resize_terminal(160, 45)
        await pilot.pause()
        assert sum(pane.display for pane in app.wizard.query(".pane")) == 3


def test_every_action_has_a_key_of_its_own_that_no_text_field_uses() -> None:
    from wizard.tui.widgets.field import TextField

    keys = [action.key for action in actions.ACTIONS]
    assert len(set(keys)) == len(keys)
    # The review has no text field, and its own actions have their keys there only.
    keys = [action.key for action in actions.ACTIONS if action.id not in actions.IN_REVIEW_ONLY]
    taken = {key for binding in TextField.BINDINGS for key in _keys_of(binding)}
    taken |= {key for cls in TextField.__mro__ for binding in getattr(cls, "BINDINGS", ()) for key in _keys_of(binding)}
    assert not taken & set(keys) - {"escape"}


def _keys_of(binding: Any) -> list[str]:
    text = binding[0] if isinstance(binding, tuple) else binding.key
    return str(text).split(",")


@pytest.mark.parametrize("action", actions.ACTIONS, ids=lambda action: action.id)
async def test_every_key_works_while_typing(open_at: Callable[..., WizardApp], action: actions.Action) -> None:
    app = open_at(ASSUME_ROLE)
    done: list[str] = []
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.wizard.go(REVIEW if action.id in actions.IN_REVIEW_ONLY else "role.external_id")
        await pilot.pause()
        name = action.name.partition("(")[0]

        def noted(*_arguments: object) -> None:
            done.append(name)

        setattr(app.wizard, f"action_{name}", noted)
        if action.id in {"quit", "palette"}:
            setattr(app, "action_quit" if action.id == "quit" else "action_command_palette", noted)
        await pilot.press(action.key)
        await pilot.pause()
        text = app.wizard.panel.text_field.value
    assert done
    assert text == ("" if action.id in actions.IN_REVIEW_ONLY else "ticket-42")


async def test_every_action_is_in_the_palette_and_the_footer_names_its_keys(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.wizard.go(REVIEW)
        await pilot.pause()
        palette = " ".join(command.title for command in app.get_system_commands(app.screen))
        text = screen_text(app)
        for action in actions.in_footer(app.session):
            assert action.key_label in text
        for action in actions.ACTIONS:
            assert action.title in palette or action.id == "palette"


async def test_help_explains_the_step_and_every_key(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    app.session.go("role.external_id")
    text = "\n".join("".join(piece.text for piece in row) for row in helping.help_rows(app.session, 90))
    assert "confused deputy" in text
    assert "role.external_id" in text
    assert all(action.key_label in text for action in actions.ACTIONS)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("f1")
        await pilot.pause()
        assert "Esc closes" in screen_text(app)
        await pilot.press("escape")
        assert app.screen is app.wizard


def test_every_step_has_help_and_none_is_left_over() -> None:
    from wizard.questions.catalogue import STEPS

    assert set(helping._terms()) == {step.id for step in STEPS}


@pytest.mark.parametrize("width", [40, 58, 78, 98, 118, 156, 200])
@pytest.mark.parametrize("raw", [*ANSWERS, {}], ids=lambda raw: raw.get("method", "nothing"))
def test_the_access_path_is_never_wider_than_its_room(raw: dict[str, Any], width: int) -> None:
    session = Session(dict(raw))
    for rows in (
        picture.picture(session.path, width),
        picture.chain(session.path, width, words=True),
        picture.ladder(session.path, width),
        picture.notes(session.path, width, brief=False),
        helping.compare_rows(session, width),
    ):
        for row in rows:
            assert cell_len("".join(piece.text for piece in row).rstrip()) <= width
    text = "".join(piece.text for row in picture.picture(session.path, width) for piece in row)
    assert text.count("planned") == sum(len(hop.links) for hop in session.path.hops)


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_the_mouse_works_on_rail_choices_panes_and_footer(
    open_at: Callable[..., WizardApp], size: tuple[int, int]
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        first = screen_text(app).splitlines()[0]
        await pilot.click("#rail", offset=(cell_len(first[: first.index("Bucket")]), 0))
        await pilot.pause()
        assert app.session.step == "bucket"
        app.wizard.go("access.level")
        await pilot.pause()
        await pilot.click("#choices", offset=(2, 0))
        await pilot.pause()
        assert app.session.built.values["access.level"] == "list"
        footer = screen_text(app).splitlines()
        row = next(n for n, line in enumerate(footer) if "^T" in line)
        await pilot.click(offset=(footer[row].index("^T"), row))
        await pilot.pause()
        assert app.wizard.documents.in_hand != "trust"


async def test_wheel_and_keys_scroll_the_document_in_hand(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.wizard.go("access.level")
        await pilot.pause()
        pane = app.wizard.query_one("#pane-iam")
        await pilot.press("pagedown")
        await pilot.pause()
        assert pane.scroll_offset.y > 0


async def test_a_draft_of_a_closed_terminal_is_offered_and_gone_on_with() -> None:
    own = drafts.OwnDraft()
    own.save({"method": "assume-role", "source.account_id": "111111111111"})
    own._lock.release()  # type: ignore[union-attr] # as when its process has died
    app = WizardApp({})
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "Go on where you stopped" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.session.key == "destination.account_id"
        assert app.session.origin("source.account_id") == "draft"
        await pilot.press("2", "2")
        app.drafts.close()
    left = drafts.latest()
    assert left is None or left.answers["destination.account_id"] == "22"


async def test_each_key_is_kept_as_a_draft(app: WizardApp) -> None:
    import json

    from wizard.state.folders import subfolder

    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("enter")
        await paste(pilot, "111111111111")
        app.drafts.close()
    kept = [json.loads(path.read_text()) for path in subfolder("drafts").glob("*.json")]
    assert kept == [{"method": "assume-role", "source.account_id": "111111111111"}]
    assert app.kept_as_draft


async def test_a_state_folder_that_cannot_be_made_is_told_once(
    app: WizardApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(blocked))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("enter")
        await paste(pilot, "111111111111")
        await pilot.pause(0.5)
        assert "can't be kept as a draft" in screen_text(app).replace("\n", " ")
        await pilot.press("enter")
        assert app.session.key == "destination.account_id"


async def test_a_bug_shows_no_traceback_and_is_raised_again_to_the_caller(
    capsys: pytest.CaptureFixture[str], app: WizardApp
) -> None:
    def broken() -> None:
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):  # noqa: PT012 -- Textual raises it at the end of the block
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            app.wizard.call_later(broken)
            await pilot.pause(0.2)
    assert isinstance(app.crashed, RuntimeError)
    assert app._exit_renderables == []
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err


@pytest.mark.parametrize(
    ("environ", "theme"),
    [({}, "s3-dark"), ({"COLORFGBG": "0;15"}, "s3-light"), ({"NO_COLOR": "1"}, "ansi-dark")],
)
async def test_the_theme_follows_the_terminal(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], theme: str
) -> None:
    for name, value in environ.items():
        monkeypatch.setitem(os.environ, name, value)
    app = WizardApp({})
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        assert app.theme == theme
        if theme == "ansi-dark":
            strips = app.screen._compositor.render_strips()
            colors = [segment.style.color for strip in strips for segment in strip if segment.style]
            assert all(color is None or color.triplet is None for color in colors)


async def test_data_is_never_taken_for_markup(app: WizardApp) -> None:
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await pilot.press("enter")
        await paste(pilot, "[/]a[b]")
        await pilot.press("enter")
        await pilot.pause()
        assert "[/]a[b]" in screen_text(app)


async def test_the_header_has_room_for_the_practice_accounts(practice: Practice) -> None:
    for size in ((160, 45), (80, 24)):
        app = WizardApp(ASSUME_ROLE, origin="x", practice=lambda: practice)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            assert "practice accounts" in screen_text(app)
            assert app.screen.query_one("#keys").region.bottom <= size[1]


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 45)])
@pytest.mark.parametrize("key", ["ctrl+o", "ctrl+s", "ctrl+n", "f2"])
async def test_a_dialogs_buttons_are_in_sight_at_every_size(
    open_at: Callable[..., WizardApp], key: str, size: tuple[int, int]
) -> None:
    from textual.widgets import Button

    app = open_at(IAM_USER) if key != "f2" else WizardApp({})
    async with app.run_test(size=size) as pilot:
        await pilot.press(key)
        await pilot.pause()
        if key == "ctrl+o":
            await paste(pilot, "AKIAIOSFODNN7EXAMPLE\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        await pilot.pause()
        screen = app.screen.region
        for button in (button for button in app.screen.query(Button) if button.display):
            frame = app.screen.query_one(".frame").region
            assert screen.contains_region(button.region), button.id
            assert frame.contains_region(button.region), button.id


async def test_profiles_of_the_config_file_are_suggested_and_taken_by_a_click(
    open_at: Callable[..., WizardApp], tmp_path: Any
) -> None:
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws" / "config").write_text("[default]\nregion = eu-west-1\n[profile work]\nregion = eu-west-1\n")
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        await app.workers.wait_for_complete()
        app.wizard.go("profile.source_profile")
        await pilot.pause()
        text = screen_text(app)
        assert "in the AWS config file (^F takes one):" in text
        row = next(n for n, line in enumerate(text.splitlines()) if "in the AWS config file" in line)
        await pilot.click(offset=(text.splitlines()[row].index("work"), row))
        await pilot.pause()
        assert app.session.built.values["profile.source_profile"] == "work"


async def test_a_bug_in_a_thread_ends_the_app_with_its_report_and_no_traceback(
    app: WizardApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", app.thread_failed)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 -- Textual raises it at the end of the block
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            threading.Thread(target=lambda: 1 / 0, name="discovery").start()
            await pilot.pause(0.2)
    assert isinstance(app.crashed, ZeroDivisionError)


async def test_no_escape_sequence_of_others_is_handed_to_the_terminal(app: WizardApp) -> None:
    hostile = "x\x1b]0;owned\x07\x9b31m\u202ey"
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.say(hostile)
        await pilot.pause()
        shown = [segment.text for row in app.screen._compositor.render_strips() for segment in row]
        assert any("]0;owned" in text for text in shown)
        assert not any(set(text) & set("\x1b\x07\x9b\u202e") for text in shown)
        await app.push_screen(Checking(hostile, None, Context()))
        await pilot.pause()
        shown = [segment.text for row in app.screen._compositor.render_strips() for segment in row]
        assert not any(set(text) & set("\x1b\x07\x9b\u202e") for text in shown)


@pytest.mark.parametrize("width", [78, 140])
def test_the_methods_are_compared_in_one_column_of_whole_names_in_japanese(width: int) -> None:
    text.use("ja")
    try:
        rows = ["".join(piece.text for piece in row) for row in helping.compare_rows(Session(), width)]
    finally:
        text.use("en")
    names = ("必要", "注意点", "適した場合", "できないこと", "コピー")
    found = [next((row for row in rows if row.startswith(name)), "") for name in names]
    starts = {
        cell_len(row[: len(row) - len(row[len(name) :].lstrip())]) for row, name in zip(found, names, strict=True)
    }
    assert starts == {cell_len("できないこと") + 2}


async def test_the_palette_speaks_japanese(open_at: Callable[..., WizardApp]) -> None:
    text.use("ja")
    try:
        app = open_at(ASSUME_ROLE)
        async with app.run_test() as pilot:
            await pilot.press("ctrl+p")
            await pilot.pause()
            assert "Search for commands" not in screen_text(app)
    finally:
        text.use("en")
