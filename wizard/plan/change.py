"""A change of one account: what is there now, what will be there, how it is put back, and whose step it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.names import arns
from wizard.text import _, mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.plan.found import Json, NotKnown


class Kind(StrEnum):
    """What a change is about; `now` and `then` are of the kind that is said here, None where nothing is there."""

    ROLE = "role"  # make a role: its trust policy
    USER = "user"  # make a user: {"UserName", "Path"}
    TRUST = "trust"  # a role's trust policy
    SESSION = "session"  # a role's longest session: {"MaxSessionDuration": seconds}
    INLINE = "inline"  # an inline policy, `name`
    ATTACHED = "attached"  # a managed policy attached: {"PolicyArn": `name`}
    ACCESS_KEY = "access-key"  # a user's access keys: {"AccessKeyIds": [ids]}
    KEY = "key-policy"
    BUCKET = "bucket-policy"
    GUARDS = "guards"  # a bucket policy, as a step of its own
    MANAGED = "managed"  # a managed policy that somebody else makes and attaches
    PERMISSION_SET = "permission-set"  # the inline policy of a permission set


class By(StrEnum):
    """Who takes the step."""

    US = "us"
    OTHER_SIDE = "other-side"
    ADMINISTRATORS = "administrators"
    IDENTITY_CENTER = "identity-center"
    SERVICE = "service"
    KEY_OWNER = "key-owner"


WHO = {
    By.US: mark("by this program"),
    By.OTHER_SIDE: mark("to be done by the other side"),
    By.ADMINISTRATORS: mark("to be done by the account's administrators"),
    By.IDENTITY_CENTER: mark("to be done by an administrator of IAM Identity Center"),
    By.SERVICE: mark("decided by the service that the role belongs to"),
    By.KEY_OWNER: mark("to be done by the key's owner"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `id` is stable: the same setup gives the same ids.

    `side`: `source`, `destination` or `other`. `target` is the ARN of what is changed ("" where it has none);
    `name` a policy's name or ARN. `now` is NotKnown where nobody could look. `problem` says why it can't be
    made as things are, "" when it can; `notes` what a person should know of it. `session_seconds`: of a role
    that is made.
    """

    id: str
    kind: Kind
    account_id: str
    side: str
    target: str
    name: str
    region: str
    what: str
    now: Json | NotKnown
    then: Json
    put_back: str
    by: By
    problem: str = ""
    notes: tuple[str, ...] = ()
    session_seconds: int = 0

    @property
    def ours(self) -> bool:
        """Whether this program makes the change."""
        return self.by is By.US

    @property
    def resource(self) -> str:
        """The target without its account: `role/wizard/RoleA`, a bucket's name, `key/…`."""
        parsed = arns.parse(self.target)
        return parsed.resource if parsed else self.target

    def to_json(self) -> dict[str, Any]:
        """Return what the journal keeps of a change of ours: enough to put it back."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "account_id": self.account_id,
            "side": self.side,
            "target": self.target,
            "name": self.name,
            "region": self.region,
            "what": self.what,
            "now": self.now,
            "then": self.then,
            "put_back": self.put_back,
            "session_seconds": self.session_seconds,
        }


def from_json(told: Mapping[str, Any]) -> Change:
    """Return a change as the journal keeps it. Raises BadInputError for what is none that this version knows."""
    words = ("id", "account_id", "side", "target", "name", "region", "what")
    try:
        return Change(
            **{word: str(told[word]) for word in words},  # type: ignore[arg-type] # the members of those names are texts
            kind=Kind(told["kind"]),
            now=told["now"],
            then=told["then"],
            put_back=str(told["put_back"]),
            by=By.US,
            session_seconds=int(told.get("session_seconds", 0)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadInputError(
            _("A change in the journal of the run can't be read: {id}").format(id=told.get("id", "")),
            why=str(error),
            mend=_("Was it written by a newer version, or edited? Use that version, or put it back by hand."),
        ) from None
