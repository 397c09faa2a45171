"""Makes one call of a verification, again while AWS may not know of a change yet, and keeps what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wizard.aws.errors import DENIED, EXPIRED, NO_CREDENTIALS, UNREACHABLE, CallError
from wizard.aws.verify.reading import NEW_KEY, Answer, of_refusal
from wizard.aws.verify.result import Tried, Verdict
from wizard.errors import CancelledError
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.setup import Setup

# IAM and bucket policies are known everywhere within seconds; a minute covers what AWS's guides speak of.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
PATIENCE_SECONDS = 60.0
_PAUSES = (1.0, 2.0, 3.0, 5.0)
_TICK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Calling:
    """A call begins: the action, and what it is tried on."""

    action: str
    target: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """AWS still says otherwise: how long was waited of how long at most, in seconds, and AWS's words."""

    action: str
    waited: float
    patience: float
    said: str


@dataclass(frozen=True, slots=True)
class Left:
    """Something of the test could not be cleaned up: what, and the command that does it."""

    text: str


Event = Calling | Waiting | Left | Tried


@dataclass(slots=True)
class Clock:
    """The one minute that a whole verification may wait; tests bring their own time."""

    patience: float = PATIENCE_SECONDS
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    waited: float = 0.0

    @property
    def left(self) -> float:
        """Seconds that may still be waited."""
        return max(0.0, self.patience - self.waited)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: a response or AWS's refusal, and how long was waited for it."""

    response: Any
    answer: Answer | None
    waited: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether AWS carried the call out."""
        return self.answer is None


@dataclass(frozen=True, slots=True)
class What:
    """What is tried: an action by one of AWS's calls, on what, and the links of the access path that it passes.

    `absent` are error codes that only somebody who may make the call gets: there is nothing to read.
    """

    action: str
    call: str
    target: str
    links: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()


@dataclass(slots=True)
class Prober:
    """Makes the calls of one verification."""

    setup: Setup
    clock: Clock
    tell: Callable[[Event], None]
    stop: Callable[[], bool]
    tried: list[Tried] = field(default_factory=list)

    def must_pass(
        self,
        what: What,
        make: Callable[[], Any],
        *,
        reading: Callable[[Any], str] = lambda _response: "",
        again: bool = True,
    ) -> Outcome:
        """Make a call that the setup allows, and keep what came of it; `reading` says what a response shows.

        `again`: a refusal may be one of a change that isn't known everywhere yet, so it is tried until the
        minute is over. The outcome has no answer where the call counts as passed.
        """
        self.tell(Calling(what.action, what.target))
        outcome = self.until(what.action, make, allowed_yet) if again else self.once(make)
        return self.keep(what, outcome, reading(outcome.response) if outcome.passed else "")

    def keep(self, what: What, outcome: Outcome, reading: str = "") -> Outcome:
        """Keep what came of a call that the setup allows; a refusal is read, `reading` is what a response shows."""
        answer = outcome.answer
        if answer is None:
            self.add("allowed", what, Verdict.HOLDS, outcome, reading)
        elif answer.code in what.absent:
            said = _("There is nothing to read, and only who may read it is told so.")
            self.add("allowed", what, Verdict.HOLDS, outcome, said)
            return Outcome({}, None, outcome.waited)
        elif answer.code == "NotImplemented":
            self.add("allowed", replace(what, links=()), Verdict.NOT_TRIED, outcome, _("It isn't offered here."))
        else:
            read = of_refusal(self.setup, what.action, answer, what.links)
            self.add("allowed", replace(what, links=read.blamed), Verdict.FAILS, outcome, read.text)
        return outcome

    def must_fail(self, what: What, make: Callable[[], Any], *, otherwise: str) -> Outcome:
        """Make a call that AWS must refuse, and keep what came of it; `otherwise` is our reading of a pass."""
        self.tell(Calling(what.action, what.target))
        outcome = self.until(what.action, make, refused_yet)
        answer = outcome.answer
        if answer is None or answer.code in what.absent:
            self.add("denied", what, Verdict.FAILS, outcome, otherwise)
        elif answer.code in DENIED:
            self.add("denied", what, Verdict.HOLDS, outcome, "")
        else:
            said = _("AWS answered something else than a refusal: that proves nothing.")
            self.add("denied", what, Verdict.NOT_TRIED, outcome, said)
        return outcome

    def skip(self, what: What, why: str, *, expected: str = "allowed") -> None:
        """Keep that a call was not made, and why."""
        self.add(expected, what, Verdict.NOT_TRIED, Outcome(None, None), why)

    def add(self, expected: str, what: What, verdict: Verdict, outcome: Outcome, reading: str) -> None:
        """Keep a result and tell it."""
        said = outcome.answer.said if outcome.answer else ""
        one = Tried(expected, what.action, what.call, what.target, verdict, what.links, said, reading, outcome.waited)
        self.tried.append(one)
        self.tell(one)

    def once(self, make: Callable[[], Any]) -> Outcome:
        """Make a call; raises CallError where AWS was out of reach, or the credentials are none or have ended."""
        self.check_stop()
        try:
            return Outcome(make(), None)
        except CallError as error:
            if error.code in EXPIRED | {UNREACHABLE, NO_CREDENTIALS}:
                raise
            return Outcome(None, Answer(error.code, message_of(error)))

    def until(self, action: str, make: Callable[[], Any], settled: Callable[[Outcome], bool]) -> Outcome:
        """Make a call until its outcome is settled, or the minute is over; the last outcome is returned."""
        begun = self.clock.waited
        pauses = iter(_PAUSES)
        outcome = self.once(make)
        while not settled(outcome) and self.clock.left:
            self._wait(action, min(next(pauses, _PAUSES[-1]), self.clock.left), outcome)
            outcome = self.once(make)
        return Outcome(outcome.response, outcome.answer, self.clock.waited - begun)

    def check_stop(self) -> None:
        """Raise CancelledError when somebody asked to stop."""
        if self.stop():
            raise CancelledError(_("Verifying was stopped."))

    def _wait(self, action: str, seconds: float, outcome: Outcome) -> None:
        """Wait in short ticks, so that the clock is seen to run and a stop is heard."""
        said = outcome.answer.said if outcome.answer else ""
        end = self.clock.now() + seconds
        begun = self.clock.waited
        while (rest := end - self.clock.now()) > 0:
            self.check_stop()
            self.tell(Waiting(action, self.clock.waited, self.clock.patience, said))
            self.clock.sleep(min(_TICK_SECONDS, rest))
            self.clock.waited = begun + seconds - max(0.0, end - self.clock.now())
        self.clock.waited = begun + seconds


def allowed_yet(outcome: Outcome) -> bool:
    """Whether an outcome is settled for a call that should pass: a refusal may be one of a change not known yet."""
    return outcome.answer is None or outcome.answer.code not in DENIED | NEW_KEY


def refused_yet(outcome: Outcome) -> bool:
    """Whether an outcome is settled for a call that must be refused: a pass may be an old policy's."""
    return outcome.answer is not None


def message_of(error: CallError) -> str:
    """Return AWS's own message of an error, without the operation and the code before it."""
    return error.what.removeprefix(f"{error.operation}: ").removeprefix(error.code).removeprefix(": ")
