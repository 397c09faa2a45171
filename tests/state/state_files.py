"""What the tests of the state room share: a file to change, and being somebody else."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

import filelock  # noqa: F401 -- imported while we still may read it, see `somebody_else`

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOBODY = 65534


def made(folder: Path) -> Path:
    """Make the file that is changed: one line, its owner's alone."""
    path = folder / "aws" / "config"
    path.parent.mkdir()
    path.write_bytes(b"one\n")
    path.chmod(0o600)
    return path


def add_two(data: bytes) -> bytes:
    return data + b"two\n"


def replaced(content: bytes, _data: bytes) -> bytes:
    return content


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def somebody_else(uid: int = NOBODY) -> Iterator[None]:
    """Be an ordinary user for the file system, for as long as it takes."""
    os.setegid(uid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
