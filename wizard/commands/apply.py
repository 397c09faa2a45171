"""`apply FILE`: show what changes in the accounts, ask, and make the changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.answers.file import read
from wizard.commands import confirm, shown
from wizard.commands.result import Result
from wizard.errors import BadInputError, CancelledError
from wizard.plan import Choices, plan
from wizard.plan.cautions import needs_lockout_confirmation
from wizard.text import _

if TYPE_CHECKING:
    import argparse

    from wizard.aws.apply import Outcome
    from wizard.aws.clients import Place
    from wizard.aws.preparing import Prepared
    from wizard.aws.watch import Watch

REFUSED = 2


def run(options: argparse.Namespace) -> Result:
    """Apply a setup to one side or to both."""
    from wizard.aws import accounts, preparing, sinks, told
    from wizard.commands.progress import watching

    answers = read(Path(options.file))
    made = plan(answers.setup)
    choices = Choices(frozenset(options.use_existing or ()), options.drop_deleted_principals)
    notes = (*answers.notes, *(_("Warning: {text}").format(text=text) for text in made.warnings))
    with watching() as watch:
        entered = accounts.enter(answers.setup, places(options), watch, ask_mfa=confirm.mfa_code)
        try:
            prepared = preparing.prepare(made, entered, choices)
            if watch.stopping:
                raise confirm.cancelled()
            no_key = sinks.no_key_made(made, prepared.found, options.keys_to or "")
            notes = (*notes, *((_("Warning: {text}").format(text=no_key),) if no_key else ()))
            if not prepared.ours and not _unfinished(prepared):
                return Result(told.nothing(prepared), _data(prepared, None), (*notes, *_warnings(prepared)))
            _show(prepared, notes)
            if options.dry_run:
                return Result(status=REFUSED if _refusal(prepared) else 0, notes=_refusal(prepared))
            preparing.refuse(prepared)
            if not _confirmed(prepared, options):
                return Result(status=REFUSED, notes=(no_terminal(),))
            return _apply(prepared, options, watch)
        finally:
            entered.close()


def places(options: argparse.Namespace) -> dict[str, Place]:
    """Return where each side's calls go, from the options of the command line."""
    from wizard.aws.clients import Place

    region, endpoint = options.region or "", options.endpoint_url or ""
    chosen = {"source": options.source_profile or "", "destination": options.destination_profile or ""}
    sides = ("source", "destination") if options.side == "both" else (options.side,)
    return {side: Place(chosen[side], region, endpoint) for side in sides}


def no_terminal() -> str:
    """Say that nothing was changed because nobody could be asked."""
    return _("Nothing was changed: there is no terminal to ask in. Give --yes to make the changes.")


def _warn(prepared: Prepared, notes: tuple[str, ...]) -> None:
    for note in (*notes, *_warnings(prepared)):
        confirm.show(note)


def _warnings(prepared: Prepared) -> tuple[str, ...]:
    return tuple(_("Warning: {text}").format(text=text) for text in prepared.warnings)


def _show(prepared: Prepared, notes: tuple[str, ...]) -> None:
    _warn(prepared, notes)
    shown.result(shown.changes(prepared.changes, prepared.found))


def _refusal(prepared: Prepared) -> tuple[str, ...]:
    """Return what would end an apply, for a dry run to say."""
    from wizard.aws import preparing

    try:
        preparing.refuse(prepared)
    except BadInputError as error:
        return (str(error),)
    return ()


def _unfinished(prepared: Prepared) -> bool:
    from wizard.aws.preparing import broken

    return broken(prepared.plan.setup.name) is not None


def _confirmed(prepared: Prepared, options: argparse.Namespace, *, begun: bool = False) -> bool:
    """Ask; False where nobody can be asked. Raises CancelledError at a no, BadInputError for a wrong bucket's name.

    `begun`: the run is under way, and says by itself what was changed.
    """
    setup = prepared.plan.setup
    if not options.yes and not confirm.has_terminal():
        return False
    if needs_lockout_confirmation(setup, prepared.ours):
        typed = options.confirm_lockout or ""
        if not typed and confirm.has_terminal():
            question = _("The guards can lock everybody out. Type the bucket's name to set them all the same:")
            typed = confirm.ask(question)
        if typed != setup.bucket.name:
            why = _("--yes answers yes-or-no questions; this takes typing the bucket's name. Nothing was changed.")
            if begun:
                why = _("--yes answers yes-or-no questions; this takes typing the bucket's name.")
            raise BadInputError(
                _("The guards can lock everybody out, and the bucket's name wasn't given."),
                why=why,
                mend=_("Name an administrator in guards.exempt_principals, or give --confirm-lockout {bucket}.").format(
                    bucket=setup.bucket.name
                ),
            )
    if not options.yes:
        confirm.confirm(_("Make these changes?"))
    return True


def _apply(prepared: Prepared, options: argparse.Namespace, watch: Watch) -> Result:
    from wizard.aws import apply, told
    from wizard.aws.sinks import sink

    def again(now: Prepared) -> bool:
        confirm.show(_("The plan as it is now:"))
        _warn(now, ())
        confirm.show(shown.changes(now.ours, now.found))
        try:
            return _confirmed(now, options, begun=True)
        except CancelledError:
            return False

    about = {"answers": options.file if options.file == "-" else str(Path(options.file).absolute())}
    outcome = apply.apply(prepared, watch, sink(prepared.plan.profile, options.keys_to or ""), again=again, about=about)
    return Result(told.done(outcome), _data(prepared, outcome))


def _data(prepared: Prepared, outcome: Outcome | None) -> dict[str, object]:
    return {
        "run": outcome.run_id if outcome else "",
        "changed": [change.id for change in outcome.made] if outcome else [],
        "left": [
            {"id": change.id, "account_id": change.account_id, "by": change.by.value, "what": change.what}
            for change in (outcome.left if outcome else prepared.changes)
            if not change.ours
        ],
    }
