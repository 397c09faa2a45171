"""What explains, for the wizard's screen: help, the comparison of the methods, the access path in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from wizard.text import _

if TYPE_CHECKING:
    from wizard.tui.paint import Row
    from wizard.tui.session import Session
    from wizard.tui.wizard_app import WizardApp


class Telling(Screen[None]):
    """The actions that open something to read; a part of the wizard's screen."""

    app: WizardApp
    session: Session

    def action_help(self) -> None:
        """Explain the step in hand, and in the practice accounts what they get wrong."""
        from wizard.tui import helping
        from wizard.tui.screens.dialogs import Reading

        practice = self.app.practice

        def rows(width: int) -> list[Row]:
            about = [*helping.practice_rows(practice, width), ()] if practice is not None else []
            return [*helping.help_rows(self.session, width), (), *about]

        self.app.ask(Reading(_("Help"), rows))

    def action_compare(self) -> None:
        """Compare the methods."""
        self._read("compare_rows", _("The three methods"))

    def action_path(self) -> None:
        """Show the access path in full."""
        self._read("path_rows", _("Access path"))

    def _read(self, name: str, title: str) -> None:
        from wizard.tui import helping
        from wizard.tui.screens.dialogs import Reading

        rows = getattr(helping, name)
        self.app.ask(Reading(title, lambda width: rows(self.session, width)))

    def action_palette(self) -> None:
        """Open the command palette."""
        self.app.action_command_palette()
