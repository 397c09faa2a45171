"""The clipboard: puts a text where a paste finds it, and says how certain that is."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Together they keep `copy` below two seconds, whatever hangs.
SYSTEM_SECONDS = 1.4
TMUX_SECONDS = 0.5

# Terminals commonly drop an OSC 52 sequence of more than 100,000 bytes, silently; base64 makes 4 of 3.
OSC52_BYTES = 74_994

_READ_BACK = 0
_SET_UNREAD = 10
_NO_CLIPBOARD = 11


class How(StrEnum):
    """The way that a text took."""

    SYSTEM = "system"  # the desktop's clipboard
    TMUX = "tmux"  # tmux's buffer; tmux also told the terminal's clipboard
    TERMINAL = "terminal"  # OSC 52: nobody answers
    TOO_LONG = "too-long"  # not sent: the terminal would drop it
    NOWHERE = "nowhere"  # not sent: no way there is


@dataclass(frozen=True, slots=True)
class Copied:
    """The outcome of `copy`. `certain`: the text was read back from the desktop's clipboard.

    With TMUX the text is in tmux's buffer for certain (its exit status says so), yet whether the
    terminal took it into its clipboard nobody knows: `certain` is false.
    """

    certain: bool
    how: How

    @property
    def sent(self) -> bool:
        """Whether the text went anywhere at all."""
        return self.how in {How.SYSTEM, How.TMUX, How.TERMINAL}


def copy(
    text: str,
    *,
    environ: Mapping[str, str] = os.environ,
    write_terminal: Callable[[str], None] | None = None,
) -> Copied:
    """Copy `text` by the first way that works: the desktop's clipboard, tmux, the terminal (OSC 52).

    It never raises and takes two seconds at the very most: call it from a worker where a screen is
    drawn. `write_terminal` writes escape sequences to the terminal; None: there is none. Over SSH the
    desktop's clipboard is another machine's, so it is left alone.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return Copied(certain=False, how=How.NOWHERE)
    if not data:
        return Copied(certain=False, how=How.NOWHERE)
    if not _over_ssh(environ) and _has_desktop(environ):
        status = _run([sys.executable, "-P", __file__], data, environ, SYSTEM_SECONDS)
        if status in {_READ_BACK, _SET_UNREAD}:
            return Copied(certain=status == _READ_BACK, how=How.SYSTEM)
    if environ.get("TMUX") and _run(["tmux", "load-buffer", "-w", "-"], data, environ, TMUX_SECONDS) == 0:
        return Copied(certain=False, how=How.TMUX)
    return _send_to_terminal(data, environ, write_terminal)


def _over_ssh(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def _has_desktop(environ: Mapping[str, str]) -> bool:
    if sys.platform != "linux":
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "WSL_INTEROP"))


def _run(command: list[str], data: bytes, environ: Mapping[str, str], seconds: float) -> int | None:
    """Return the command's exit status, or None when it can't be started or takes too long.

    Only the exit status comes back: a clipboard's owner (xclip, wl-copy) lives on in the background,
    and would keep a pipe open. What it prints must not reach the screen. In a session of its own,
    what hangs can be ended with all that it started.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
        )
    except (OSError, ValueError):
        return None
    with process:
        try:
            process.communicate(data, timeout=seconds)
        except (subprocess.TimeoutExpired, OSError):
            _end(process)
            return None
    return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        pass  # it ended by itself meanwhile


def _send_to_terminal(data: bytes, environ: Mapping[str, str], write_terminal: Callable[[str], None] | None) -> Copied:
    # A dumb terminal prints the sequence, and the Linux console has no clipboard.
    if write_terminal is None or environ.get("TERM", "") in {"dumb", "linux"}:
        return Copied(certain=False, how=How.NOWHERE)
    if len(data) > OSC52_BYTES:
        return Copied(certain=False, how=How.TOO_LONG)
    try:
        write_terminal(osc52(data, environ))
    except (OSError, ValueError):  # ValueError: the stream was closed
        return Copied(certain=False, how=How.NOWHERE)
    return Copied(certain=False, how=How.TERMINAL)


def osc52(data: bytes, environ: Mapping[str, str]) -> str:
    r"""Return the sequence that sets a terminal's clipboard: `ESC ] 52 ; c ; BASE64 BEL`.

    Inside tmux it goes twice: bare, which tmux takes with `set-clipboard on`, and wrapped in
    `ESC P tmux; … ESC \`, which tmux hands to its terminal (before 3.3 always, then with
    `allow-passthrough on`). Only tmux gets the wrapped one: GNU screen would print its first letters.
    """
    bare = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environ.get("TMUX") or environ.get("TERM", "").startswith("tmux"):
        return bare + "\x1bPtmux;" + bare.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return bare


def _set_system_clipboard(text: str) -> int:
    """Set the desktop's clipboard with pyperclip and read it back. Runs in a process of its own.

    A process, because pyperclip's programs write to standard error, on which a screen is drawn, and
    may hang; and pyperclip takes a program that failed (a dead DISPLAY) for one that worked.
    """
    # With Qt the clipboard is owned by this process and is gone with it.
    sys.modules.update(dict.fromkeys(("qtpy", "PyQt5")))  # type: ignore[arg-type]  # None: not importable
    import pyperclip

    set_text, read_text = pyperclip.determine_clipboard()
    if not set_text:
        return _NO_CLIPBOARD
    set_text(text)
    if set_text.__name__ == "copy_wsl":
        return _SET_UNREAD  # reading starts a PowerShell: seconds
    found = read_text() or ""
    same = found.replace("\r\n", "\n") == text.replace("\r\n", "\n")
    return _READ_BACK if same else _NO_CLIPBOARD


if __name__ == "__main__":
    sys.exit(_set_system_clipboard(sys.stdin.buffer.read().decode()))
