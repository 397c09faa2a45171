"""Backups of what was there, and one writer at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.state.state_files import add_two, made, mode_of, names, replaced
from wizard.errors import BadInputError
from wizard.state import backups, locks, update

if TYPE_CHECKING:
    from pathlib import Path

is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change owners")


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return made(tmp_path)


_HOLDER = """
import sys, time
from pathlib import Path
from wizard.state import locks
with locks.held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_change_can_be_undone_unless_somebody_wrote_since(file: Path, tmp_path: Path) -> None:
    written = update.update(file, add_two, backup=False)
    assert update.undo(written)
    assert file.read_bytes() == b"one\n"
    assert not update.undo(written)
    made = update.update(tmp_path / "new", add_two, backup=False)
    assert update.undo(made)
    assert not (tmp_path / "new").exists()
    assert not update.undo(made)


def test_backups_are_private_and_the_last_ten_are_kept(file: Path) -> None:
    for number in range(13):
        content = f"{number}\n".encode()
        update.update(file, partial(replaced, content), backup=True)
    kept = backups.backups_of(file)
    assert [backup.read() for backup in kept] == [f"{number}\n".encode() for number in range(11, 1, -1)]
    assert {mode_of(backup.path) for backup in kept} == {0o600}
    assert {mode_of(backup.path.parent) for backup in kept} == {0o700}
    assert kept[0].taken > kept[-1].taken


def test_a_backup_can_be_put_back(file: Path) -> None:
    file.chmod(0o640)
    update.update(file, add_two, backup=True)
    (backup,) = backups.backups_of(file)
    written = update.restore(backup)
    assert file.read_bytes() == b"one\n"
    assert mode_of(file) == 0o640
    assert written.backup_path is not None
    assert written.backup_path.read_bytes() == b"one\ntwo\n"


def test_the_backups_of_a_file_can_be_forgotten(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "config"
    other.write_bytes(b"other\n")
    update.update(file, add_two, backup=True)
    update.update(other, add_two, backup=True)
    assert backups.forget(file) == 1
    assert backups.backups_of(file) == ()
    assert len(backups.backups_of(other)) == 1


def test_a_lock_keeps_others_out_until_its_holder_dies(file: Path) -> None:
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
    update.update(file, add_two, backup=False)


def test_no_lock_file_lies_beside_the_file(file: Path) -> None:
    update.update(file, add_two, backup=True)
    assert names(file.parent) == ["config"]
