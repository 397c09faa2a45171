"""What a run tells while it goes on, and how it is asked to stop: frozen events for the command line and the wizard."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.plan import Change

# New principals, keys and policies are known everywhere within seconds, mostly; the guides promise nothing.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Began:
    """A change is being made (or, `back`, put back): the `number`th of `count`."""

    change: Change
    number: int
    count: int
    back: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change waits for AWS: why, for how long already, and for how long at most (seconds)."""

    change: Change
    why: str
    seconds: float
    most: float


@dataclass(frozen=True, slots=True)
class Retrying:
    """A request is sent again: botocore's `attempt`th time, after no answer, throttling or a server error."""

    operation: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Made:
    """A change was made (or put back) and read back; `note` says more where there is more to say."""

    change: Change
    note: str = ""


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """Nothing to do: what is there means the same already, or what `note` says."""

    change: Change
    note: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody else changed what is there since it was read: the plan is made again."""

    change: Change


@dataclass(frozen=True, slots=True)
class Noted:
    """Something beside the change itself that a person has to know: what was deleted, what was left alone."""

    change: Change
    text: str


Told = Began | Waiting | Retrying | Made | AlreadyThere | Moved | Noted


class StoppedError(Exception):
    """The person asked to stop, and the call in flight has ended."""


@dataclass(slots=True)
class Watch:
    """Tells events to whoever shows them, and carries the wish to stop into the run (from any thread)."""

    tell: Callable[[Told], None] = lambda _told: None
    patience: float = PATIENCE_SECONDS
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Ask the run to stop after the call in flight."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise StoppedError where somebody asked to stop."""
        if self._stop.is_set():
            raise StoppedError

    def sleep(self, seconds: float) -> None:
        """Wait. Raises StoppedError at once when somebody asks to stop."""
        self._stop.wait(seconds)
        self.check()


class Clock:
    """The waiting of one change: growing pauses, told each time, until the patience is at its end."""

    def __init__(self, watch: Watch, change: Change) -> None:
        self._watch = watch
        self._change = change
        self._begun = time.monotonic()
        self._pause = 0.25

    def wait(self, why: str) -> bool:
        """Wait a little longer than the last time and say so; False when the patience is at its end."""
        waited = time.monotonic() - self._begun
        if waited >= self._watch.patience:
            return False
        self._watch.tell(Waiting(self._change, why, waited, self._watch.patience))
        self._watch.sleep(min(self._pause, max(self._watch.patience - waited, 0.0)))
        self._pause = min(self._pause * 1.7, 5.0)
        return True
