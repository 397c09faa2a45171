"""Backups of files as they were before a write: 0600, in the state folder, the last ten of each."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard.state import atomic
from wizard.state.folders import private_folder, subfolder

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 10
_STAMP = "%Y%m%dT%H%M%S%fZ"
_SUFFIX = ".bak"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: where it is, of which file (resolved), and when it was taken (UTC)."""

    path: Path
    target: Path
    taken: datetime

    def read(self) -> bytes:
        """Return the file as it was."""
        return self.path.read_bytes()


def keep(target: Path, data: bytes) -> Backup:
    """Keep a file's content as its newest backup, and let the oldest beyond ten go."""
    folder = _folder(target)
    atomic.sweep(folder)
    taken = datetime.now(UTC)
    path = folder / (taken.strftime(_STAMP) + _SUFFIX)
    atomic.write(path, data)
    # Not the new one, even if the clock was set back and it sorts as the oldest.
    for old in [backup for backup in backups_of(target) if backup.path != path][KEPT - 1 :]:
        old.path.unlink(missing_ok=True)
    return Backup(path, target, taken)


def backups_of(target: Path) -> tuple[Backup, ...]:
    """List the backups of a resolved path, newest first."""
    found = []
    for path in _folder(target).glob(f"*{_SUFFIX}"):
        # Whatever else lies there is not ours to list, and never ours to remove.
        with suppress(ValueError):
            taken = datetime.strptime(path.name.removesuffix(_SUFFIX), _STAMP).replace(tzinfo=UTC)
            found.append(Backup(path, target, taken))
    return tuple(sorted(found, key=lambda backup: backup.taken, reverse=True))


def forget(target: Path) -> int:
    """Remove every backup of a resolved path (a rotation ends the secrets in them), and say how many."""
    gone = backups_of(target)
    for backup in gone:
        backup.path.unlink(missing_ok=True)
    return len(gone)


def _folder(target: Path) -> Path:
    """Return the folder of a file's backups: its name for people, a digest of its path against clashes."""
    digest = hashlib.sha256(str(target).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return private_folder(subfolder("backups") / f"{target.name[:80]}-{digest}", tighten=True)
