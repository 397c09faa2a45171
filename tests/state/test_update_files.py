"""Changing a file of the person's: whole or not at all, and with nothing of it lost."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.state.state_files import add_two, made, mode_of, names
from wizard.state import atomic, backups, update
from wizard.state.targets import RefusedError, resolve

is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change owners")


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return made(tmp_path)


def test_a_file_is_changed_and_what_was_done_is_told(file: Path) -> None:
    written = update.update(file, add_two, backup=False)
    assert file.read_bytes() == b"one\ntwo\n"
    assert (written.before, written.after) == (b"one\n", b"one\ntwo\n")
    assert (written.path, written.target, written.created, written.backup_path) == (file, file, False, None)
    assert written.changed
    assert names(file.parent) == ["config"]
    assert "two" not in repr(written)


def test_nothing_is_written_when_nothing_changes(file: Path) -> None:
    before = file.stat()
    written = update.update(file, lambda data: data, backup=True)
    assert not written.changed
    assert file.stat().st_ino == before.st_ino
    assert backups.backups_of(file) == ()


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_a_missing_file_and_its_folder_are_made_for_the_owner_alone(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "home" / ".aws" / "credentials"
    old = os.umask(mask)
    try:
        written = update.update(path, add_two, backup=True)
    finally:
        os.umask(old)
    assert written.created
    assert written.backup_path is None
    assert path.read_bytes() == b"two\n"
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700


def test_a_missing_file_stays_missing_when_there_is_nothing_to_write(tmp_path: Path) -> None:
    assert not update.update(tmp_path / "none" / "config", lambda data: data, backup=True).changed
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o700, 0o666])
def test_the_mode_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    update.update(file, add_two, backup=False)
    assert mode_of(file) == mode


@is_root
def test_owner_and_group_are_kept(file: Path) -> None:
    os.chown(file, 1234, 4321)
    file.chmod(0o640)
    update.update(file, add_two, backup=False)
    assert (file.stat().st_uid, file.stat().st_gid, mode_of(file)) == (1234, 4321, 0o640)


def test_through_a_symlink_the_file_behind_it_is_written(file: Path, tmp_path: Path) -> None:
    file.chmod(0o640)
    (tmp_path / "dotfiles").mkdir()
    middle = tmp_path / "dotfiles" / "config"
    middle.symlink_to(os.path.relpath(file, middle.parent))
    link = tmp_path / "link"
    link.symlink_to("dotfiles/config")
    written = update.update(link, add_two, backup=True)
    assert link.is_symlink()
    assert middle.is_symlink()
    assert file.read_bytes() == b"one\ntwo\n"
    assert mode_of(file) == 0o640
    assert (written.path, written.target) == (link, file)
    assert [backup.target for backup in backups.backups_of(file)] == [file]


def test_a_folder_may_be_a_symlink_too(file: Path, tmp_path: Path) -> None:
    (tmp_path / ".aws").symlink_to("aws")
    update.update(tmp_path / ".aws" / "config", add_two, backup=False)
    assert file.read_bytes() == b"one\ntwo\n"
    assert (tmp_path / ".aws").is_symlink()


def test_who_wrote_meanwhile_loses_nothing(file: Path) -> None:
    seen: list[bytes] = []

    def change(data: bytes) -> bytes:
        if not seen:
            file.write_bytes(b"one\ntheirs\n")
        seen.append(data)
        return data + b"two\n"

    written = update.update(file, change, backup=True)
    assert seen == [b"one\n", b"one\ntheirs\n"]
    assert file.read_bytes() == b"one\ntheirs\ntwo\n"
    assert written.before == b"one\ntheirs\n"
    assert [backup.read() for backup in backups.backups_of(file)] == [b"one\ntheirs\n"]
    assert names(file.parent) == ["config"]


def test_who_made_the_file_meanwhile_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config"

    def change(data: bytes) -> bytes:
        if not path.exists():
            path.write_bytes(b"theirs\n")
        return data + b"two\n"

    assert not update.update(path, change, backup=False).created
    assert path.read_bytes() == b"theirs\ntwo\n"


def test_a_mode_that_was_changed_meanwhile_is_kept(file: Path) -> None:
    def change(data: bytes) -> bytes:
        file.chmod(0o640)
        return data + b"two\n"

    update.update(file, change, backup=False)
    assert mode_of(file) == 0o640


def test_a_file_that_never_rests_is_given_up(file: Path) -> None:
    def change(data: bytes) -> bytes:
        file.write_bytes(data + b".")
        return data + b"two\n"

    with pytest.raises(RefusedError, match="keeps writing"):
        update.update(file, change, backup=True)
    assert b"two" not in file.read_bytes()
    assert backups.backups_of(file) == ()


def test_what_the_change_raises_goes_through_and_nothing_is_written(file: Path) -> None:
    def change(_data: bytes) -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update.update(file, change, backup=True)
    assert file.read_bytes() == b"one\n"
    assert names(file.parent) == ["config"]
    # The lock is free again.
    update.update(file, add_two, backup=False)


@pytest.mark.parametrize("backup", [True, False])
def test_a_full_disk_leaves_everything_as_it_was(file: Path, backup: bool) -> None:  # noqa: FBT001 -- a parameter
    before = b"x" * 5000
    file.write_bytes(before)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(RefusedError) as caught:
            update.update(file, add_two, backup=backup)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "no space" in caught.value.what
    assert file.read_bytes() == before
    assert names(file.parent) == ["config"]
    assert backups.backups_of(file) == ()


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_failing_system_call_leaves_everything_as_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(RefusedError) as caught:
        update.update(file, add_two, backup=True)
    monkeypatch.undo()
    assert os.strerror(number) in caught.value.why
    assert file.read_bytes() == b"one\n"
    assert names(file.parent) == ["config"]


def test_a_failing_replacement_takes_the_backup_back(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == file:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(RefusedError):
        update.update(file, add_two, backup=True)
    assert file.read_bytes() == b"one\n"
    assert names(file.parent) == ["config"]
    assert backups.backups_of(file) == ()


def test_the_content_is_synced_before_it_takes_the_place_and_the_folder_after(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_sync(descriptor)

    def put(self: Path, target: Path) -> Path:
        done.append("replace")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", put)
    update.update(file, add_two, backup=False)
    assert done == ["file", "replace", "folder"]


def test_the_temporary_is_closed_to_others_while_it_is_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.chmod(0o644)
    modes: list[int] = []
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    update.update(file, add_two, backup=False)
    assert modes == [0o600]


def test_extended_attributes_are_kept(file: Path) -> None:
    try:
        os.setxattr(file, "user.note", b"mine")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    update.update(file, add_two, backup=False)
    assert os.getxattr(file, "user.note") == b"mine"


def test_what_a_killed_process_left_is_swept_away_but_nothing_of_a_living_one(file: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    host = atomic._host()
    left = file.parent / f".config.{host}-{ended.pid}-00ff00ff.s3-crossaccount.tmp"
    living = file.parent / f".config.{host}-{os.getpid()}-00ff00ff.s3-crossaccount.tmp"
    elsewhere = file.parent / f".config.00000000-{ended.pid}-00ff00ff.s3-crossaccount.tmp"
    others = file.parent / f".credentials.{host}-{ended.pid}-00ff00ff.s3-crossaccount.tmp"
    for path in (left, living, elsewhere, others):
        path.write_bytes(b"secret")
    update.update(file, add_two, backup=False)
    assert not left.exists()
    assert living.exists()
    assert elsewhere.exists()
    assert others.exists()


def test_a_path_through_symlinks_is_resolved(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert resolve(tmp_path / "link" / "config") == tmp_path / "real" / "config"
