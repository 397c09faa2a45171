"""Looks at what a rotation would change: whose key a profile holds, the user's keys, an earlier rotation's rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard.aws.accounts import new_clients
from wizard.aws.clients import Clients, Place
from wizard.aws.errors import UNKNOWN_KEY, CallError
from wizard.aws.rotate.facts import facts_of
from wizard.aws.rotate.log import RotationLog
from wizard.errors import AwsError, BadInputError
from wizard.names import arns
from wizard.plan import Kind
from wizard.plan.change import By, Change
from wizard.profiles.read import Paths, read
from wizard.profiles.resolve import resolve
from wizard.state import journal
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.aws.rotate.facts import KeyFacts
    from wizard.aws.rotate.log import Progress
    from wizard.aws.watch import Watch
    from wizard.profiles.read import Files


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation before it begins.

    `old` is the key to be replaced; `new` stands in the profile already, where an earlier rotation got that
    far, since `since`. `own` calls as the profile, `administrator` makes the changes: the user itself, or
    somebody who administers the account. `sharing`: other profiles that hold the old key.
    """

    profile: str
    user_arn: str
    old: str
    new: str
    found: tuple[KeyFacts, ...]
    own: Place
    administrator: Place
    place: str
    log: RotationLog
    progress: Progress | None
    sharing: tuple[str, ...]
    since: datetime

    @property
    def resumed(self) -> bool:
        """Whether an earlier rotation is gone on with."""
        return self.progress is not None

    @property
    def other(self) -> KeyFacts | None:
        """The key that keeps a new one from being made, and that no earlier rotation explains."""
        if self.new or len(self.found) < 2:  # noqa: PLR2004 -- AWS allows two
            return None
        lost = self._is_lost
        return next((one for one in self.found if one.id != self.old and not lost(one)), None)

    def _is_lost(self, key: KeyFacts) -> bool:
        if self.progress is None:
            return False
        return key.id == self.progress.made or (self.progress.asked is not None and key.id not in self.progress.before)

    def clients(self, watch: Watch) -> Clients:
        """Return new clients of whoever makes the changes, which stop when the watch is told to."""
        return new_clients(self.administrator, self.user_arn, "", watch)


def look(profile: str, *, administrator: str = "", endpoint_url: str = "") -> Rotation:
    """Look at a profile's user and its keys; nothing is changed.

    `administrator` is a profile that may change the user's keys; without one the user itself is tried, then the
    profile that an earlier `apply` used for the account. Raises BadInputError (no access key of an IAM user in
    the profile) and CallError.
    """
    files = read()
    old = _key_id(files, profile)
    log = RotationLog.of(profile, files.paths.credentials)
    progress = _usable(log, old)
    own = Place(profile, "", endpoint_url)
    user_arn = progress.user_arn if progress else _user(own)
    place, found = _keys_of(user_arn, own, administrator)
    if place is not own and old not in {one.id for one in found}:
        raise BadInputError(
            _("The key {id} of the profile {profile} is not among those of {user}.").format(
                id=old, profile=profile, user=user_arn
            ),
            why=_("Its keys: {keys}.").format(keys=", ".join(one.id for one in found) or "–"),
            mend=_("The user was made again, or the profile changed meanwhile: look at it, then run it again."),
        )
    is_new = progress is not None and bool(progress.made) and old == progress.made
    replaced = progress.old if progress is not None and is_new else old
    return Rotation(
        profile=profile,
        user_arn=user_arn,
        old=replaced,
        new=old if is_new else "",
        found=found,
        own=own,
        administrator=place,
        place=f"{Paths.from_environment().credentials} [{profile}]",
        log=log,
        progress=progress,
        sharing=_sharing(files, profile, replaced),
        since=(progress.written if progress and is_new else None) or datetime.now(UTC),
    )


def key_in_profile(profile: str) -> str:
    """Return the id of the access key that stands in a profile now. Raises BadInputError where there is none."""
    return _key_id(read(), profile)


def change_of(profile: str, user_arn: str) -> Change:
    """Return the rotation as a change, for those who tell about waiting."""
    parsed = arns.parse(user_arn)
    what = _("Rotate the access key of the profile {profile}.").format(profile=profile)
    return Change(
        id=f"rotate:{profile}",
        kind=Kind.ACCESS_KEY,
        account_id=parsed.account_id if parsed else "",
        side="other",
        target=user_arn,
        name=profile,
        region="",
        what=what,
        now=None,
        then=None,
        put_back="",
        by=By.US,
    )


