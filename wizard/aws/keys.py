"""Access keys: made once, written where nobody sees them, and reconciled after a call without an answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from wizard.aws import policies, sinks
from wizard.aws.errors import UNKNOWN_KEY, CallError
from wizard.aws.look import access_key_ids
from wizard.aws.making import patiently
from wizard.aws.policies import named
from wizard.aws.watch import Clock, Made, Noted, StoppedError
from wizard.errors import AwsError, WizardError
from wizard.plan import Kind
from wizard.plan.change import from_json
from wizard.plan.found import Identity
from wizard.redact import remember
from wizard.state.run import Event, Stage
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from wizard.aws.clients import Clients
    from wizard.aws.making import Maker
    from wizard.aws.watch import Watch
    from wizard.plan import Change, Found
    from wizard.profiles.keys import AccessKey
    from wizard.state.run import Run, Step

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MOST_KEYS = 2
_LISTED_AFTER_SECONDS = 1.0
# How far this machine's clock may be from AWS's.
_CLOCKS_APART = timedelta(minutes=10)


class UnsureKeysError(AwsError):
    """More keys than one (`ids`) may be the one that a call without an answer made: none is deleted."""

    def __init__(self, user_arn: str, ids: Sequence[str]) -> None:
        super().__init__(
            _("A call that makes an access key got no answer, and more than one key is new: {ids}.").format(
                ids=", ".join(ids)
            ),
            where=user_arn,
            why=_("At most one of them was made by this call, and its secret is lost; the others are somebody else's."),
            mend=_("None was deleted. Ask who made them, and delete the one that nobody knows by hand."),
        )
        self.ids = tuple(ids)


class Sink(Protocol):
    """Where an access key is written: the credentials file, or a hand-over file."""

    def check(self, known: Container[str] = ()) -> None:
        """Raise BadInputError where `write` would, before anything is made; keys of `known` may be in the way."""

    def place(self) -> dict[str, Any]:
        """Return what the journal keeps about the place: `place` in words, and what `sinks.take_back` needs."""

    def write(self, key: AccessKey) -> None:
        """Write a key. Raises BadInputError."""


def make(maker: Maker, clients: Clients, change: Change, sink: Sink, region: str) -> str:
    """Make an access key, write it with `sink`, wait until AWS knows it, and return its id.

    The call is sent once. Where it got no answer, the keys are listed and the one that this call made is deleted,
    because its secret is lost; then it is tried once more. Raises CallError or BadInputError, when no key is left
    that the journal doesn't know, UnsureKeysError, and MovedError where the user is another one.
    """
    maker.require_same(clients, change)
    kept = sink.place()
    for attempt in (1, 2):
        before = access_key_ids(clients, change.target)
        if len(before) >= MOST_KEYS:
            raise AwsError(
                _("The user has {count} access keys already: {ids}.").format(count=len(before), ids=", ".join(before)),
                where=change.target,
                mend=_("Delete one that is no longer used, or use one of them: rotate-keys."),
            )
        told = {"before_keys": list(before), "owner": maker.known.get(change.target, "")}
        maker.journal.write(Event.INTENT, id=change.id, change=change.to_json(), **told)
        try:
            answer = clients.call("iam", "create_access_key", once=True, **named(change.target))
        except CallError as error:
            _after_failure(maker, clients, change, before, error)
            if not error.maybe_done or attempt == 2:  # noqa: PLR2004 -- the second of the two
                raise
            continue
        return _keep(maker, clients, change, answer["AccessKey"], (sink, kept), region)
    raise AssertionError  # pragma: no cover -- the loop returns or raises


def _after_failure(maker: Maker, clients: Clients, change: Change, before: Sequence[str], error: CallError) -> None:
    """Leave no key behind that a call without an answer made all the same, and journal what is known.

    A plain refusal made none: a key that is new then is somebody else's.
    """
    if not error.maybe_done:
        maker.journal.write(Event.FAILED, id=change.id, why=str(error), code=error.code)
        return
    try:
        gone = delete_orphans(clients, change.target, before, maker.watch, change)
        if not gone:
            # A key that was made a moment ago may not be listed yet.
            with suppress(StoppedError):
                maker.watch.sleep(_LISTED_AFTER_SECONDS)
            gone = delete_orphans(clients, change.target, before, maker.watch, change)
    except CallError:
        # Nobody can tell now: the next apply or undo looks again.
        maker.journal.write(Event.FAILED, id=change.id, why=str(error), code=error.code, maybe_done=True)
        raise error from None
    except UnsureKeysError as unsure:
        maker.journal.write(Event.FAILED, id=change.id, why=str(error), code=error.code, unsure_keys=unsure.ids)
        raise
    maker.journal.write(Event.FAILED, id=change.id, why=str(error), code=error.code, deleted_keys=gone)
    tell_deleted(maker.watch, change, gone)


def _keep(
    maker: Maker, clients: Clients, change: Change, told: dict[str, Any], to: tuple[Sink, dict[str, Any]], region: str
) -> str:
    from wizard.profiles.keys import AccessKey, Secret

    sink, kept = to
    identity, secret = str(told["AccessKeyId"]), str(told["SecretAccessKey"])
    remember(secret)
    # Its id is journalled before anything else can fail: from here on undo knows which key to delete.
    maker.journal.write(Event.INTENT, id=change.id, change=change.to_json(), made=identity, kept=kept)
    try:
        sink.write(AccessKey(identity, Secret(secret)))
    except (WizardError, OSError, KeyboardInterrupt):
        delete(clients, change.target, identity)
        # Written before it was cut off, it would keep the next run from writing its own there.
        with suppress(WizardError, OSError):
            sinks.take_back(kept, identity)
        maker.journal.write(Event.FAILED, id=change.id, why="the key could not be kept", deleted_keys=[identity])
        raise
    maker.journal.write(Event.DONE, id=change.id, after={"AccessKeyIds": [identity]}, made=identity, kept=kept)
    note = _("{id}, written to {place}.").format(id=identity, place=kept["place"])
    with_key = clients.with_keys(identity, secret, region)
    try:
        if not wait_until_known(with_key, Clock(maker.watch, change)):
            note += " " + _("AWS doesn't know it everywhere yet.")
    finally:
        with_key.close()
    maker.watch.tell(Made(change, note))
    return identity


def wait_until_known(clients: Clients, clock: Clock) -> bool:
    """Wait until a new key is known to STS; False when the patience is at its end, or nobody can tell."""
    while True:
        try:
            clients.call("sts", "get_caller_identity")
        except CallError as error:
            try:
                if error.code not in UNKNOWN_KEY or not clock.wait(_("The new key isn't known everywhere yet.")):
                    return False
            except StoppedError:
                return False
        else:
            return True


def settle(clients: Clients, step: Step, watch: Watch) -> list[str]:
    """Delete the key of a step that was begun and not ended, if there is one; return what was deleted.

    Where its id was journalled it is that one; else the call may never have been answered. Raises UnsureKeysError
    where more than one may be it.
    """
    change = from_json(step.change)
    if step.made:
        delete(clients, change.target, step.made)
        return [step.made]
    found = candidates(clients, step, change, watch)
    if len(found) > 1:
        raise UnsureKeysError(change.target, found)
    for identity in found:
        delete(clients, change.target, identity)
    return found


def candidates(clients: Clients, step: Step, change: Change, watch: Watch) -> list[str]:
    """Return the keys that the call of a step may have made, which got no answer that the journal knows."""
    owner = str(step.told.get("owner", ""))
    if owner and policies.unique_id(clients, change.target) != owner:
        return []  # the user is another one by now
    try:
        since = datetime.fromisoformat(str(step.told.get("time", "")))
    except ValueError:
        since = datetime.now(UTC)
    before = [str(one) for one in step.told.get("before_keys", [])]
    try:
        return _new_keys(clients, change.target, before, watch, change, since)
    except CallError as error:
        if error.missing:
            return []
        raise


def without_orphans(found: Found, run: Run | None) -> Found:
    """Return what was found without the keys that a broken run made and lost: `settle` deletes them first."""
    identities = dict(found.identities)
    for step in run.left_to_undo() if run is not None else ():
        user = identities.get(str(step.change.get("target", "")))
        begun = step.change.get("kind") == Kind.ACCESS_KEY and step.stage is Stage.STARTED
        if not begun or not isinstance(user, Identity) or not isinstance(user.access_keys, tuple):
            continue
        before = step.told.get("before_keys")
        kept = tuple(
            one for one in user.access_keys if (one in before if isinstance(before, list) else one != step.made)
        )
        identities[user.arn] = replace(user, access_keys=kept)
    return replace(found, identities=identities)


def delete_orphans(
    clients: Clients,
    user_arn: str,
    before: Sequence[str],
    watch: Watch,
    change: Change,
    *,
    since: datetime | None = None,
) -> list[str]:
    """Delete the key that a call without an answer made: not there before, made since it was sent, never used.

    Returns its id, if there is one. Raises CallError where that can't be looked at, UnsureKeysError.
    """
    found = _new_keys(clients, user_arn, before, watch, change, since or datetime.now(UTC))
    if len(found) > 1:
        raise UnsureKeysError(user_arn, found)
    for identity in found:
        delete(clients, user_arn, identity)
    return found


def tell_deleted(watch: Watch, change: Change, ids: Sequence[str]) -> None:
    """Say which keys were deleted because nobody has their secret."""
    for identity in ids:
        said = _("Deleted {id}: a call without an answer made it, and its secret is lost.").format(id=identity)
        watch.tell(Noted(change, said))


def _new_keys(
    clients: Clients, user_arn: str, before: Sequence[str], watch: Watch, change: Change, since: datetime
) -> list[str]:
    begun = since - _CLOCKS_APART
    found = patiently(
        Clock(watch, change),
        lambda: clients.pages("iam", "list_access_keys", "AccessKeyMetadata", **named(user_arn)),
    )
    new = []
    for key in found:
        identity = str(key["AccessKeyId"])
        made = key.get("CreateDate")
        if identity in before or (isinstance(made, datetime) and made < begun) or _was_used(clients, identity):
            continue
        new.append(identity)
    return new


def _was_used(clients: Clients, identity: str) -> bool:
    told = clients.call("iam", "get_access_key_last_used", AccessKeyId=identity)
    used = told["AccessKeyLastUsed"]
    return "LastUsedDate" in used and used.get("ServiceName", "N/A") != "N/A"


def delete(clients: Clients, user_arn: str, identity: str) -> None:
    """Delete an access key; one that is gone is as good."""
    try:
        clients.call("iam", "delete_access_key", **named(user_arn), AccessKeyId=identity)
    except CallError as error:
        if not error.missing:
            raise
