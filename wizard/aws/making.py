"""Making one change: read again, journalled, written, waited for, read back."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.aws import policies
from wizard.aws.errors import DENIED, EXPIRED, THROTTLED, UNREACHABLE, CallError
from wizard.aws.watch import AlreadyThere, Clock, Made, StoppedError
from wizard.diff import same
from wizard.plan import Kind
from wizard.state import locks
from wizard.state.run import Event
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wizard.aws.clients import Clients
    from wizard.aws.watch import Watch
    from wizard.plan import Change
    from wizard.plan.found import Json
    from wizard.state.journal import Journal

# Refusals that pass: S3 and IAM let one writer at a time, and a role just made isn't known everywhere.
PASSING = frozenset(
    ("OperationAborted", "ConcurrentModification", "EntityTemporarilyUnmodifiable", "ConflictException")
)
# Reads that show neither what was nor what was written, before it is taken for somebody else's writing.
_STRANGE_READS = 3
MAKING = frozenset((Kind.ROLE, Kind.USER))


class MovedError(Exception):
    """What is there is neither what the plan saw nor what it wants: the plan has to be made again."""


@dataclass(slots=True)
class Maker:
    """Makes the changes of one run.

    `made` collects the ARNs of principals that this run made. `known` holds the unique ids of roles and users that
    were looked at or made: one of the same name that was made since is somebody else's.
    """

    journal: Journal
    watch: Watch
    setup_name: str
    made: set[str] = field(default_factory=set)
    known: dict[str, str] = field(default_factory=dict)

    def make(self, clients: Clients, change: Change) -> bool:
        """Bring what is there to `change.then`; False where it was there already.

        Raises MovedError, CallError (AWS refused; journalled), StoppedError (nothing of it in flight).
        """
        with only_writer(change):
            self.require_same(clients, change)
            now = policies.read(clients, change)
            if self._is_others(clients, change, now):
                raise MovedError
            if equal(now, change.then):
                self.watch.tell(AlreadyThere(change))
                return False
            if not equal(now, change.now):
                raise MovedError
            self.journal.write(Event.INTENT, id=change.id, change=change.to_json())
            identity = self._write(clients, change)
            after = self._read_back(clients, change)
            self.journal.write(Event.DONE, id=change.id, after=after, made=identity)
        if change.kind in MAKING:
            self.made.add(change.target)
            self.known[change.target] = identity
        self.watch.tell(Made(change))
        return True

    def require_same(self, clients: Clients, change: Change) -> None:
        """Raise MovedError where the role or user of a change was made again since it was looked at, or made."""
        known = self.known.get(change.target, "")
        if known and policies.unique_id(clients, change.target) not in {known, ""}:
            raise MovedError

    def _is_others(self, clients: Clients, change: Change, now: Json) -> bool:
        """Whether the role or user to be made is there, and somebody else made it, however much it is the same."""
        there = change.kind in MAKING and now is not None
        return there and not policies.made_by(clients, change.target, self.setup_name)

    def _failed(self, change: Change, error: CallError, *, maybe_done: bool) -> None:
        self.journal.write(Event.FAILED, id=change.id, why=str(error), code=error.code, maybe_done=maybe_done)

    def _write(self, clients: Clients, change: Change) -> str:
        """Write, again where the refusal passes by itself, and return a made thing's unique id."""
        clock = Clock(self.watch, change)
        while True:
            try:
                return policies.write(clients, change, change.then, setup_name=self.setup_name)
            except CallError as error:
                # Whatever was answered: what is there decides, and is looked at before anything is said of it.
                try:
                    there = self._is_there(clients, change)
                except MovedError:
                    self._failed(change, error, maybe_done=False)
                    raise
                if there:
                    return _identity(clients, change)
                why = self._why_again(change, error, known=there is not None)
                try:
                    waited = bool(why) and clock.wait(why)
                except StoppedError:
                    waited = False
                if not waited:
                    # Without an answer even "it is as before" may be an old reading.
                    self._failed(change, error, maybe_done=there is None or error.maybe_done)
                    self.watch.check()
                    raise

    def _is_there(self, clients: Clients, change: Change) -> bool | None:
        """Whether a change whose call failed was made all the same; None where nobody can tell.

        Raises MovedError for a role or user that somebody else made.
        """
        try:
            now = policies.read(clients, change)
            others = self._is_others(clients, change, now)
        except CallError:
            return None
        if others:
            raise MovedError
        return True if equal(now, change.then) else (False if equal(now, change.now) else None)

    def _why_again(self, change: Change, error: CallError, *, known: bool) -> str:
        """Say what is waited for, or "" where the refusal won't pass by itself; `known`: what is there was seen."""
        if error.invalid_principal:
            text = json.dumps(change.then)
            new = next((arn for arn in sorted(self.made) if f'"{arn}"' in text), "")
            return _("{arn} was made just now, and isn't known everywhere yet.").format(arn=new) if new else ""
        if error.code.startswith("NoSuchEntity") and change.target in self.made:
            return _("{arn} was made just now, and isn't known everywhere yet.").format(arn=change.target)
        if error.code in PASSING:
            return _("Another change of the same thing is being made.")
        if error.code in THROTTLED:
            return _("AWS asks to wait: too many requests.")
        if error.maybe_done:
            said = _("There was no answer, and nothing was changed: it is sent again.")
            return said if known else _("There was no answer.")
        return ""

    def _read_back(self, clients: Clients, change: Change) -> Json:
        """Wait until what is read is what was written, and return it as AWS gives it back.

        Raises MovedError where somebody else wrote over it.
        """
        clock, strange = Clock(self.watch, change), 0
        while True:
            try:
                after = policies.read(clients, change)
            except CallError as error:
                # It was written: what can't be read back is told by what was sent.
                if error.code in DENIED | EXPIRED | THROTTLED | {UNREACHABLE} or error.maybe_done:
                    return change.then
                raise
            if equal(after, change.then):
                return after
            strange += 0 if equal(after, change.now) else 1
            if strange >= _STRANGE_READS:
                self.journal.write(Event.DONE, id=change.id, after=change.then)
                raise MovedError
            try:
                if not clock.wait(_("Written; an older version is still being read.")):
                    return change.then
            except StoppedError:
                return change.then


@contextmanager
def only_writer(change: Change) -> Iterator[None]:
    """Be the only process of this machine that changes a thing: S3 has no way to write only if nothing moved."""
    thing = change.target if change.kind in {Kind.BUCKET, Kind.GUARDS, Kind.KEY} else f"{change.target}:{change.name}"
    with locks.held(f"aws:{thing}"):
        yield


def equal(one: Json, other: Json) -> bool:
    """Whether two values of a change mean the same; None is nothing."""
    if one is None or other is None:
        return one is other
    return same(one, other)


def patiently(clock: Clock, ask: Callable[[], Json]) -> Json:
    """Ask until there is an answer. Raises the last CallError when the patience is at its end."""
    while True:
        try:
            return ask()
        except CallError as error:
            passing = error.maybe_done or error.code in THROTTLED
            if not passing or not clock.wait(_("There was no answer.")):
                raise


def _identity(clients: Clients, change: Change) -> str:
    return policies.unique_id(clients, change.target) if change.kind in MAKING else ""
