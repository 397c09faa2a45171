"""What the changes are made from: the plan, what was found, and what the person chose about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.plan.change import By
from wizard.plan.found import NotKnown
from wizard.text import _

if TYPE_CHECKING:
    from wizard.plan.found import Found, Json
    from wizard.plan.made import Plan
    from wizard.setup import Setup


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person confirmed.

    `existing`: ARNs of roles and users that aren't this setup's and get its policies all the same.
    `drop_deleted`: take principals that no longer exist out of the policies that name them.
    """

    existing: frozenset[str] = frozenset()
    drop_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """A plan and the accounts that it meets."""

    plan: Plan
    found: Found
    choices: Choices

    @property
    def setup(self) -> Setup:
        """The setup that is planned."""
        return self.plan.setup

    def side(self, account_id: str) -> str:
        """Return which side an account is: `source`, `destination` or `other`."""
        if account_id == self.setup.destination_account:
            return "destination"
        return "source" if account_id in self.setup.source.account_ids else "other"

    def by(self, account_id: str) -> By:
        """Return who makes a change in an account: we do where we have a caller there."""
        if account_id in self.found.callers:
            return By.US
        return By.OTHER_SIDE if self.side(account_id) != "other" else By.KEY_OWNER


def not_readable(now: Json | NotKnown, by: By) -> str:
    """Say that what is there can't be read, where it is ours to change: it would be overwritten unseen."""
    if not isinstance(now, NotKnown) or by is not By.US:
        return ""
    said = _("What is there now can't be read, so nothing is written over it.")
    return f"{said} {now.reason}".rstrip()
