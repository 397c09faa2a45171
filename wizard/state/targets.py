"""The file that is to be written: where it really is, what is in it, and whether it may be replaced."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import BadInputError
from wizard.text import _


class RefusedError(BadInputError):
    """A file can't be replaced without losing something of it; it is as it was."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file at one moment. `data` is empty and `status` None while it doesn't exist."""

    data: bytes
    status: os.stat_result | None

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self.status is not None

    def same_as(self, other: Snapshot) -> bool:
        """Whether nobody changed the file, its mode or its owner between the two moments."""
        return self.data == other.data and _identity(self.status) == _identity(other.status)


def resolve(path: Path) -> Path:
    """Return where a file really is, through every symlink; RefusedError for one that leads nowhere."""
    real = Path(os.path.realpath(path))
    if real.is_symlink():
        raise RefusedError(
            _("The symlink leads round in a circle."),
            where=str(path),
            mend=_("Remove it or mend where it leads."),
        )
    if os.path.lexists(real):
        return real
    for step in (path, *path.parents):
        if step.is_symlink() and not step.exists():
            raise RefusedError(
                _("The symlink leads nowhere."),
                where=str(step),
                why=_("It points to {target}, which doesn't exist.").format(target=step.readlink()),
                mend=_("Make that file or folder, or remove the symlink."),
            )
    return real


def look(target: Path) -> Snapshot:
    """Read a resolved path. Raises RefusedError for what is no regular file, or can't be read."""
    try:
        found = os.lstat(target)
    except FileNotFoundError:
        return Snapshot(b"", None)
    except OSError as error:
        raise refusal(target, error) from None
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(
            _("This is not a regular file."),
            where=str(target),
            why=_("Replacing it would remove what is there."),
            mend=_("Name a regular file."),
        )
    try:
        with target.open("rb") as file:
            return Snapshot(file.read(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return Snapshot(b"", None)
    except OSError as error:
        raise refusal(target, error) from None


def require_replaceable(target: Path, now: Snapshot) -> None:
    """Raise RefusedError unless the file can be replaced with its mode and owner kept.

    The mode bits count also for root, who could write anyway: a person made the file read-only on purpose.
    """
    if now.status is not None:
        _require_file(target, now.status)
    folder = target.parent
    while not os.path.exists(folder) and folder != folder.parent:  # noqa: PTH110 -- Path.exists can raise
        folder = folder.parent
    found = folder.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise RefusedError(_("This is a file, not a folder."), where=str(folder))
    if not found.st_mode & 0o222 or not _access(folder, os.W_OK | os.X_OK):
        raise RefusedError(
            _("The folder is read-only."),
            where=str(folder),
            why=_("The new content is written beside the file, then put in its place."),
            mend=_("Allow writing there (chmod u+w), or write it by hand."),
        )


def refusal(target: Path, error: OSError) -> RefusedError:
    """Say in words why the system refused; the file is as it was."""
    untouched = _("The file is as it was.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return RefusedError(
            _("There is no space left to write it."),
            where=str(target),
            why=f"{error.strerror}. {untouched}",
            mend=_("Free some space, then try again."),
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return RefusedError(
            _("The system doesn't allow it."),
            where=str(error.filename or target),
            why=f"{error.strerror}. {untouched}",
            mend=_("Give yourself the right to read and write there."),
        )
    return RefusedError(
        _("It can't be read or written."), where=str(target), why=f"{error.strerror or error}. {untouched}"
    )


def _require_file(target: Path, found: os.stat_result) -> None:
    if found.st_nlink > 1:
        raise RefusedError(
            _("The file has {count} hard links.").format(count=found.st_nlink),
            where=str(target),
            why=_("Replacing it would part it from its other names."),
            mend=_("Make it a file of its own (cp, then mv), or a symlink."),
        )
    if not found.st_mode & stat.S_IWUSR or not _access(target, os.W_OK):
        raise RefusedError(
            _("The file is read-only (mode {mode:04o}).").format(mode=stat.S_IMODE(found.st_mode)),
            where=str(target),
            mend=_("Allow writing (chmod u+w), or write it by hand."),
        )
    if os.geteuid() not in (0, found.st_uid):
        raise RefusedError(
            _("The file belongs to another user."),
            where=str(target),
            why=_("Its owner could not be kept."),
            mend=_("Run this as its owner, or make the file your own."),
        )


def _access(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _identity(status: os.stat_result | None) -> tuple[int, ...] | None:
    if status is None:
        return None
    return (status.st_dev, status.st_ino, status.st_mode, status.st_uid, status.st_gid, status.st_nlink)
