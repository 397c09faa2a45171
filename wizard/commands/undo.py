"""`undo [RUN]`: put back what a run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.commands import confirm, shown
from wizard.commands.apply import REFUSED
from wizard.commands.result import Result
from wizard.state import journal
from wizard.text import _

if TYPE_CHECKING:
    import argparse

    from wizard.aws.clients import Place
    from wizard.aws.preparing_undo import Undoing
    from wizard.state.run import Run


def run(options: argparse.Namespace) -> Result:
    """Show what an undo would change, ask, and put it back."""
    from wizard.aws import preparing_undo, undo
    from wizard.aws.told import of_undo
    from wizard.commands.progress import watching

    chosen = journal.run(options.run) if options.run else _latest()
    if chosen is None:
        return Result(_("There is no run to undo: nothing to change."))
    if not chosen.left_to_undo():
        return Result(_("The run {run} has nothing left to put back.").format(run=chosen.id))
    with watching() as watch:
        undoing = preparing_undo.prepare(
            chosen, watch, _places(options, chosen), own_only=options.own_statements, ask_mfa=confirm.mfa_code
        )
        try:
            if watch.stopping:
                raise confirm.cancelled()
            shown.result(of_undo(undoing))
            if undoing.stops or (not options.dry_run and _may(undoing, options)):
                done = undo.undo(undoing, watch)
                return Result(_("Run {run}: changes put back: {count}.").format(count=len(done), run=chosen.id))
        finally:
            undoing.close()
    if options.dry_run:
        return Result()
    refusal = _("Nothing was changed: there is no terminal to ask in. Give --yes to put it back.")
    return Result(status=REFUSED, notes=(refusal,))


def _latest() -> Run | None:
    """Return the last run that still has something to put back."""
    return next((run for run in journal.runs() if run.left_to_undo()), None)


def _may(undoing: Undoing, options: argparse.Namespace) -> bool:
    if options.yes:
        return True
    if not confirm.has_terminal():
        return False
    confirm.confirm(_("Put this back?"))
    return bool(undoing.backs)


def _places(options: argparse.Namespace, chosen: Run) -> dict[str, Place]:
    """Return the places that take that of the journal's: profiles that were renamed, another endpoint."""
    from wizard.aws.clients import Place

    given = {"source": options.source_profile, "destination": options.destination_profile}
    kept = {str(one.change.get("side")): one.change.get("account_id") for one in chosen.left_to_undo()}
    accounts = chosen.about.get("accounts", {})
    out = {}
    for side, account in kept.items():
        before = accounts.get(account, {})
        place = Place(
            given.get(side) or before.get("profile", ""),
            options.region or before.get("region", ""),
            options.endpoint_url or before.get("endpoint_url", ""),
        )
        if given.get(side) or options.region or options.endpoint_url:
            out[side] = place
    return out
