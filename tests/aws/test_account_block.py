"""Block Public Access of a whole account, by recorded answers of AWS: an embedded AWS has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.recorded_aws import Recorded
from tests.plan.plan_world import setup_of
from wizard.aws.clients import Clients, Place
from wizard.aws.discover.run import Wish, discover
from wizard.aws.look import account_block, look
from wizard.plan import changes, plan
from wizard.plan.cautions import cautions
from wizard.plan.found import ABSENT, Caller, NotKnown

if TYPE_CHECKING:
    from pathlib import Path

    from wizard.aws.discover.snapshot import Snapshot

DST, BUCKET = "222222222222", "example-reports"
ON = {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": True, "BlockPublicPolicy": True}}
NONE = {"error": {"Code": "NoSuchPublicAccessBlockConfiguration", "Message": "There is none"}, "status": 404}
DENIED = {"error": {"Code": "AccessDenied", "Message": "Access Denied"}, "status": 403}
BROKEN = {"error": {"Code": "InternalError", "Message": "We encountered an internal error"}, "status": 500}
PUBLIC = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/public/*"}
    ],
}


def recorded(told: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Recorded:
    answers = {"destination-admin": {"s3control.GetPublicAccessBlock": told, "s3.GetPublicAccessBlock": NONE, **more}}
    return Recorded({"answers": answers, "profiles": {}, "environ": {}}, folder, monkeypatch)


def last_of(wish: Wish) -> Snapshot:
    found: list[Snapshot] = []
    discover(wish, found.append, lambda: False)
    return found[-1]


@pytest.mark.parametrize(
    ("told", "expected"),
    [(ON, ON["PublicAccessBlockConfiguration"]), (NONE, ABSENT), (DENIED, NotKnown), (BROKEN, NotKnown)],
)
def test_the_accounts_settings_are_there_absent_or_not_known_and_end_nothing(
    told: dict[str, Any], expected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = recorded(told, tmp_path, monkeypatch).calls

    found = account_block(Clients(Place("destination-admin")), DST)

    assert isinstance(found, NotKnown) if expected is NotKnown else found == expected
    assert calls == [("destination-admin", "s3control.GetPublicAccessBlock")]


def test_an_endpoint_that_is_an_address_is_not_asked_for_a_whole_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = recorded(ON, tmp_path, monkeypatch).calls

    found = account_block(Clients(Place("destination-admin", endpoint_url="http://127.0.0.1:9")), DST)

    assert (found, calls) == (NotKnown(""), [])


@pytest.mark.parametrize(("told", "listed"), [(ON, False), (NONE, False), (DENIED, True)])
def test_discovery_reads_it_beside_the_buckets_own_and_lists_it_only_where_it_is_denied(
    told: dict[str, Any], *, listed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(told, tmp_path, monkeypatch)

    last = last_of(Wish("destination", "destination-admin", DST, BUCKET, "ap-northeast-1"))

    assert last.done
    assert last.problem == ""
    assert last.bucket is not None
    assert last.bucket.blocks("RestrictPublicBuckets") is (told is ON)
    assert ("s3:GetAccountPublicAccessBlock" in {one.action for one in last.denied}) is listed


@pytest.mark.parametrize("told", [ON, NONE, DENIED])
def test_apply_says_that_the_accounts_setting_cuts_off_the_other_account(
    told: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(told, tmp_path, monkeypatch, **{"s3.GetBucketPolicy": {"Policy": PUBLIC}})
    made = plan(setup_of("bucket-policy", bucket={"name": BUCKET, "region": "ap-northeast-1"}))
    caller = Caller(DST, f"arn:aws:iam::{DST}:user/admin", f"arn:aws:iam::{DST}:user/admin")

    there = look(made, {DST: Clients(Place("destination-admin"))}, {DST: caller})
    said = "\n".join(cautions(made, there, changes(made, there)).warnings)

    assert ("RestrictPublicBuckets" in said) is (told is ON)
    assert ("BlockPublicPolicy" in said) is (told is ON)
