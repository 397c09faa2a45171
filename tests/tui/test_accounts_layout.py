"""The dialogs of the accounts at 80×24 in both languages: every key and button is there, and nothing is cut off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from textual.widgets import Button, OptionList

from tests.tui.acting import SETUPS, agree, offers, until
from tests.tui.conftest import ASSUME_ROLE, give, screen_text
from tests.tui.test_in_the_way import BUCKET, THEIRS, policy_of, put, wizard
from wizard import text
from wizard.aws.verify.probe import Clock
from wizard.tui.paint import width_of
from wizard.tui.screens.dialogs import Text
from wizard.tui.screens.sides import ChoosingSides
from wizard.tui.screens.task import Task
from wizard.tui.screens.verifying import Verifying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot

    from wizard.tui.wizard_app import WizardApp

    Accounts = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("inside")
SIZE = (80, 24)
ONE_SIDE = {"source": None, "destination": "destination-admin"}


@pytest.fixture(params=["en", "ja"], autouse=True)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    text.use(request.param)
    yield request.param
    text.use("en")


async def whole(pilot: Pilot[Any], app: WizardApp) -> None:
    """Fail where something of the dialog that is open is cut off, or lies over something else."""
    await pilot.pause()
    seen, screen = screen_text(app), app.screen
    frame = screen.query_one(".frame")
    assert frame.region.bottom <= SIZE[1]
    assert frame.region.right <= SIZE[0]
    assert all(cell_len(line) <= SIZE[0] for line in seen.splitlines()), seen
    for title in (str(frame.border_title), str(frame.border_subtitle)):
        assert title in seen, seen
    for button in screen.query(Button):
        if button.display:
            assert frame.content_region.contains_region(button.region), (button.label, seen)
            assert str(button.label) in seen, seen
    for drawn in screen.query(Text):
        room = drawn.content_size.width
        rows = drawn.rows(room)
        assert all(width_of(row) <= room for row in rows), seen
        assert len(rows) == drawn.size.height, "the rest is reached by scrolling"
    if isinstance(screen, Task):
        assert frame.content_region.contains_region(screen.query_one("#task-state").region), seen
        assert screen.query_one(".body").region.height >= 4, seen
    for options in screen.query(OptionList):
        if options.display:
            assert options.region.height >= 4, seen


async def test_the_two_accounts() -> None:
    async with wizard(ASSUME_ROLE, size=SIZE) as (app, pilot):
        app.sides.choose("source", "nightly")
        app.sides.choose("destination", "source-admin")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: all(side.snapshot and side.snapshot.done for side in app.sides.all.values()))
        assert isinstance(app.screen, ChoosingSides)
        await whole(pilot, app)
        await pilot.press("d")
        await whole(pilot, app)


async def test_from_apply_to_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    async with wizard(ASSUME_ROLE, size=SIZE) as (app, pilot):
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, Verifying))
        await whole(pilot, app)
        impatient = Verifying._options
        monkeypatch.setattr(Verifying, "_options", lambda self: replace(impatient(self), clock=Clock(patience=0.1)))
        await pilot.press("enter")
        await until(pilot, lambda: offers(app, "close"))
        await whole(pilot, app)  # broken: nothing was applied
        assert "✗" in screen_text(app), "what is broken is in sight"
        await pilot.press("escape", "ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        await whole(pilot, app)
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "verify"))
        await whole(pilot, app)
        await pilot.press("escape", "ctrl+u")
        await until(pilot, lambda: offers(app, "undo"))
        await whole(pilot, app)
        await agree(pilot, app, "undo")
        await until(pilot, lambda: offers(app, "close"))
        await whole(pilot, app)


async def test_what_stands_in_the_way(clients: Accounts) -> None:
    guarded = {**SETUPS["bucket-policy"], "guards.organization_id": "o-practice01"}
    async with wizard(guarded, size=SIZE) as (app, pilot):
        app.session.confirm()
        await pilot.press("ctrl+x")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "task-word")
        await whole(pilot, app)
        await give(pilot, BUCKET)
        await until(pilot, lambda: offers(app, "verify"))
        put(clients, *policy_of(clients)["Statement"], THEIRS)
        await pilot.press("escape", "ctrl+u")
        await until(pilot, lambda: offers(app, "close"))
        await whole(pilot, app)
    async with wizard({**ASSUME_ROLE, "role.name": "ops/backup"}, ONE_SIDE, size=SIZE) as both:
        app, pilot = both
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "close"))
        await whole(pilot, app)
        await pilot.press("left", "enter")
        await until(pilot, lambda: offers(app, "apply"))
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "close"))
        await whole(pilot, app)
