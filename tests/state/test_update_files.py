"""Changing a file of the person's: whole or not at all, and with nothing of it lost."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import filelock  # noqa: F401 -- imported while we still may read it, see `as_somebody_else`
import pytest

from wizard.errors import BadInputError
from wizard.state import atomic, backups, update
from wizard.state.targets import RefusedError, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change owners")


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "aws" / "config"
    path.parent.mkdir()
    path.write_bytes(b"one\n")
    path.chmod(0o600)
    return path


def _add_two(data: bytes) -> bytes:
    return data + b"two\n"


def _replaced(content: bytes, _data: bytes) -> bytes:
    return content


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _refused(path: Path) -> RefusedError:
    """Check that a change is refused with all that a person needs, also by `check`, and return the error."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(RefusedError) as checked:
        update.check(path)
    with pytest.raises(RefusedError) as caught:
        update.update(path, _add_two, backup=True)
    assert str(checked.value) == str(caught.value)
    assert caught.value.where
    assert caught.value.mend
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not [name for name in _names(path.parent) if name.endswith(".tmp")]
    return caught.value


@contextmanager
def as_somebody_else(uid: int = NOBODY) -> Iterator[None]:
    """Be an ordinary user for the file system, for as long as it takes."""
    os.setegid(uid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def shared_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that other users reach as well (pytest's own are closed to them)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(folder / "state"))
        yield folder


def test_a_file_is_changed_and_what_was_done_is_told(file: Path) -> None:
    written = update.update(file, _add_two, backup=False)
    assert file.read_bytes() == b"one\ntwo\n"
    assert (written.before, written.after) == (b"one\n", b"one\ntwo\n")
    assert (written.path, written.target, written.created, written.backup_path) == (file, file, False, None)
    assert written.changed
    assert _names(file.parent) == ["config"]
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
        written = update.update(path, _add_two, backup=True)
    finally:
        os.umask(old)
    assert written.created
    assert written.backup_path is None
    assert path.read_bytes() == b"two\n"
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700


def test_a_missing_file_stays_missing_when_there_is_nothing_to_write(tmp_path: Path) -> None:
    assert not update.update(tmp_path / "none" / "config", lambda data: data, backup=True).changed
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o700, 0o666])
def test_the_mode_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    update.update(file, _add_two, backup=False)
    assert _mode(file) == mode


@is_root
def test_owner_and_group_are_kept(file: Path) -> None:
    os.chown(file, 1234, 4321)
    file.chmod(0o640)
    update.update(file, _add_two, backup=False)
    assert (file.stat().st_uid, file.stat().st_gid, _mode(file)) == (1234, 4321, 0o640)


@is_root
def test_a_file_of_another_user_is_refused_because_its_owner_could_not_be_kept(shared_folder: Path) -> None:
    path = shared_folder / "config"
    path.write_bytes(b"one\n")
    path.chmod(0o666)
    with as_somebody_else():
        error = _refused(path)
    assert error.where == str(path)
    assert "owner" in error.why


@is_root
def test_a_group_that_could_not_be_kept_is_refused(shared_folder: Path) -> None:
    path = shared_folder / "config"
    path.write_bytes(b"one\n")
    os.chown(path, NOBODY, 4321)
    with as_somebody_else(), pytest.raises(RefusedError, match="group"):
        update.update(path, _add_two, backup=False)
    assert path.read_bytes() == b"one\n"
    assert _names(shared_folder) == ["config", "state"]


@is_root
def test_an_ordinary_user_is_told_of_a_folder_that_is_not_theirs(shared_folder: Path) -> None:
    shared_folder.chmod(0o755)
    with as_somebody_else(), pytest.raises(RefusedError) as caught:
        update.check(shared_folder / "config")
    assert caught.value.where == str(shared_folder)
    assert "read-only" in caught.value.what


@is_root
def test_an_ordinary_user_is_told_of_a_file_that_may_not_be_read(shared_folder: Path) -> None:
    path = shared_folder / "config"
    path.write_bytes(b"one\n")
    path.chmod(0o600)
    with as_somebody_else(), pytest.raises(RefusedError) as caught:
        update.update(path, _add_two, backup=False)
    assert caught.value.where == str(path)
    assert "Permission denied" in caught.value.why


@pytest.mark.parametrize("mode", [0o400, 0o444, 0o500])
def test_a_read_only_file_is_refused_also_for_root(file: Path, mode: int) -> None:
    file.chmod(mode)
    error = _refused(file)
    assert f"{mode:04o}" in error.what
    assert "chmod u+w" in error.mend
    assert _mode(file) == mode


@pytest.mark.parametrize("name", ["config", "new"])
def test_a_read_only_folder_is_refused_also_for_root(file: Path, name: str) -> None:
    file.parent.chmod(0o555)
    try:
        error = _refused(file.parent / name)
    finally:
        file.parent.chmod(0o755)
    assert error.where == str(file.parent)
    assert not (file.parent / "new").exists()


def test_hard_links_are_refused(file: Path) -> None:
    os.link(file, file.parent / "other")
    assert "2 hard links" in _refused(file).what


def test_through_a_symlink_the_file_behind_it_is_written(file: Path, tmp_path: Path) -> None:
    file.chmod(0o640)
    (tmp_path / "dotfiles").mkdir()
    middle = tmp_path / "dotfiles" / "config"
    middle.symlink_to(os.path.relpath(file, middle.parent))
    link = tmp_path / "link"
    link.symlink_to("dotfiles/config")
    written = update.update(link, _add_two, backup=True)
    assert link.is_symlink()
    assert middle.is_symlink()
    assert file.read_bytes() == b"one\ntwo\n"
    assert _mode(file) == 0o640
    assert (written.path, written.target) == (link, file)
    assert [backup.target for backup in backups.backups_of(file)] == [file]


