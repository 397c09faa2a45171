"""Drafts survive the terminal and nobody writes over another's; the state folder is its owner's alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.errors import BadInputError
from wizard.state import drafts, folders

ANSWERS = {"method": "assume-role", "source.account_id": "111111111111", "principals": ["root"], "名前": "値"}

_WIZARD = """
import os, signal, sys
from wizard.state import drafts
own = drafts.OwnDraft()
own.save({"from": sys.argv[1]})
print(own.id, flush=True)
if sys.argv[2] == "die":
    os.kill(os.getpid(), signal.SIGKILL)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "deep" / "state"
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(path))
    return path


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _killed_wizard(label: str) -> None:
    """Run a wizard that saves a draft and is killed as by a closed terminal, only harder."""
    subprocess.run([sys.executable, "-c", _WIZARD, label, "die"], check=False, stdout=subprocess.DEVNULL)


def test_a_draft_survives_a_killed_terminal(state: Path) -> None:
    assert drafts.latest() is None
    _killed_wizard("first")
    found = drafts.latest()
    assert found is not None
    assert found.answers == {"from": "first"}
    (path,) = (state / "drafts").glob("*.json")
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700


def test_the_draft_of_a_running_wizard_is_not_offered() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WIZARD, "running", "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as wizard:
        assert wizard.stdout is not None
        wizard.stdout.readline()
        _killed_wizard("killed")
        os.utime(next((folders.state_folder() / "drafts").glob("*.json")), (1, 1))
        found = drafts.latest()
        assert found is not None
        assert found.answers == {"from": "killed"}
        wizard.kill()
    # Whichever was saved last is offered now that nobody works on either.
    assert drafts.latest() is not None


def test_two_wizards_do_not_write_over_each_other(state: Path) -> None:
    one, other = drafts.OwnDraft(), drafts.OwnDraft()
    one.save({"n": 1})
    other.save({"n": 2})
    one.save({"n": 3})
    assert len(list((state / "drafts").glob("*.json"))) == 2
    assert drafts.latest() is None
    one.discard()
    other.discard()
    assert list((state / "drafts").iterdir()) == []


def test_a_draft_is_gone_on_with_by_one_wizard_only(state: Path) -> None:
    _killed_wizard("first")
    found = drafts.latest()
    assert found is not None
    own = drafts.adopt(found)
    assert own is not None
    assert drafts.adopt(found) is None
    assert drafts.latest() is None
    own.save(ANSWERS)
    assert len(list((state / "drafts").glob("*.json"))) == 1


def test_a_draft_can_be_refused() -> None:
    _killed_wizard("first")
    found = drafts.latest()
    assert found is not None
    drafts.discard(found)
    assert drafts.latest() is None
    drafts.discard(found)


def test_answers_come_back_as_they_were() -> None:
    own = drafts.OwnDraft()
    own.save(ANSWERS)
    assert own._lock is not None
    own._lock.release()
    found = drafts.latest()
    assert found is not None
    assert found.answers == ANSWERS
    assert found.id == own.id


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_a_damaged_draft_is_passed_over(state: Path, content: bytes) -> None:
    _killed_wizard("good")
    (state / "drafts" / "20990101T000000000000Z-00000000.json").write_bytes(content)
    found = drafts.latest()
    assert found is not None
    assert found.answers == {"from": "good"}


def test_only_ten_drafts_of_others_are_kept(state: Path) -> None:
    folder = folders.subfolder("drafts")
    for number in range(15):
        path = folder / f"202601{number + 1:02}T000000000000Z-0000000{number % 10}.json"
        path.write_text("{}")
        os.utime(path, (number, number))
    drafts.OwnDraft().save({"n": 1})
    assert len(list((state / "drafts").glob("*.json"))) <= 11
    assert not (folder / "20260101T000000000000Z-00000000.json").exists()


def test_nothing_is_on_disk_before_something_was_answered(state: Path) -> None:
    drafts.OwnDraft().discard()
    assert not list(state.glob("**/*"))


def test_the_state_folder_is_its_owners_alone(state: Path) -> None:
    assert folders.state_folder() == state
    assert _mode(state) == 0o700
    assert _mode(state.parent) == 0o700
    state.chmod(0o755)
    inner = folders.subfolder("runs")
    inner.chmod(0o755)
    assert _mode(folders.subfolder("runs")) == 0o700


def test_without_a_choice_it_is_the_platforms_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("S3_CROSSACCOUNT_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert folders.state_folder() == tmp_path / "xdg" / "s3-crossaccount"
    assert _mode(tmp_path / "xdg" / "s3-crossaccount") == 0o700


@pytest.mark.skipif(not Path("/proc/1").is_dir(), reason="needs /proc")
def test_a_place_where_nothing_can_be_made_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", "/proc/1/a/b")
    with pytest.raises(BadInputError, match="/proc/1/a"):
        folders.state_folder()


def test_a_file_in_place_of_the_state_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "file"))
    with pytest.raises(BadInputError) as caught:
        folders.state_folder()
    assert caught.value.where == str(tmp_path / "file")
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "file" / "inner"))
    with pytest.raises(BadInputError):
        folders.state_folder()
