"""What tests do in the app that acts in the practice accounts: wait, agree, and see what is offered and done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button

from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, IAM_USER, screen_text
from wizard.tui.screens.task import CHANGING, Task
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


SETUPS: dict[str, dict[str, Any]] = {
    "assume-role": ASSUME_ROLE,
    "bucket-policy": {**BUCKET_POLICY, "source.principals": "role/app-ec2", "bucket.prefix": "reports/"},
    "iam-user": {**IAM_USER, "user.name": "newuser"},
}


async def until(pilot: Pilot[Any], true: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something is so; the screen is shown where it never is."""
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            app = pilot.app
            assert isinstance(app, WizardApp)
            pytest.fail(screen_text(app))
        await pilot.pause(0.02)
    if pilot.app.is_running:
        await pilot.pause()  # a screen is on the stack before it is composed


def offers(app: WizardApp, name: str) -> bool:
    """Whether a button is offered; one that changes nothing has the keyboard, if it is the first."""
    found = app.screen.query(f"#reply-{name}")
    return bool(found) and found.first(Button).display and (name in CHANGING or found.first(Button).has_focus)


def done(app: WizardApp) -> list[str]:
    """Return the steps that a run has made."""
    screen = app.screen
    assert isinstance(screen, Task)
    return [line for line, _look in screen.lines if line.startswith("✓")]


async def agree(pilot: Pilot[Any], app: WizardApp, name: str) -> None:
    """Say yes to what changes something: to its left the button that has the keyboard changes nothing."""
    await until(pilot, lambda: offers(app, name))
    button = app.screen.query_one(f"#reply-{name}", Button)
    assert not button.has_focus
    await pilot.press("left")
    await until(pilot, lambda: button.has_focus)
    await pilot.press("enter")
    await until(pilot, lambda: not button.display)


def looked(app: WizardApp) -> bool:
    """Whether both accounts were looked at to the end."""
    return all(side.snapshot is not None and side.snapshot.done for side in app.sides.all.values())
