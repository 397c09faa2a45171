"""What the tests of the screen share: a state folder and AWS files of their own, answers, and a way to give them."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import textual.app
import textual.pilot
from textual import events
from textual._context import active_app
from textual._wait import wait_for_idle

from wizard.errors import BadInputError
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from textual.app import App
    from textual.pilot import Pilot

    from wizard.demo import Practice

ASSUME_ROLE: dict[str, Any] = {
    "method": "assume-role",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "role.name": "RoleA",
    "source.principals": "role/app-ec2",
    "role.external_id": "ticket-42",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "bucket.prefix": "reports/",
    "access.level": "read-write",
    "profile.name": "crossaccount",
}
BUCKET_POLICY: dict[str, Any] = {
    "method": "bucket-policy",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "source.principals": "role/app-ec2, user/alice",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
}
IAM_USER: dict[str, Any] = {
    "method": "iam-user",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "user.name": "cliuser",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "profile.name": "crossaccount",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own: nobody's files are touched, and nothing of this machine shows."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws" / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws" / "credentials"))
    desktop = ("TMUX", "SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY")
    for name in ("NO_COLOR", "COLORFGBG", "AWS_PROFILE", *desktop):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each key and pause of a pilot end only when the app has done with it, however busy the machine is.

    Textual takes the process for idle when it gets no processor time, which on a busy machine it doesn't get.
    """

    async def settle(min_sleep: float = 0.02, max_sleep: float = 1) -> None:
        await wait_for_idle(min_sleep, max_sleep)
        app, ends, quiet = active_app.get(), time.monotonic() + 5, 0
        while app.is_running and quiet < 5 and time.monotonic() < ends:  # a handler goes on within a few turns
            quiet = 0 if _at_work(app) else quiet + 1
            await asyncio.sleep(0 if quiet else 0.005)

    monkeypatch.setattr(textual.app, "wait_for_idle", settle)
    monkeypatch.setattr(textual.pilot, "wait_for_idle", settle)


def _at_work(app: App[Any]) -> bool:
    """Return whether messages, a layout or callbacks of a refresh still wait."""
    if not app.screen_stack:
        return False
    screen = app.screen
    pumps = [app, *screen.walk_children(with_self=True)]
    waiting = any(pump.message_queue_size or pump._next_callbacks for pump in pumps)
    return waiting or bool(screen._layout_required or screen._callbacks)


@pytest.fixture
def accounts_hang(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no account answer until the test is over."""
    from wizard.aws.clients import Clients

    answers = threading.Event()

    def hangs(*_arguments: object, **_named: object) -> None:
        answers.wait(20)
        raise BadInputError("nobody answers")

    monkeypatch.setattr(Clients, "call", hangs)
    yield
    answers.set()


@pytest.fixture
def app() -> WizardApp:
    """The wizard without any answers."""
    return WizardApp({})


@pytest.fixture
def open_at() -> Callable[..., WizardApp]:
    """The wizard with answers of a file."""
    return lambda raw: WizardApp(raw, origin="answers.toml")


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Paste into whatever has the keyboard."""
    focused = pilot.app.focused
    assert focused is not None
    focused.post_message(events.Paste(text))
    await pilot.pause()


async def give(pilot: Pilot[Any], text: str) -> None:
    """Paste an answer over what stands in the field, and take it with Enter."""
    await paste(pilot, text)
    await pilot.press("enter")
    await pilot.pause()


async def soon(pilot: Pilot[Any], wrong: Callable[[], object], about: str = "", seconds: float = 10) -> None:
    """Wait until nothing is wrong; what is wrong for good fails.

    For what a thread or a timer does, which a `pilot.pause()` doesn't wait for.
    """
    ends = time.monotonic() + seconds
    await pilot.pause()
    while found := wrong():
        if time.monotonic() > ends:
            pytest.fail(f"{about}: {found}")
        await pilot.pause(0.05)


def screen_text(app: WizardApp) -> str:
    """Return what is on the screen, line by line."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    del width, height
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)


@pytest.fixture
def inside(fresh_practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """The environment of the practice accounts, after the fixture that gives every test a home of its own."""
    for name, value in fresh_practice.environment.items():
        monkeypatch.setenv(name, value)
    return fresh_practice
