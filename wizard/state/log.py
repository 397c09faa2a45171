"""The log for bug reports: which command ran, what AWS answered, which errors were shown; never a value or a secret.

It is opened only where there is something to say, and nothing that goes wrong with it ever stops a run.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from typing import IO, TYPE_CHECKING

from wizard import __version__
from wizard.errors import WizardError
from wizard.redact import redact
from wizard.state.folders import subfolder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAME = "s3-crossaccount.log"
BYTES, KEPT = 256 * 1024, 2  # what a bug report can carry, and what nobody has to tidy up
_LONGEST = 2000
_WITH_VALUE = frozenset(("--lang", "--answers"))
_VERB = re.compile(r"[a-z]+(?:-[a-z]+)*")
_FLAG = re.compile(r"(?:--[a-z][a-z-]*|-[a-z])(?==|\Z)")

_lock = threading.Lock()
_begun: set[str] = set()


def write(text: str) -> None:
    """Add a line, with the command as the first one of this process. A log that can't be written is none."""
    with _lock, suppress(OSError, WizardError):
        path = path_of()
        lines = [text]
        if str(path) not in _begun:
            # Another state folder is another log: the practice accounts have their own.
            _begun.add(str(path))
            lines.insert(0, f"s3-crossaccount {__version__}: {command(sys.argv[1:])}")
        # Opened anew for each line: two processes may rotate it, and a folder that goes holds nothing open.
        handler = _Private(path, maxBytes=BYTES, backupCount=KEPT - 1, encoding="utf-8", errors="backslashreplace")
        handler.setFormatter(_Stamped("%(asctime)sZ %(process)d %(message)s"))
        try:
            for line in lines:
                handler.emit(logging.LogRecord("", logging.INFO, "", 0, _one_line(line), None, None))
        finally:
            handler.close()


def ended(status: int) -> None:
    """Add the exit status, where this process has written anything."""
    if _begun:
        write(f"exit status {status}")


def path_of() -> Path:
    """Return where the log is. Raises BadInputError where its folder can't be made."""
    return subfolder("log") / NAME


def command(argv: Sequence[str]) -> str:
    """Return a command line without any value: the verb, and the names of flags."""
    words: list[str] = []
    flags: list[str] = []
    skip = False
    for word in argv:
        if skip:
            skip = False
        elif word == "--":
            break
        elif (flag := _FLAG.match(word)) is not None:
            flags.append(flag[0])
            skip = word in _WITH_VALUE
        elif not words or words == ["profile"]:
            words.append(word if _VERB.fullmatch(word) else "?")
    return " ".join((*(words or ["(the wizard)"]), *flags))


class _Private(RotatingFileHandler):
    """A rotating log that only its owner reads, and that keeps its troubles to itself."""

    def _open(self) -> IO[str]:  # type: ignore[override] # the base names the class of what open() returns
        return open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=_opened)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the base class's name
        """Say nothing: a full disk is told by what matters."""


class _Stamped(logging.Formatter):
    """The moment in UTC, the process, the text."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03d"
    default_time_format = "%Y-%m-%dT%H:%M:%S"


def _one_line(text: str) -> str:
    """Return a text with its secrets masked, and its control characters written out."""
    text = redact(text[:_LONGEST])
    return text if text.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
