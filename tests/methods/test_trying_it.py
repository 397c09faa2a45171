"""The commands to try an access with: what is said of them is what they answer."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.answers.build import build
from wizard.plan import plan

RAW: dict[str, Any] = {
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
}
OWN: dict[str, dict[str, Any]] = {
    "bucket-policy": {"source.principals": ["role/app"]},
    "iam-user": {"user.name": "cliuser"},
    "assume-role": {"source.principals": ["role/app"], "role.name": "RoleA"},
}


def answers(method: str, **more: Any) -> list[str]:
    raw = RAW | OWN[method] | {"method": method} | {key.replace("__", "."): value for key, value in more.items()}
    built = build(raw)
    assert not built.problems
    return [trial.answer for trial in plan(built.setup).trials]


@pytest.mark.parametrize("method", OWN)
def test_listing_is_denied_where_it_was_not_asked_for(method: str) -> None:
    chosen = {"access__level": "custom", "access__actions": ["s3:GetObject"]}
    assert answers(method, **chosen)[1] == "AccessDenied: s3:ListBucket was not asked for."
    by_wildcard = {"access__level": "custom", "access__actions": ["s3:List*"]}
    assert answers(method, **by_wildcard)[1] == "Lists the objects: the access works."


@pytest.mark.parametrize("method", OWN)
def test_the_slash_is_spoken_of_where_there_is_a_prefix(method: str) -> None:
    assert "slash" not in answers(method)[1]
    assert "Write the slash at the end of the prefix." in answers(method, bucket__prefix="reports/")[1]


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        (
            "bucket-policy",
            "Lists the buckets of the source account only: s3-crossaccount-bucket01 is never in that list.",
        ),
        ("iam-user", "Lists all buckets of 222222222222."),
        ("assume-role", "Lists all buckets of 222222222222."),
    ],
)
def test_which_buckets_are_listed_depends_on_whose_identity_calls(method: str, answer: str) -> None:
    assert answers(method, access__list_all_buckets=True)[2] == answer
