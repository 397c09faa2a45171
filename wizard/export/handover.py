"""What every format is rendered from: the plan, and its changes with nothing known of the accounts, by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.plan import Found, Kind, changes
from wizard.plan.sizes import BUCKET, INLINE, KEY, TRUST_RAISED, compact
from wizard.setup import policy_name, tag_of
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.plan import Change, Plan
    from wizard.policy.document import Document

SIDES = ("source", "destination", "key-owner")
# The change's own word for a side, by the word that files carry.
_WORDS = {"source": "source", "destination": "destination", "key-owner": "other"}


@dataclass(frozen=True, slots=True)
class Handover:
    """A plan to hand over. `sides` are those that were asked for; a key's owner goes with the destination."""

    plan: Plan
    changes: tuple[Change, ...]
    sides: tuple[str, ...]

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


def handover(plan: Plan, side: str = "") -> Handover:
    """Make the hand-over of a plan; `side` is `source` or `destination`, or empty for both."""
    chosen = {"source": SIDES[:1], "destination": SIDES[1:]}.get(side, SIDES)
    return Handover(plan, changes(plan, Found()), chosen)


def too_large(handover: Handover) -> tuple[str, ...]:
    """Say, with the arithmetic, which documents are beyond AWS's limits, and what to do about it."""
    out: dict[str, None] = {}
    accounts = handover.plan.setup.source.account_ids
    for change in handover.changes:
        limit = _limit(change)
        size = len(compact(change.then).encode()) if change.then is not None else 0
        if not limit or size <= limit:
            continue
        alone = size - _bytes_for(change, accounts[1:])
        each = (size - alone) // max(1, len(accounts) - 1)
        fit = (limit - alone) // each + 1 if each and alone < limit else 0
        said = _("{what} {size} bytes are needed, and AWS takes at most {limit}.").format(
            what=change.what, size=size, limit=limit
        )
        if each:
            said += " " + _(
                "Each of the {count} source accounts needs {each} bytes, so that {fit} accounts fit: split the setup, "
                "or give each consumer an access point of its own (aws s3control create-access-point), whose policy "
                "names that one account; or let the whole organization in by aws:PrincipalOrgID."
            ).format(count=len(accounts), each=each, fit=max(fit, 0))
        out[said] = None
    return tuple(out)


def _limit(change: Change) -> int:
    if change.kind is Kind.INLINE:
        return INLINE.get(change.resource.partition("/")[0], INLINE["user"])
    limits = {Kind.BUCKET: BUCKET, Kind.GUARDS: BUCKET, Kind.KEY: KEY, Kind.ROLE: TRUST_RAISED}
    return limits.get(change.kind, 0)


def _bytes_for(change: Change, accounts: tuple[str, ...]) -> int:
    """Return how many bytes of a change's policy name some accounts: the members that hold an id of them."""
    named = set(accounts)
    return sum(
        len(compact(member).encode()) + 1
        for statement in change.then.get("Statement", [])
        for member in _members(statement)
        if member.split(":")[4:5] and member.split(":")[4] in named
    )


def _members(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _members(member)
    elif isinstance(value, list):
        for member in value:
            yield from _members(member)
