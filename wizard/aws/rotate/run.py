"""Rotates the access key of an IAM user's profile: make, write, verify, deactivate, delete; interruptible anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.aws import keys
from wizard.aws.clients import Clients
from wizard.aws.errors import CallError
from wizard.aws.policies import named
from wizard.aws.rotate.facts import facts_of
from wizard.aws.rotate.log import hand_on
from wizard.aws.rotate.look import change_of, key_in_profile
from wizard.aws.watch import Clock
from wizard.errors import AwsError, BadInputError, WizardError
from wizard.profiles import write as profiles
from wizard.profiles.keys import AccessKey, Secret
from wizard.redact import remember
from wizard.state import locks
from wizard.state import update as files
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.aws.rotate.facts import KeyFacts
    from wizard.aws.rotate.log import RotationLog
    from wizard.aws.rotate.look import Rotation
    from wizard.aws.watch import Watch


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation came to. `deleted`: the old key is gone; else it is inactive, and `why` says why it stays."""

    profile: str
    user_arn: str
    old: str
    new: str
    deleted: bool
    why: str = ""
    notes: tuple[str, ...] = ()


def rotate(
    rotation: Rotation,
    watch: Watch,
    *,
    may_delete: Callable[[KeyFacts], str],
    delete_other: bool = False,
    tell: Callable[[str], None] = lambda _text: None,
) -> Rotated:
    """Rotate the key, or go on where an earlier rotation stopped.

    `may_delete(facts)` is asked with a fresh look at the old key's last use, and returns "" or why it stays;
    `delete_other` makes room where the user has two keys. `tell` hears each step. Raises AwsError, BadInputError
    (nothing was changed, or the error says how to go on), StoppedError; running it again goes on.
    """
    with locks.held(rotation.log.path):
        if key_in_profile(rotation.profile) != (rotation.new or rotation.old):
            raise BadInputError(
                _("The profile {profile} got another key meanwhile.").format(profile=rotation.profile),
                mend=_("Run rotate-keys again: it looks anew. Nothing was changed."),
            )
        run = _Run(rotation, watch, tell)
        try:
            return run.run(may_delete, delete_other=delete_other)
        finally:
            run.close()


