"""The proof on the screen is over the bucket policy as it will be, merged with what discovery found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.tui.acting import until
from tests.tui.conftest import BUCKET_POLICY, screen_text
from wizard.access_path import State
from wizard.aws.discover.snapshot import Snapshot
from wizard.plan.found import ABSENT, BucketFound, NotKnown
from wizard.tui.links import links_of
from wizard.tui.wizard_app import WizardApp

BUCKET = "s3-crossaccount-bucket01"
ARNS = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
UNKNOWN = NotKnown("")


def app_with(bucket: BucketFound, name: str = BUCKET) -> WizardApp:
    """Return an app whose destination was looked at."""
    app = WizardApp({**BUCKET_POLICY, "source.principals": "role/app-ec2"}, origin="answers.toml")
    app.sides.all["destination"].snapshot = Snapshot("destination", "x", bucket_name=name, bucket=bucket, done=True)
    return app


def policy(**statement: Any) -> BucketFound:
    """Return a bucket with one statement of others in its policy."""
    made = {"Version": "2012-10-17", "Statement": [{"Sid": "Others", "Resource": ARNS, **statement}]}
    return BucketFound(made, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


async def test_a_deny_of_others_breaks_the_link_before_anything_is_applied() -> None:
    app = app_with(policy(Effect="Deny", Principal="*", Action="s3:GetObject"))
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None and app.session.evidence.merged)
        assert State.BROKEN in {link.state for link in links_of(app.session.path)}
        assert "denied by Others" in " ".join(link.evidence for link in links_of(app.session.path))


async def test_who_is_let_in_by_others_is_said_to_be_not_kept_out() -> None:
    somebody = {"AWS": "arn:aws:iam::111111111111:root"}
    app = app_with(policy(Effect="Allow", Principal=somebody, Action="s3:GetObject"))
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None and app.session.evidence.merged)
        assert {link.state for link in links_of(app.session.path)} == {State.PROVEN}
        assert app.session.path.let_in
        assert "✗ let in" in screen_text(app)
        await pilot.press("f9")
        await pilot.pause()
        assert "merged with this setup's" in screen_text(app)


async def test_a_public_statement_of_others_breaks_the_link_where_public_buckets_are_restricted() -> None:
    wild = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}
    public = policy(Effect="Allow", Principal="*", Action="s3:GetObject", Condition=wild)
    app = app_with(replace(public, account_block={"RestrictPublicBuckets": True}))
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None and app.session.evidence.merged)
        broken = [link.evidence for link in links_of(app.session.path) if link.state is State.BROKEN]
        assert len(broken) == 1
        assert "RestrictPublicBuckets is on, and the bucket policy is public" in broken[0]


async def test_without_a_policy_there_the_whole_counter_proof_holds() -> None:
    app = app_with(BucketFound(ABSENT, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN))
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None and app.session.evidence.merged)
        assert "✗ let in" not in screen_text(app)


async def test_another_buckets_policy_says_nothing_of_this_one() -> None:
    app = app_with(policy(Effect="Deny", Principal="*", Action="s3:*"), name="another-bucket")
    async with app.run_test(size=(160, 45), notifications=True) as pilot:
        await until(pilot, lambda: app.session.evidence is not None)
        assert app.session.evidence is not None
        assert not app.session.evidence.merged
        assert {link.state for link in links_of(app.session.path)} == {State.PROVEN}
