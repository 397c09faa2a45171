"""What stands in the way of a change in the accounts: shown, decided by the person, and nothing lost whatever it is."""

from __future__ import annotations

import json
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.acting import SETUPS, agree, offers, until
from tests.tui.conftest import ASSUME_ROLE, give, screen_text
from tests.tui.world import world
from wizard.aws.clients import Clients
from wizard.state import journal
from wizard.tui.screens.applying import Applying
from wizard.tui.screens.task import Code, Task
from wizard.tui.screens.undoing import Undoing
from wizard.tui.screens.verifying import Verifying
from wizard.tui.session import REVIEW
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from textual.pilot import Pilot

    Accounts = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("inside")
BUCKET = "s3-crossaccount-bucket01"
OURS = {"source": "source-admin", "destination": "destination-admin"}
BACKUP = "arn:aws:iam::222222222222:role/ops/backup"
THEIRS = {
    "Sid": "BackupReads",
    "Effect": "Allow",
    "Principal": {"AWS": BACKUP},
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
}


@asynccontextmanager
async def wizard(
    raw: Mapping[str, Any], profiles: Mapping[str, str | None] = OURS, *, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[WizardApp, Pilot[Any]]]:
    """Open the review with a profile chosen for each side (None: somebody else administers it)."""
    app = WizardApp(raw, origin="answers.toml")
    async with app.run_test(size=size, notifications=True) as pilot:
        for name, profile in profiles.items():
            side = app.sides.all[name]  # chosen without looking round: that has its own tests
            side.profile, side.others = profile, profile is None
        app.wizard.go(REVIEW)
        yield app, pilot


def told(app: WizardApp) -> str:
    """Return everything that the dialog says, scrolled away or not."""
    screen = app.screen
    assert isinstance(screen, Task)
    return "\n".join(line for line, _look in [*screen.lines, screen.said])


def policy_of(clients: Accounts) -> Any:
    return json.loads(clients("destination-admin", "s3").get_bucket_policy(Bucket=BUCKET)["Policy"])


def put(clients: Accounts, *statements: Mapping[str, Any]) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    clients("destination-admin", "s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)


async def test_guards_that_can_lock_everybody_out_take_typing_the_buckets_name(clients: Accounts) -> None:
    before = world(clients)
    async with wizard({**SETUPS["bucket-policy"], "guards.organization_id": "o-practice01"}) as (app, pilot):
        app.session.confirm()
        await pilot.press("ctrl+x")
        await until(pilot, lambda: isinstance(app.screen, Applying) and "type the bucket's name" in told(app))
        await pilot.press("enter")
        await give(pilot, "another-bucket")
        assert "That is not s3-crossaccount-bucket01" in told(app)
        assert world(clients) == before
        app.focused.value = ""  # type: ignore[union-attr] # it still is the field
        await give(pilot, BUCKET)
        await until(pilot, lambda: offers(app, "verify"))
    assert any(one["Sid"].endswith("OrganizationOnly") for one in policy_of(clients)["Statement"])


async def test_a_role_that_is_not_ours_is_shown_whole_and_judged_and_used_only_when_somebody_says_so(
    clients: Accounts,
) -> None:
    before = world(clients)
    async with wizard({**ASSUME_ROLE, "role.name": "ops/backup"}) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "close"))
        said = told(app)
        assert "s3:GetObject*" in said, "its policies are shown"
        assert "whoever is let in could also do this: another bucket (s3:GetObject)" in said
        assert "the button “Use what is there”" in said
        assert "--use-existing" not in said
        await pilot.press("escape")
        assert world(clients) == before
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "close"))
        await pilot.press("right", "enter")
        await until(pilot, lambda: offers(app, "apply"))
        assert "whoever is let in could also do this" in told(app)
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "verify"))
    trusted = world(clients)[BACKUP]["trust"]["Statement"]
    assert trusted[0] == before[BACKUP]["trust"]["Statement"][0], "what others trust stays"
    assert trusted[1]["Sid"].startswith("S3x")


