"""What every format is rendered from: the plan, and its changes with nothing known of the accounts, by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.plan import By, Found, changes
from wizard.plan.change import WHO
from wizard.setup import policy_name, tag_of
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.export.access_points import AccessPoints
    from wizard.plan import Change, Plan
    from wizard.policy.document import Document

SIDES = ("source", "destination", "key-owner")
# The change's own word for a side, by the word that files carry.
_WORDS = {"source": "source", "destination": "destination", "key-owner": "other"}


@dataclass(frozen=True, slots=True)
class Handover:
    """A plan to hand over. `sides` are those that were asked for; a key's owner goes with the destination.

    `points` are set where the plan goes by access points: whoever makes the bucket policies makes them too.
    """

    plan: Plan
    changes: tuple[Change, ...]
    sides: tuple[str, ...]
    points: AccessPoints | None = None

    @property
    def name(self) -> str:
        """The setup's name, which the files carry."""
        return self.plan.setup.name

    @property
    def policy_name(self) -> str:
        """The name of the setup's inline and managed policies."""
        return policy_name(self.name)

    @property
    def tag(self) -> tuple[str, str]:
        """The tag (key, value) on what the setup makes."""
        return tag_of(self.name)

    def of(self, side: str) -> tuple[Change, ...]:
        """Return a side's changes, in order."""
        return tuple(change for change in self.changes if change.side == _WORDS[side])

    def accounts(self, side: str) -> tuple[str, ...]:
        """Return a side's accounts that have something to change."""
        return tuple(dict.fromkeys(change.account_id for change in self.of(side)))

    def parts(self) -> Iterator[tuple[str, tuple[str, ...], tuple[Change, ...]]]:
        """Yield each side that has something to do: its word, its accounts, its changes.

        The source's accounts do the same, each for itself: the changes are those of the first one. Each owner
        of keys has other keys, and is a part of its own.
        """
        for side in self.sides:
            accounts = self.accounts(side)
            if side == "source" and accounts:
                yield side, accounts, tuple(one for one in self.of(side) if one.account_id == accounts[0])
                continue
            for account in accounts:
                yield side, (account,), tuple(one for one in self.of(side) if one.account_id == account)

    def document(self, document_id: str) -> Document | None:
        """Return the first needed document of an id."""
        return next((one for one in self.plan.of(document_id) if one.needed), None)


def who(change: Change) -> str:
    """Say who takes a step, by name: both sides read an export, and "the other side" is another one for each."""
    if change.by is By.OTHER_SIDE:
        return _("by an administrator of {account}").format(account=change.account_id)
    return _(WHO[change.by])


def handover(plan: Plan, side: str = "", points: AccessPoints | None = None) -> Handover:
    """Make the hand-over of a plan; `side` is `source` or `destination`, or empty for both."""
    chosen = {"source": SIDES[:1], "destination": SIDES[1:]}.get(side, SIDES)
    return Handover(plan, changes(plan, Found()), chosen, points)
