"""A hand-over read in: one screen says what it asks, less is one answer away, and more is never taken unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.conftest import screen_text
from wizard import text
from wizard.answers.build import build
from wizard.answers.file import read_raw
from wizard.answers.handed import handed_over
from wizard.state import read_only
from wizard.tui.paint import width_of
from wizard.tui.screens.asked import AskedScreen, asked_rows
from wizard.tui.screens.dialogs import Choosing
from wizard.tui.session import REVIEW, Origin, Session
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

RAW: dict[str, Any] = {
    "name": "reports",
    "method": "assume-role",
    "source.account_id": "111111111111",
    "source.principals": ["role/app"],
    "destination.account_id": "222222222222",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "bucket.prefix": "reports/",
    "access.level": "read-write",
    "role.name": "RoleA",
}
HEAVY = RAW | {
    "source.principals": ["root"],
    "access.level": "custom",
    "access.actions": ["s3:*"],
    "guards.organization_id": "o-a1b2c3d4e5",
    "bucket.prefix": "",
}


@pytest.fixture
def handed(home: Path) -> Callable[..., WizardApp]:
    """The app, started with the file that was handed to a side."""

    def start(raw: dict[str, Any], side: str = "destination") -> WizardApp:
        path = home / f"reports-{side}.toml"
        path.write_text(handed_over(build(raw).setup, side), encoding="utf-8")
        return WizardApp(read_raw(path), origin=str(path))

    return start


@pytest.fixture
def japanese() -> Iterator[None]:
    text.use("ja")
    yield
    text.use("en")


async def choose(app: WizardApp, pilot: Pilot[Any], key: str, value: str) -> None:
    """Change an answer from the review and take it with Enter."""
    app.session.to_review = True
    app.wizard.go(key)
    await pilot.pause()
    app.wizard.answer(key, value)
    app.wizard.panel.ask()
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()


async def test_the_first_screen_says_what_is_asked_and_fits_80x24(handed: Callable[..., WizardApp]) -> None:
    app = handed(RAW)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, AskedScreen)
        shown = screen_text(app)
        for words in (
            "What this file asks of you",
            "111111111111 asks you",
            "role/app of 111111111111",
            "s3:PutObject",
        ):
            assert words in shown
        assert "!! They can overwrite objects" in shown
        assert "Esc quits" in shown
        frame = app.screen.query_one(".frame")
        assert frame.max_scroll_x == 0
        assert frame.max_scroll_y == 0
        assert "source, access keys" in shown


async def test_the_first_screen_keeps_what_the_header_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(read_only.VARIABLE, "1")
    path = home / "reports-destination.toml"
    path.write_text(handed_over(build(RAW).setup, "destination"), encoding="utf-8")
    app = WizardApp(read_raw(path), origin=str(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, AskedScreen)
        assert "What this file asks of you  read-only " in screen_text(app).splitlines()[0]


async def test_what_is_longer_scrolls(handed: Callable[..., WizardApp]) -> None:
    app = handed(HEAVY)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "any other bucket, access keys" not in screen_text(app)
        assert "s3:PutReplicationConfiguration" not in screen_text(app)
        assert "!!! They can let others in" in screen_text(app)
        await pilot.press(*["pagedown"] * 30)
        await pilot.pause()
        assert "s3:PutReplicationConfiguration" in screen_text(app)


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
@pytest.mark.parametrize("side", ["source", "destination"])
async def test_nothing_is_cut_off_in_japanese(
    handed: Callable[..., WizardApp], size: tuple[int, int], side: str
) -> None:
    app = handed(HEAVY, side)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        frame = app.screen.query_one(".frame")
        assert frame.max_scroll_x == 0
        width = frame.scrollable_content_region.width
        rows = asked_rows(app.session.ceiling.asked(), width) if app.session.ceiling else []
        assert rows
        assert max(width_of(row) for row in rows) <= width


async def test_everything_is_on_one_screen_of_160x45(handed: Callable[..., WizardApp]) -> None:
    app = handed(RAW)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        assert app.screen.query_one(".frame").max_scroll_y == 0
        assert "Not asked" in screen_text(app)


async def test_enter_opens_the_review_and_the_other_side_is_somebody_elses(
    handed: Callable[..., WizardApp],
) -> None:
    for side, other in (("destination", "source"), ("source", "destination")):
        app = handed(RAW, side)
        async with app.run_test(size=(160, 45)) as pilot:
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()
            assert app.screen is app.wizard
            assert app.session.key == REVIEW
            assert app.sides.all[other].others
            assert not app.sides.all[side].others
            assert "the other side's:" in screen_text(app) or side == "destination"


async def test_the_side_that_owns_the_bucket_sees_no_profile_step(handed: Callable[..., WizardApp]) -> None:
    for side, steps in (("destination", "✓ Bucket › ✓ Access › ✓ Guards › ● Review"), ("source", "Profile › ● Review")):
        app = handed(RAW, side)
        async with app.run_test(size=(160, 45)) as pilot:
            await pilot.press("enter")
            await pilot.pause()
            shown = screen_text(app)
            assert steps in shown.splitlines()[0]
            assert ("profile" in {one.step for one in app.session.walk()}) == (side == "source")


async def test_escape_quits_and_nothing_was_done(handed: Callable[..., WizardApp], home: Path) -> None:
    app = handed(RAW)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_value == 0
    assert not (home / "state" / "drafts").exists() or not list((home / "state" / "drafts").glob("*.json"))


async def test_less_is_taken_at_once_and_shown_as_narrowed(handed: Callable[..., WizardApp]) -> None:
    app = handed(RAW)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        await choose(app, pilot, "access.level", "read")
        assert app.screen is app.wizard
        assert app.session.whole
        await pilot.pause()
        row = next(line for line in screen_text(app).splitlines() if "Access level" in line)
        assert "narrowed" in row


async def test_more_is_said_while_it_is_typed_and_no_is_what_enter_means(handed: Callable[..., WizardApp]) -> None:
    app = handed(RAW)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        app.wizard.go("access.level")
        await pilot.pause()
        await pilot.press("down")
        await pilot.pause()
        assert "more than the file asks: more actions:" in screen_text(app)
        assert not app.session.whole
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Choosing)
        await pilot.press("enter")
        await pilot.pause()
        assert app.session.raw["access.level"] == "read-write"
        assert app.session.origin("access.level") is Origin.FILE
        assert app.session.key == "access.level"
        assert app.session.whole


async def test_no_way_out_of_a_question_takes_more_along(handed: Callable[..., WizardApp]) -> None:
    for way in ("tab", "shift+tab", "ctrl+r", "escape"):
        app = handed(RAW)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("enter")
            await pilot.pause()
            app.wizard.go("bucket.prefix")
            app.wizard.answer("bucket.prefix", "")
            await pilot.pause()
            await pilot.press(way)
            await pilot.pause()
            assert isinstance(app.screen, Choosing), way
            await pilot.press("escape")
            await pilot.pause()
            assert app.session.raw["bucket.prefix"] == "reports/"


async def test_more_is_taken_after_a_yes_and_shown_as_more(handed: Callable[..., WizardApp]) -> None:
    app = handed(RAW)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        await choose(app, pilot, "access.level", "read-write-delete")
        await pilot.press("right", "enter")
        await pilot.pause()
        assert app.screen is app.wizard
        assert app.session.raw["access.level"] == "read-write-delete"
        assert app.session.whole
        app.wizard.action_review()
        await pilot.pause()
        row = next(line for line in screen_text(app).splitlines() if "Access level" in line)
        assert "more than asked" in row


async def test_another_method_is_asked_about_at_once_and_no_leaves_nothing_of_it(
    handed: Callable[..., WizardApp],
) -> None:
    app = handed(RAW)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        await choose(app, pilot, "bucket.prefix", "reports/2026/")
        before = dict(app.session.raw)
        await choose(app, pilot, "method", "iam-user")
        assert isinstance(app.screen, Choosing)
        shown = screen_text(app)
        assert "Method: this is more than the file asks." in shown
        assert "the method iam-user in place of assume-role" in shown
        await pilot.press("enter")
        await pilot.pause()
        assert app.session.raw == before, "what was narrowed before stays"
        assert app.session.whole
        assert app.session.key == "method"
        await pilot.press("enter")
        await pilot.pause()
        assert app.session.key == REVIEW


def test_a_no_puts_back_every_answer_since_nothing_was_more(home: Path) -> None:
    path = home / "reports-destination.toml"
    path.write_text(handed_over(build(RAW).setup, "destination"), encoding="utf-8")
    session = Session()
    session.begin(read_raw(path), Origin.FILE)
    asked = dict(session.raw)
    for key, value in {"access.level": "custom", "access.actions": "s3:*"}.items():
        session.put(key, value)
    assert session.over
    session.put_back()
    assert session.raw == asked
    assert set(session.origins.values()) == {Origin.FILE}


def test_a_draft_of_a_hand_over_keeps_its_ceiling(home: Path) -> None:
    path = home / "reports-source.toml"
    path.write_text(handed_over(build(RAW).setup, "source"), encoding="utf-8")
    session = Session()
    session.begin(read_raw(path), Origin.FILE)
    again = Session()
    again.begin(session.raw, Origin.DRAFT)
    again.put("access.level", "read-write-delete")
    assert again.over == ("more actions: s3:DeleteObject",)
    assert not again.whole