def _key_id(files: Files, profile: str) -> str:
    """Return the id of the access key that the profile holds. Raises BadInputError where it holds none."""
    chain = resolve(files, profile)
    if files.settings(profile) is None:
        raise BadInputError(
            _("There is no profile {profile}.").format(profile=profile),
            where=str(files.paths.credentials),
            mend=_("List them with `aws configure list-profiles`."),
        )
    if chain.first == "assume-role":
        source = (files.settings(profile) or {}).get("source_profile", "")
        raise BadInputError(
            _("The profile {profile} assumes a role: it holds no key of its own.").format(profile=profile),
            mend=_("Rotate the key that it starts from: rotate-keys {source}.").format(source=source) if source else "",
        )
    if chain.first != "keys" or chain.problem:
        raise BadInputError(
            _("The profile {profile} holds no access key to rotate.").format(profile=profile), why=chain.problem
        )
    identity = chain.steps[0].detail
    if identity.startswith("ASIA") or "aws_session_token" in (files.settings(profile) or {}):
        raise BadInputError(
            _("The profile {profile} holds temporary credentials.").format(profile=profile),
            why=_("They end by themselves: only the long-lived key of an IAM user is rotated."),
        )
    return identity


def _usable(log: RotationLog, current: str) -> Progress | None:
    """Return an earlier rotation that did not end; one whose keys somebody replaced meanwhile has no say."""
    progress = log.progress()
    return progress if progress and current in {progress.old, progress.made} else None


def _user(own: Place) -> str:
    """Return the ARN of the user that the profile calls as. Raises BadInputError for anybody else."""
    clients = Clients(own, label=own.profile)
    try:
        arn = str(clients.call("sts", "get_caller_identity")["Arn"])
    except CallError as error:
        if error.code not in UNKNOWN_KEY:
            raise
        raise BadInputError(
            _("AWS doesn't know the access key of the profile {profile}.").format(profile=own.profile),
            why=error.what,
            mend=_("It was deactivated or deleted already: make a new one, and write it with `profile write`."),
        ) from None
    finally:
        clients.close()
    if ":user/" not in arn:
        raise BadInputError(
            _("The profile {profile} is {arn}, and no IAM user.").format(profile=own.profile, arn=arn),
            why=_("Only an IAM user's access keys are rotated here; the root user should have none."),
        )
    return arn


def _keys_of(user_arn: str, own: Place, administrator: str) -> tuple[Place, tuple[KeyFacts, ...]]:
    """Return whoever may see the user's keys, and the keys."""
    refused: CallError | None = None
    for place in _candidates(user_arn, own, administrator):
        clients = Clients(place, label=user_arn)
        try:
            if place is not own:
                _require_account(clients, place, user_arn)
            return place, facts_of(clients, user_arn)
        except CallError as error:
            if not error.denied and error.code not in UNKNOWN_KEY:
                raise
            refused = refused or error
        except BadInputError:
            if place.profile in {administrator, own.profile}:
                raise
            continue  # a profile of the journal that is there no more
        finally:
            clients.close()
    assert refused is not None  # noqa: S101 -- there is always a candidate
    raise AwsError(
        _("{profile} may not change the access keys of {user}.").format(
            profile=administrator or own.profile, user=user_arn
        ),
        why=refused.what,
        mend=_("Name a profile of an administrator of that account: --destination-profile P."),
    )


def _require_account(clients: Clients, place: Place, user_arn: str) -> None:
    """Refuse credentials of another account: a user of the same name there is somebody else. Raises BadInputError."""
    caller = str(clients.call("sts", "get_caller_identity")["Account"])
    parsed = arns.parse(user_arn)
    if parsed is None or caller != parsed.account_id:
        raise BadInputError(
            _("The profile {profile} is in the account {account}, and the user is {user}.").format(
                profile=place.profile, account=caller, user=user_arn
            ),
            why=_("A user of the same name there is another one. Nothing was changed."),
            mend=_("Name a profile of an administrator of that account: --destination-profile P."),
        )


def _candidates(user_arn: str, own: Place, administrator: str) -> Iterator[Place]:
    if administrator:
        yield Place(administrator, "", own.endpoint_url)
        return
    yield own
    parsed = arns.parse(user_arn)
    account = parsed.account_id if parsed else ""
    seen = {own.profile}
    for run in journal.runs():
        told = run.about.get("accounts", {}).get(account, {})
        profile = str(told.get("profile", ""))
        if profile and profile not in seen:
            seen.add(profile)
            yield Place(profile, str(told.get("region", "")), own.endpoint_url or str(told.get("endpoint_url", "")))


def _sharing(files: Files, profile: str, key_id: str) -> tuple[str, ...]:
    return tuple(
        other
        for other in files.names
        if other != profile and (files.settings(other) or {}).get("aws_access_key_id") == key_id
    )
