"""`diagnose --apply` in a world that moves: other writers, who may not write, a change that isn't in force yet."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import accounts, run
from tests.aws.diagnose_world import ARN, BUCKET, DST, SRC, SUMMARY, World, allow
from wizard.aws.diagnose import apply as diagnose_apply
from wizard.aws.diagnose.run import Ask, collect
from wizard.aws.watch import Moved, Told, Waiting, Watch
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

GET = ("s3:GetObject", f"{ARN}/reports/*")
NIGHTLY = f"arn:aws:iam::{SRC}:user/batch/nightly"
OTHERS = allow(*GET, Sid="Theirs", Principal={"AWS": NIGHTLY})
ASK = Ask(BUCKET, SUMMARY, "cliuser", "destination-admin", "source-admin")


@pytest.fixture
def world(clients: Clients, own_credentials: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    return World(clients, own_credentials)


def test_what_somebody_changed_meanwhile_is_looked_at_again_and_asked_about_again(
    world: World, clients: Clients
) -> None:
    world.identity(allow(*GET))
    world.bucket(OTHERS)
    told: list[Told] = []
    watch = Watch(told.append)
    prepared = diagnose_apply.prepare(ASK, watch)
    more = allow("s3:GetObject", f"{ARN}/logs/*", Sid="Meanwhile", Principal={"AWS": NIGHTLY})
    world.bucket(OTHERS, more)
    asked: list[int] = []

    def again(now: diagnose_apply.Prepared) -> bool:
        asked.append(len(now.mend.made))
        return True

    done = diagnose_apply.apply(prepared, ASK, watch, again=again)

    assert asked == [1]
    assert [change.target for change in done.made] == [ARN]
    assert any(isinstance(one, Moved) for one in told)
    assert [one["Sid"] for one in accounts(clients)[f"{DST} {BUCKET}"]["Statement"]][:2] == ["Theirs", "Meanwhile"]
    prepared.accounts.close()


def test_who_may_not_change_it_is_told_by_aws_and_nothing_is_lost(world: World, clients: Clients) -> None:
    world.bucket(OTHERS)
    world.identity(allow(*GET))
    # It may read the bucket policy, and not write it.
    iam = clients("destination-admin", "iam")
    reads = {"Version": "2012-10-17", "Statement": [allow(["s3:Get*", "s3:List*"], [ARN, f"{ARN}/*"])]}
    iam.put_user_policy(UserName="analyst", PolicyName="read-reports", PolicyDocument=json.dumps(reads))
    before = accounts(clients)

    status, _out, err = run(
        "diagnose", f"s3://{BUCKET}/{SUMMARY}", "--profile", "cliuser", "--apply", "--yes",
        "--source-profile", "source-admin", "--destination-profile", "analyst",
    )  # fmt: skip

    assert status == 3
    assert "PutBucketPolicy" in err
    assert "Nothing was changed." in err
    assert accounts(clients) == before
    assert [one.state for one in journal.runs()] == ["empty"]


def test_it_is_waited_until_the_change_is_in_force_and_the_waiting_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bucket(OTHERS)
    told: list[Told] = []
    watch = Watch(told.append)
    prepared = diagnose_apply.prepare(ASK, watch)
    refused = prepared.evidence.call
    done = diagnose_apply.apply(prepared, ASK, watch, again=lambda _now: True)
    late = [refused, refused]

    def stale(asked: Ask) -> Any:
        found = collect(asked)
        return replace(found, call=late.pop()) if late else found

    monkeypatch.setattr(diagnose_apply, "collect", stale)

    now = diagnose_apply.settled(ASK, watch, prepared.diagnosis, done.made)

    assert now.works is True
    assert len([one for one in told if isinstance(one, Waiting)]) == 2
    prepared.accounts.close()
