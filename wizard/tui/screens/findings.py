"""The dialog that lists every finding of the documents, and asks AWS about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.text import _, mark
from wizard.tui.analyzing import Wanted, told
from wizard.tui.paint import wrap
from wizard.tui.proving import shown_of
from wizard.tui.screens.dialogs import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.policy.check import Finding
    from wizard.tui.proving import Checked
    from wizard.tui.wizard_app import WizardApp

_SIGNS = {"error": ("✗", "$error"), "warning": ("!", "$warning"), "suggestion": ("·", "$calm")}
TYPES: dict[str, str] = {
    "identity": mark("IAM policy"),
    "bucket": mark("bucket policy"),
    "trust": mark("trust policy"),
    "key": mark("key policy"),
    "session": mark("session policy"),
    "scp": mark("SCP"),
}
_WIDEST = 150  # as .reading in dialogs.tcss


def option(finding: Finding, width: int, identity: str) -> Option:
    """Return a finding as a row of a list."""
    sign, look = _SIGNS[finding.severity]
    place = f"{finding.line}:{finding.column} " if finding.line else ""
    text = f"{place}{told(finding)}"
    if finding.suggestion is not None:
        text += " → " + finding.suggestion
    first, *rest = wrap(text, width - 2)
    return Option(Content.assemble((f"{sign} ", look), first, *(f"\n  {line}" for line in rest)), id=identity)


def say_in(dialog: Dialog[Any], text: str, look: str) -> None:
    """Show a sentence in a dialog, if it is still there."""
    if dialog.is_attached:
        state = dialog.query_one("#check-state", Static)
        state.set_classes(f"-{look}")
        state.update(text)


class FindingsList(Dialog[str]):
    """Every finding of the setup's documents and of the policies that are there. Answers with `number/finding`."""

    app: WizardApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f12", "cancel", show=False),
        Binding("f7", "ask_aws", show=False),
        Binding("ctrl+l", "sides", show=False),
    ]

    def __init__(self, checked: Sequence[Checked]) -> None:
        super().__init__(classes="dialog")
        self.checked = tuple(checked)

    def compose(self) -> ComposeResult:
        """Make the list."""
        with Vertical(classes="frame reading listing") as frame:
            frame.border_title = self.titled(_("What check says"))
            frame.border_subtitle = _("Enter opens it at its place · F7 asks AWS · Esc goes back")
            yield OptionList(id="findings", markup=False)
            yield Static("", markup=False, id="check-state")

    def on_mount(self) -> None:
        """Show them."""
        self.fill()
        self.say(_("F7 sends them to IAM Access Analyzer, with the profile of each account (Ctrl+L)."), "dim")
        self.query_one("#findings").focus()

    def fill(self, at: int = 0) -> None:
        """List the documents, and their findings beneath."""
        found = self.query_one("#findings", OptionList)
        found.clear_options()
        width = min(self.app.size.width * 9 // 10, _WIDEST) - 10  # it has no size of its own before it is filled
        for number, one in enumerate(self.checked):
            shown = shown_of(one.report)
            about = [(n, each) for n, each in enumerate(one.report.findings, 1) if each in shown]
            whose = _("this setup's") if one.is_ours else _("there now")
            head = f"{_(TYPES[one.document_type])} · {one.name} ({whose})"
            said = _("{n} findings").format(n=len(about)) if about else "✓ " + _("no findings")
            found.add_option(Option(Content.assemble((head, "bold"), "  ", (said, "$calm")), id=f"{number}/0"))
            found.add_options(option(each, width, f"{number}/{n}") for n, each in about)
        found.add_option(Option(_("Paste or open another policy …"), id="-"))
        found.highlighted = min(at, found.option_count - 1)

    def say(self, text: str, look: str) -> None:
        """Say how asking AWS goes."""
        say_in(self, text, look)

    def action_ask_aws(self) -> None:
        """Ask IAM Access Analyzer about every document that is listed."""
        wanted = [Wanted(one.text, one.document_type, one.side) for one in self.checked]
        self.app.analyzing.ask(wanted, self.say, self._answered)

    def _answered(self) -> None:
        self.app.wizard.show_answers()
        if self.is_attached:
            self.checked = self.app.analyzing.merged_all(self.checked)
            self.fill(self.query_one("#findings", OptionList).highlighted or 0)

    def action_sides(self) -> None:
        """Choose the profiles that ask."""
        self.app.wizard.action_sides()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the one that was chosen."""
        event.stop()
        self.answer(event.option_id or "")

    def action_cancel(self) -> None:
        """Go back."""
        self.answer("")
