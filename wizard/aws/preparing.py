"""What an apply shows before anything changes: the accounts looked at, the changes worked out, what ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.aws import earlier, existing, keys
from wizard.aws.proven import doubts
from wizard.errors import BadInputError
from wizard.plan import changes
from wizard.plan.cautions import cautions
from wizard.state import journal
from wizard.text import _

if TYPE_CHECKING:
    from wizard.aws.accounts import Accounts
    from wizard.plan import Change, Choices, Found, Plan
    from wizard.state.run import Run


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is shown and confirmed before anything changes. `warnings` are sentences; `refusal` ends it."""

    plan: Plan
    accounts: Accounts
    choices: Choices
    found: Found
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    refusal: str

    @property
    def ours(self) -> tuple[Change, ...]:
        """The changes that this program makes; the rest are steps of somebody else."""
        return tuple(change for change in self.changes if change.ours)

    @property
    def problems(self) -> tuple[Change, ...]:
        """Changes of ours that can't be made as things are."""
        return tuple(change for change in self.ours if change.problem)


def prepare(plan: Plan, accounts: Accounts, choices: Choices) -> Prepared:
    """Look at the accounts and work out what is to be changed; nothing is changed. Raises CallError."""
    found = keys.without_orphans(existing.seen(plan, accounts.clients, accounts.callers), broken(plan.setup.name))
    return prepared_on(plan, accounts, choices, found)


def prepared_on(plan: Plan, accounts: Accounts, choices: Choices, found: Found) -> Prepared:
    """Work out what is to be changed in accounts that were looked at."""
    planned = changes(plan, found, choices)
    said = cautions(plan, found, planned)
    # What can't be made isn't in the world that the proof looks at: then it would doubt everything.
    blocked = any(change.problem for change in planned if change.ours)
    doubted = () if blocked else doubts(plan, found, planned)
    warnings = (*said.warnings, *existing.reach(plan, found), *doubted, *earlier.left_behind(plan))
    return Prepared(plan, accounts, choices, found, planned, warnings, said.refusal)


def broken(setup_name: str) -> Run | None:
    """Return the last run of a setup where it ended on the way; one that is going on right now is not."""
    run = journal.unfinished(setup_name)
    return None if run is None or journal.is_running(run.id) else run


def refuse(prepared: Prepared, *, begun: bool = False) -> None:
    """Raise BadInputError where something of the plan can't be made: all is told before the first change.

    `begun`: a run is under way, and its own words say what was changed.
    """
    mend = "" if begun else _("Nothing was changed.")
    if prepared.refusal:
        raise BadInputError(prepared.refusal, mend=mend)
    if prepared.problems:
        raise BadInputError("\n".join(f"{change.what} {change.problem}" for change in prepared.problems), mend=mend)
