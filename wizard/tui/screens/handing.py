"""What is done with the result, for the wizard's screen: copy, save, write the profile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen

from wizard.errors import BadInputError
from wizard.text import _
from wizard.tui.sheets import PANES, is_provisional, sheet

if TYPE_CHECKING:
    from wizard.tui.session import Session
    from wizard.tui.sheets import Sheet
    from wizard.tui.widgets.documents import Documents
    from wizard.tui.wizard_app import WizardApp


class Handing(Screen[None]):
    """The actions that hand something over; a part of the wizard's screen."""

    app: WizardApp
    session: Session
    documents: Documents

    def action_copy(self, pane: str) -> None:
        """Copy what a pane shows; one with open values only after saying so."""
        shown = self.documents.sheets[pane]
        if not shown.needed:
            self.app.say(f"{shown.title}: {shown.reason}")
            return
        self._copy_told(shown.title, shown.text, [shown])

    def action_copy_all(self) -> None:
        """Copy everything that is needed, each with its title."""
        from wizard.tui import saving

        shown = every_sheet(self.session)
        text = "\n\n".join(f"# {saving.title_of(one)}\n{one.text}" for one in shown)
        self._copy_told(_("All documents"), text, shown)

    def _copy_told(self, name: str, text: str, shown: list[Sheet]) -> None:
        left = list(dict.fromkeys(value for one in shown for value in one.open_values))
        if not left and not is_provisional(text):
            self.app.copy(name, text)
            return
        told = [_("Not answered yet: {values}.").format(values=_(", ").join(left))] if left else []
        if is_provisional(text):
            told.append(_("Its Sids will carry the setup's name once method, source and bucket are answered."))
        told.append(_("AWS would refuse it, or it would never match."))

        def answered(reply: str | None) -> None:
            if reply == "copy":
                self.app.copy(name, text)

        from wizard.tui.screens.dialogs import Choosing, Reply

        replies = [Reply("no", _("Don't copy"), "primary"), Reply("copy", _("Copy it as it is"))]
        self.app.ask(Choosing(_("This isn't whole yet"), told, replies, cancel="no"), answered)

    def action_save(self) -> None:
        """Save the documents to files."""
        from wizard.tui import saving
        from wizard.tui.screens.save import Saving

        try:
            files = saving.files_of(self.session)
        except BadInputError as error:
            self.app.say(str(error), severity="error")
            return
        folder = saving.default_folder(self.session)
        left = sorted({value for one in every_sheet(self.session) for value in one.open_values})
        self.app.ask(Saving(files, folder, left), self._saved)

    def _saved(self, said: str | None) -> None:
        if said:
            self.app.wrote = True
            self.app.say(said)

    def action_save_answers(self) -> None:
        """Save the answers to a file."""
        from wizard.tui import saving
        from wizard.tui.screens.save import SavingAnswers

        def saved(said: str | None) -> None:
            if said:
                self.app.wrote = True
                self.app.answers_saved()
                self.app.say(said)

        text = partial(saving.answers_text, self.session)
        self.app.ask(SavingAnswers(text, saving.default_answers_path(self.session)), saved)

    def action_write_profile(self) -> None:
        """Write the profile, after its difference was shown."""
        from wizard.tui import saving

        plan = self.session.plan
        if plan.profile is None:
            self.app.say(_("No profile is needed: the caller's own works."))
            return
        missing = saving.unanswered_of_profile(self.session)
        if missing:
            said = _("The profile is not whole yet: {values}.").format(values=_(", ").join(missing))
            self.app.say(said, severity="warning")
            return
        from wizard.tui.screens.profile import WritingProfile

        self.app.ask(WritingProfile(plan.profile, plan.setup.name), self._profile_written)

    def _profile_written(self, said: str | None) -> None:
        if said == "rename":
            self.session.to_review = self.session.question is None
            self.session.go("profile.name")
            self.show_step()
        elif said:
            self.app.wrote = True
            self.app.say(said)

    def show_step(self) -> None:
        """Show the question in hand (the wizard's screen does)."""
        raise NotImplementedError


def every_sheet(session: Session) -> list[Sheet]:
    """Return every sheet that has something to copy, each document of a pane once."""
    out: list[Sheet] = []
    for pane in PANES:
        first = sheet(session.plan, pane)
        shown = [first, *(sheet(session.plan, pane, position) for position in range(1, first.count))]
        out += [one for one in shown if one.needed]
    return out
