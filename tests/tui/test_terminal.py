"""The wizard in a real terminal (a pty): it starts, takes keys, is killed without a loss, and ends without a trace."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wizard.tui.session import Session
from wizard.tui.titling import title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.terminal
ROOT = Path(__file__).parents[2]
WIZARD = "import sys\nfrom wizard.__main__ import main\nsys.exit(main([]))\n"
BROKEN = (
    "import sys\nfrom wizard.tui.widgets.access_path import AccessPathView\n"
    "AccessPathView.redraw = lambda self: 1 / 0\n" + WIZARD
)


class Terminal:
    """A child in a pseudo terminal, and all that it wrote."""

    def __init__(self, code: str, size: tuple[int, int], **environ: str) -> None:
        self.seen = ""
        self.child, self.file = pty.fork()
        if self.child == 0:  # pragma: no cover -- the child is another program
            os.chdir(ROOT)
            # Named in full: readline, which pytest loads, sets LINES and COLUMNS behind Python's back.
            own = {name: value for name, value in os.environ.items() if name not in {"LINES", "COLUMNS"}}
            known = {**own, "TERM": "xterm-256color", **environ}
            os.execve(sys.executable, [sys.executable, "-c", code], known)  # noqa: S606 -- our own code, no shell
        self.resize(size)

    def resize(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def until(self, text: str, seconds: float = 40) -> str:
        """Read until a text was written; what stands between control sequences counts."""
        ends = time.monotonic() + seconds
        while text not in self.plain():
            if time.monotonic() > ends:
                pytest.fail(f"{text!r} never came: {self.plain()[-600:]!r}")
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.file, 65536).decode(errors="replace")
                except OSError:  # the child ended
                    break
        return self.plain()

    def until_sent(self, sequence: str) -> None:
        """Read until a control sequence was sent."""
        while sequence not in self.seen:
            assert select.select([self.file], [], [], 40)[0], f"{sequence!r} never came"
            self.seen += os.read(self.file, 65536).decode(errors="replace")

    def plain(self) -> str:
        return re.sub(r"\x1b(\[[0-9;?<>=]*[A-Za-z]|[()][A-Z0-9]|\][^\x07]*\x07|.)", "", self.seen)

    def send(self, keys: str) -> None:
        self.seen = ""
        os.write(self.file, keys.encode())

    def ended(self) -> int:
        """Read to the end, and return the exit status."""
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            if select.select([self.file], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.file, 65536).decode(errors="replace")
                except OSError:
                    break
            done, status = os.waitpid(self.child, os.WNOHANG)
            if done:
                self.child = 0
                return os.waitstatus_to_exitcode(status)
        _done, status = os.waitpid(self.child, 0)
        self.child = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        if self.child:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
        os.close(self.file)


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def start(code: str = WIZARD, size: tuple[int, int] = (100, 30), **environ: str) -> Terminal:
        terminal = Terminal(code, size, S3_CROSSACCOUNT_STATE=str(tmp_path / "state"), **environ)
        opened.append(terminal)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()


def kept(folder: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in (folder / "state" / "drafts").glob("*.json")]


def test_it_starts_takes_keys_and_is_resized(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal()
    terminal.until("Switch role")
    terminal.send("\r")
    terminal.until("Which account connects?")
    terminal.send("111122223333")
    terminal.until("arn:aws:iam::111122223333:role/")
    terminal.seen = ""
    terminal.resize((160, 45))
    terminal.until("source account 111122223333")
    terminal.send("\x11")
    assert terminal.ended() == 0
    assert "kept as a draft" in terminal.plain()


def test_a_killed_terminal_loses_nothing_and_the_next_start_offers_to_go_on(
    open_terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = open_terminal()
    terminal.until("Switch role")
    terminal.send("\r")
    terminal.until("Which account connects?")
    terminal.send("111122223333\r")
    terminal.until("Which account owns the bucket?")
    time.sleep(0.6)
    os.kill(terminal.child, signal.SIGKILL)
    os.waitpid(terminal.child, 0)
    terminal.child = 0
    assert kept(tmp_path)[0]["source.account_id"] == "111122223333"
    again = open_terminal()
    again.until("Go on where you stopped?")
    again.send("\r")
    again.until("Which account owns the bucket?")


def test_ctrl_c_stops_with_130_and_says_that_no_file_changed(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal()
    terminal.until("Switch role")
    terminal.send("\x03")
    assert terminal.ended() == 130
    assert "No file was changed" in terminal.plain()


def test_a_bug_leaves_a_report_and_no_traceback(open_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    terminal = open_terminal(BROKEN)
    assert terminal.ended() == 70
    said = terminal.plain()
    assert "Traceback" not in said
    assert "ZeroDivisionError" not in said
    assert "bug" in said
    reports = list((tmp_path / "state").glob("bug-*.txt"))
    assert reports
    assert "ZeroDivisionError" in reports[0].read_text()


def test_no_color_sends_no_colour(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal(NO_COLOR="1")
    terminal.until("Switch role")
    terminal.until("○")
    codes = [code for run in re.findall(r"\x1b\[([0-9;]*)m", terminal.seen) for code in run.split(";")]
    assert codes, "bold and reversed text is there"
    # 30-38, 40-48, 90-97, 100-107: colours of any kind. What they say, signs and words say too.
    assert not [code for code in codes if re.fullmatch(r"[34][0-8]|9[0-7]|10[0-7]", code)]
    for sign in ("● ", "○ ", "★ recommended", "? "):
        assert sign in terminal.plain()


def titles(terminal: Terminal) -> list[tuple[str, str]]:
    """Return what was done with the window's title: set, kept (22) and given back (23)."""
    return re.findall(r"\x1b(?:\]2;([^\x07\x1b]*)\x07|\[(2[23]);2t)", terminal.seen)


