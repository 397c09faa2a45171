"""The wizard in the practice accounts: discovered, applied, verified and undone, as before at the end."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import OptionList

from tests.tui.acting import SETUPS, agree, done, looked, offers, until
from tests.tui.conftest import ASSUME_ROLE, give, paste, screen_text
from tests.tui.world import world
from wizard.access_path import State
from wizard.errors import BadInputError
from wizard.state import journal
from wizard.tui.links import links_of
from wizard.tui.screens.applying import Applying
from wizard.tui.screens.sides import ChoosingSides
from wizard.tui.screens.undoing import Undoing
from wizard.tui.screens.verifying import Verifying
from wizard.tui.session import REVIEW, Origin
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.demo import Practice


@pytest.mark.parametrize("method", SETUPS)
async def test_applied_verified_and_undone_and_the_accounts_are_as_before(
    inside: Practice, clients: Callable[[str, str], Any], method: str
) -> None:
    before = world(clients)
    credentials = Path(inside.environment["AWS_SHARED_CREDENTIALS_FILE"])

    def text() -> str:
        return credentials.read_text()

    kept = text()
    app = WizardApp(SETUPS[method], origin="answers.toml", practice=lambda: inside)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: looked(app))
        app.wizard.go(REVIEW)
        await until(pilot, lambda: app.session.evidence is not None and not app.session.stale)
        assert State.PROVEN in {link.state for link in links_of(app.session.path)}
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        assert world(clients) == before, "nothing changes before somebody says so"
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "verify"))
        assert world(clients) != before
        steps = done(app)
        assert {line[2:16] for line in steps} <= {"111111111111: ", "222222222222: "}, "each says in which account"
        assert any(line.startswith("✓ 222222222222: ") for line in steps)
        secret = [line for line in text().splitlines() if "secret" in line]
        assert not any(line.rpartition("= ")[2] in screen_text(app) for line in secret)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Verifying))
        await pilot.press("enter")
        await until(pilot, lambda: offers(app, "close"))
        assert {link.state for link in links_of(app.session.path)} == {State.VERIFIED}
        await pilot.press("escape")
        assert "✓ verified" in screen_text(app)
        await pilot.press("ctrl+u")
        await until(pilot, lambda: offers(app, "undo"))
        assert isinstance(app.screen, Undoing)
        await agree(pilot, app, "undo")
        await until(pilot, lambda: offers(app, "close"))
        assert "Everything is as it was" in screen_text(app)
        named = [line for line in screen_text(app).splitlines() if "Put back: " in line]
        assert len(named) == len(set(named)), "each says what it is"
        assert {line[2:26] for line in done(app)} <= {f"{one * 12}: Put back: " for one in "12"}, "and in which account"
        await pilot.press("escape")
        await pilot.pause()
        assert "✓ verified" not in screen_text(app), "what was undone is no longer verified"
        await pilot.press("ctrl+u")
        await until(pilot, lambda: "no run that could be undone" in screen_text(app))
    assert world(clients) == before
    assert text().rstrip() == kept.rstrip()


async def test_the_practice_accounts_say_what_they_get_wrong(inside: Practice) -> None:
    app = WizardApp({}, practice=lambda: inside)
    async with app.run_test(size=(160, 120), notifications=True) as pilot:
        await until(pilot, lambda: app.practice is not None)
        assert "practice accounts" in screen_text(app)
        await pilot.press("f1")
        await pilot.pause()
        assert inside.known_gaps[0] in screen_text(app)
        await pilot.press("escape")
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "About the practice accounts" in titles


async def test_without_the_extra_nothing_is_asked_of_aws_itself() -> None:
    def missing() -> Practice:
        raise BadInputError("not installed")

    app = WizardApp({}, practice=missing)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.3)
    assert isinstance(app.failure, BadInputError)


async def test_a_setup_is_chosen_from_what_is_found(inside: Practice) -> None:
    app = WizardApp({}, practice=lambda: inside)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: looked(app))
        await pilot.press("enter")
        await pilot.pause()
        assert "111111111111" in screen_text(app)
        await pilot.press("f10")
        await pilot.pause()
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert app.session.raw["source.account_id"] == "111111111111"
        assert app.session.origin("source.account_id") is Origin.FOUND
        app.wizard.go("source.account_id")
        await pilot.pause()
        assert "found in the account (^F takes one):" in screen_text(app)
        app.wizard.go("destination.account_id")
        await give(pilot, "222222222222")
        assert app.session.origin("destination.account_id") is Origin.TYPED, "though discovery was faster"
        app.wizard.go("source.principals")
        await pilot.press("f10")
        await pilot.pause()
        await paste(pilot, "etl")
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert app.session.raw["source.principals"] == "role/data/etl"
        app.wizard.go(REVIEW)
        await pilot.pause()
        await pilot.pause()
        assert "found in the account" in screen_text(app)


@pytest.mark.usefixtures("inside")
async def test_another_account_than_the_typed_one_is_said_at_once() -> None:
    app = WizardApp({}, origin="answers.toml")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("enter")
        await give(pilot, "999999999999")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, ChoosingSides))
        assert isinstance(app.screen, ChoosingSides)
        app.screen.query_one("#side-source", OptionList).highlighted = 1 + app.screen.profiles.index("source-admin")
        await pilot.press("enter")
        await until(pilot, lambda: "✗ The profile source-admin is in the" in screen_text(app))
        await pilot.press("escape")
        app.wizard.go(REVIEW)
        await pilot.pause()
        await pilot.pause()
        assert "✗ The profile source-admin is in the account 111111111111" in " ".join(screen_text(app).split())


@pytest.mark.usefixtures("inside")
async def test_what_is_denied_is_skipped_and_listed_on_request() -> None:
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        app.sides.choose("source", "nightly")
        app.sides.choose("destination", None)
        await until(pilot, lambda: (side := app.sides.all["source"].snapshot) is not None and side.done)
        snapshot = app.sides.all["source"].snapshot
        assert snapshot is not None
        assert {one.action for one in snapshot.denied} >= {"iam:ListRoles", "iam:ListUsers"}
        assert "iam:ListRoles" not in screen_text(app)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, ChoosingSides))
        assert "Somebody else administers this account" in screen_text(app)
        await pilot.press("d")
        await until(pilot, lambda: "iam:ListRoles" in screen_text(app))


@pytest.mark.usefixtures("inside")
async def test_one_side_is_applied_and_the_other_sides_steps_are_listed(clients: Callable[[str, str], Any]) -> None:
    app = WizardApp(SETUPS["bucket-policy"], origin="answers.toml")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.sides.choose("source", None)
        app.sides.choose("destination", "destination-admin")
        app.wizard.go(REVIEW)
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        screen = app.screen
        assert isinstance(screen, Applying)
        assert any("to be done by the other side" in line for line, _look in screen.lines)
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "close"))
        assert any("Left for others" in line for line, _look in screen.lines)
    after = world(clients)
    assert after["222222222222 s3-crossaccount-bucket01"]
    assert list(after["arn:aws:iam::111111111111:role/app-ec2"]["inline"]) == ["own-bucket"]


async def test_the_first_esc_stops_after_the_call_in_flight_and_apply_can_go_on(
    inside: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wizard.aws import making

    started: list[int] = []
    make = making.Maker.make

    def slow(self: making.Maker, *arguments: Any) -> bool:
        started.append(1)
        time.sleep(0.4)
        return make(self, *arguments)

    monkeypatch.setattr(making.Maker, "make", slow)
    app = WizardApp(ASSUME_ROLE, origin="answers.toml", practice=lambda: inside)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: looked(app))
        app.wizard.go(REVIEW)
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        await agree(pilot, app, "apply")
        await until(pilot, lambda: started)
        await pilot.press("escape")
        assert "Stopping after the call in flight" in screen_text(app)
        await until(pilot, lambda: offers(app, "close"))
        assert len(started) == 1
        assert "To put everything back" in screen_text(app)
        monkeypatch.setattr(making.Maker, "make", make)
        await pilot.press("escape", "ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "verify"))
    assert journal.runs()[0].state == "complete"


async def test_enter_does_nothing_before_a_choice_is_offered_and_changes_nothing_then(
    inside: Practice, clients: Callable[[str, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from wizard.aws import preparing

    goes_on = threading.Event()
    prepare = preparing.prepare

    def slow(*arguments: Any) -> Any:
        goes_on.wait(20)
        return prepare(*arguments)

    monkeypatch.setattr(preparing, "prepare", slow)
    before = world(clients)
    app = WizardApp(ASSUME_ROLE, origin="answers.toml", practice=lambda: inside)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: looked(app))
        app.wizard.go(REVIEW)
        await pilot.press("ctrl+x")
        await until(pilot, lambda: isinstance(app.screen, Applying))
        assert "practice accounts" in screen_text(app).splitlines()[1], "the dialog covers the header"
        await pilot.press("enter", "tab", "enter", "space")
        assert isinstance(app.screen, Applying)
        goes_on.set()
        await until(pilot, lambda: offers(app, "apply"))
        await until(pilot, lambda: app.screen.query_one("#reply-close").has_focus)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.wizard)
        assert app.session.key == REVIEW
    assert world(clients) == before


@pytest.mark.usefixtures("accounts_hang")
async def test_quitting_does_not_wait_for_aws_that_hangs() -> None:
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.sides.choose("source", "")
        app.sides.choose("destination", "")
        app.wizard.go(REVIEW)
        await pilot.press("ctrl+x")
        await until(pilot, lambda: isinstance(app.screen, Applying))
        began = time.monotonic()
        await pilot.press("ctrl+q")
    assert time.monotonic() - began < 1
