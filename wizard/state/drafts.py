"""Drafts: the answers of a wizard that was not finished, so that a closed terminal loses nothing."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.state import atomic
from wizard.state.folders import subfolder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from filelock import BaseFileLock

KEPT = 10
_SUFFIX = ".json"
_STAMP = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that nobody is working on: its answers, and when they were saved (UTC)."""

    id: str
    saved: datetime
    answers: Mapping[str, Any]


class OwnDraft:
    """The draft of one running wizard; two wizards never write over each other's.

    Nothing is on disk before the first `save`. While the process lives nobody else is offered the draft.
    """

    def __init__(self) -> None:
        self.id = f"{datetime.now(UTC).strftime(_STAMP)}-{secrets.token_hex(4)}"
        self._lock: BaseFileLock | None = None

    def save(self, answers: Mapping[str, Any]) -> None:
        """Write the answers (JSON values, never secrets). Raises BadInputError when it can't be written."""
        if self._lock is None:
            self._lock = _claim(self.id)
            _tidy()
        content = json.dumps(answers, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
        # Not synced: this runs while a person types, and guards against a closed terminal, not a power cut.
        atomic.write(_file_of(self.id), content, durable=False)

    def discard(self) -> None:
        """Remove the draft: the wizard was finished, or the person wants none."""
        if self._lock is not None:
            _remove(self.id, self._lock)
            self._lock = None


def latest() -> Draft | None:
    """Return the newest draft whose wizard is no longer running; unreadable ones are passed over."""
    for path in _files():
        lock = _claim(path.stem)
        if lock is None:
            continue
        try:
            draft = _read(path)
        finally:
            lock.release()
        if draft is not None:
            return draft
    return None


def adopt(draft: Draft) -> OwnDraft | None:
    """Go on with a draft: it becomes this wizard's own. None when another wizard took it first."""
    lock = _claim(draft.id)
    if lock is None:
        return None
    current = _read(_file_of(draft.id))
    own = OwnDraft()
    if current is not None:
        # The new one first: dying in between leaves the answers twice, never not at all.
        own.save(current.answers)
    _remove(draft.id, lock)
    return own if current is not None else None


def discard(draft: Draft) -> None:
    """Remove a draft that the person doesn't want to go on with, unless another wizard has it by now."""
    lock = _claim(draft.id)
    if lock is not None:
        _remove(draft.id, lock)


def _tidy() -> None:
    """Remove all but the ten newest of the drafts that nobody is working on."""
    atomic.sweep(subfolder("drafts"))
    for path in _files()[KEPT:]:
        lock = _claim(path.stem)
        if lock is not None:
            _remove(path.stem, lock)


def _claim(identity: str) -> BaseFileLock | None:
    from wizard.state import locks

    # The kernel's lock, not a process id: those are used again, and a draft would be lost to its double.
    return locks.take(_file_of(identity).with_suffix(".lock"))


def _remove(identity: str, lock: BaseFileLock) -> None:
    try:
        for suffix in (_SUFFIX, ".lock"):
            _file_of(identity).with_suffix(suffix).unlink(missing_ok=True)
    finally:
        lock.release()


def _files() -> list[Path]:
    """Return the drafts, the one that was saved last first."""
    try:
        found = [(path.stat().st_mtime_ns, path) for path in subfolder("drafts").glob(f"*{_SUFFIX}")]
    except (BadInputError, OSError):
        return []
    return [path for _saved, path in sorted(found, reverse=True)]


def _file_of(identity: str) -> Path:
    return subfolder("drafts") / f"{identity}{_SUFFIX}"


def _read(path: Path) -> Draft | None:
    try:
        answers = json.loads(path.read_bytes())
        saved = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, RecursionError):
        return None
    return Draft(path.stem, saved, answers) if isinstance(answers, dict) else None
