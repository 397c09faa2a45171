"""Locks between processes, in the state folder: one writer a file, and no lock files beside the person's."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.state.folders import subfolder
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from filelock import BaseFileLock

PATIENCE_SECONDS = 60.0
# filelock's own 50 ms make eight waiting writers slow.
_POLL_SECONDS = 0.01


@contextmanager
def held(what: Path | str, *, timeout: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock of a file (its resolved path) or of a word, waiting at most `timeout` seconds.

    The kernel lets go of it when the process dies, however it dies. Raises BadInputError when it is still
    taken at the end. One thread must not take the same lock twice.
    """
    import filelock

    lock = _lock(_file_of(what))
    try:
        lock.acquire(timeout=timeout, poll_interval=_POLL_SECONDS)
    except filelock.Timeout:
        raise BadInputError(
            _("Another process is writing here."),
            where=str(what),
            why=_("It held its lock for more than {seconds:.0f} seconds.").format(seconds=timeout),
            mend=_("Wait for it to end, then try again."),
        ) from None
    except OSError as error:
        raise BadInputError(
            _("The lock can't be taken."),
            where=lock.lock_file,
            why=error.strerror or "",
            mend=_("Remove that file if another user left it there."),
        ) from None
    try:
        yield
    finally:
        lock.release()


def take(file: Path) -> BaseFileLock | None:
    """Take a lock file for as long as this process lives, or return None when another one has it."""
    import filelock

    lock = _lock(file)
    try:
        lock.acquire(timeout=0)
    except (filelock.Timeout, OSError):
        return None
    return lock


def _lock(file: Path) -> BaseFileLock:
    import filelock

    return filelock.FileLock(file, mode=0o600, thread_local=False)


def _file_of(what: Path | str) -> Path:
    digest = hashlib.sha256(str(what).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return subfolder("locks") / f"{digest}.lock"