class _Run:
    """One rotation while it runs."""

    def __init__(self, rotation: Rotation, watch: Watch, tell: Callable[[str], None]) -> None:
        self._rotation = rotation
        self._log: RotationLog = rotation.log
        self._watch = watch
        self._tell = tell
        self._change = change_of(rotation.profile, rotation.user_arn)
        self._administrator = rotation.clients(watch)
        self._notes: list[str] = []

    def run(self, may_delete: Callable[[KeyFacts], str], *, delete_other: bool) -> Rotated:
        rotation = self._rotation
        new = rotation.new
        if new:
            self._tell(
                _("Going on: {profile} holds the new key {id} already.").format(profile=rotation.profile, id=new)
            )
            self._must_be_known(new)
        else:
            new = self._renew(delete_other=delete_other)
        self._deactivate()
        why = self._ask(may_delete)
        if not why:
            keys.delete(self._administrator, rotation.user_arn, rotation.old)
            self._log.did("delete")
            hand_on(rotation.old, new)
            self._log.end("complete")
            self._tell(_("Deleted: {id}.").format(id=rotation.old))
        return Rotated(rotation.profile, rotation.user_arn, rotation.old, new, not why, why, tuple(self._notes))

    def close(self) -> None:
        """Close the connections."""
        self._administrator.close()

    def _renew(self, *, delete_other: bool) -> str:
        """Make the new key and put it in the old one's place; everything is as before when it raises."""
        if not self._rotation.resumed:
            self._log.begin(self._rotation.profile, self._rotation.user_arn, self._rotation.old)
        self._give_up_lost_keys()
        self._make_room(delete_other=delete_other)
        key = self._create()
        written = self._write(key)
        try:
            self._must_be_known(key.id)
        except AwsError as error:
            if any(not files.undo(one) for one in written):
                raise
            # The old key still works and is back in its place: the new one was never of use to anybody.
            self._refresh()
            self._give_up(key.id)
            raise AwsError(
                error.what,
                where=error.where,
                why=_("The old key {id} is back in the profile; the new one is deleted.").format(id=self._rotation.old),
                mend=error.mend,
            ) from None
        return key.id

    def _give_up_lost_keys(self) -> None:
        """Delete what an earlier rotation made and could not write: its secret is lost."""
        progress = self._rotation.progress
        if progress is None:
            return
        if progress.made:
            self._tell(
                _("Deleting {id}: an interrupted rotation made it, and its secret is lost.").format(id=progress.made)
            )
            self._give_up(progress.made)
        elif progress.asked:
            self._reconcile(progress.before)

    def _reconcile(self, before: tuple[str, ...]) -> None:
        progress = self._rotation.progress
        since = progress.asked if progress else None
        try:
            gone = keys.delete_orphans(
                self._administrator, self._rotation.user_arn, before, self._watch, self._change, since=since
            )
        except keys.UnsureKeysError:
            self._log.did("forget")
            raise
        for identity in gone:
            self._tell(_("Deleted {id}: a call without an answer made it, and its secret is lost.").format(id=identity))
        self._log.did("forget")

    def _give_up(self, identity: str) -> None:
        keys.delete(self._administrator, self._rotation.user_arn, identity)
        self._log.did("forget", key=identity)

    def _make_room(self, *, delete_other: bool) -> None:
        found = facts_of(self._administrator, self._rotation.user_arn)
        others = [one for one in found if one.id != self._rotation.old]
        if len(found) < keys.MOST_KEYS or not others:
            return
        shown = self._rotation.other
        if not delete_other or shown is None or others[0].id != shown.id:
            raise two_keys(self._rotation, others[0])
        self._tell(_("Deleting {id}, to make room.").format(id=others[0].id))
        keys.delete(self._administrator, self._rotation.user_arn, others[0].id)

    def _create(self) -> AccessKey:
        """Make the new key. The call is sent once; without an answer the keys are listed, and it is tried once more.

        Where they can't be listed either, the journal has what the next run needs to find the key.
        """
        user = self._rotation.user_arn
        for last in (False, True):
            self._watch.check()
            before = tuple(one.id for one in facts_of(self._administrator, user))
            self._log.asking(before)
            try:
                told = self._administrator.call("iam", "create_access_key", once=True, **named(user))["AccessKey"]
            except CallError as error:
                if not error.maybe_done:
                    self._log.did("forget")  # a refusal made no key: one that is new is somebody else's
                    raise
                self._reconcile(before)
                if last:
                    raise
                continue
            return self._made(told)
        raise AssertionError  # pragma: no cover -- the loop returns or raises

    def _made(self, told: dict[str, Any]) -> AccessKey:
        identity, secret = str(told["AccessKeyId"]), str(told["SecretAccessKey"])
        remember(secret)
        self._log.made(identity)
        self._tell(_("Made: {id}.").format(id=identity))
        return AccessKey(identity, Secret(secret))

    def _write(self, key: AccessKey) -> tuple[files.Written, ...]:
        """Write the key into the profile; where that can't be, it is deleted again."""
        try:
            planned = profiles.plan(profiles.ProfileEntry(self._rotation.profile, (), key))
            applied = profiles.apply(planned)
        except (WizardError, OSError, KeyboardInterrupt):
            # Cut off after it was written: then the old key's secret is gone, and the next run goes on with this one.
            if not self._holds(key.id):
                self._give_up(key.id)
            raise
        self._log.did("write")
        self._notes += applied.notes
        self._tell(_("Written: {id} to {place}.").format(id=key.id, place=self._rotation.place))
        self._refresh()
        return applied.written

    def _holds(self, identity: str) -> bool:
        try:
            return key_in_profile(self._rotation.profile) == identity
        except (WizardError, OSError):
            return False  # what can't be read wasn't written

    def _refresh(self) -> None:
        """Call with what stands in the profile now: a session keeps the key that it began with."""
        self._administrator.close()
        self._administrator = self._rotation.clients(self._watch)

    def _must_be_known(self, identity: str) -> None:
        """See the new key work, as the profile's own caller. Raises AwsError when AWS doesn't know it in time."""
        own = Clients(self._rotation.own, label=self._rotation.profile)
        try:
            known = keys.wait_until_known(own, Clock(self._watch, self._change))
            self._watch.check()  # whoever stops the waiting goes on with it later
            arn = str(own.call("sts", "get_caller_identity")["Arn"]) if known else ""
        finally:
            own.close()
        if arn != self._rotation.user_arn:
            raise AwsError(
                _("The new key {id} doesn't work yet.").format(id=identity),
                where=self._rotation.user_arn,
                why=_("AWS says the caller is {arn}.").format(arn=arn) if arn else _("AWS doesn't know it."),
                mend=_("Run rotate-keys {profile} again in some minutes.").format(profile=self._rotation.profile),
            )
        self._log.did("verify")
        self._tell(_("Works: {id} is {arn}.").format(id=identity, arn=arn))

    def _deactivate(self) -> None:
        rotation = self._rotation
        self._watch.check()
        try:
            self._administrator.call(
                "iam",
                "update_access_key",
                **named(rotation.user_arn),
                AccessKeyId=rotation.old,
                Status="Inactive",
            )
        except CallError as error:
            if error.missing:  # somebody deleted it meanwhile: that is what was wanted
                return
            raise
        self._log.did("deactivate")
        self._tell(_("Deactivated: {id}.").format(id=rotation.old))

    def _ask(self, may_delete: Callable[[KeyFacts], str]) -> str:
        found = facts_of(self._administrator, self._rotation.user_arn)
        old = next((one for one in found if one.id == self._rotation.old), None)
        self._watch.check()
        return may_delete(old) if old is not None else ""


def two_keys(rotation: Rotation, other: KeyFacts) -> BadInputError:
    """Return the error of a user who has two keys already: there is room for no third."""
    return BadInputError(
        _("{user} has two access keys already, and AWS allows no third.").format(user=rotation.user_arn),
        where=_("the profile holds {old}; the other one is {other}").format(old=rotation.old, other=other.id),
        why=other.shown,
        mend=_("If nobody uses the other one any more: --delete-other deletes it to make room."),
    )