def test_the_window_says_what_is_worked_on_and_has_its_title_back(
    open_terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    answers = tmp_path / "mine.toml"
    answers.write_text('method = "assume-role"\n')
    terminal = open_terminal(WIZARD.replace("main([])", f"main(['--answers', {str(answers)!r}])"))
    terminal.until("Which account connects?")
    while "\x1b]2;" not in terminal.seen:
        terminal.seen += os.read(terminal.file, 65536).decode(errors="replace")
    whole = terminal.seen
    os.write(terminal.file, b"\x11")
    assert terminal.ended() == 0
    assert titles(terminal)[0] == ("", "22")
    assert titles(terminal)[1][0].startswith("s3-crossaccount: Switch role")
    assert titles(terminal)[-1] == ("", "23")
    assert terminal.seen.index("\x1b[?1049l") < terminal.seen.index("\x1b[23;2t"), "when the screen is its own again"
    assert whole.index("Which account connects?") < whole.index("\x1b]2;"), "after the first frame"


def test_the_window_follows_the_name_of_the_setup(open_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    answers = tmp_path / "mine.toml"
    answers.write_text('name = "reports"\nmethod = "assume-role"\n')
    terminal = open_terminal(WIZARD.replace("main([])", f"main(['--answers', {str(answers)!r}])"))
    terminal.until("Which account connects?")
    os.write(terminal.file, b"\x03")
    terminal.ended()
    assert ("s3-crossaccount: reports", "") in titles(terminal)
    assert titles(terminal)[-1] == ("", "23")


def test_no_answer_of_somebody_else_sends_a_control_character_to_the_title() -> None:
    hostile = "evil\x07\x1b]52;c;aGk=\x07\x9b2J\u202ereports\n"
    session = Session({"method": "assume-role", "name": hostile, "bucket.name": hostile})
    session.built = replace(session.built, setup=replace(session.built.setup, name=hostile, unanswered=frozenset()))
    for practice in (False, True):
        assert title_of(session, practice=practice).isprintable()
    assert title_of(session, practice=False).startswith("s3-crossaccount: evil??]52;")
    assert title_of(session, practice=True) == "s3-crossaccount: practice accounts"


@pytest.mark.parametrize("term", ["linux", "vt100"])
def test_a_console_without_a_title_is_sent_none(open_terminal: Callable[..., Terminal], term: str) -> None:
    terminal = open_terminal(TERM=term)
    terminal.until("Switch role")
    os.write(terminal.file, b"\x11")
    terminal.ended()
    assert titles(terminal) == []


LIGHT = "\x1b]11;rgb:fbfb/fbfb/f9f9\x1b\\"


@pytest.mark.parametrize("late", [False, True], ids=["at once", "late"])
def test_a_light_terminal_gets_dark_text_and_its_answer_is_not_typed(
    open_terminal: Callable[..., Terminal], *, late: bool
) -> None:
    terminal = open_terminal(COLORTERM="truecolor", COLORFGBG="")
    terminal.until_sent("\x1b]11;?")
    if late:
        terminal.until("Switch role")
        time.sleep(0.3)
    os.write(terminal.file, LIGHT.encode())
    terminal.until_sent("48;2;251;251;249")
    terminal.send("\r")
    assert "rgb:" not in terminal.until("Which account connects?")
    terminal.send("111122223333")
    terminal.until("arn:aws:iam::111122223333:role/")
