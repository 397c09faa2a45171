"""The dialog that exports: a format, a side, a folder; what would be written is shown first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from wizard.errors import WizardError
from wizard.text import _, mark
from wizard.tui.paint import Piece, Row, wrap
from wizard.tui.screens.dialogs import Dialog, Text
from wizard.tui.screens.task import looked

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wizard.export.write import Target
    from wizard.plan import Plan
    from wizard.tui.screens.task import Line

_FORMATS = (
    ("shell", mark("Shell: AWS CLI commands")),
    ("terraform", mark("Terraform")),
    ("cloudformation", mark("CloudFormation")),
    ("json", mark("JSON documents")),
    ("runbook", mark("Runbook: a page to hand over")),
)
_SIDES = (
    ("", mark("both sides")),
    ("source", mark("the source's half")),
    ("destination", mark("the destination's half")),
)


class Exporting(Dialog[str]):
    """Answers with what was done, or with nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("f6", "side", show=False),
        Binding("pageup", "scroll(-8)", show=False, priority=True),
        Binding("pagedown", "scroll(8)", show=False, priority=True),
    ]

    def __init__(self, plan: Plan, folder: str) -> None:
        super().__init__(classes="dialog")
        self.plan = plan
        self.folder = folder
        self.side = 0
        self.targets: tuple[Target, ...] = ()
        self.lines: list[Line] = []

    def compose(self) -> ComposeResult:
        """Make the formats, the folder, the preview, the buttons."""
        with Vertical(classes="frame reading full") as frame:
            frame.border_title = _("Export")
            frame.border_subtitle = _("F6 the sides · Tab · Esc goes back")
            yield OptionList(*(Option(_(title), id=name) for name, title in _FORMATS), id="formats", markup=False)
            yield Static("", markup=False, id="export-side")
            yield Input(value=self.folder, id="export-folder")
            with VerticalScroll(classes="body", can_focus=False):
                yield Text(self._draw)
            yield Static("", markup=False, id="export-error", classes="error")
            with Horizontal(classes="buttons"):
                yield Button(_("Write"), id="write")
                yield Button(_("Back"), id="back")

    def on_mount(self) -> None:
        """Show the first format."""
        formats = self.query_one("#formats", OptionList)
        formats.highlighted = 0
        formats.focus()

    def look(self) -> None:
        """Render the chosen format, and show what would be written."""
        from wizard.export.answers import handed
        from wizard.export.formats import notes
        from wizard.export.write import look

        option = self.query_one("#formats", OptionList).highlighted_option
        if option is None:
            return
        chosen, side = option.id or "", _SIDES[self.side][0]
        self.query_one("#export-side", Static).update(_("For: {side}").format(side=_(_SIDES[self.side][1])))
        error, self.targets = "", ()
        try:
            files = handed(self.plan, chosen, side)
            folder = Path(self.query_one("#export-folder", Input).value.strip() or ".").expanduser()
            self.targets = look(folder, files)
            self.lines = [(f"! {note}", "warn") for note in notes(self.plan, chosen, side, files)]
            self.lines += _preview(self.targets)
        except WizardError as told:
            self.lines, error = [], str(told)
        if not self.targets and not error:
            error = _("There is nothing in this setup that this format could make of this side.")
        self.query_one("#export-error", Static).update(error)
        button = self.query_one("#write", Button)
        replaced = sum(target.replaces for target in self.targets)
        button.disabled = not any(not target.unchanged for target in self.targets)
        button.label = _("Replace {count} files").format(count=replaced) if replaced else _("Write")
        text = self.query_one(Text)
        text.redraw()
        text.refresh(layout=True)

    def _draw(self, width: int) -> list[Row]:
        return [(Piece(part, look),) for line, look in self.lines for part in wrap(line, width, hang=2)]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show another format."""
        event.stop()
        self.look()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a format goes to the folder."""
        event.stop()
        self.query_one("#export-folder").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look at another folder."""
        event.stop()
        self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the folder goes to the button, which says what it will do."""
        event.stop()
        if not self.query_one("#write", Button).disabled:
            self.query_one("#write").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write, or go back."""
        event.stop()
        if event.button.id != "write":
            self.answer("")
            return
        from wizard.export.write import write

        try:
            written = write(self.targets)
        except WizardError as error:
            self.query_one("#export-error", Static).update(str(error))
            return
        folder = self.query_one("#export-folder", Input).value.strip() or "."
        self.answer(_("Written: {count} files in {folder}").format(count=len(written), folder=folder))

    def action_side(self) -> None:
        """Take the next side."""
        self.side = (self.side + 1) % len(_SIDES)
        self.look()

    def action_scroll(self, by: int) -> None:
        """Scroll the preview."""
        body = self.query_one(".body", VerticalScroll)
        body.scroll_to(y=body.scroll_offset.y + by, animate=False)

    def action_cancel(self) -> None:
        """Go back."""
        self.answer("")


def _preview(targets: tuple[Target, ...]) -> list[Line]:
    lines: list[Line] = []
    for target in targets:
        if target.replaces:
            lines.append((_("! {path} is there with other content:").format(path=target.path), "warn"))
            lines += looked(target.diff)
        else:
            said = _("{path}: there already, just like this") if target.unchanged else "{path}"
            lines.append(("· " + said.format(path=target.file.path), "accent"))
            lines += [("    " + line, "dim") for line in target.file.text.splitlines()[:40]]
    return lines
