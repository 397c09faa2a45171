"""The journal of runs: one file a run, a JSON line synced before and after each change, never a secret.

Whatever a process died of, its last line is whole or torn; a torn one is left out when it is read.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.state import locks
from wizard.state.atomic import sync_folder
from wizard.state.folders import subfolder
from wizard.state.run import Event, Run, told_by
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIX = ".jsonl"
_STAMP = "%Y%m%d-%H%M%S"


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
    found = told_by(path.stem, content)
    if found is None:
        raise BadInputError(_("This is no journal of a run."), where=str(path))
    return found


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
