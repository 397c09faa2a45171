"""What is proven and found of the documents, in the panes, in the Check screen and in the access path."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import OptionList

from tests.tui.acting import until
from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, screen_text
from wizard.plan.found import BucketFound, NotKnown
from wizard.tui.screens.checking import Checking
from wizard.tui.screens.findings import FindingsList
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Callable

BROKEN = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListgBucket", "Resource": "*",}]}'


async def test_findings_stand_in_the_panes_and_are_reached_by_a_key(open_at: Callable[..., WizardApp]) -> None:
    app = open_at({**BUCKET_POLICY, "source.account_id": "123456789012"})
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None)
        assert app.session.evidence is not None
        assert app.session.evidence.count
        await until(pilot, lambda: "findings" in screen_text(app))
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, FindingsList))
        app.screen.query_one("#findings", OptionList).highlighted = 1
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Checking))
        assert app.screen.query_one("#policy").selected_text  # type: ignore[attr-defined] # a text area has one


async def test_a_pasted_policy_is_checked_and_the_mend_is_taken(app: WizardApp) -> None:
    from textual.widgets import TextArea

    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("f12", "end", "enter")
        await until(pilot, lambda: isinstance(app.screen, Checking))
        app.post_message(events.Paste(BROKEN))
        await until(pilot, lambda: "s3:ListBucket" in screen_text(app))
        screen = app.screen
        assert isinstance(screen, Checking)
        assert {finding.kind for finding in screen.findings} >= {"unknown-action", "trailing-comma"}
        await pilot.press("f12", "f12")
        assert screen.query_one(TextArea).selected_text == '"s3:ListgBucket"'
        await pilot.press("f9")
        await pilot.pause()
        assert '"s3:ListBucket", "Resource": "*",}' in screen.query_one(TextArea).text
        await pilot.press("f9")
        await pilot.pause()
        await until(pilot, lambda: "error" not in {finding.severity for finding in screen.findings})
        assert json.loads(screen.query_one(TextArea).text)["Statement"][0]["Action"] == "s3:ListBucket"


async def test_an_existing_bucket_policy_is_checked_as_well() -> None:
    from wizard.aws.discover.snapshot import Snapshot

    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    unknown = NotKnown("")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObjekt"}]}
    bucket = BucketFound(policy, unknown, unknown, unknown, unknown)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        side = app.sides.all["destination"]
        side.snapshot = Snapshot("destination", "x", bucket_name="s3-crossaccount-bucket01", bucket=bucket, done=True)
        app.wizard.show_found()
        await until(pilot, lambda: app.session.evidence and not all(c.is_ours for c in app.session.evidence.checked))
        await pilot.press("f12")
        await until(pilot, lambda: "there now" in screen_text(app))
        assert "s3:GetObject" in screen_text(app)


async def test_a_proof_of_the_answers_before_is_marked_until_the_new_one_is_there(
    open_at: Callable[..., WizardApp],
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None)
        app.wizard.answer("bucket.prefix", "other/")
        assert app.session.stale
        assert "… proven" in "".join(piece.text for row in app.wizard.path.rows(90) for piece in row)
        await until(pilot, lambda: not app.session.stale, 2)
        assert "◆ proven" in screen_text(app)


async def test_the_path_says_why_it_is_proven(open_at: Callable[..., WizardApp]) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None)
        await pilot.press("f9")
        await pilot.pause()
        text = screen_text(app)
        assert "aws s3 sync" in text
        assert "stays out" in text
