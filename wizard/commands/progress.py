"""The progress of a run on standard error, and Ctrl-C: the first lets the call in flight end, the second leaves."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wizard.aws.watch import AlreadyThere, Began, Made, Moved, Retrying, Told, Waiting, Watch
from wizard.redact import redact
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        _line(_("Stopping after the call in flight. Ctrl-C again leaves at once."))

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield watch
    finally:
        signal.signal(signal.SIGINT, before)


def line_of(told: Told) -> str:
    """Return an event as one line."""
    match told:
        case Began(change, number, count, back):
            said = _("Put back: {what}").format(what=f"{change.kind} {change.name}".rstrip()) if back else change.what
            return f"[{number}/{count}] {change.target or change.account_id}: {said}"
        case Waiting(_change, why, seconds, most):
            return "      " + _("waiting {seconds:.0f} s (at most {most:.0f} s): {why}").format(
                seconds=seconds, most=most, why=why
            )
        case Retrying(operation, attempt):
            return "      " + _("{operation}: attempt {attempt}").format(operation=operation, attempt=attempt)
        case Made(_change, note):
            return "      " + (_("done: {note}").format(note=note) if note else _("done"))
        case AlreadyThere(_change):
            return "      " + _("already as it should be")
        case Moved(_change):
            return "      " + _("somebody else changed it meanwhile: the plan is made again")


def _line(text: str) -> None:
    sys.stderr.write(redact(text) + "\n")
    sys.stderr.flush()