def test_a_folder_may_be_a_symlink_too(file: Path, tmp_path: Path) -> None:
    (tmp_path / ".aws").symlink_to("aws")
    update.update(tmp_path / ".aws" / "config", _add_two, backup=False)
    assert file.read_bytes() == b"one\ntwo\n"
    assert (tmp_path / ".aws").is_symlink()


def test_a_symlink_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "config"
    link.symlink_to("gone/config")
    error = _refused(link)
    assert error.where == str(link)
    assert "gone/config" in error.why
    assert not (tmp_path / "gone").exists()


def test_a_folder_that_is_a_symlink_to_nowhere_is_refused(tmp_path: Path) -> None:
    link = tmp_path / ".aws"
    link.symlink_to("gone")
    with pytest.raises(RefusedError) as caught:
        update.update(link / "config", _add_two, backup=False)
    assert caught.value.where == str(link)
    assert not (tmp_path / "gone").exists()


def test_symlinks_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "circle" in _refused(tmp_path / "a").what


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", tmp_path, Path(os.devnull)):
        with pytest.raises(RefusedError, match="not a regular file"):
            update.update(path, _add_two, backup=False)
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


def test_a_file_where_a_folder_should_be_is_refused(file: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        update.update(file / "config", _add_two, backup=False)
    assert str(file) in caught.value.where


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
    assert _names(file.parent) == ["config"]


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
    assert _mode(file) == 0o640


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
    assert _names(file.parent) == ["config"]
    # The lock is free again.
    update.update(file, _add_two, backup=False)


@pytest.mark.parametrize("backup", [True, False])
def test_a_full_disk_leaves_everything_as_it_was(file: Path, backup: bool) -> None:  # noqa: FBT001 -- a parameter
    before = b"x" * 5000
    file.write_bytes(before)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(RefusedError) as caught:
            update.update(file, _add_two, backup=backup)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "no space" in caught.value.what
    assert file.read_bytes() == before
    assert _names(file.parent) == ["config"]
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
        update.update(file, _add_two, backup=True)
    monkeypatch.undo()
    assert os.strerror(number) in caught.value.why
    assert file.read_bytes() == b"one\n"
    assert _names(file.parent) == ["config"]


def test_a_failing_replacement_takes_the_backup_back(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == file:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(RefusedError):
        update.update(file, _add_two, backup=True)
    assert file.read_bytes() == b"one\n"
    assert _names(file.parent) == ["config"]
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
    update.update(file, _add_two, backup=False)
    assert done == ["file", "replace", "folder"]


def test_the_temporary_is_closed_to_others_while_it_is_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.chmod(0o644)
    modes: list[int] = []
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    update.update(file, _add_two, backup=False)
    assert modes == [0o600]


def test_extended_attributes_are_kept(file: Path) -> None:
    try:
        os.setxattr(file, "user.note", b"mine")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    update.update(file, _add_two, backup=False)
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
    update.update(file, _add_two, backup=False)
    assert not left.exists()
    assert living.exists()
    assert elsewhere.exists()
    assert others.exists()


def test_a_change_can_be_undone_unless_somebody_wrote_since(file: Path, tmp_path: Path) -> None:
    written = update.update(file, _add_two, backup=False)
    assert update.undo(written)
    assert file.read_bytes() == b"one\n"
    assert not update.undo(written)
    made = update.update(tmp_path / "new", _add_two, backup=False)
    assert update.undo(made)
    assert not (tmp_path / "new").exists()
    assert not update.undo(made)


def test_backups_are_private_and_the_last_ten_are_kept(file: Path) -> None:
    for number in range(13):
        content = f"{number}\n".encode()
        update.update(file, partial(_replaced, content), backup=True)
    kept = backups.backups_of(file)
    assert [backup.read() for backup in kept] == [f"{number}\n".encode() for number in range(11, 1, -1)]
    assert {_mode(backup.path) for backup in kept} == {0o600}
    assert {_mode(backup.path.parent) for backup in kept} == {0o700}
    assert kept[0].taken > kept[-1].taken


def test_a_backup_can_be_put_back(file: Path) -> None:
    file.chmod(0o640)
    update.update(file, _add_two, backup=True)
    (backup,) = backups.backups_of(file)
    written = update.restore(backup)
    assert file.read_bytes() == b"one\n"
    assert _mode(file) == 0o640
    assert written.backup_path is not None
    assert written.backup_path.read_bytes() == b"one\ntwo\n"


def test_the_backups_of_a_file_can_be_forgotten(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "config"
    other.write_bytes(b"other\n")
    update.update(file, _add_two, backup=True)
    update.update(other, _add_two, backup=True)
    assert backups.forget(file) == 1
    assert backups.backups_of(file) == ()
    assert len(backups.backups_of(other)) == 1


_HOLDER = """
import sys, time
from pathlib import Path
from wizard.state import locks
with locks.held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_keeps_others_out_until_its_holder_dies(file: Path) -> None:
    from wizard.state import locks

    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(file)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        start = time.monotonic()
        with pytest.raises(BadInputError) as caught, locks.held(file, timeout=0.2):
            pass
        assert time.monotonic() - start < 5
        holder.kill()
    assert caught.value.where == str(file)
    assert caught.value.mend
    update.update(file, _add_two, backup=False)


def test_no_lock_file_lies_beside_the_file(file: Path) -> None:
    update.update(file, _add_two, backup=True)
    assert _names(file.parent) == ["config"]


def test_a_path_through_symlinks_is_resolved(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert resolve(tmp_path / "link" / "config") == tmp_path / "real" / "config"
