"""The dialog of one policy: its text with its findings, their mends, and what AWS says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, OptionList, Static, TextArea

from wizard.text import _
from wizard.tui.analyzing import ANY_SIDE, Wanted
from wizard.tui.proving import report_of
from wizard.tui.screens.dialogs import Dialog
from wizard.tui.screens.findings import TYPES, option, say_in

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wizard.policy.check import Context, DocumentType, Finding, Report
    from wizard.tui.wizard_app import WizardApp

_LARGEST = 1_000_000


class Checking(Dialog[None]):
    """A policy's text, checked while it is typed; F12 jumps to the next finding, F9 takes the mend."""

    app: WizardApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False, priority=True),
        Binding("f8", "copy", show=False, priority=True),
        Binding("f9", "mend", show=False, priority=True),
        Binding("f12", "next", show=False, priority=True),
        Binding("f6", "type", show=False, priority=True),
        Binding("f7", "ask_aws", show=False, priority=True),
        Binding("ctrl+l", "sides", show=False, priority=True),
        Binding("ctrl+o", "open", show=False, priority=True),
    ]

    def __init__(
        self, text: str, document_type: DocumentType | None, context: Context, at: int = 0, side: str = ANY_SIDE
    ) -> None:
        super().__init__(classes="dialog")
        self.text = text
        self.document_type = document_type
        self.context = context
        self.at = at - 1
        self.side = side
        self.report: Report | None = None
        self.findings: tuple[Finding, ...] = ()

    def compose(self) -> ComposeResult:
        """Make the text, the findings and the keys."""
        with Vertical(classes="frame reading full") as frame:
            frame.border_subtitle = _("F12 next · F9 mend · F8 copy · F7 AWS · F6 type · ^O open · Esc")
            yield Input(placeholder=_("the path of a policy file"), id="policy-file")
            yield TextArea(self.text, id="policy", show_line_numbers=True, soft_wrap=True, tab_behavior="focus")
            yield Static("", markup=False, id="check-state")
            yield OptionList(id="findings", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Take the mended text"), id="mend")
                yield Button(_("Copy"), id="copy")
                yield Button(_("Back"), id="back")

    def on_mount(self) -> None:
        """Check what is there."""
        self.query_one("#policy-file").display = False
        self.query_one(TextArea).focus()
        self.look()
        if self.at >= 0:
            self._go(self.at)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Check again."""
        event.stop()
        self.look()

    def look(self) -> None:
        """Check the text, and list what is found."""
        text = self.query_one(TextArea).text
        self.report = report_of(text, self.document_type, self.context) if text.strip() else None
        self.findings = self.app.analyzing.merged(text, self.report).findings if self.report else ()
        found = self.query_one("#findings", OptionList)
        width = max(found.size.width - 4, 40)
        found.clear_options()
        found.add_options(option(one, width, f"f{n}") for n, one in enumerate(self.findings))
        kind = self.report.document_type if self.report else self.document_type
        name = _(TYPES[kind]) if kind else _("a policy")
        self.query_one(".frame").border_title = self.titled(_("Check {name}").format(name=name))
        counted = sum(one.counts for one in self.findings)
        if self.report is None:
            self.say(_("Paste a policy here, or open a file: Ctrl+O."))
        elif self.findings:
            self.say(_("errors and warnings: {n}, notes: {m}").format(n=counted, m=len(self.findings) - counted))
        else:
            self.say("✓ " + _("no findings"))
        self.query_one("#mend", Button).disabled = not (self.report and self.report.mended)

    def say(self, text: str, look: str = "text") -> None:
        """Say something beneath the text."""
        say_in(self, text, look)

    def action_ask_aws(self) -> None:
        """Ask IAM Access Analyzer about the text as it is."""
        text = self.query_one(TextArea).text
        kind = self.report.document_type if self.report else self.document_type
        self.app.analyzing.ask([Wanted(text, kind, self.side)], self.say, self._answered)

    def _answered(self) -> None:
        self.app.wizard.show_answers()
        if self.is_attached:
            self.look()

    def action_sides(self) -> None:
        """Choose the profiles that ask."""
        self.app.wizard.action_sides()

    def _go(self, number: int) -> None:
        if not self.findings:
            return
        self.at = number % len(self.findings)
        finding = self.findings[self.at]
        found, area = self.query_one("#findings", OptionList), self.query_one(TextArea)
        found.highlighted = self.at
        if finding.page is not None:
            self.say(f"{finding.issue_code}: {finding.page}")
        if finding.line is not None and finding.column is not None:
            from textual.widgets.text_area import Selection

            line, column = finding.line - 1, finding.column - 1
            area.selection = Selection((line, column), (line, column + finding.length))
            area.scroll_cursor_visible(center=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Jump to a finding."""
        event.stop()
        self._go(event.option_index)
        self.query_one(TextArea).focus()

    def action_next(self) -> None:
        """Jump to the next finding."""
        self._go(self.at + 1)

    def action_mend(self) -> None:
        """Take the mend of the finding in hand, or the whole mended text where every mend is certain."""
        area = self.query_one(TextArea)
        finding = self.findings[self.at] if 0 <= self.at < len(self.findings) else None
        mended = self._mended(area.text, finding) if finding is not None else None
        if mended is not None:
            area.load_text(mended)
        elif self.report is not None and self.report.mended:
            area.load_text(self.report.mended)
        else:
            self.app.say(_("No mend is certain here."), severity="warning")

    def _mended(self, text: str, finding: Finding) -> str | None:
        """Return the text with one finding's mend, if it is one: checked again, nothing new may be wrong."""
        if finding.suggestion is None or finding.line is None or finding.column is None:
            return None
        lines = text.split("\n")
        line, start = lines[finding.line - 1], finding.column - 1
        end = start + finding.length
        meant = finding.suggestion
        if line[start:end].startswith('"') and not meant.startswith(('"', "{", "[")):
            meant = json.dumps(meant, ensure_ascii=False)
        lines[finding.line - 1] = line[:start] + meant + line[end:]
        mended = "\n".join(lines)
        left = report_of(mended, self.document_type, self.context).findings
        counted = sum(one.counts for one in left)
        before = self.report.findings if self.report is not None else ()  # check's own: AWS isn't asked again
        return mended if counted < sum(one.counts for one in before) else None

    def action_copy(self) -> None:
        """Copy the text as it is."""
        self.app.copy(_("the policy"), self.query_one(TextArea).text)

    def action_type(self) -> None:
        """Take another document type: they are asked in turn, then it is inferred again."""
        kinds = [None, *TYPES]
        at = kinds.index(self.document_type)
        self.document_type = kinds[(at + 1) % len(kinds)]  # type: ignore[assignment] # the keys are the types
        self.look()

    def action_open(self) -> None:
        """Ask for a file."""
        field = self.query_one("#policy-file", Input)
        field.display = True
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Read the file into the text."""
        event.stop()
        path = Path(event.value.strip()).expanduser()
        try:
            data = _content(path)
        except OSError as error:
            said = _("{path} can't be read: {reason}").format(path=path, reason=error.strerror or error)
            self.app.say(said, severity="warning")
            return
        self.query_one(TextArea).load_text(data.decode("utf-8-sig", "replace"))
        self._close_field()

    def _close_field(self) -> None:
        self.query_one("#policy-file", Input).display = False
        self.query_one(TextArea).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        event.stop()
        if event.button.id == "mend" and self.report is not None and self.report.mended:
            self.query_one(TextArea).load_text(self.report.mended)
        elif event.button.id == "copy":
            self.action_copy()
        elif event.button.id == "back":
            self.answer(None)

    def action_cancel(self) -> None:
        """Go back: from the path of a file to the text, which stays."""
        if self.query_one("#policy-file", Input).display:
            self._close_field()
        else:
            self.answer(None)


def _content(path: Path) -> bytes:
    """Read a file that has an end and isn't far larger than any policy; raises OSError for anything else."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(_("it is no plain file"))  # a pipe, a device: nobody knows when it ends
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(_("it is larger than {count} bytes").format(count=_LARGEST))
    return data
