"""What the journal of runs tells, whatever its writer died of."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.commands import runs
from wizard.errors import BadInputError
from wizard.state import journal
from wizard.state.folders import subfolder
from wizard.state.run import Event, Stage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def change(identity: str, now: Any = None, then: Any = "written") -> dict[str, Any]:
    return {"id": identity, "now": now, "then": then}


def make(opened: journal.Journal, identity: str, now: Any = None, then: Any = "written") -> None:
    opened.write(Event.INTENT, id=identity, change=change(identity, now, then))
    opened.write(Event.DONE, id=identity, after=then, made="AROA1")


def file_of(run_id: str) -> Path:
    return subfolder("runs") / f"{run_id}.jsonl"


def test_a_whole_run_is_read_back_with_what_was_there_and_what_was_written() -> None:
    with journal.new_run(setup="reports", accounts={"1": {"profile": "admin"}}) as opened:
        make(opened, "role:a")
        make(opened, "bucket:b", {"Statement": []}, {"Statement": [1]})
        opened.write(Event.END, state="complete")

    (run,) = journal.runs()

    assert (run.id, run.setup_name, run.state) == (opened.id, "reports", "complete")
    assert run.about["accounts"] == {"1": {"profile": "admin"}}
    assert [(step.id, step.stage, step.made) for step in run.steps] == [
        ("role:a", Stage.DONE, "AROA1"),
        ("bucket:b", Stage.DONE, "AROA1"),
    ]
    assert [step.id for step in run.left_to_undo()] == ["bucket:b", "role:a"]


def test_only_its_owner_may_read_it() -> None:
    with journal.new_run(setup="reports") as opened:
        pass

    assert stat.S_IMODE(file_of(opened.id).stat().st_mode) == 0o600
    assert stat.S_IMODE(file_of(opened.id).parent.stat().st_mode) == 0o700


def test_a_run_that_died_after_its_intent_may_have_changed_it() -> None:
    with journal.new_run(setup="reports") as opened:
        make(opened, "role:a")
        opened.write(Event.INTENT, id="bucket:b", change=change("bucket:b"))

    run = journal.run(opened.id)

    assert run.state == "died"
    assert [(step.id, step.stage) for step in run.left_to_undo()] == [
        ("bucket:b", Stage.STARTED),
        ("role:a", Stage.DONE),
    ]
    assert journal.unfinished("reports") == run
    assert journal.unfinished("other") is None


def test_a_refused_change_is_nothing_to_undo_and_one_without_an_answer_is() -> None:
    with journal.new_run(setup="reports") as opened:
        for identity, maybe in (("role:a", False), ("role:b", True)):
            opened.write(Event.INTENT, id=identity, change=change(identity))
            opened.write(Event.FAILED, id=identity, why="AccessDenied", maybe_done=maybe)

    assert [step.id for step in journal.run(opened.id).left_to_undo()] == ["role:b"]


def test_what_was_put_back_is_not_put_back_again() -> None:
    with journal.new_run(setup="reports") as opened:
        make(opened, "role:a")
        make(opened, "bucket:b")
        opened.write(Event.END, state="complete")
    with journal.writing(opened.id) as again:
        again.write(Event.UNDO_INTENT, id="bucket:b", step=1)
        again.write(Event.UNDONE, id="bucket:b", step=1)
        assert journal.run(opened.id).state == "partly-undone"
        again.write(Event.UNDONE, id="role:a", step=0)

    assert journal.run(opened.id).state == "undone"
    assert journal.run(opened.id).left_to_undo() == ()


def test_a_change_that_was_made_twice_is_two_steps_and_one_begun_again_is_one() -> None:
    with journal.new_run(setup="reports") as opened:
        make(opened, "bucket:b", "first", "ours")
        make(opened, "bucket:b", "theirs", "ours again")
        opened.write(Event.INTENT, id="role:a", change=change("role:a"))
        opened.write(Event.INTENT, id="role:a", change=change("role:a"), made="AROA2")

    steps = journal.run(opened.id).left_to_undo()

    assert [(step.id, step.change["now"], step.made) for step in steps] == [
        ("role:a", None, "AROA2"),
        ("bucket:b", "theirs", "AROA1"),
        ("bucket:b", "first", "AROA1"),
    ]


def test_one_that_was_begun_and_found_done_later_stays_to_be_undone() -> None:
    with journal.new_run(setup="reports") as opened:
        opened.write(Event.INTENT, id="bucket:b", change=change("bucket:b", "first", "ours"))
        make(opened, "bucket:b", "ours", "more")

    assert [step.change["now"] for step in journal.run(opened.id).left_to_undo()] == ["ours", "first"]


def test_a_run_is_named_by_its_beginning_where_that_is_enough() -> None:
    ids = []
    for _number in range(2):
        with journal.new_run(setup="reports") as opened:
            ids.append(opened.id)

    assert journal.run(ids[0][:-1]).id == ids[0]
    with pytest.raises(BadInputError, match="More than one"):
        journal.run(ids[0][:4])
    with pytest.raises(BadInputError, match="no run"):
        journal.run("19990101")
    assert [run.id for run in journal.runs()] == sorted(ids, reverse=True)


def test_a_run_that_is_going_on_is_not_undone_meanwhile() -> None:
    with journal.new_run(setup="reports") as opened:
        assert journal.is_running(opened.id)
    assert not journal.is_running(opened.id)


def _hold(state: str, ready: Any, end: Any) -> None:
    os.environ["S3_CROSSACCOUNT_STATE"] = state
    with journal.new_run(setup="reports") as opened:
        opened.write(Event.INTENT, id="role:a", change=change("role:a"))
        ready.set()
        end.wait(30)


def test_a_killed_run_lets_go_of_its_journal(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, end = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(str(tmp_path / "state"), ready, end))
    process.start()
    assert ready.wait(30)
    (run,) = journal.runs()
    assert journal.is_running(run.id)

    process.kill()
    process.join()

    assert not journal.is_running(run.id)
    assert journal.run(run.id).state == "died"
    process.close()


def test_files_that_are_no_journals_are_passed_over() -> None:
    (subfolder("runs") / "notes.jsonl").write_text("hello\n[1]\n{}\n", encoding="utf-8")

    assert journal.runs() == ()


@pytest.mark.parametrize(
    "line",
    [
        {"event": "intent", "id": "role:a", "change": {}},
        {"event": "intent", "change": {"id": "role:a"}},
        {"event": "intent", "id": 7, "change": {"id": 7}},
        {"event": "intent", "id": "role:a", "change": "role:a"},
        {"event": "done"},
        {"event": ["done"], "id": "role:b"},
        {"id": "role:b"},
        {"event": "undone", "id": "role:b", "step": "0"},
        {"event": "undone", "id": "role:b", "step": -1},
        {"event": "resume", "accounts": ["1"], "buckets": None},
        {"event": "resume", "accounts": {"1": "admin"}},
    ],
    ids=str,
)
def test_a_line_that_this_program_never_wrote_takes_nothing_from_the_rest(line: dict[str, Any]) -> None:
    with journal.new_run(setup="reports", accounts={"1": {"profile": "admin"}}, buckets=["b"]) as opened:
        make(opened, "role:b")
    with file_of(opened.id).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")

    (found,) = journal.runs()

    assert [(step.id, step.stage) for step in found.left_to_undo()] == [("role:b", Stage.DONE)]
    assert runs.run(argparse.Namespace()).data["runs"][0]["left_to_undo"] == 1


@settings(deadline=None)  # each line is synced: how long that takes is the disk's matter
@given(cut=st.integers(min_value=0, max_value=100_000), junk=st.binary(max_size=30))
def test_a_journal_cut_anywhere_tells_what_was_whole_and_can_be_gone_on_with(cut: int, junk: bytes) -> None:
    with journal.new_run(setup="reports") as opened:
        make(opened, "role:a")
        make(opened, "bucket:é", {"a": "\ud800"}, "b")
    path = file_of(opened.id)
    content = path.read_bytes()
    first = content.index(b"\n") + 1
    kept = content[: first + cut % (len(content) - first + 1)]
    path.write_bytes(kept + junk.replace(b"\n", b""))

    with journal.writing(opened.id) as again:
        again.write(Event.END, state="stopped")
    run = journal.run(opened.id)

    assert run.ended == "stopped"
    whole = [json.loads(line) for line in kept.split(b"\n")[:-1]]
    begun = [told["id"] for told in whole if told["event"] == "intent"]
    assert [step.id for step in run.steps][: len(begun)] == begun
    path.unlink()
