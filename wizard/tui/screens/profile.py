"""The dialog that writes the profile: the access key where one is needed, then the difference, then the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from wizard.errors import BadInputError, WizardError
from wizard.text import _
from wizard.tui.paint import Row, fit, unbroken
from wizard.tui.paths import at_home, short
from wizard.tui.screens.dialogs import Dialog, Text, said_read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual import events
    from textual.app import ComposeResult

    from wizard.methods.method import ProfileSettings
    from wizard.profiles.keys import AccessKey
    from wizard.profiles.present import KeyThere
    from wizard.profiles.write import Applied, Planned
    from wizard.tui.wizard_app import WizardApp

# The message line's margins and its sign.
_BESIDE = 4
_DIFF_LOOKS = {"+": "good", "-": "bad", "@": "note"}


class KeyField(Input):
    """A masked field. What is pasted whole (CSV, JSON, two lines) is handed to the dialog, which fills both fields."""

    def _on_paste(self, event: events.Paste) -> None:
        """Take a single word; anything longer is read as an access key."""
        event.stop()
        event.prevent_default()
        text = event.text.strip()
        screen = self.screen
        if isinstance(screen, WritingProfile) and ("\n" in text or "," in text or text.startswith("{")):
            screen.take_pasted(text)
        else:
            self.replace(text, *self.selection)


class WritingProfile(Dialog[str]):
    """Answers with what was done, with "rename" for another name, or with nothing."""

    app: WizardApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("pageup", "scroll(-8)", show=False, priority=True),
        Binding("pagedown", "scroll(8)", show=False, priority=True),
    ]

    def __init__(self, settings: ProfileSettings, setup_name: str) -> None:
        super().__init__(classes="dialog")
        self.settings = settings
        self.setup_name = setup_name
        self.planned: Planned | None = None
        self._key: AccessKey | None = None
        self._there: KeyThere | None = None  # the key that the profile has already
        self._asks = settings.needs_keys

    def compose(self) -> ComposeResult:
        """Make the key fields (iam-user), the difference, the buttons."""
        with Vertical(classes="frame reading full") as frame:
            frame.border_title = self.titled(_("Write the profile {name}").format(name=self.settings.name))
            frame.border_subtitle = _("Esc goes back, nothing is changed")
            if self.settings.needs_keys:
                yield Static("", markup=False, classes="paragraph", id="key-said")
                yield KeyField(placeholder=_("access key id (AKIA…)"), id="key-id")
                yield KeyField(placeholder=_("secret access key (never shown)"), id="key-secret", password=True)
            yield Static("", markup=False, id="profile-error", classes="error")
            with VerticalScroll(classes="body", can_focus=False):
                yield Text(self._draw)
            with Horizontal(classes="buttons"):
                yield Button(_("Write"), variant="primary", id="write", disabled=True)
                if self.settings.needs_keys:
                    yield Button(_("Another key"), id="another-key")
                yield Button(_("Another name"), id="rename")
                yield Button(_("Back"), id="back")

    def on_mount(self) -> None:
        """Show the difference; ask for the key first, where the profile has none yet."""
        if self.settings.needs_keys:
            from wizard.profiles.present import key_there

            self._there = key_there(self.settings.name, self.setup_name)
            self.query_one("#another-key").display = self._there is not None
            self._ask_for_key(asks=self._there is None)
        else:
            self.look()

    def _ask_for_key(self, *, asks: bool) -> None:
        """Ask for an access key, or keep the one that is there."""
        self._asks = asks
        said = _("The access key of the user. Paste the console's CSV or the CLI's JSON, or type both:")
        self.query_one("#key-said", Static).update(said if asks else str(self._there))
        for field in self.query(KeyField):
            field.display = asks
        button = self.query_one("#another-key", Button)
        button.label = _("Keep the key") if asks else _("Another key")
        button.refresh(layout=True)
        self.look()
        if asks:
            self.query_one("#key-id").focus()

    def take_pasted(self, text: str) -> None:
        """Fill both fields from a whole access key."""
        from wizard.profiles import keys

        try:
            key = keys.parse(text)
        except BadInputError as error:
            self._error(str(error))
            return
        with self.prevent(Input.Changed):
            self.query_one("#key-id", Input).value = key.id
            self.query_one("#key-secret", Input).value = key.secret.reveal()
        self.look()
        if self.planned is not None:
            self.query_one("#write", Button).focus()

    def look(self) -> None:
        """Work out the difference anew."""
        from wizard.profiles import write

        self.planned = None
        self._error("")
        try:
            self._key = self._typed_key()
            if not self._asks or self._key is not None:
                entry = write.ProfileEntry(self.settings.name, self.settings.settings, self._key)
                self.planned = write.plan(entry)
        except WizardError as error:
            self._error(str(error))
        button = self.query_one("#write", Button)
        button.disabled = self.app.read_only or self.planned is None or not self.planned.changed
        existed = self.planned is not None and self.planned.existed
        button.label = _("Update") if existed else _("Write")
        self.query_one(Text).redraw()
        self.query_one(Text).refresh(layout=True)
        if not self._asks:
            (self.query_one("#back", Button) if button.disabled else button).focus()

    def _typed_key(self) -> AccessKey | None:
        if not self._asks:
            return None
        from wizard.profiles import keys

        identity, secret = (self.query_one(name, Input).value for name in ("#key-id", "#key-secret"))
        return keys.access_key(identity, secret) if identity.strip() and secret.strip() else None

    def _error(self, text: str) -> None:
        self.query_one("#profile-error", Static).update(text)

    def _draw(self, width: int) -> list[Row]:
        planned = self.planned
        if planned is None:
            return []
        rows: list[Row] = []
        if not planned.changed:
            rows += _wrapped(_("The files say this already: nothing is to be written."), width, "good")
        elif planned.existed:
            said = _("A profile {name} is there already. This is what would change; its other settings stay.")
            rows += _wrapped(said.format(name=planned.name), width, "warn")
        if self.app.read_only:
            rows += _wrapped(f"! {said_read_only()}", width, "warn")
        for warning in (*planned.warnings, *_not_backed_up(planned)):
            rows += _wrapped(f"! {warning}", width, "warn")
        if rows:
            rows.append(())
        for line in planned.diff.splitlines():
            look = "dim" if line.startswith(("---", "+++")) else _DIFF_LOOKS.get(line[:1], "text")
            rows += _wrapped(line, width, look)
        return rows

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look at the key so far."""
        event.stop()
        self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: the next field, then the button."""
        event.stop()
        if event.input.id == "key-id":
            self.query_one("#key-secret").focus()
        elif self.planned is not None:
            self.query_one("#write", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write, take another key or name, or go back."""
        event.stop()
        if event.button.id == "rename":
            self.answer("rename")
        elif event.button.id == "another-key":
            self._ask_for_key(asks=not self._asks)
        elif event.button.id == "write":
            self._write()
        else:
            self.answer("")

    def _write(self) -> None:
        from wizard.profiles import write

        if self.planned is None:
            return
        try:
            done = write.apply(self.planned)
        except WizardError as error:
            self._error(str(error))
            return
        self.answer(_said(self.planned.name, done, self.app.size.width - _BESIDE))

    def action_scroll(self, by: int) -> None:
        """Scroll the difference."""
        body = self.query_one(".body", VerticalScroll)
        body.scroll_to(y=body.scroll_offset.y + by, animate=False)

    def action_cancel(self) -> None:
        """Go back."""
        self.answer("")


