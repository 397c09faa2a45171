"""Writes an export's files under a folder: the one place of this room that touches the disk."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard import diff
from wizard.errors import BadInputError
from wizard.state.read_only import require_writing
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wizard.export.files import ExportFile


@dataclass(frozen=True, slots=True)
class Target:
    """A file to be written: where, and what is there (None: nothing)."""

    path: Path
    file: ExportFile
    before: bytes | None

    @property
    def unchanged(self) -> bool:
        """Whether it is there already, just like this."""
        return self.before == self.file.text.encode()

    @property
    def replaces(self) -> bool:
        """Whether something else is there."""
        return self.before is not None and not self.unchanged

    @property
    def diff(self) -> str:
        """What would change in a file that is there."""
        name = str(self.path)
        return diff.unified(self.before or b"", self.file.text, before_name=name, after_name=name)


def look(folder: Path, files: Sequence[ExportFile]) -> tuple[Target, ...]:
    """Look what is there where the files would be written. Raises BadInputError where nothing can be."""
    return tuple(Target(folder / file.path, file, _content(folder / file.path)) for file in files)


def _content(path: Path) -> bytes | None:
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise BadInputError(
                _("A link or something else than a file is there."),
                where=str(path),
                mend=_("Choose another folder, or take it away."),
            )
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(path, error) from None


def write(targets: Sequence[Target]) -> tuple[Path, ...]:
    """Write what isn't there already, each file whole or not at all; return what was written. Raises BadInputError.

    The modes follow the umask, because the files are made to be handed over. None is synced: they can be made again.
    """
    written = []
    for target in targets:
        if target.unchanged:
            continue
        require_writing(target.path)
        try:
            target.path.parent.mkdir(parents=True, exist_ok=True)
            _put(target)
        except OSError as error:
            raise _refused(target.path, error) from None
        written.append(target.path)
    return tuple(written)


def _put(target: Target) -> None:
    temporary = target.path.with_name(f".{target.path.name[:80]}.{os.urandom(4).hex()}")
    mode = 0o777 if target.file.executable else 0o666
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(target.file.text.encode())
        _require_unchanged(target)
        temporary.replace(target.path)
    except BaseException:  # Ctrl-C too: no half file stays
        with suppress(OSError):
            temporary.unlink()
        raise


def _require_unchanged(target: Target) -> None:
    if _content(target.path) != target.before:
        raise BadInputError(_("Another program changed this file meanwhile."), where=str(target.path))


def _refused(path: Path, error: OSError) -> BadInputError:
    return BadInputError(
        _("The file can't be read or written: {reason}.").format(reason=error.strerror or error), where=str(path)
    )
