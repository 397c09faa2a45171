"""Changing a file of the person's: read, change, back up and put in place, all under its lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.state import atomic, backups, locks
from wizard.state.read_only import require_writing
from wizard.state.targets import RefusedError, look, require_replaceable, resolve
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.state.backups import Backup

_TRIES = 25


@dataclass(frozen=True, slots=True)
class Written:
    """What a change did. `path` as it was asked for, `target` where it really is; `created`: it is new."""

    path: Path
    target: Path
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    created: bool
    backup_path: Path | None

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return self.before != self.after


def update(path: Path, change: Callable[[bytes], bytes], *, backup: bool) -> Written:
    """Change a file: `change` gets its content (nothing while it doesn't exist) and returns the new one.

    `change` runs again when somebody else wrote meanwhile; what it raises goes through, and nothing is
    written then, nor when it returns what it got. Raises RefusedError (a BadInputError) as `replace` does.
    """
    for _attempt in range(_TRIES):
        target = resolve(path)
        with locks.held(target):
            if resolve(path) != target:
                continue
            atomic.sweep(target.parent, target.name)
            before = look(target)
            after = change(before.data)
            if after == before.data:
                return Written(path, target, before.data, after, False, None)
            require_writing(target)
            require_replaceable(target, before)
            kept = backups.keep(target, before.data) if backup and before.exists else None
            try:
                atomic.replace(target, before, after)
            except atomic.ChangedMeanwhileError:
                _take_back(kept)
                continue
            except BaseException:  # Ctrl-C too: the backup of a write that was not made goes
                _take_back(kept)
                raise
            where_kept = kept.path if kept else None
            return Written(path, target, before.data, after, not before.exists, where_kept)
    raise RefusedError(
        _("Another program keeps writing this file."),
        where=str(path),
        why=_("It changed {count} times while it was read.").format(count=_TRIES),
        mend=_("Wait for it to end, then try again."),
    )


def undo(written: Written) -> bool:
    """Put a file back as it was before a change, unless somebody wrote it since; say whether it was done."""
    with locks.held(written.target):
        now = look(written.target)
        if now.data != written.after or not now.exists:
            return False
        try:
            if written.created:
                atomic.remove(written.target, now)
            else:
                atomic.replace(written.target, now, written.before)
        except atomic.ChangedMeanwhileError:
            return False
    return True


def restore(backup: Backup) -> Written:
    """Put a backup back in its place; what is there now becomes a backup itself."""
    content = backup.read()
    return update(backup.target, lambda _now: content, backup=True)


def check(path: Path) -> None:
    """Raise RefusedError where `update` would, without writing anything."""
    target = resolve(path)
    require_replaceable(target, look(target))


def _take_back(kept: Backup | None) -> None:
    """Remove a backup of a write that did not happen."""
    if kept is not None:
        kept.path.unlink(missing_ok=True)