def _wrapped(text: str, width: int, look: str) -> list[Row]:
    return unbroken(text, width, look, hang=2)


def _not_backed_up(planned: Planned) -> list[str]:
    """Say before it is written what nobody keeps a copy of."""
    from wizard.profiles.read import has_secrets

    said = _("No backup is made of {file}: it holds secret keys.")
    changing = (change for change in planned.changes if change.changed and has_secrets(change.before))
    return [said.format(file=at_home(change.path)) for change in changing]


def _said(name: str, done: Applied, width: int) -> str:
    """Return what was written and where it is as it was, a line of `width` cells for each."""

    def written(files: str) -> str:
        return _("Written: profile {name} in {files}").format(name=name, files=files)

    def kept(path: str) -> str:
        return _("As it was: {path}").format(path=path)

    lines = [_line(written, [one.path for one in done.written], width)]
    backups = [one.backup_path for one in done.written if one.backup_path]
    if backups:
        fits = cell_len(kept(_(", ").join(map(at_home, backups)))) <= width
        # Else the folder: the newest file in it is this one.
        lines.append(_line(kept, backups if fits else [backup.parent for backup in backups], width))
    return "\n".join(lines)


def _line(said: Callable[[str], str], paths: Sequence[Path], width: int) -> str:
    room = (width - cell_len(said(""))) // max(len(paths), 1) - (2 if len(paths) > 1 else 0)
    return fit(said(_(", ").join(short(path, max(room, 24)) for path in paths)), width).rstrip()
