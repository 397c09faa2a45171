"""The progress of a run on standard error, and Ctrl-C: the first lets the call in flight end, the second leaves."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wizard.aws.told import line_of
from wizard.aws.watch import Watch
from wizard.redact import redact
from wizard.text import _, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARD_ERROR = 2


@contextmanager
def watching() -> Iterator[Watch]:
    """Return a Watch that writes to standard error, and takes Ctrl-C while it is open."""
    watch = Watch(tell=lambda told: _line(line_of(told)))
    if threading.current_thread() is not threading.main_thread():
        yield watch
        return

    def interrupted(_number: int, _frame: Any) -> None:
        if watch.stopping:
            raise KeyboardInterrupt
        watch.stop()
        # Straight to the terminal: standard error may be in the middle of a line, and can't be entered twice.
        said = _("Stopping after the call in flight. Ctrl-C again leaves at once.")
        os.write(_STANDARD_ERROR, f"{said}\n".encode(errors="backslashreplace"))

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield watch
    finally:
        signal.signal(signal.SIGINT, before)


def _line(text: str) -> None:
    sys.stderr.write(visible(redact(text)) + "\n")
    sys.stderr.flush()
