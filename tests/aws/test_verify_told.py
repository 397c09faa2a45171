"""What a verification says for people: its first line names who called and why, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wizard import text
from wizard.access_path import planned
from wizard.answers.build import build
from wizard.aws.verify.caller import part
from wizard.aws.verify.result import Verification
from wizard.aws.verify.told import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET_POLICY = {
    "method": "bucket-policy",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "source.principals": "role/app",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
}
ASSUME_ROLE = {
    **BUCKET_POLICY,
    "method": "assume-role",
    "role.name": "RoleA",
    "profile.credential_source": "Ec2InstanceMetadata",
}


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    yield
    text.use("en")


@pytest.mark.parametrize("language_of", ["en", "ja"])
@pytest.mark.parametrize("raw", [BUCKET_POLICY, ASSUME_ROLE], ids=lambda raw: raw["method"])
def test_no_bracket_stands_in_another_one(raw: dict[str, str], language_of: str) -> None:
    text.use(language_of)
    setup = build(raw).setup
    chosen = part(setup, "", {})
    first = next(text_of(Verification(chosen.shown, chosen.why, "", (), (), planned(setup))))
    depth = most = 0
    for char in first:
        depth += (char == "(") - (char == ")")
        most = max(most, depth)
    assert depth == 0
    assert most <= 1, first
    assert chosen.why in first
