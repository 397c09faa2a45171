"""The ceiling of a hand-over: what passes it is held until a yes, and a no puts it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from wizard.answers import ASKED, HANDOVER
from wizard.answers.build import build
from wizard.answers.file import read_raw, write
from wizard.answers.handed import handed_over
from wizard.errors import BadInputError
from wizard.plan.ceiling import Ceiling, ceiling_of

if TYPE_CHECKING:
    from pathlib import Path

RAW: dict[str, Any] = {
    "name": "reports",
    "method": "assume-role",
    "source.account_id": "111111111111",
    "source.principals": ["role/app"],
    "destination.account_id": "222222222222",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "bucket.prefix": "reports/",
    "role.name": "RoleA",
}


@pytest.fixture
def ceiling() -> Ceiling:
    return Ceiling("destination", RAW)


def test_what_passes_the_ceiling_waits_for_a_yes_and_comes_back_with_more(ceiling: Ceiling) -> None:
    assert ceiling.over(build(RAW | {"access.level": "list"})) == ()
    more = build(RAW | {"access.level": "read-write"})
    assert ceiling.over(more)
    ceiling.confirm(more)
    assert ceiling.over(more) == ()
    assert ceiling.over(build(RAW | {"access.level": "read-write", "bucket.prefix": ""}))


def test_answers_that_are_not_valid_yet_pass_nothing(ceiling: Ceiling) -> None:
    assert ceiling.over(build(RAW | {"source.account_id": "33333"})) == ()
    assert ceiling.over(build(RAW | {"access.level": "custom"})) == ()


def test_another_method_passes_the_ceiling_before_its_own_answers_are_given(ceiling: Ceiling) -> None:
    over = ceiling.over(build(RAW | {"method": "iam-user"}))
    assert over == ("the method iam-user in place of assume-role",)


def test_the_answers_that_widened_are_named(ceiling: Ceiling) -> None:
    narrowed = RAW | {"bucket.prefix": "reports/2026/"}
    assert ceiling.widened(narrowed, narrowed | {"access.level": "read-write"}) == ["access.level"]
    assert ceiling.widened(narrowed, narrowed | {"method": "iam-user"}) == ["method"]
    chosen = {"access.level": "custom", "access.actions": ["s3:*"]}
    assert ceiling.widened(narrowed, narrowed | chosen) == ["access.level"]


def test_a_file_that_was_handed_over_is_its_own_ceiling_in_drafts_too(tmp_path: Path) -> None:
    path = tmp_path / "reports-destination.toml"
    path.write_text(handed_over(build(RAW).setup, "destination"), encoding="utf-8")
    raw = read_raw(path)
    found = ceiling_of(raw)
    assert found is not None
    assert (found.side, found.other) == ("destination", "source")
    assert found.setup.bucket.prefix == "reports/"
    assert HANDOVER not in found.raw
    assert "handover" not in write(raw)
    assert ceiling_of({key: value for key, value in raw.items() if key != ASKED}) is None
    assert ceiling_of(RAW) is None
    assert ceiling_of({HANDOVER: "source", ASKED: {"method": "nonsense"}}) is None


def test_a_file_that_was_handed_over_must_be_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('method = "assume-role"\n[handover]\nside = "source"\n', encoding="utf-8")
    with pytest.raises(BadInputError, match=r"source\.account_id is missing"):
        read_raw(path)
    path.write_text('method = "assume-role"\n', encoding="utf-8")
    assert read_raw(path) == {"method": "assume-role"}
