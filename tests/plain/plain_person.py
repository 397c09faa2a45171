"""A person at the plain front end: keys into questionary's prompts, and a real terminal (pty) where it matters."""

from __future__ import annotations

import fcntl
import gc
import io
import os
import pty
import select
import struct
import sys
import termios
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from wizard.errors import CancelledError
from wizard.plain.app import converse
from wizard.plain.questionary_prompts import QuestionaryPrompts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pytest


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run printed between its prompts, and how it ended."""

    text: str
    status: int
    stopped: str = ""


class Person:
    """Somebody with a home, a state folder, a working folder and AWS files of their own, and no clipboard."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        work = home / "work"
        work.mkdir()
        monkeypatch.chdir(work)
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(home / "state"))
        monkeypatch.setenv("COLUMNS", "80")
        self.state = home / "state"
        self.config = home / "aws" / "config"
        self.credentials = home / "aws" / "credentials"
        self.config.parent.mkdir()
        self._environ = {
            "TERM": "xterm",
            "AWS_CONFIG_FILE": str(self.config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.credentials),
        }
        self._terminals: list[Terminal] = []

    def talk(self, *keys: str, raw: Mapping[str, Any] | None = None, origin: str = "") -> Outcome:
        """Run the front end with keys: each argument is typed as it is, so `"1111\\r"` is a line."""
        gc.collect()  # a wizard that ended gives its draft up, as its process would
        said = io.StringIO()
        with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
            keyboard.send_text("".join(keys))
            keyboard.close()  # too few keys end the run, as Ctrl-D does
            try:
                with redirect_stdout(said):
                    status = converse(raw or {}, origin=origin, environ=self._environ, prompts=QuestionaryPrompts())
            except CancelledError as error:
                return Outcome(said.getvalue(), error.exit_status, str(error))
        return Outcome(said.getvalue(), status)

    def terminal(self, *arguments: str, **variables: str) -> Terminal:
        """Start the program in a terminal, with variables of its environment."""
        return Terminal(arguments, {**os.environ, **self._environ, "PROMPT_TOOLKIT_NO_CPR": "1", **variables})


class Terminal:
    """The program in a real terminal of 80 columns and 24 lines."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            command = [sys.executable, "-m", "wizard", *arguments]
            os.execve(sys.executable, command, dict(environ))  # noqa: S606 -- no shell is wanted
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.text = ""
        self._seen = 0

    def wait_for(self, words: str) -> None:
        """Read until these words appear after those that were waited for before."""
        end = time.monotonic() + 20
        while words not in self.text[self._seen :]:
            assert time.monotonic() < end, f"{words!r} not in {self.text[self._seen :]!r}"
            self._read(0.2)
        self._seen = self.text.index(words, self._seen) + len(words)

    def type(self, keys: str) -> None:
        """Type keys."""
        os.write(self._terminal, keys.encode())

    def answer(self, words: str, line: str) -> None:
        """Wait for a prompt, then type a line."""
        self.wait_for(words)
        self.type(f"{line}\n")

    def status(self, stop: str = "") -> int:
        """Read until the program ends; return its exit status. `stop` is typed first, and again if nothing happens.

        A signal that arrives between the prompt and the read interrupts neither: a person isn't that fast.
        """
        if stop:
            time.sleep(0.1)
            self.type(stop)
        begin = time.monotonic()
        while self._read(0.2):
            assert time.monotonic() < begin + 20, self.text
            if stop and time.monotonic() > begin + 2:
                self.type(stop)
                stop = ""
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self, seconds: float) -> bool:
        ready, _writable, _failed = select.select([self._terminal], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # Linux says so at the end
            return False
        self.text += data.decode(errors="replace")
        return bool(data)
