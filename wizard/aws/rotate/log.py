"""The journal of a rotation: how far it came, so that running it again goes on; never a secret.

It stands beside the runs and is none of them: a rotation can't be undone, because a deleted key can't.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.plan import Kind
from wizard.state import journal
from wizard.state.folders import subfolder
from wizard.state.journal import Journal
from wizard.state.run import Event, Stage

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Progress:
    """What the journal of a rotation that did not end tells.

    `old` and `made` are key ids; `before` the user's keys when the new one was asked for, `asked` when that
    was; `written`: since when the new key stands in the credentials file.
    """

    profile: str
    user_arn: str
    old: str
    made: str = ""
    before: tuple[str, ...] = ()
    asked: datetime | None = None
    written: datetime | None = None


@dataclass(slots=True)
class RotationLog:
    """The journal of one profile's rotations in one credentials file. Write it only under its lock (`path`)."""

    path: Path
    _journal: Journal = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._journal = Journal(self.path)

    @classmethod
    def of(cls, profile: str, credentials: Path) -> RotationLog:
        """Return the journal of a profile's rotations."""
        name = sha256(f"{credentials}\0{profile}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return cls(subfolder("rotations") / f"{name}.jsonl")

    def begin(self, profile: str, user_arn: str, old: str) -> None:
        """Write that a rotation begins."""
        self._journal.write(Event.START, profile=profile, user=user_arn, old=old)

    def asking(self, before: tuple[str, ...]) -> None:
        """Write that a key is asked for now, and which the user has."""
        self._journal.write(Event.INTENT, id="create", before=list(before))

    def made(self, key_id: str) -> None:
        """Write which key was made."""
        self._journal.write(Event.DONE, id="create", made=key_id)

    def did(self, step: str, **told: Any) -> None:
        """Write that a step is done: `write`, `verify`, `deactivate`, `delete`, `forget` (a key that was given up)."""
        self._journal.write(Event.DONE, id=step, **told)

    def end(self, state: str) -> None:
        """Write that the rotation ended."""
        self._journal.write(Event.END, state=state)

    def progress(self) -> Progress | None:
        """Return how far the last rotation came, or None when it ended, or there is none."""
        found: Progress | None = None
        for told in self._lines():
            found = _after(found, told)
        return found

    def _lines(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        out = []
        for line in self.path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                told = json.loads(line)
            except (ValueError, RecursionError):
                continue  # torn when the process died: what it told did not happen, or is looked at again
            if isinstance(told, dict):
                out.append(told)
        return out


def _after(found: Progress | None, told: dict[str, Any]) -> Progress | None:
    """Return the progress after one more line."""
    event, step = told.get("event"), told.get("id")
    if event == Event.START:
        return Progress(str(told.get("profile", "")), str(told.get("user", "")), str(told.get("old", "")))
    if found is None or event == Event.END:
        return None
    keep = (found.profile, found.user_arn, found.old)
    if event == Event.INTENT and step == "create":
        before = told.get("before")
        known = tuple(str(one) for one in before) if isinstance(before, list) else ()
        return Progress(*keep, before=known, asked=_moment(told.get("time")))
    if event == Event.DONE and step == "create":
        return Progress(*keep, made=str(told.get("made", "")), before=found.before, asked=found.asked)
    if event == Event.DONE and step == "write":
        return Progress(*keep, found.made, found.before, found.asked, _moment(told.get("time")))
    if event == Event.DONE and step == "forget":
        return Progress(*keep)
    return found


def hand_on(old: str, new: str) -> None:
    """Tell the run that made the old key which one stands in its place, so that its undo deletes that one."""
    for run in journal.runs():
        for step in run.steps:
            if step.made != old or step.change.get("kind") != Kind.ACCESS_KEY or step.stage is not Stage.DONE:
                continue
            with suppress(BadInputError), journal.writing(run.id) as opened:
                kept = step.told.get("kept")
                opened.write(Event.DONE, id=step.id, after={"AccessKeyIds": [new]}, made=new, kept=kept, rotated=old)


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
