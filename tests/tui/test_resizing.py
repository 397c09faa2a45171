"""The terminal may be resized at any time, on every screen: nothing breaks, and nothing that was typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, TextArea

from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, IAM_USER, paste, screen_text
from wizard import text
from wizard.plan.asked import asked
from wizard.state.run import Run
from wizard.tui.actions import ACTIONS
from wizard.tui.paint import paragraph
from wizard.tui.screens.applying import Applying
from wizard.tui.screens.asked import AskedScreen
from wizard.tui.screens.dialogs import Choosing, Dialog, Reading, Reply, Typing
from wizard.tui.screens.picking import Picking
from wizard.tui.screens.task import Code, Task
from wizard.tui.screens.undoing import Undoing
from wizard.tui.session import REVIEW, Origin, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot

    from wizard.methods.question import Question
    from wizard.tui.wizard_app import WizardApp

SIZES = ((160, 45), (80, 24), (40, 10), (100, 30), (160, 45))
SETUPS = {"assume-role": ASSUME_ROLE, "bucket-policy": BUCKET_POLICY, "iam-user": IAM_USER}
# Actions whose screen is opened by its key. Copying opens none, undo has no run here, quit ends.
OPENED = ("help", "path", "compare", "save", "save-answers", "write-profile", "sides", "check", "apply", "verify")


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """End in the language of the other tests."""
    yield
    text.use("en")


async def through_all_sizes(pilot: Pilot[Any]) -> None:
    """Resize through all sizes, and look at each."""
    for size in SIZES:
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert pilot.app.size == size
        assert screen_text(pilot.app).strip()  # type: ignore[arg-type] # the wizard's own app


def asked_by(method: str) -> list[Question]:
    """Return the questions of a method's setup."""
    session = Session()
    session.begin(SETUPS[method], Origin.FILE)
    return session.walk()


def typed(app: WizardApp) -> list[str]:
    """Return what stands in every field of the screen."""
    fields = [field.value for field in app.screen.query(Input)]
    return [*fields, *(area.text for area in app.screen.query(TextArea))]


@pytest.mark.parametrize("method", SETUPS)
async def test_at_every_question_and_in_the_review(open_at: Callable[..., WizardApp], method: str) -> None:
    app = open_at(SETUPS[method])
    async with app.run_test(size=SIZES[0]) as pilot:
        # What the methods share is asked once.
        shared = {one.key for one in asked_by("assume-role")} if method != "assume-role" else set()
        for question in (one for one in app.session.walk() if one.key not in shared):
            app.wizard.go(question.key)
            await pilot.pause()
            before = (dict(app.session.raw), app.session.key, typed(app))
            for size in ((40, 10), (160, 45)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
            assert (dict(app.session.raw), app.session.key, typed(app)) == before
            assert app.session.question is not None
        app.wizard.go(REVIEW)
        await through_all_sizes(pilot)
        assert app.session.question is None


async def test_half_typed_text_stays_and_typing_goes_on(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=SIZES[0]) as pilot:
        app.wizard.go("source.account_id")
        await pilot.pause()
        await pilot.press("1", "2", "3")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.press("4")
        assert app.wizard.panel.text_field.value == "123" + "4" * len(SIZES)


@pytest.mark.parametrize(
    ("name", "told"), [*((name, "en") for name in OPENED), ("export", "en"), ("export", "ja"), ("sides", "ja")]
)
async def test_on_the_screen_of_every_action(open_at: Callable[..., WizardApp], name: str, told: str) -> None:
    text.use(told)
    app = open_at(IAM_USER)
    action = next(one for one in ACTIONS if one.id == name)
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        app.sides.choose("source", None)
        app.sides.choose("destination", None)
        app.wizard.go(REVIEW if name != "compare" else "method")
        await pilot.pause()
        await pilot.press(action.key)
        await pilot.pause(0.1)
        screen = app.screen
        if app.focused is not None and isinstance(app.focused, Input):
            await paste(pilot, "half typed")
        before = typed(app)
        await through_all_sizes(pilot)
        assert app.screen is screen
        assert typed(app) == before
        await pilot.press("ctrl+q" if screen is app.wizard else "escape")


def dialogs(app: WizardApp) -> list[Dialog[Any]]:
    """Return the dialogs that no action opens by itself."""
    plan = app.session.plan
    run = Run("20260101T000000Z-0000", {"setup": "reports"}, ())
    return [
        Choosing("Go on?", ["A paragraph. " * 20], [Reply("go", "Go on"), Reply("stop", "Stop")], cancel="stop"),
        Typing("This can lock everybody out", ["A paragraph. " * 20], "a-bucket"),
        Code("MFA code for the profile:"),
        Picking("principals", [f"role/app-{number}" for number in range(40)]),
        Reading("Help", lambda width: paragraph("A paragraph. " * 60, width)),
        Applying(plan, {}, ()),
        Undoing(run, {}),
        AskedScreen(asked(plan, "destination")),
    ]


async def test_on_every_other_dialog(open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Task, "begin", lambda self: setattr(self, "_host", self.app))  # nothing runs in the accounts
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=SIZES[0]) as pilot:
        await pilot.pause()
        for dialog in dialogs(app):
            app.ask(dialog)
            await pilot.pause(0.05)
            assert app.screen is dialog
            if isinstance(app.focused, Input):
                await paste(pilot, "half")
            before = typed(app)
            await through_all_sizes(pilot)
            assert app.screen is dialog
            assert typed(app) == before
            await app.pop_screen()