async def test_deleted_principals_go_only_when_somebody_says_so(clients: Accounts) -> None:
    put(clients, {**THEIRS, "Sid": "Gone", "Principal": {"AWS": "AROACKCEVSQ6C2EXAMPLE"}}, THEIRS)
    before = world(clients)
    async with wizard(SETUPS["bucket-policy"]) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "close"))
        assert "AROACKCEVSQ6C2EXAMPLE" in told(app)
        assert "the button “Drop deleted principals”" in told(app)
        assert world(clients) == before
        await pilot.press("right", "enter")
        await until(pilot, lambda: offers(app, "apply"))
        assert '-      "Sid": "Gone"' in told(app), "what goes is in the difference"
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "verify"))
    sids = [one["Sid"] for one in policy_of(clients)["Statement"]]
    assert sids[0] == "BackupReads"
    assert "Gone" not in sids


async def test_credentials_of_the_wrong_account_change_nothing(clients: Accounts) -> None:
    before = world(clients)
    swapped = {"source": "destination-admin", "destination": "source-admin"}
    async with wizard(ASSUME_ROLE, swapped) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "close"))
        assert "The profile destination-admin is in the account 222222222222" in told(app)
        assert "Name a profile of 111111111111 with Ctrl+L" in told(app)
    assert world(clients) == before
    assert journal.runs() == ()


async def test_a_policy_that_somebody_changed_after_the_difference_was_shown_is_planned_and_shown_again(
    clients: Accounts,
) -> None:
    async with wizard(SETUPS["bucket-policy"]) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        put(clients, THEIRS)
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "again"))
        assert "Somebody changed it meanwhile" in told(app)
        assert "bucket01 (now)" in told(app), "where there was nothing before"
        assert [one["Sid"] for one in policy_of(clients)["Statement"]] == ["BackupReads"], "nothing is overwritten"
        await agree(pilot, app, "again")
        await until(pilot, lambda: offers(app, "verify"))
        assert "○" not in told(app), "every step is done"
    sids = [one["Sid"] for one in policy_of(clients)["Statement"]]
    assert sids[0] == "BackupReads"
    assert len(sids) > 1


async def test_a_guard_in_a_plan_that_changed_meanwhile_takes_typing_the_buckets_name_again(clients: Accounts) -> None:
    async with wizard({**SETUPS["bucket-policy"], "guards.organization_id": "o-practice01"}) as (app, pilot):
        app.session.confirm()
        await pilot.press("ctrl+x")
        await until(pilot, lambda: isinstance(app.screen, Applying) and "type the bucket's name" in told(app))
        put(clients, THEIRS)
        await give(pilot, BUCKET)
        await until(pilot, lambda: "Somebody changed it meanwhile" in told(app))
        assert "type the bucket's name" in told(app)
        assert not offers(app, "again")
        assert [one["Sid"] for one in policy_of(clients)["Statement"]] == ["BackupReads"]
        await give(pilot, BUCKET)
        await until(pilot, lambda: offers(app, "verify"))
    assert any(one["Sid"].endswith("OrganizationOnly") for one in policy_of(clients)["Statement"])


async def test_a_plan_that_changed_meanwhile_can_be_left(clients: Accounts) -> None:
    async with wizard(SETUPS["bucket-policy"]) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        put(clients, THEIRS)
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "again"))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Applying))
        assert [one["Sid"] for one in policy_of(clients)["Statement"]] == ["BackupReads"]
        await until(pilot, lambda: journal.runs()[0].state == "stopped")
        await pilot.press("ctrl+u")
        await until(pilot, lambda: offers(app, "undo"))
        await agree(pilot, app, "undo")
        await until(pilot, lambda: offers(app, "close"))


