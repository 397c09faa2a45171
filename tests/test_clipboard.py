"""The clipboard against real pyperclip, real tmux, and the programs that they start."""

from __future__ import annotations

import base64
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wizard import clipboard
from wizard.clipboard import Copied, How, copy

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = '{\n  "Sid": "接続先"\n}'
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

# Each stands in for the real program: same arguments, the clipboard is the file $BOARD.
WORKING = {
    "xclip": 'case "$*" in *-o*) cat "$BOARD";; *) cat >"$BOARD";; esac',
    "xsel": 'case "$*" in *-o*) cat "$BOARD";; *) cat >"$BOARD";; esac',
    "wl-copy": 'cat >"$BOARD"',
    "wl-paste": 'cat "$BOARD"',
    "clip.exe": 'cat >"$BOARD"',
}
# What xclip does without an X server: it says so, and pyperclip doesn't notice.
DEAD = 'echo "Error: Can\'t open display: :99" >&2; exit 1'
# It works and stays, as the owner of an X selection does.
STAYING = 'case "$*" in *-o*) cat "$BOARD";; *) cat >"$BOARD"; (sleep 3; :) & ;; esac'


class Desk:
    """A machine's programs and environment, and what its terminal was sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.board = folder / "board"
        self.environ = {
            "PATH": f"{self.bin}:{SYSTEM_PATH}",
            "BOARD": str(self.board),
            "TERM": "xterm-256color",
        }
        self.terminal = ""

    def program(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def write(self, sequence: str) -> None:
        self.terminal += sequence

    def copy(self, text: str = TEXT) -> Copied:
        return copy(text, environ=self.environ, write_terminal=self.write)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("programs", "variable"),
    [(["xclip"], "DISPLAY"), (["xsel"], "DISPLAY"), (["wl-copy", "wl-paste"], "WAYLAND_DISPLAY")],
)
def test_a_desktop_that_gives_the_text_back_is_certain(desk: Desk, programs: list[str], variable: str) -> None:
    for name in programs:
        desk.program(name, WORKING[name])
    desk.environ[variable] = ":0"
    assert desk.copy() == Copied(certain=True, how=How.SYSTEM)
    assert desk.board.read_text() == TEXT
    assert desk.terminal == ""


def test_a_program_that_stays_as_the_clipboards_owner_is_not_waited_for(desk: Desk) -> None:
    desk.program("xclip", STAYING)
    desk.environ["DISPLAY"] = ":0"
    start = time.monotonic()
    assert desk.copy() == Copied(certain=True, how=How.SYSTEM)
    assert time.monotonic() - start < 2.5


def test_a_dead_display_is_not_called_copied_and_writes_nothing_over_the_screen(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.program("xclip", DEAD)
    desk.environ["DISPLAY"] = ":99"
    assert desk.copy() == Copied(certain=False, how=How.TERMINAL)
    assert capfd.readouterr() == ("", "")


def test_another_text_on_the_clipboard_is_not_called_copied(desk: Desk) -> None:
    desk.program("xclip", 'case "$*" in *-o*) echo "of before";; *) cat >/dev/null;; esac')
    desk.environ["DISPLAY"] = ":0"
    assert desk.copy().how is How.TERMINAL


def test_a_program_that_hangs_is_ended_in_time_with_all_that_it_started(desk: Desk) -> None:
    desk.program("xclip", 'echo $$ >"$BOARD.pid"; exec sleep 60')
    desk.environ["DISPLAY"] = ":0"
    start = time.monotonic()
    assert desk.copy().how is How.TERMINAL
    assert time.monotonic() - start < 2.5
    pid = int(Path(f"{desk.board}.pid").read_text())
    assert _ended(pid)


def _ended(pid: int) -> bool:
    for _try in range(50):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_tmux_and_desktop_both_hanging_stay_below_the_limit(desk: Desk) -> None:
    desk.program("xclip", "exec sleep 60")
    desk.program("tmux", "exec sleep 60")
    desk.environ |= {"DISPLAY": ":0", "TMUX": "/nowhere,1,0"}
    start = time.monotonic()
    assert desk.copy().how is How.TERMINAL
    assert time.monotonic() - start < 2.9  # two seconds, on a busy machine


@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY"])
def test_over_ssh_the_remote_desktop_is_left_alone(desk: Desk, variable: str) -> None:
    desk.program("xclip", WORKING["xclip"])
    desk.environ |= {"DISPLAY": "localhost:10.0", variable: "x"}
    assert desk.copy() == Copied(certain=False, how=How.TERMINAL)
    assert not desk.board.exists()


def test_on_wsl_nothing_is_read_back_and_nothing_called_certain(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pyperclip = pytest.importorskip("pyperclip")
    desk.program("clip.exe", WORKING["clip.exe"])
    desk.program("powershell.exe", 'echo asked >"$BOARD.read"')
    monkeypatch.setattr(pyperclip, "determine_clipboard", pyperclip.init_wsl_clipboard)
    for name, value in desk.environ.items():
        monkeypatch.setenv(name, value)
    for name in ("qtpy", "PyQt5"):  # what the process of its own keeps from being imported
        monkeypatch.setitem(sys.modules, name, None)
    assert clipboard._set_system_clipboard(TEXT) == clipboard._SET_UNREAD
    assert desk.board.read_bytes().decode("utf-16le") == TEXT
    assert not Path(f"{desk.board}.read").exists()


def test_a_clipboard_that_was_set_but_not_read_is_not_certain(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "_run", lambda *_args: clipboard._SET_UNREAD)
    desk.environ["WSL_DISTRO_NAME"] = "Ubuntu"
    assert desk.copy() == Copied(certain=False, how=How.SYSTEM)


def test_without_a_desktop_no_process_is_started(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    assert desk.copy().how is How.TERMINAL


# --- OSC 52 --------------------------------------------------------------------------------------


def test_the_terminal_gets_the_text_in_base64_for_its_clipboard(desk: Desk) -> None:
    assert desk.copy().how is How.TERMINAL
    assert desk.terminal == f"\x1b]52;c;{base64.b64encode(TEXT.encode()).decode()}\x07"


@pytest.mark.parametrize("variables", [{"TMUX": "/nowhere,1,0"}, {"TERM": "tmux-256color"}])
def test_inside_tmux_it_also_goes_through_to_tmuxs_own_terminal(desk: Desk, variables: dict[str, str]) -> None:
    desk.program("tmux", "exit 1")
    desk.environ |= variables
    assert desk.copy().how is How.TERMINAL
    bare = f"\x1b]52;c;{base64.b64encode(TEXT.encode()).decode()}\x07"
    assert desk.terminal == f"{bare}\x1bPtmux;\x1b{bare}\x1b\\"


def test_gnu_screen_gets_nothing_that_it_would_print(desk: Desk) -> None:
    desk.environ |= {"TERM": "screen-256color", "STY": "1.tty"}
    desk.copy()
    assert "\x1bP" not in desk.terminal


def test_a_text_that_the_terminal_would_drop_is_not_sent(desk: Desk) -> None:
    assert desk.copy("x" * clipboard.OSC52_BYTES).how is How.TERMINAL
    assert len(desk.terminal) <= 100_000
    desk.terminal = ""
    answer = desk.copy("x" * (clipboard.OSC52_BYTES + 1))
    assert (answer.how, answer.sent, desk.terminal) == (How.TOO_LONG, False, "")


@pytest.mark.parametrize("term", ["dumb", "linux"])
def test_terminals_without_a_clipboard_are_sent_nothing(desk: Desk, term: str) -> None:
    desk.environ["TERM"] = term
    assert desk.copy() == Copied(certain=False, how=How.NOWHERE)
    assert desk.terminal == ""


@pytest.mark.parametrize("text", ["", "\ud800"])
def test_what_can_not_be_copied_is_said_to_go_nowhere(desk: Desk, text: str) -> None:
    assert desk.copy(text) == Copied(certain=False, how=How.NOWHERE)


def test_a_closed_terminal_is_no_error(desk: Desk) -> None:
    def closed(_sequence: str) -> None:
        raise ValueError("I/O operation on closed file")

    assert copy(TEXT, environ=desk.environ, write_terminal=closed).how is How.NOWHERE
    assert copy(TEXT, environ=desk.environ, write_terminal=None).how is How.NOWHERE


# --- tmux, the real one --------------------------------------------------------------------------


@pytest.fixture
def tmux_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    socket = str(tmp_path_factory.mktemp("t") / "s")
    environ = {"PATH": SYSTEM_PATH, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    try:
        subprocess.run(
            [
                "tmux",
                "-S",
                socket,
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                "80",
                "-y",
                "24",
                "sleep 60",
            ],
            check=True,
            env=environ,
        )
    except FileNotFoundError:
        pytest.skip("tmux is not installed")
    yield socket
    subprocess.run(["tmux", "-S", socket, "kill-server"], check=False, env=environ, capture_output=True)


def _ask(socket: str, *command: str) -> str:
    return subprocess.run(["tmux", "-S", socket, *command], check=True, capture_output=True, text=True).stdout


def _pane(socket: str) -> dict[str, str]:
    """Return the variables that tmux gives to the programs in its panes."""
    server, pane = _ask(socket, "display-message", "-p", "#{pid} #{pane_id}").split()
    return {"TMUX": f"{socket},{server},0", "TMUX_PANE": pane, "TERM": "screen"}


def test_tmux_takes_the_text_into_its_buffer(desk: Desk, tmux_socket: str) -> None:
    desk.environ |= _pane(tmux_socket)
    assert desk.copy() == Copied(certain=False, how=How.TMUX)
    assert _ask(tmux_socket, "show-buffer") == TEXT
    assert desk.terminal == ""


def test_tmux_takes_what_is_too_long_for_a_terminal(desk: Desk, tmux_socket: str) -> None:
    desk.environ |= _pane(tmux_socket)
    text = "0123456789" * 20_000
    assert desk.copy(text).how is How.TMUX
    assert _ask(tmux_socket, "show-buffer") == text


def test_tmux_hands_the_text_to_the_terminal_that_is_attached(desk: Desk, tmux_socket: str) -> None:
    master, slave = pty.openpty()
    client = subprocess.Popen(
        ["tmux", "-S", tmux_socket, "attach"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={"PATH": SYSTEM_PATH, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        _read_until(master, b"\x1b[")
        desk.environ |= _pane(tmux_socket)
        assert desk.copy("from the wizard").how is How.TMUX
        assert base64.b64encode(b"from the wizard") in _read_until(master, b"\x1b]52;")
    finally:
        client.terminate()
        client.wait(5)
        os.close(slave)
        os.close(master)


def _read_until(terminal: int, wanted: bytes) -> bytes:
    seen = b""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.3)
        if ready:
            seen += os.read(terminal, 65536)
        elif wanted in seen:
            break
    return seen


def test_a_tmux_that_is_gone_leaves_the_terminal(desk: Desk) -> None:
    desk.environ |= {"TMUX": f"{desk.folder}/gone,1,0", "TERM": "screen"}
    assert desk.copy().how is How.TERMINAL


def test_importing_the_clipboard_does_not_import_pyperclip() -> None:
    code = "import sys, wizard.clipboard; sys.exit('pyperclip' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
