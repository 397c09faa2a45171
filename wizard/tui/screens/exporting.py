"""The dialog that exports: a format, a side, a folder; the files that would be written are shown as they would be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from wizard.errors import WizardError
from wizard.text import _, mark
from wizard.tui.paint import wrap
from wizard.tui.previewing import Choice, Preview, Previewing
from wizard.tui.screens.dialogs import Dialog
from wizard.tui.screens.task import looked
from wizard.tui.widgets.text_pane import Line, TextPane

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wizard.export.write import Target
    from wizard.plan import Plan
    from wizard.tui.wizard_app import WizardApp

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
_LANGUAGES = {".json": "json", ".ini": "ini", ".toml": "ini", ".sh": "shell"}
_NOTES = "notes"
_MOMENT_SECONDS = 0.1  # what is there sooner needs no word that it is being made
_WIDE = 120


class Exporting(Dialog[str]):
    """Answers with what was done, or with nothing."""

    app: WizardApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("f6", "side", show=False, priority=True),
        Binding("f7", "difference", show=False, priority=True),
        Binding("f8", "next_file", show=False, priority=True),
        Binding("pageup", "scroll(-8)", show=False, priority=True),
        Binding("pagedown", "scroll(8)", show=False, priority=True),
    ]

    def __init__(self, plan: Plan, folder: str, side: str = "") -> None:
        super().__init__(classes="dialog")
        self.plan = plan
        self.folder = folder
        self.side = [name for name, _title in _SIDES].index(side)
        self.shows_difference = False
        self.preview: Preview | None = None  # None: it is being made
        self._making: Previewing | None = None
        self._wanted: Choice | None = None
        self._goes_on = False  # Enter was pressed in the folder while the preview was being made

    def compose(self) -> ComposeResult:
        """Make the choices and the files on the left, what stands in the file in hand beside them."""
        with Vertical(classes="frame reading full export") as frame:
            frame.border_title = self.titled(_("Export"))
            frame.border_subtitle = _("F6 side · F7 difference · F8 next file · PgDn · Esc")
            with Horizontal(id="export-top"):
                with Vertical(id="export-left"):
                    yield OptionList(*(Option(_(title), id=name) for name, title in _FORMATS), id="formats")
                    yield Static("", markup=False, id="export-side")
                    yield OptionList(id="export-files", markup=False)
                yield TextPane(id="export-content")
            with Horizontal(id="export-into"):
                yield Static(_("Into"), markup=False, id="export-label")
                yield Input(value=self.folder, id="export-folder")
            yield Static("", markup=False, id="export-state")
            with Horizontal(classes="buttons"):
                yield Button(_("Write"), id="write", disabled=True)
                yield Button(_("Back"), id="back")

    def on_mount(self) -> None:
        """Show the first format."""
        self._making = Previewing(self.app, self.plan, self.arrived)
        formats = self.query_one("#formats", OptionList)
        formats.highlighted = 0
        formats.focus()

    def on_resize(self) -> None:
        """Give the files more room where there is some."""
        self.set_class(self.app.size.width >= _WIDE, "-wide")
        self.call_after_refresh(self._list)

    def look(self) -> None:
        """Ask for what the choices as they are now would write."""
        option = self.query_one("#formats", OptionList).highlighted_option
        if option is None or self._making is None:
            return
        folder = Path(self.query_one("#export-folder", Input).value.strip() or ".").expanduser()
        choice = Choice(option.id or "", _SIDES[self.side][0], folder)
        if choice == self._wanted:
            return
        self._wanted, self.preview, self._goes_on = choice, None, False
        self.query_one("#export-side", Static).update(_("For: {side}").format(side=_(_SIDES[self.side][1])))
        self.query_one("#write", Button).disabled = True  # what is shown is not what would be written
        self.set_timer(_MOMENT_SECONDS, self._say_that_it_is_made)
        self._making.want(choice)

    def _say_that_it_is_made(self) -> None:
        if self.preview is None and self.is_attached:
            self._say(_("It is being made …"), "dim")
            self.query_one("#export-files", OptionList).clear_options()
            self.query_one(TextPane).show(())

    def arrived(self, preview: Preview) -> None:
        """Show a preview, if it is still the one that is wanted."""
        if not self.is_attached or preview.choice != self._wanted:
            return
        self.preview = preview
        self._list()
        targets = preview.targets
        replaced = sum(target.replaces for target in targets)
        button = self.query_one("#write", Button)
        button.disabled = self.app.read_only or not any(not target.unchanged for target in targets)
        button.label = _("Replace {count} files").format(count=replaced) if replaced else _("Write")
        button.refresh(layout=True)  # the label may be longer
        if self._goes_on and not button.disabled:
            button.focus()
        self._goes_on = False
        if preview.error:
            self._say(preview.error, "bad")
        elif not targets:
            self._say(_("There is nothing in this setup that this format could make of this side."), "warn")
        else:
            said = _("{count} files, {size}").format(count=len(targets), size=size_of(*targets))
            same = sum(target.unchanged for target in targets)
            said += "".join(
                f" · {text.format(count=count)}"
                for count, text in ((replaced, _("{count} differ: F7 shows how")), (same, _("{count} unchanged")))
                if count
            )
            if self.app.read_only:
                said += " · " + _("read-only: nothing is written")
            self._say(said, "warn" if replaced else "text")

    def _say(self, text: str, look: str) -> None:
        state = self.query_one("#export-state", Static)
        state.set_classes(f"-{look}")
        state.update(text)

    def _list(self) -> None:
        """List the files, each with its state and its size; the one in hand stays in hand."""
        files = self.query_one("#export-files", OptionList)
        before = files.highlighted_option.id if files.highlighted_option else None
        files.clear_options()
        if self.preview is None or not self.is_attached:
            return
        width = max(files.region.width - 8, 16)  # the border, the scroll bar, the options' padding and the sign
        if self.preview.notes:
            files.add_option(Option(Content.assemble(("! " + _("To know before"), "$warning")), id=_NOTES))
        files.add_options(_option(target, width) for target in self.preview.targets)
        ids = [option.id for option in files.options]
        if ids:
            files.highlighted = ids.index(before) if before in ids else 0
        else:
            self._show_file()

    def _target(self) -> Target | None:
        option = self.query_one("#export-files", OptionList).highlighted_option
        targets = self.preview.targets if self.preview else ()
        return next((one for one in targets if option is not None and one.file.path == option.id), None)

    def _show_file(self, *, keep_place: bool = False) -> None:
        """Show what would stand in the file in hand, or how that differs from what is there."""
        pane, target = self.query_one(TextPane), self._target()
        if target is not None and self.shows_difference and target.replaces:
            title = _("{file}: difference").format(file=target.file.path)
            pane.show(looked(target.diff), title=title, keep_place=keep_place)
        elif target is not None:
            pane.show(_content(target), title=target.file.path, keep_place=keep_place)
        else:
            notes = self.preview.notes if self.preview else ()
            pane.show([(line, "warn") for note in notes for line in (*note.splitlines(), "")], title="")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show another format, or another file."""
        event.stop()
        if event.option_list.id == "formats":
            self.look()
        else:
            self._show_file()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a format or a file goes to the folder."""
        event.stop()
        self.query_one("#export-folder").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look at another folder."""
        event.stop()
        self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the folder goes to the button, which says what it will do; once it is known."""
        event.stop()
        self._goes_on = self.preview is None
        if not self.query_one("#write", Button).disabled:
            self.query_one("#write").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write, or go back."""
        event.stop()
        if event.button.id != "write" or self.preview is None:
            self.answer("")
            return
        from wizard.export.write import write

        try:
            written = write(self.preview.targets)
        except WizardError as error:
            self._say(str(error), "bad")
            return
        folder = self.query_one("#export-folder", Input).value.strip() or "."
        self.answer(_("Written: {count} files in {folder}").format(count=len(written), folder=folder))

    def action_side(self) -> None:
        """Take the next side."""
        self.side = (self.side + 1) % len(_SIDES)
        self.look()

    def action_difference(self) -> None:
        """Show how the file in hand differs from the one that is there, or its content again."""
        self.shows_difference = not self.shows_difference
        target = self._target()
        if self.shows_difference and target is not None and not target.replaces:
            self.action_next_file(only_different=True)
        self._show_file()

    def action_next_file(self, *, only_different: bool = False) -> None:
        """Take the next file in hand, from wherever the keyboard is."""
        files = self.query_one("#export-files", OptionList)
        differ = {target.file.path for target in self.preview.targets if target.replaces} if self.preview else set()
        for step in range(1, files.option_count + 1):
            at = ((files.highlighted or 0) + step) % files.option_count
            if not only_different or files.options[at].id in differ:
                files.highlighted = at
                return

    def action_scroll(self, by: int) -> None:
        """Scroll the file in hand."""
        self.query_one(TextPane).scroll_lines(by)

    def action_cancel(self) -> None:
        """Go back."""
        self.answer("")


def _option(target: Target, width: int) -> Option:
    sign, word, look = (
        ("≠", _("differs"), "$warning")
        if target.replaces
        else ("=", _("unchanged"), "$calm")
        if target.unchanged
        else ("+", _("new"), "$success")
    )
    name = "\n  ".join(wrap(target.file.path, width))
    return Option(
        Content.assemble((f"{sign} ", look), name, "\n  ", (f"{word} · {size_of(target)}", look)), id=target.file.path
    )


def size_of(*targets: Target) -> str:
    """Return how large files are, in words."""
    size: float = sum(len(target.file.text.encode()) for target in targets)
    for unit in ("B", "KB"):
        if size < 1000:  # noqa: PLR2004 -- decimal units, as file managers count
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} MB"


def _content(target: Target) -> list[Line]:
    look = _LANGUAGES.get(Path(target.file.path).suffix, "text")
    return [(line, look) for line in target.file.text.splitlines()]
