"""The safe write: a synced temporary beside the target, put in its place whole or not at all."""

from __future__ import annotations

import glob
import os
import platform
import secrets
import stat
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from wizard.state.folders import private_folder
from wizard.state.read_only import require_writing
from wizard.state.targets import RefusedError, Snapshot, look, refusal, require_replaceable
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRIVATE = 0o600
_SUFFIX = ".s3-crossaccount.tmp"
_ACL = "system.posix_acl_access"


class ChangedMeanwhileError(Exception):
    """Somebody else wrote the file after it was read: read it again and start over."""


def replace(target: Path, before: Snapshot, data: bytes) -> None:
    """Put `data` in the place of a resolved path that was read as `before`.

    Mode, owner and access list stay; a new file gets 0600, missing folders 0700. Raises
    ChangedMeanwhileError when it no longer is as it was read, and RefusedError when it can't be
    replaced; the file is as it was then, and no temporary is left.
    """
    require_writing(target)
    require_replaceable(target, before)
    private_folder(target.parent)
    try:
        with _temporary(target) as temporary:
            _fill(temporary, data, before.status)
            if before.status is not None:
                _keep_access_list(target, temporary)
            if not look(target).same_as(before):
                raise ChangedMeanwhileError
            temporary.replace(target)
    except OSError as error:
        raise refusal(target, error) from None
    sync_folder(target.parent)


def write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file of the program's own (0600), whatever is there; for the state folder, under no lock.

    Not `durable`: it survives the death of the process, not of the machine, and costs no wait for the disk.
    """
    try:
        with _temporary(path) as temporary:
            _fill(temporary, data, None, durable=durable)
            temporary.replace(path)
    except OSError as error:
        raise refusal(path, error) from None
    if durable:
        sync_folder(path.parent)


def remove(target: Path, before: Snapshot) -> None:
    """Remove a file that still is as it was read; raises as `replace` does."""
    require_writing(target)
    require_replaceable(target, before)
    if not look(target).same_as(before):
        raise ChangedMeanwhileError
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise refusal(target, error) from None
    sync_folder(target.parent)


def sweep(folder: Path, name: str = "") -> None:
    """Remove temporaries that killed processes left in a folder, for one file's name or (of ours) for all."""
    pattern = f".{glob.escape(name)}.*{_SUFFIX}" if name else f".*{_SUFFIX}"
    with suppress(OSError):
        for left in folder.glob(pattern):
            # The host, the process, a random part; see `_temporary`.
            host, _dash, rest = left.name.removesuffix(_SUFFIX).rpartition(".")[2].partition("-")
            process = rest.partition("-")[0]
            if host == _host() and process.isdigit() and not _is_alive(int(process)):
                left.unlink(missing_ok=True)


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    # The name says whose it is, so that `sweep` knows what nobody will come back for.
    name = f".{target.name}.{_host()}-{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
    path = target.parent / name
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _fill(temporary: Path, data: bytes, like: os.stat_result | None, *, durable: bool = True) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, PRIVATE)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        # The owner first: a change of owner clears bits of the mode.
        if like is not None:
            _keep_owner(temporary, descriptor, like)
        os.fchmod(descriptor, PRIVATE if like is None else stat.S_IMODE(like.st_mode))
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep_owner(temporary: Path, descriptor: int, like: os.stat_result) -> None:
    mine = os.fstat(descriptor)
    if (mine.st_uid, mine.st_gid) == (like.st_uid, like.st_gid):
        return
    try:
        os.fchown(descriptor, like.st_uid, like.st_gid)
    except OSError as error:
        raise RefusedError(
            _("The file's owner and group can't be kept."),
            where=str(temporary.parent),
            why=_("It belongs to user {user} and group {group}: {error}.").format(
                user=like.st_uid, group=like.st_gid, error=error.strerror
            ),
            mend=_("Run this as a member of that group, or give the file to one of your own groups (chgrp)."),
        ) from None


def _keep_access_list(target: Path, temporary: Path) -> None:
    """Copy the access control list and the other extended attributes, where the system has them."""
    if not hasattr(os, "listxattr"):
        return
    theirs, ours = _attributes(target), _attributes(temporary)
    for name in theirs:
        try:
            os.setxattr(temporary, name, os.getxattr(target, name))
        except OSError as error:
            # Labels may be the system's business (SELinux sets its own); who may read the file is not.
            if name == _ACL:
                raise refusal(target, error) from None
    if _ACL in ours and _ACL not in theirs:
        os.removexattr(temporary, _ACL)


def _attributes(path: Path) -> list[str]:
    try:
        return os.listxattr(path)
    except OSError:
        return []


def sync_folder(folder: Path) -> None:
    """Have a folder's entries written out, where the file system can: the file itself is synced by now."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _host() -> str:
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
