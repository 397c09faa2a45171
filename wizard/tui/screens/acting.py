"""What is done in the accounts, for the wizard's screen: look, check, apply, verify, undo, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from wizard.text import _
from wizard.tui.session import is_typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.plan import Plan
    from wizard.tui.session import Session
    from wizard.tui.wizard_app import WizardApp


class Acting(Screen[None]):
    """The actions that need an account, or say something of the documents; a part of the wizard's screen."""

    app: WizardApp
    session: Session

    def action_sides(self, then: Callable[[], None] | None = None) -> None:
        """Choose a profile for each account."""
        if self.app.waits_for_practice:
            return
        from wizard.aws.discover.run import profile_names
        from wizard.tui.screens.sides import ChoosingSides

        setup = self.session.built.setup
        sources = ", ".join(setup.source.account_ids)
        titles = {
            "source": _("source account {account}").format(account=sources),
            "destination": _("destination account {account}").format(account=setup.destination_account),
        }

        def closed(_answer: object) -> None:
            if then is not None and any(side.ours for side in self.app.sides.all.values()):
                then()

        self.app.ask(ChoosingSides(self.app.sides, profile_names(), titles, goes_on=then is not None), closed)

    def action_found(self) -> None:
        """List what was found for the question in hand; a single value is taken at once."""
        question = self.session.question
        values = self.session.suggested(question) if question is not None else ()
        if question is None or not is_typed(question) or not values:
            if self.app.waits_for_practice:
                return
            self.app.say(_("Nothing was found for this question. Ctrl+L looks into the accounts."))
            return
        if len(values) == 1:
            self.take_found(values[0])
            return
        from wizard.tui.screens.picking import Picking
        from wizard.tui.values import label

        self.app.ask(Picking(label(question.key), values), self.take_found)

    def take_found(self, value: str | None) -> None:
        """Put a value that was found into the field."""
        raise NotImplementedError

    def action_check(self) -> None:
        """List the findings, and open the one that is chosen at its place."""
        from wizard.tui.proving import context_of, evidence
        from wizard.tui.screens.checking import Checking
        from wizard.tui.screens.findings import FindingsList

        known = self.session.evidence or self.app.analyzing.within(evidence(self.session.plan))
        context = context_of(self.session.plan)

        def chosen(answer: str | None) -> None:
            if answer == "-":
                self.app.ask(Checking("", None, context))
            elif answer:
                number, _slash, at = answer.partition("/")
                one = known.checked[int(number)]
                self.app.ask(Checking(one.text, one.document_type, context, int(at), one.side))

        self.app.ask(FindingsList(known.checked), chosen)

    def _ready(self, *, as_export: bool = False) -> Plan | None:
        """Return the plan where it can be carried out; else say what is missing.

        An export may be made of a fleet that AWS's limits stop: it makes the ways on in its place.
        """
        plan = self.session.plan
        if self.app.waits_for_practice:
            return None
        if not self.session.whole:
            self.app.say(left_open(self.session), severity="warning")
            return None
        from wizard.export.formats import makes_ways_on

        if plan.problems and not (as_export and makes_ways_on(plan)):
            self.app.say("\n".join(plan.problems), severity="error")
            return None
        return plan

    def action_apply(self) -> None:
        """Show what changes, and make the changes."""
        plan = self._ready()
        if plan is None:
            return
        if not self.app.sides.chosen:
            self.action_sides(self._apply)
        else:
            self._apply()

    def _apply(self) -> None:
        plan = self._ready()
        places = self.app.sides.places()
        if plan is None or not places:
            self.app.say(_("Somebody else administers both accounts: export what they need."), severity="warning")
            return
        from wizard.aws.clients import label_of
        from wizard.tui.screens.applying import Applying

        accounts = {"source": plan.setup.source.account_ids, "destination": (plan.setup.destination_account,)}
        others = tuple(
            _("{account}: somebody else administers it, its steps are handed over.").format(
                account=label_of(side.name, ", ".join(accounts[side.name]))
            )
            for side in self.app.sides.all.values()
            if not side.ours
        )
        self.app.ask(Applying(plan, places, others), self._applied)

    def _applied(self, answer: str | None) -> None:
        if answer == "verify":
            self.action_verify()

    def action_verify(self) -> None:
        """Make real calls; the path is lit by what AWS answers."""
        plan = self._ready()
        if plan is None:
            return
        from wizard.aws.discover.run import profile_names
        from wizard.tui.screens.verifying import Verifying

        destination = self.app.sides.all["destination"]
        self.app.ask(Verifying(plan, profile_names(), (destination.profile or "") if destination.ours else ""))

    def action_undo(self) -> None:
        """Put back what the last run of this setup changed."""
        from wizard.errors import WizardError
        from wizard.state import journal
        from wizard.tui.screens.undoing import Undoing

        name = self.session.built.setup.name
        try:
            runs = [run for run in journal.runs() if run.setup_name == name and run.left_to_undo()]
        except WizardError as error:
            self.app.say(str(error), severity="error")
            return
        if not runs:
            self.app.say(_("This setup has no run that could be undone."))
            return
        self.app.ask(Undoing(runs[0], {}))

    def action_export(self) -> None:
        """Write files to hand over."""
        plan = self._ready(as_export=True)
        if plan is None:
            return
        from wizard.tui import saving
        from wizard.tui.screens.exporting import Exporting

        def written(said: str | None) -> None:
            if said:
                self.app.wrote = True
                self.app.say(said)

        # Whose half is handed over: that of the account which somebody else administers.
        others = [side.name for side in self.app.sides.all.values() if side.others]
        side = others[0] if len(others) == 1 else ""
        self.app.ask(Exporting(plan, saving.default_folder(self.session), side), written)

    def action_gaps(self) -> None:
        """Say what the practice accounts are known to get wrong."""
        from wizard.tui import helping
        from wizard.tui.screens.dialogs import Reading

        practice = self.app.practice
        if practice is not None:
            self.app.ask(Reading(_("The practice accounts"), lambda width: helping.practice_rows(practice, width)))


def left_open(session: Session) -> str:
    """Return what keeps a setup from being carried out, by the names that the review gives."""
    from wizard.tui.values import label

    problems = session.open_problems()
    missing = [label(problem.key) for problem in problems if session.is_missing(problem.key)]
    told = [_("Not answered yet: {values}.").format(values=_(", ").join(missing))] if missing else []
    told += [
        f"{label(problem.key)}: {problem.error.what}" for problem in problems if not session.is_missing(problem.key)
    ]
    if session.over:
        told.append(_("More than the file asks: {what}.").format(what="; ".join(session.over)))
    if session.waits_for_confirmation:
        told.append(_("The guards can lock everybody out, and nobody confirmed them: Enter on their row asks."))
    return "\n".join(told)
