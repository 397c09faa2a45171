"""`--demo` in tmux: applied, verified and undone by keys alone; nothing of it is left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.tui.conftest import ASSUME_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")]
ROOT = Path(__file__).parents[2]
DEMO = "import sys; from wizard.__main__ import main; sys.exit(main(['--demo', '--answers', sys.argv[1]]))"


class Tmux:
    """A tmux server of its own with one pane of 100×30."""

    def __init__(self, folder: Path) -> None:
        self.socket = str(folder / "tmux")

    def run(self, *arguments: str) -> str:
        command = ["tmux", "-S", self.socket, "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout

    def open(self, *command: str) -> None:
        self.run("new-session", "-d", "-x", "100", "-y", "30", *command)

    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def until(self, text: str, seconds: float = 60) -> str:
        ends = time.monotonic() + seconds
        while text not in (seen := self.screen()):
            if time.monotonic() > ends:
                pytest.fail(f"{text!r} never came:\n{seen}")
            time.sleep(0.1)
        return seen

    def press(self, *keys: str) -> None:
        self.run("send-keys", *keys)


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    # A socket's path may have a hundred characters or so: pytest's own folders are longer.
    with tempfile.TemporaryDirectory(prefix="tmux-") as folder:
        opened = Tmux(Path(folder))
        yield opened
        opened.run("kill-server")


def test_the_whole_journey_by_keys_and_nothing_is_left(tmux: Tmux, tmp_path: Path) -> None:
    from wizard.answers.file import write

    (tmp_path / "tmp").mkdir()
    (tmp_path / "answers.toml").write_text(write(ASSUME_ROLE))
    own = {"TMPDIR": str(tmp_path / "tmp"), "S3_CROSSACCOUNT_STATE": str(tmp_path / "state"), "PYTHONPATH": str(ROOT)}
    known = [f"{name}={value}" for name, value in own.items()]
    status = tmp_path / "status"
    program = f'{sys.executable} -c "{DEMO}" {tmp_path / "answers.toml"}; echo $? > {status}'
    tmux.open("env", *known, f"HOME={os.environ['HOME']}", "sh", "-c", program)
    seen = tmux.until("◆ proven")
    assert "practice accounts" in seen
    time.sleep(1.5)  # the accounts get ready beneath
    tmux.press("C-x")
    tmux.until("Changes: 3. Nothing is changed before you say so")
    tmux.press("Left", "Enter")  # Enter alone goes back
    tmux.until("Applied.")
    tmux.press("Enter")
    tmux.until("Whose credentials make the calls?")
    tmux.press("Enter")
    tmux.until("The access works")
    tmux.press("Escape")
    assert "✓ verified" in tmux.until("Review · Enter changes a value")
    tmux.press("C-u")
    tmux.until("To be put back: 3.")
    tmux.press("Left", "Enter")
    tmux.until("Everything is as it was")
    tmux.press("Escape")
    tmux.until("Review · Enter changes a value")
    assert list((tmp_path / "tmp").glob("s3-crossaccount-demo-*"))
    began = time.monotonic()
    tmux.press("C-q")
    while not status.exists() and time.monotonic() < began + 10:
        time.sleep(0.05)
    assert status.read_text().strip() == "0"
    assert not list((tmp_path / "tmp").glob("s3-crossaccount-demo-*"))
    assert not (tmp_path / "state" / "runs").exists()