async def test_an_undo_beside_somebody_elses_change_shows_three_versions_and_puts_back_ours_alone(
    clients: Accounts,
) -> None:
    async with wizard(SETUPS["bucket-policy"]) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "verify"))
        put(clients, *policy_of(clients)["Statement"], THEIRS)
        changed = world(clients)
        await pilot.press("escape", "ctrl+u")
        await until(pilot, lambda: isinstance(app.screen, Undoing) and offers(app, "close"))
        assert all(title in told(app) for title in ("before the run", "as the run wrote it", "as it is now"))
        assert world(clients) == changed
        await pilot.press("right", "enter")
        await until(pilot, lambda: offers(app, "undo"))
        await agree(pilot, app, "undo")
        await until(pilot, lambda: offers(app, "close"))
        assert "only the statements of this setup" in told(app)
        assert "Everything is as it was" not in told(app), "others' change stays"
    assert policy_of(clients)["Statement"] == [THEIRS]


class Held:
    """Holds the first change back until the test lets it go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from wizard.aws import policies

        self.begun, self.on = threading.Event(), threading.Event()
        write = policies.write

        def held(*arguments: Any, **named: Any) -> str:
            self.begun.set()
            self.on.wait(20)
            return write(*arguments, **named)

        monkeypatch.setattr(policies, "write", held)


@pytest.mark.parametrize("key", ["ctrl+c", "escape"])
async def test_the_first_interruption_ends_after_the_call_in_flight_and_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    held = Held(monkeypatch)
    async with wizard(ASSUME_ROLE) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        await agree(pilot, app, "apply")
        await until(pilot, held.begun.is_set)
        await pilot.press(key)
        assert "Stopping after the call in flight" in told(app)
        held.on.set()
        await until(pilot, lambda: offers(app, "close"))
        said = told(app)
        assert "Done until here:" in said
        assert "To go on: Ctrl+X. To put everything back: Ctrl+U" in said
        assert said.count("✓") == 1
        assert "●" not in said
    assert journal.runs()[0].state == "stopped"


async def test_the_second_interruption_leaves_at_once_and_the_journal_knows_what_was_meant(
    clients: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world(clients)
    held = Held(monkeypatch)
    async with wizard(ASSUME_ROLE) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        await agree(pilot, app, "apply")
        await until(pilot, held.begun.is_set)
        await pilot.press("escape", "escape")
        assert not isinstance(app.screen, Applying)
        assert len(journal.runs()[0].left_to_undo()) == 1
        held.on.set()
        await until(pilot, lambda: journal.runs()[0].state == "stopped")
        await pilot.press("ctrl+u")
        await until(pilot, lambda: offers(app, "undo"))
        await agree(pilot, app, "undo")
        await until(pilot, lambda: offers(app, "close"))
    assert world(clients) == before


async def test_an_mfa_code_is_asked_for_in_the_app_and_given_to_sts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    call = Clients.call

    def recorded(self: Clients, service: str, operation: str, **parameters: Any) -> Any:
        if operation == "assume_role":  # the practice accounts have no sessions with MFA
            asked.append(parameters)
            parameters = {name: parameters[name] for name in ("RoleArn", "RoleSessionName")}
        return call(self, service, operation, **parameters)

    monkeypatch.setattr(Clients, "call", recorded)
    serial = "arn:aws:iam::111111111111:mfa/alice"
    answers = {
        **ASSUME_ROLE,
        "source.principals": "user/cliuser",
        "role.require_mfa": True,
        "role.external_id": "",
        "profile.source_profile": "cliuser",
        "profile.mfa_serial": serial,
    }
    async with wizard(answers) as (app, pilot):
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(app.screen, Verifying))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Code))
        assert serial in screen_text(app)
        await give(pilot, "123456")
        await until(pilot, lambda: offers(app, "close"))
    assert asked[0]["TokenCode"] == "123456"
    assert asked[0]["SerialNumber"] == serial


async def test_nothing_that_is_said_in_the_app_names_an_option_of_the_commands(clients: Accounts) -> None:
    alone = {"source": None, "destination": "destination-admin"}
    put(clients, THEIRS)
    async with wizard(SETUPS["bucket-policy"], alone) as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        assert "to be done by the other side" in told(app)
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "close"))
        assert "Ctrl+E" in told(app)
        assert " --" not in told(app)
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(app.screen, Verifying))
        await pilot.press("end", "enter")
        await until(pilot, lambda: offers(app, "close"))
        assert "choose it in the list" in told(app)
        assert " --" not in told(app)
