"""A run as the lines of its journal tell it: its steps in the order in which they were begun, and how it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from wizard.diff import same

if TYPE_CHECKING:
    from collections.abc import Mapping


class Event(StrEnum):
    """What a line of the journal tells."""

    START = "start"  # the run: setup, places, callers
    RESUME = "resume"  # it is gone on with, after it stopped or died
    PLAN = "plan"  # a change as it was planned, with what is there before
    INTENT = "intent"  # this change is made now
    DONE = "done"  # it was made, and read back
    FAILED = "failed"  # it was not made, or not seen to be
    UNDO_INTENT = "undo-intent"  # this change is put back now
    UNDONE = "undone"  # it was put back
    END = "end"  # the run ended by itself: how


class Stage(StrEnum):
    """How far a change of a run is."""

    STARTED = "started"  # it may have been made or not: the process died, or AWS did not answer
    DONE = "done"
    FAILED = "failed"  # AWS refused it
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a run: `change` holds its members as they were written, with `now` and `then`.

    `number` counts the run's steps: a change that was made twice (somebody wrote over it) is two of them, each
    put back by itself. `after` is what was read back, `made` the id of a role, user or access key that it
    made, `told` the last line about it.
    """

    number: int
    change: Mapping[str, Any]
    stage: Stage
    after: Any = None
    made: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The change's id."""
        return str(self.change["id"])


@dataclass(frozen=True, slots=True)
class Run:
    """One run as its journal tells it: `about` is the first line; steps in the order in which they were begun."""

    id: str
    about: Mapping[str, Any]
    steps: tuple[Step, ...]
    ended: str = ""

    @property
    def setup_name(self) -> str:
        """The name of the setup that was applied."""
        return str(self.about.get("setup", ""))

    @property
    def started(self) -> str:
        """When the run began (ISO 8601, UTC)."""
        return str(self.about.get("time", ""))

    def left_to_undo(self) -> tuple[Step, ...]:
        """Return what the run changed, or may have changed, and nobody put back: the last one first."""
        return tuple(step for step in reversed(self.steps) if step.stage in {Stage.DONE, Stage.STARTED})

    @property
    def state(self) -> str:
        """In a word: `complete`, `stopped`, `failed`, `died` (it has no end), `undone`, `partly-undone`, `empty`."""
        undone = any(step.stage is Stage.UNDONE for step in self.steps)
        if not self.left_to_undo():
            return "undone" if undone else "empty"
        return "partly-undone" if undone else self.ended or "died"


def told_by(identity: str, content: bytes) -> Run | None:
    """Return the run of a journal's content, or None where that is no journal; lines that are torn are left out."""
    reader = _Reader()
    for line in content.split(b"\n"):
        told = _line(line)
        if told is not None:
            reader.take(told)
    return Run(identity, reader.about, tuple(reader.steps), reader.ended) if reader.about else None


class _Reader:
    """Puts a run together from the lines of its journal."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {}
        self.steps: list[Step] = []
        self.ended = ""

    def take(self, told: Mapping[str, Any]) -> None:
        event, identity = told.get("event"), told.get("id")
        if event == Event.START:
            self.about = _about(told)
        elif event == Event.RESUME:
            self.about |= {key: value for key, value in _about(told).items() if key not in {"event", "time"}}
            self.ended = ""
        elif event == Event.END:
            self.ended = str(told.get("state", ""))
        elif event == Event.INTENT and _is_change(told.get("change"), identity):
            self._begin(told)
        elif event in {Event.UNDO_INTENT, Event.UNDONE} and isinstance(told.get("step"), int):
            self._put_back(told["step"], told)
        elif isinstance(identity, str):
            self._go_on(identity, told)

    def _begin(self, told: Mapping[str, Any]) -> None:
        change = told["change"]
        last = self._latest(str(told["id"]))
        if last is not None and last.stage is Stage.STARTED:
            if _same(last.change.get("now"), change.get("now")):
                # What was begun before did not happen, or is told again with more (an access key's id).
                self.steps[last.number] = replace(last, change=change, made=str(told.get("made", "")), told=told)
                return
            self.steps[last.number] = replace(last, stage=Stage.DONE)
        self.steps.append(Step(len(self.steps), change, Stage.STARTED, made=str(told.get("made", "")), told=told))

    def _go_on(self, identity: str, told: Mapping[str, Any]) -> None:
        step = self._latest(identity)
        if step is None:
            return
        if told["event"] == Event.DONE:
            made = str(told.get("made", "")) or step.made
            step = replace(step, stage=Stage.DONE, after=told.get("after"), made=made, told=told)
        elif told["event"] == Event.FAILED:
            # What may have been made all the same has to be looked at: it stays begun.
            stage = Stage.STARTED if told.get("maybe_done") else Stage.FAILED
            step = replace(step, stage=stage, told={**step.told, **told})
        self.steps[step.number] = step

    def _put_back(self, number: int, told: Mapping[str, Any]) -> None:
        if told["event"] == Event.UNDONE and 0 <= number < len(self.steps):
            self.steps[number] = replace(self.steps[number], stage=Stage.UNDONE)

    def _latest(self, identity: str) -> Step | None:
        return next((step for step in reversed(self.steps) if step.id == identity), None)


def _about(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a first line tells, without what is of another form than this program writes."""
    about = dict(told)
    if "accounts" in about:
        accounts = about["accounts"] if isinstance(about["accounts"], dict) else {}
        about["accounts"] = {account: place for account, place in accounts.items() if isinstance(place, dict)}
    if not isinstance(about.get("buckets", []), list):
        del about["buckets"]
    return about


def _is_change(change: Any, identity: Any) -> bool:
    return isinstance(change, dict) and isinstance(identity, str) and isinstance(change.get("id"), str)


def _same(one: Any, other: Any) -> bool:
    return one is other if one is None or other is None else same(one, other)


def _line(line: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and isinstance(told.get("event"), str) else None
