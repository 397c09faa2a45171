"""The dialogs that save: the documents into a folder, the answers into a file; nothing is replaced unasked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from wizard.errors import BadInputError
from wizard.text import _
from wizard.tui import saving
from wizard.tui.paths import at_home
from wizard.tui.screens.dialogs import Dialog, said_read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from wizard.tui.saving import SavedFile
    from wizard.tui.wizard_app import WizardApp


class _Asking(Dialog[str]):
    """A path to save to; Enter saves, and asks once more where something is there already."""

    app: WizardApp
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    heading = ""
    prompt = ""

    def __init__(self, path: str) -> None:
        super().__init__(classes="dialog")
        self.path = path
        self.asked_for = ""

    def compose(self) -> ComposeResult:
        """Make the field, the list and the buttons."""
        with Vertical(classes="frame") as frame:
            frame.border_title = self.titled(self.heading)
            frame.border_subtitle = _("Enter saves · Esc goes back")
            yield Static(self.prompt, markup=False, classes="paragraph")
            yield Input(value=self.path, id="save-path")
            with VerticalScroll(classes="body", can_focus=False):
                yield Static("", markup=False, id="save-list")
            yield Static("", markup=False, id="save-error", classes="error")
            with Horizontal(classes="buttons"):
                yield Button(_("Save"), variant="primary", id="save")
                yield Button(_("Back"), id="back")

    def on_mount(self) -> None:
        """Give the field the keyboard."""
        self.query_one("#save-path").focus()
        if self.app.read_only:
            self.query_one("#save", Button).disabled = True
            self.query_one("#save-error", Static).update(said_read_only())
        self.look()

    def target(self) -> Path:
        """Return the path in the field; `~` is the home folder."""
        return Path(self.query_one("#save-path", Input).value.strip() or ".").expanduser()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look at what is there."""
        event.stop()
        self.asked_for = ""
        self.query_one("#save-error", Static).update(said_read_only() if self.app.read_only else "")
        self.query_one("#save", Button).label = _("Save")
        self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter saves."""
        event.stop()
        self.try_to_save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save or go back."""
        event.stop()
        if event.button.id == "save":
            self.try_to_save()
        else:
            self.answer("")

    def action_cancel(self) -> None:
        """Go back."""
        self.answer("")

    def try_to_save(self) -> None:
        """Save; where something would be replaced, only the second time."""
        there = self.there()
        if there and self.asked_for != str(self.target()):
            self.asked_for = str(self.target())
            said = _("There already: {names}. Once more replaces them; or give another name.")
            self.query_one("#save-error", Static).update(said.format(names=", ".join(there)))
            button = self.query_one("#save", Button)
            button.label = _("Replace")
            button.refresh(layout=True)
            return
        try:
            said = self.save(replace=bool(there))
        except BadInputError as error:
            self.query_one("#save-error", Static).update(str(error))
            return
        self.answer(said)

    def look(self) -> None:
        """Show what will be written."""

    def there(self) -> list[str]:
        """Return what is there already."""
        raise NotImplementedError

    def save(self, *, replace: bool) -> str:
        """Write, and return what is said of it."""
        raise NotImplementedError


class Saving(_Asking):
    """Saves the documents."""

    def __init__(self, files: Sequence[SavedFile], folder: str, left: Sequence[str]) -> None:
        super().__init__(folder)
        self.files = tuple(files)
        self.left = tuple(left)
        self.heading = _("Save the documents")
        self.prompt = _("Into which folder? The files are readable by you alone (mode 0600).")

    def look(self) -> None:
        """List the files, and mark those that are there."""
        there = set(self.there())
        lines = [f"{'!' if one.name in there else '·'} {one.name}   {one.title}".rstrip() for one in self.files]
        if self.left:
            lines += ["", _("! Not answered yet, and so not whole: {values}").format(values=_(", ").join(self.left))]
        self.query_one("#save-list", Static).update("\n".join(lines))

    def there(self) -> list[str]:
        """Return the files that are there already."""
        return saving.existing(self.target(), [one.name for one in self.files])

    def save(self, *, replace: bool) -> str:
        """Write the files."""
        saving.save(self.target(), self.files, replace=replace)
        return _("Saved {count} files in {folder}").format(count=len(self.files), folder=at_home(self.target()))


class SavingAnswers(_Asking):
    """Saves the answers."""

    def __init__(self, text: Callable[[], str], path: str) -> None:
        super().__init__(path)
        self.text = text
        self.heading = _("Save the answers")
        self.prompt = _("Into which file? The wizard and the commands read it: s3-crossaccount --answers FILE.")

    def there(self) -> list[str]:
        """Return the file if it is there already."""
        return saving.existing(self.target().parent, [self.target().name])

    def save(self, *, replace: bool) -> str:
        """Write the file."""
        saving.save_one(self.target(), self.text(), replace=replace)
        return _("Saved the answers in {path}").format(path=at_home(self.target()))
