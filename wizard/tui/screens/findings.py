"""The dialogs of check: the list of all findings, and a policy's text with its findings and their mends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from wizard.text import _, mark
from wizard.tui.paint import wrap
from wizard.tui.proving import report_of, shown_of
from wizard.tui.screens.dialogs import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.policy.check import Context, DocumentType, Finding, Report
    from wizard.tui.proving import Checked
    from wizard.tui.wizard_app import WizardApp

_SIGNS = {"error": ("✗", "$error"), "warning": ("!", "$warning"), "suggestion": ("·", "$calm")}
_TYPES: dict[str, str] = {
    "identity": mark("IAM policy"),
    "bucket": mark("bucket policy"),
    "trust": mark("trust policy"),
    "key": mark("key policy"),
    "session": mark("session policy"),
    "scp": mark("SCP"),
}
_LARGEST = 1_000_000
_WIDEST = 150  # as .reading in dialogs.tcss


def _option(finding: Finding, width: int, identity: str, head: str = "") -> Option:
    sign, look = _SIGNS[finding.severity]
    place = f"{finding.line}:{finding.column} " if finding.line else ""
    text = f"{head}{place}{finding.message}"
    if finding.suggestion is not None:
        text += " → " + finding.suggestion
    first, *rest = wrap(text, width - 2)
    return Option(Content.assemble((f"{sign} ", look), first, *(f"\n  {line}" for line in rest)), id=identity)


class FindingsList(Dialog[str]):
    """Every finding of the setup's documents and of the policies that are there. Answers with `number/finding`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f12", "cancel", show=False)]

    def __init__(self, checked: Sequence[Checked]) -> None:
        super().__init__(classes="dialog")
        self.checked = tuple(checked)

    def compose(self) -> ComposeResult:
        """Make the list."""
        with Vertical(classes="frame reading") as frame:
            frame.border_title = _("What check says")
            frame.border_subtitle = _("Enter opens it at its place · Esc goes back")
            yield OptionList(id="findings", markup=False)

    def on_mount(self) -> None:
        """List the documents, and their findings beneath."""
        found = self.query_one("#findings", OptionList)
        width = min(self.app.size.width * 9 // 10, _WIDEST) - 10  # it has no size of its own before it is filled
        for number, one in enumerate(self.checked):
            about = shown_of(one.report)
            whose = _("this setup's") if one.is_ours else _("there now")
            head = f"{_(_TYPES[one.document_type])} · {one.name} ({whose})"
            said = _("{n} findings").format(n=len(about)) if about else "✓ " + _("no findings")
            found.add_option(Option(Content.assemble((head, "bold"), "  ", (said, "$calm")), id=f"{number}/0"))
            found.add_options(_option(each, width, f"{number}/{n}") for n, each in enumerate(about, 1))
        found.add_option(Option(_("Paste or open another policy …"), id="-"))
        found.highlighted = 0
        found.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the one that was chosen."""
        event.stop()
        self.answer(event.option_id or "")

    def action_cancel(self) -> None:
        """Go back."""
        self.answer("")


class Checking(Dialog[None]):
    """A policy's text, checked while it is typed; F12 jumps to the next finding, F9 takes the mend."""

    app: WizardApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False, priority=True),
        Binding("f8", "copy", show=False, priority=True),
        Binding("f9", "mend", show=False, priority=True),
        Binding("f12", "next", show=False, priority=True),
        Binding("f6", "type", show=False, priority=True),
        Binding("ctrl+o", "open", show=False, priority=True),
    ]

    def __init__(self, text: str, document_type: DocumentType | None, context: Context, at: int = 0) -> None:
        super().__init__(classes="dialog")
        self.text = text
        self.document_type = document_type
        self.context = context
        self.at = at - 1
        self.report: Report | None = None
        self.findings: tuple[Finding, ...] = ()

    def compose(self) -> ComposeResult:
        """Make the text, the findings and the keys."""
        with Vertical(classes="frame reading full") as frame:
            frame.border_subtitle = _("F12 next · F9 mend · F8 copy · F6 type · ^O open · Esc")
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
        self.findings = self.report.findings if self.report else ()
        found = self.query_one("#findings", OptionList)
        width = max(found.size.width - 4, 40)
        found.clear_options()
        found.add_options(_option(one, width, f"f{n}") for n, one in enumerate(self.findings))
        kind = self.report.document_type if self.report else self.document_type
        name = _(_TYPES[kind]) if kind else _("a policy")
        self.query_one(".frame").border_title = _("Check {name}").format(name=name)
        counted = sum(one.counts for one in self.findings)
        state = self.query_one("#check-state", Static)
        if self.report is None:
            state.update(_("Paste a policy here, or open a file: Ctrl+O."))
        elif self.findings:
            state.update(_("{n} errors and warnings, {m} notes").format(n=counted, m=len(self.findings) - counted))
        else:
            state.update("✓ " + _("no findings"))
        self.query_one("#mend", Button).disabled = not (self.report and self.report.mended)

    def _go(self, number: int) -> None:
        if not self.findings:
            return
        self.at = number % len(self.findings)
        finding = self.findings[self.at]
        found, area = self.query_one("#findings", OptionList), self.query_one(TextArea)
        found.highlighted = self.at
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
        return mended if counted < sum(one.counts for one in self.findings) else None

    def action_copy(self) -> None:
        """Copy the text as it is."""
        self.app.copy(_("the policy"), self.query_one(TextArea).text)

    def action_type(self) -> None:
        """Take another document type: they are asked in turn, then it is inferred again."""
        kinds = [None, *_TYPES]
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
            data = path.read_bytes()[:_LARGEST]
        except OSError as error:
            said = _("{path} can't be read: {reason}").format(path=path, reason=error.strerror or error)
            self.app.say(said, severity="warning")
            return
        event.input.display = False
        self.query_one(TextArea).load_text(data.decode("utf-8", "replace"))
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
        """Go back."""
        self.answer(None)
