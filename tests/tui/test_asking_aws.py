"""IAM Access Analyzer in the app: asked by a key only, never waited for, its findings among check's and marked."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.widgets import OptionList, TextArea

from tests.aws.analyzer_host import Analyzer, answer, finding, location, put, refusal
from tests.tui.acting import until
from tests.tui.conftest import ASSUME_ROLE, screen_text
from wizard.aws.clients import Clients
from wizard.aws.discover import run as discover
from wizard.tui.screens.checking import Checking
from wizard.tui.screens.findings import FindingsList
from wizard.tui.screens.sides import ChoosingSides
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from wizard.demo import Practice


POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListgBucket", "Resource": "*"}}'
PATH = ("Statement", "Action")
UNKNOWN = finding("ERROR", "INVALID_ACTION", "No such action.", location(POLICY, '"s3:ListgBucket"', *PATH))
NEWER = finding("SECURITY_WARNING", "SOMETHING_NEW", "Too much is let in.", location(POLICY, '"*"', "Statement"))
WHOLE = finding("WARNING", "SOMETHING_OF_IT", "AWS has a word about this.")


@pytest.fixture
def analyzer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Analyzer]:
    class Nothing:
        def stop(self) -> None:
            """Nobody looks around here."""

    monkeypatch.setattr(discover, "start", lambda *_arguments: Nothing())

    def with_answers(*answers: Any) -> Analyzer:
        return put(monkeypatch, tmp_path, *answers)

    return with_answers


def choose(app: WizardApp, *sides: str) -> None:
    for side in sides:
        app.sides.choose(side, "auditor")


async def paste_policy(app: WizardApp, pilot: Pilot[Any]) -> Checking:
    await pilot.press("f12")
    await until(pilot, lambda: isinstance(app.screen, FindingsList))
    await pilot.press("end", "enter")
    await until(pilot, lambda: isinstance(app.screen, Checking))
    app.post_message(events.Paste(POLICY))
    await until(pilot, lambda: "s3:ListBucket" in screen_text(app))
    assert isinstance(app.screen, Checking)
    return app.screen


async def test_a_pasted_policy_is_sent_when_its_key_is_pressed_and_not_before(
    analyzer: Callable[..., Analyzer],
) -> None:
    host = analyzer(answer(UNKNOWN, NEWER))
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        choose(app, "destination")
        screen = await paste_policy(app, pilot)
        assert host.requests == []
        own = len(screen.findings)
        await pilot.press("f7")
        await until(pilot, lambda: "AWS: Too much is let in." in screen_text(app))
        assert host.asked[0]["policyDocument"] == POLICY
        assert "(AWS says so too)" in screen_text(app)
        assert len(screen.findings) == own + 1
        assert "IAM Access Analyzer was asked: 2 findings" in screen_text(app)
        at = next(n for n, one in enumerate(screen.findings) if one.source == "aws")
        for _press in range(at + 1):
            await pilot.press("f12")
        assert screen.query_one(TextArea).selected_text == '"*"'
        assert "SOMETHING_NEW:" in screen_text(app)
        assert "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer" in screen_text(app)
        screen.query_one(TextArea).insert(" ", (0, 0))  # another text: AWS hasn't said anything of it
        await until(pilot, lambda: "AWS" not in "".join(one.source.upper() for one in screen.findings))


async def test_taking_a_mend_after_aws_was_asked_still_judges_by_check_alone(
    analyzer: Callable[..., Analyzer],
) -> None:
    analyzer(answer(UNKNOWN, NEWER))
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        choose(app, "source")  # a pasted policy takes the side that has a profile
        screen = await paste_policy(app, pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "AWS: Too much is let in." in screen_text(app))
        for _press in range(1 + next(n for n, one in enumerate(screen.findings) if one.kind == "unknown-action")):
            await pilot.press("f12")
        await pilot.press("f9")
        await until(pilot, lambda: '"s3:ListBucket"' in screen.query_one(TextArea).text)


async def test_each_document_is_asked_about_with_the_profile_of_its_account(
    analyzer: Callable[..., Analyzer], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = analyzer(answer(WHOLE))
    asked_with: list[tuple[str, str]] = []
    call = Clients.call

    def noted(self: Clients, *arguments: Any, **parameters: Any) -> Any:
        asked_with.append((self.place.profile, parameters["policyType"]))
        return call(self, *arguments, **parameters)

    monkeypatch.setattr(Clients, "call", noted)
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None)
        choose(app, "destination")
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, FindingsList))
        assert "F7 sends them to IAM Access Analyzer" in screen_text(app)
        await pilot.press("f7")
        await until(pilot, lambda: "was asked" in screen_text(app))
        assert app.session.evidence is not None
        sides = [one.side for one in app.session.evidence.checked]
        assert {"source", "destination"} == set(sides)
        assert len(host.requests) == sides.count("destination")
        assert f"{sides.count('source')} not asked about" in screen_text(app)
        assert "AWS: AWS has a word about this." in screen_text(app)
        assert [where for where, _kind in asked_with] == ["auditor"] * len(host.requests)
        choose(app, "source")
        await pilot.press("f7")
        await until(pilot, lambda: len(host.requests) == sides.count("destination") + len(sides))
        await until(pilot, lambda: "not asked about" not in screen_text(app))
        found = app.screen.query_one("#findings", OptionList)
        assert sum("AWS: AWS has" in str(option.prompt) for option in found.options) == len(sides)  # each once
        await pilot.press("escape")
        await until(pilot, lambda: "AWS: AWS has a word about this." in screen_text(app))  # in the panes too


async def test_without_a_profile_it_says_to_choose_one_and_the_key_for_that_works(
    analyzer: Callable[..., Analyzer],
) -> None:
    host = analyzer(answer())
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        screen = await paste_policy(app, pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "Nobody chose a profile to ask with: Ctrl+L" in screen_text(app))
        assert host.requests == []
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, ChoosingSides))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.query_one(TextArea).text == POLICY
        screen.query_one(TextArea).load_text(POLICY[:-1])
        await pilot.press("f7")
        await until(pilot, lambda: "no JSON object yet" in screen_text(app))


async def test_a_refusal_is_said_beneath_and_check_s_findings_stay(analyzer: Callable[..., Analyzer]) -> None:
    analyzer(refusal(403, "AccessDeniedException", "You may not."))
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        choose(app, "destination")
        screen = await paste_policy(app, pilot)
        own = screen.findings
        await pilot.press("f7")
        await until(pilot, lambda: "✗ ValidatePolicy: AccessDeniedException: You may not." in screen_text(app))
        assert screen.findings == own


async def test_nothing_waits_while_aws_is_asked_quitting_least_of_all(
    analyzer: Callable[..., Analyzer], monkeypatch: pytest.MonkeyPatch
) -> None:
    analyzer(answer())
    answers = threading.Event()
    monkeypatch.setattr(Clients, "call", lambda *_arguments, **_parameters: answers.wait(20) and {"findings": []})
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        choose(app, "destination")
        screen = await paste_policy(app, pilot)
        await pilot.press("f7", "f7")
        await until(pilot, lambda: "asking IAM Access Analyzer" in screen_text(app))
        screen.query_one(TextArea).load_text(POLICY.replace("g", ""))
        await until(pilot, lambda: "unknown-action" not in {one.kind for one in screen.findings})
        began = time.monotonic()
        await pilot.press("escape", "ctrl+q")
    assert time.monotonic() - began < 1
    answers.set()


async def test_the_practice_accounts_say_that_they_have_none(inside: Practice) -> None:
    app = WizardApp(ASSUME_ROLE, origin="answers.toml", practice=lambda: inside)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: app.practice is not None and app.sides.places())
        await paste_policy(app, pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "✗ The practice accounts have no IAM Access Analyzer." in screen_text(app))


async def test_a_long_list_leaves_room_for_what_is_said_of_asking(analyzer: Callable[..., Analyzer]) -> None:
    analyzer(answer())
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None)
        assert app.session.evidence is not None
        app.session.evidence = replace(app.session.evidence, checked=app.session.evidence.checked * 9)
        await pilot.press("f12")
        await until(pilot, lambda: "F7 sends them to IAM Access Analyzer" in screen_text(app))
