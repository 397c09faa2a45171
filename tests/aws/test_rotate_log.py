"""The journal of a rotation: whatever its writer died of, the next run knows how far it came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.aws.rotate.log import Progress, RotationLog

if TYPE_CHECKING:
    from pathlib import Path

USER = "arn:aws:iam::222222222222:user/reader"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RotationLog:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    return RotationLog.of("p", tmp_path / "credentials")


def test_each_step_is_known_to_the_next_run(log: RotationLog) -> None:
    assert log.progress() is None
    log.begin("p", USER, "OLD")
    assert log.progress() == Progress("p", USER, "OLD")
    log.asking(("OLD",))
    asked = log.progress()
    assert asked is not None
    assert (asked.before, asked.made) == (("OLD",), "")
    assert asked.asked is not None
    log.made("NEW")
    made = log.progress()
    assert made is not None
    assert (made.made, made.written) == ("NEW", None)
    log.did("write")
    written = log.progress()
    assert written is not None
    assert written.written is not None
    log.did("verify")
    log.did("deactivate")
    assert log.progress() == written
    log.end("complete")
    assert log.progress() is None


def test_a_key_that_was_given_up_is_made_anew(log: RotationLog) -> None:
    log.begin("p", USER, "OLD")
    log.asking(("OLD",))
    log.made("LOST")
    log.did("forget", key="LOST")
    assert log.progress() == Progress("p", USER, "OLD")


def test_a_torn_last_line_tells_nothing(log: RotationLog) -> None:
    log.begin("p", USER, "OLD")
    before = log.progress()
    whole = log.path.read_bytes()
    log.asking(("OLD",))
    line = log.path.read_bytes()[len(whole) :]
    for end in range(len(line) - 1):
        log.path.write_bytes(whole + line[:end])
        assert log.progress() == before


def test_each_profile_and_file_has_a_journal_of_its_own(log: RotationLog, tmp_path: Path) -> None:
    others = {RotationLog.of("q", tmp_path / "credentials").path, RotationLog.of("p", tmp_path / "other").path}
    assert log.path not in others
    assert len(others) == 2
    assert log.path.parent.stat().st_mode & 0o777 == 0o700


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
LINES = st.one_of(
    st.binary(max_size=40),
    st.fixed_dictionaries(
        {"event": st.sampled_from(["start", "intent", "done", "end", "x"])},
        optional={
            "id": st.sampled_from(["create", "write", "forget"]) | VALUES,
            "before": VALUES,
            "made": VALUES,
            "time": VALUES,
            "old": VALUES,
            "user": VALUES,
        },
    ).map(lambda told: json.dumps(told).encode()),
)


@given(st.lists(LINES, max_size=8))
def test_whatever_stands_in_the_file_is_read(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("log") / "one.jsonl"
    path.write_bytes(b"\n".join(lines))
    found = RotationLog(path).progress()
    assert found is None or all(isinstance(one, str) for one in (found.profile, found.old, found.made, *found.before))
