"""Applying in a terminal: the question, a no, Ctrl-C at the question and in the middle."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import PROFILES, accounts, answers, environment, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

pytestmark = [pytest.mark.usefixtures("fresh_practice"), pytest.mark.terminal]
QUESTION = "Make these changes?"


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, practice: Practice, state: Path, *argv: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wizard", *argv],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment(practice, state), "TERM": "xterm"},
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        os.close(slave)
        self.said = ""

    def wait_for(self, text: str, seconds: float = 60.0) -> None:
        """Read until a text was said."""
        end = time.monotonic() + seconds
        while text not in self.said:
            assert time.monotonic() < end, self.said
            if not self._read():
                raise AssertionError(self.said)

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Wait for the end and return the exit status."""
        while self._read():
            pass
        status = self.process.wait(30)
        os.close(self._master)
        return status

    def _read(self) -> bool:
        if not select.select([self._master], [], [], 0.2)[0]:
            return True
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # the other end is closed
            return False
        self.said += chunk.decode(errors="replace")
        return bool(chunk)


@pytest.fixture
def applying(practice: Practice, tmp_path: Path) -> Terminal:
    file = written(tmp_path, answers("assume-role"))
    return Terminal(practice, tmp_path / "state", "apply", file, "--side", "both", *PROFILES)


def test_a_yes_makes_the_changes_and_a_yes_puts_them_back(
    applying: Terminal, practice: Practice, clients: Clients, tmp_path: Path
) -> None:
    before = accounts(clients)
    applying.wait_for(QUESTION)
    assert accounts(clients) == before
    applying.type("y\n")
    assert applying.end() == 0
    assert "s3-crossaccount undo" in applying.said

    undoing = Terminal(practice, tmp_path / "state", "undo")
    undoing.wait_for("Put this back?")
    undoing.type("y\n")
    assert undoing.end() == 0
    assert accounts(clients) == before


@pytest.mark.parametrize("typed", ["n\n", "\n", "\x04"])
def test_anything_but_a_yes_changes_nothing(applying: Terminal, clients: Clients, typed: str) -> None:
    before = accounts(clients)
    applying.wait_for(QUESTION)
    applying.type(typed)

    assert applying.end() == 130
    assert accounts(clients) == before


def test_ctrl_c_at_the_question_cancels(applying: Terminal, clients: Clients) -> None:
    before = accounts(clients)
    applying.wait_for(QUESTION)
    applying.process.send_signal(signal.SIGINT)

    assert applying.end() == 130
    assert "nothing was changed" in applying.said
    assert accounts(clients) == before


def test_ctrl_c_in_the_middle_says_what_is_done_and_how_to_go_on_or_undo(
    applying: Terminal, practice: Practice, clients: Clients, tmp_path: Path
) -> None:
    before = accounts(clients)
    applying.wait_for(QUESTION)
    applying.type("y\n")
    applying.wait_for("[2/")
    applying.process.send_signal(signal.SIGINT)

    # The signal may come after the last change: then everything is done.
    if applying.end() == 130:
        assert "Done until here" in applying.said
        assert "To go on" in applying.said
    undoing = Terminal(practice, tmp_path / "state", "undo", "--yes")
    assert undoing.end() == 0
    assert accounts(clients) == before
