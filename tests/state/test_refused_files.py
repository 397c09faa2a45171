"""Files that can't be replaced without losing something are refused, in words, and left alone."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.state.state_files import NOBODY, add_two, made, mode_of, names, somebody_else
from wizard.errors import BadInputError
from wizard.state import update
from wizard.state.targets import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change owners")


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return made(tmp_path)


def _refused(path: Path) -> RefusedError:
    """Check that a change is refused with all that a person needs, also by `check`, and return the error."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(RefusedError) as checked:
        update.check(path)
    with pytest.raises(RefusedError) as caught:
        update.update(path, add_two, backup=True)
    assert str(checked.value) == str(caught.value)
    assert caught.value.where
    assert caught.value.mend
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not [name for name in names(path.parent) if name.endswith(".tmp")]
    return caught.value


@pytest.fixture
def shared_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that other users reach as well (pytest's own are closed to them)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(folder / "state"))
        yield folder


@is_root
def test_a_file_of_another_user_is_refused_because_its_owner_could_not_be_kept(shared_folder: Path) -> None:
    path = shared_folder / "config"
    path.write_bytes(b"one\n")
    path.chmod(0o666)
    with somebody_else():
        error = _refused(path)
    assert error.where == str(path)
    assert "owner" in error.why


@is_root
def test_a_group_that_could_not_be_kept_is_refused(shared_folder: Path) -> None:
    path = shared_folder / "config"
    path.write_bytes(b"one\n")
    os.chown(path, NOBODY, 4321)
    with somebody_else(), pytest.raises(RefusedError, match="group"):
        update.update(path, add_two, backup=False)
    assert path.read_bytes() == b"one\n"
    assert names(shared_folder) == ["config", "state"]


@is_root
def test_an_ordinary_user_is_told_of_a_folder_that_is_not_theirs(shared_folder: Path) -> None:
    shared_folder.chmod(0o755)
    with somebody_else(), pytest.raises(RefusedError) as caught:
        update.check(shared_folder / "config")
    assert caught.value.where == str(shared_folder)
    assert "read-only" in caught.value.what


@is_root
def test_an_ordinary_user_is_told_of_a_file_that_may_not_be_read(shared_folder: Path) -> None:
    path = shared_folder / "config"
    path.write_bytes(b"one\n")
    path.chmod(0o600)
    with somebody_else(), pytest.raises(RefusedError) as caught:
        update.update(path, add_two, backup=False)
    assert caught.value.where == str(path)
    assert "Permission denied" in caught.value.why


@pytest.mark.parametrize("mode", [0o400, 0o444, 0o500])
def test_a_read_only_file_is_refused_also_for_root(file: Path, mode: int) -> None:
    file.chmod(mode)
    error = _refused(file)
    assert f"{mode:04o}" in error.what
    assert "chmod u+w" in error.mend
    assert mode_of(file) == mode


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
        update.update(link / "config", add_two, backup=False)
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
            update.update(path, add_two, backup=False)
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


def test_a_file_where_a_folder_should_be_is_refused(file: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        update.update(file / "config", add_two, backup=False)
    assert str(file) in caught.value.where
