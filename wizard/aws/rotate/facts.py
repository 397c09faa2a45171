"""What IAM tells of a user's access keys: their state, and when each was used last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard.aws.errors import CallError
from wizard.aws.policies import named
from wizard.text import _

if TYPE_CHECKING:
    from wizard.aws.clients import Clients

# Services that a rotation itself calls: their use of the old key is no sign of somebody else.
_OUR_SERVICES = frozenset({"iam", "sts"})


@dataclass(frozen=True, slots=True)
class LastUse:
    """When a key was used last (None: never, as far as AWS knows; AWS is some minutes late), and for which service."""

    when: datetime | None
    service: str


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """An access key of the user; `last_use` is None where nobody could look."""

    id: str
    active: bool
    created: datetime | None
    last_use: LastUse | None

    @property
    def shown(self) -> str:
        """The key and its last use in a sentence."""
        state = _("active") if self.active else _("inactive")
        if self.last_use is None:
            return _("{id} ({state}): its last use can't be looked at.").format(id=self.id, state=state)
        if self.last_use.when is None:
            return _("{id} ({state}): never used, as far as AWS knows.").format(id=self.id, state=state)
        said = _("{id} ({state}): last used {when} for {service}.")
        when = self.last_use.when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return said.format(id=self.id, state=state, when=when, service=self.last_use.service)

    def used_by_others_since(self, moment: datetime) -> bool:
        """Whether something else than a rotation used the key after `moment`."""
        use = self.last_use
        return use is not None and use.when is not None and use.when > moment and use.service not in _OUR_SERVICES


def facts_of(clients: Clients, user_arn: str) -> tuple[KeyFacts, ...]:
    """Return the user's access keys with their last use. Raises CallError."""
    listed = clients.pages("iam", "list_access_keys", "AccessKeyMetadata", **named(user_arn))
    return tuple(
        KeyFacts(
            id=str(one["AccessKeyId"]),
            active=one.get("Status") == "Active",
            created=one.get("CreateDate"),
            last_use=_last_use(clients, str(one["AccessKeyId"])),
        )
        for one in listed
    )


def _last_use(clients: Clients, identity: str) -> LastUse | None:
    try:
        told = clients.call("iam", "get_access_key_last_used", AccessKeyId=identity)["AccessKeyLastUsed"]
    except CallError as error:
        if not error.denied and not error.missing:
            raise
        return None
    return LastUse(told.get("LastUsedDate"), str(told.get("ServiceName", "")))
