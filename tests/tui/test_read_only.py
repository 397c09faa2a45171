"""A read-only run of the app: every action of the table is tried, and nothing changes but our own drafts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button

from tests.tui.acting import agree, looked, offers, until
from tests.tui.conftest import ASSUME_ROLE, IAM_USER, screen_text
from tests.tui.world import world
from wizard import clipboard, text
from wizard.clipboard import Copied, How
from wizard.errors import BadInputError
from wizard.state import read_only
from wizard.tui import saving
from wizard.tui.actions import ACTIONS
from wizard.tui.links import links_of
from wizard.tui.screens.applying import Applying
from wizard.tui.screens.dialogs import Dialog
from wizard.tui.screens.exporting import Exporting
from wizard.tui.screens.undoing import Undoing
from wizard.tui.screens.verifying import Verifying
from wizard.tui.session import REVIEW
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot

    from wizard.demo import Practice

LEAVES = {"quit"}  # ends the app: pressed last


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """End in the language of the other tests."""
    yield
    text.use("en")


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that may only read."""
    monkeypatch.setenv(read_only.VARIABLE, "1")


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was copied."""
    texts: list[str] = []

    def copy(what: str, **_named: object) -> Copied:
        texts.append(what)
        return Copied(certain=True, how=How.SYSTEM)

    monkeypatch.setattr(clipboard, "copy", copy)
    return texts


def files(*folders: Path) -> dict[str, bytes]:
    """Return every file that is not of our own state (drafts, journal, log, locks)."""
    state = Path(os.environ["S3_CROSSACCOUNT_STATE"]).resolve()
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found if state not in path.resolve().parents}


async def press_everything(pilot: Pilot[Any], app: WizardApp) -> None:
    """Press every button that a dialog offers and that does not close it, then Enter, then leave it by Esc."""
    for _turn in range(6):
        await pilot.pause(0.05)
        screen = app.screen
        if screen is app.wizard or not app.is_running:
            return
        for button in screen.query(Button):
            if screen is app.screen and button.display and not button.disabled and button.id not in {"back", "stop"}:
                button.press()
                await pilot.pause(0.05)
        if screen is app.screen and isinstance(screen, Dialog):
            await pilot.press("enter")
            await pilot.pause(0.05)
        if app.screen is not app.wizard and app.is_running:
            await pilot.press("escape", "escape")


# With an access key of its own, what writes it; everything else is the same for every method.
@pytest.mark.parametrize(
    ("raw", "only"), [(ASSUME_ROLE, None), (IAM_USER, {"apply", "write-profile"})], ids=["assume-role", "iam-user"]
)
@pytest.mark.usefixtures("reading")
async def test_no_action_of_the_table_changes_a_file_or_an_account(
    fresh_practice: Practice,
    clients: Callable[[str, str], Any],
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    copied: list[str],
    raw: dict[str, Any],
    only: set[str] | None,
) -> None:
    for name, value in fresh_practice.environment.items():
        monkeypatch.setenv(name, value)
    aws = Path(os.environ["AWS_CONFIG_FILE"]).parent
    before, accounts = files(home, aws), world(clients)
    app = WizardApp(raw, origin="answers.toml", practice=lambda: fresh_practice)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: looked(app))
        for action in ACTIONS:
            if action.id in LEAVES or (only is not None and action.id not in only):
                continue
            app.wizard.go(REVIEW)
            await pilot.pause()
            await pilot.press(action.key)
            await pilot.pause(0.1)
            if isinstance(app.screen, Exporting):
                screen = app.screen
                await until(pilot, lambda screen=screen: screen.preview is not None)  # type: ignore[misc] # a default
            if isinstance(app.screen, Applying):
                await until(pilot, lambda: offers(app, "close"))
            if isinstance(app.screen, Verifying):
                await pilot.press("enter")  # it would wait a minute for what was never applied
                await pilot.pause(0.5)
            await press_everything(pilot, app)
            while app.screen is not app.wizard and app.is_running:
                await app.pop_screen()
            assert app.is_running, action.id
            assert files(home, aws) == before, action.id
        assert world(clients) == accounts
        await pilot.press("ctrl+q")
    assert files(home, aws) == before
    assert world(clients) == accounts
    assert copied or only, "copying works"


@pytest.mark.usefixtures("reading")
async def test_what_would_be_done_is_shown_and_verify_makes_its_reads(
    fresh_practice: Practice, clients: Callable[[str, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in fresh_practice.environment.items():
        monkeypatch.setenv(name, value)
    raw = {**ASSUME_ROLE, "source.principals": "role/app-ec2"}

    def made() -> WizardApp:
        return WizardApp(raw, origin="answers.toml", practice=lambda: fresh_practice)

    monkeypatch.setenv(read_only.VARIABLE, "0")
    app = made()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: looked(app))
        app.wizard.go(REVIEW)
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "verify"))
    applied = world(clients)
    monkeypatch.setenv(read_only.VARIABLE, "1")
    app = made()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: looked(app))
        app.wizard.go(REVIEW)
        assert "read-only" in screen_text(app)
        assert "practice accounts" in screen_text(app)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, Verifying))
        assert not app.screen.query_one("#reply-write", Button).display
        await pilot.press("enter")
        await until(pilot, lambda: offers(app, "close"), 60)
        assert "verified" in {str(link.state) for link in links_of(app.session.path)}, screen_text(app)
        await pilot.press("escape", "ctrl+u")
        await until(pilot, lambda: isinstance(app.screen, Undoing) and offers(app, "close"))
        assert "RoleA" in screen_text(app), "what would be put back is shown"
        assert not app.screen.query_one("#reply-undo", Button).display
        app.wizard.answer("access.level", "read")
        await pilot.press("escape", "ctrl+x")
        await until(pilot, lambda: isinstance(app.screen, Applying) and offers(app, "close"))
        assert not app.screen.query_one("#reply-apply", Button).display
        assert "nothing can be changed" in screen_text(app)
    assert world(clients) == applied


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("told", ["en", "ja"])
@pytest.mark.parametrize("width", [80, 100, 160])
async def test_the_header_says_so_beside_the_practice_accounts(told: str, width: int) -> None:
    text.use(told)

    def never() -> Practice:
        raise BadInputError("none here")

    app = WizardApp(ASSUME_ROLE, origin="answers.toml", practice=never)
    app.practising = None  # nothing is to start
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        rail = app.wizard.rail
        rows = ["".join(piece.text for piece in row) for row in rail.rows(width - 2)]
        said = "\n".join(rows)
        assert text._("read-only") in said
        assert text._("practice accounts") in said
        assert rail.region.height == len(rows)
        from rich.cells import cell_len

        assert all(cell_len(row) <= width - 2 for row in rows)


@pytest.mark.usefixtures("reading")
async def test_drafts_are_kept_as_usual(home: Path) -> None:
    app = WizardApp({})
    async with app.run_test(size=(80, 24)) as pilot:
        app.wizard.answer("method", "iam-user")
        await pilot.pause()
    app.drafts.close()
    assert list((home / "state" / "drafts").glob("*.json"))


@pytest.mark.usefixtures("reading")
def test_files_are_refused_where_they_are_written_whoever_asks(home: Path) -> None:
    with pytest.raises(BadInputError, match="may only read"):
        saving.save(home / "out", [saving.SavedFile("a", "", "x")], replace=True)
    with pytest.raises(BadInputError, match="may only read"):
        saving.save_one(home / "a.toml", "x", replace=False)
    assert files(home) == {}
