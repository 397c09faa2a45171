"""The journal of runs: one file a run, a JSON line synced before and after each change, never a secret.

Whatever a process died of, its last line is whole or torn; a torn one is left out when it is read.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from wizard.diff import same
from wizard.errors import BadInputError
from wizard.state import locks
from wizard.state.atomic import sync_folder
from wizard.state.folders import subfolder
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SUFFIX = ".jsonl"
_STAMP = "%Y%m%d-%H%M%S"


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


class Journal:
    """The journal of one run, open for writing. Nobody else can write it meanwhile (`writing`)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def id(self) -> str:
        """The run's id."""
        return self._path.stem

    def write(self, event: Event, **told: Any) -> None:
        """Append a line, and wait until it is on the disk. Raises BadInputError where it can't be written."""
        line = json.dumps(
            {"event": event.value, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), **told},
            ensure_ascii=False,
        )
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # After a torn line a new one begins: the torn one must not swallow it.
                begin = b"\n" if _is_torn(self._path) else b""
                _write_all(descriptor, begin + line.encode("utf-8", "backslashreplace") + b"\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise BadInputError(
                _("The journal of the run can't be written."),
                where=str(self._path),
                why=error.strerror or "",
                mend=_("Nothing is changed without it. Make room, or name another state folder."),
            ) from None


@contextmanager
def new_run(**about: Any) -> Iterator[Journal]:
    """Begin a run: its journal, with its first line written. `about` says what is needed to go on or undo."""
    now = datetime.now(UTC)
    # Milliseconds keep runs of one second in their order; the random end tells two processes apart.
    identity = f"{now.strftime(_STAMP)}-{now.microsecond // 1000:03d}{secrets.token_hex(1)}"
    path = _folder() / f"{identity}{_SUFFIX}"
    with locks.held(path):
        journal = Journal(path)
        journal.write(Event.START, run=identity, **about)
        sync_folder(path.parent)
        yield journal


def unfinished(setup_name: str) -> Run | None:
    """Return the last run of a setup where it stopped, failed or died on the way, so that it can be gone on with."""
    last = next((one for one in runs() if one.setup_name == setup_name), None)
    return last if last is not None and last.state in {"stopped", "failed", "died"} else None


@contextmanager
def writing(run_id: str) -> Iterator[Journal]:
    """Go on with a run's journal (undo). Raises BadInputError while the run itself is still going on."""
    path = _folder() / f"{run_id}{_SUFFIX}"
    with locks.held(path, timeout=1.0):
        yield Journal(path)


def runs() -> tuple[Run, ...]:
    """Return every run, the newest first; a journal that can't be read at all is passed over."""
    found = []
    for path in sorted(_folder().glob(f"*{_SUFFIX}"), reverse=True):
        with suppress(BadInputError):
            found.append(_read(path))
    return tuple(found)


def run(run_id: str) -> Run:
    """Return one run by its id, or by its beginning where only one has it. Raises BadInputError."""
    named = [path for path in _folder().glob(f"*{_SUFFIX}") if path.stem.startswith(run_id)]
    if len(named) != 1:
        what = _("There is no run {id}.") if not named else _("More than one run begins with {id}.")
        raise BadInputError(what.format(id=run_id), mend=_("`s3-crossaccount runs` lists them."))
    return _read(named[0])


def is_running(run_id: str) -> bool:
    """Whether a process is writing this run's journal right now."""
    path = _folder() / f"{run_id}{_SUFFIX}"
    try:
        with locks.held(path, timeout=0):
            return False
    except BadInputError:
        return True


def _folder() -> Path:
    return subfolder("runs")


def _read(path: Path) -> Run:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInputError(
            _("The journal of the run can't be read."), where=str(path), why=error.strerror or ""
        ) from None
    reader = _Reader()
    for line in content.split(b"\n"):
        told = _line(line)
        if told is not None:
            reader.take(told)
    if not reader.about:
        raise BadInputError(_("This is no journal of a run."), where=str(path))
    return Run(path.stem, reader.about, tuple(reader.steps), reader.ended)


class _Reader:
    """Puts a run together from the lines of its journal."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {}
        self.steps: list[Step] = []
        self.ended = ""

    def take(self, told: Mapping[str, Any]) -> None:
        event, identity = told.get("event"), told.get("id")
        if event == Event.START:
            self.about = dict(told)
        elif event == Event.RESUME:
            self.about |= {key: value for key, value in told.items() if key not in {"event", "time"}}
            self.ended = ""
        elif event == Event.END:
            self.ended = str(told.get("state", ""))
        elif event == Event.INTENT and isinstance(told.get("change"), dict):
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


def _same(one: Any, other: Any) -> bool:
    return one is other if one is None or other is None else same(one, other)


def _line(line: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _is_torn(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        if file.tell() == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
