"""The dialog that writes the profile: the access key where one is needed, then the difference, then the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from wizard.errors import BadInputError, WizardError
from wizard.text import _
from wizard.tui.paint import Row, unbroken
from wizard.tui.screens.dialogs import Dialog, Text, said_read_only

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from wizard.methods.method import ProfileSettings
    from wizard.profiles.keys import AccessKey
    from wizard.profiles.write import Planned
    from wizard.tui.wizard_app import WizardApp

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

    def __init__(self, settings: ProfileSettings) -> None:
        super().__init__(classes="dialog")
        self.settings = settings
        self.planned: Planned | None = None
        self._key: AccessKey | None = None

    def compose(self) -> ComposeResult:
        """Make the key fields (iam-user), the difference, the buttons."""
        with Vertical(classes="frame reading full") as frame:
            frame.border_title = self.titled(_("Write the profile {name}").format(name=self.settings.name))
            frame.border_subtitle = _("Esc goes back, nothing is changed")
            if self.settings.needs_keys:
                yield Static(
                    _("The access key of the user. Paste the console's CSV or the CLI's JSON, or type both:"),
                    markup=False,
                    classes="paragraph",
                )
                yield KeyField(placeholder=_("access key id (AKIA…)"), id="key-id")
                yield KeyField(placeholder=_("secret access key (never shown)"), id="key-secret", password=True)
            yield Static("", markup=False, id="profile-error", classes="error")
            with VerticalScroll(classes="body", can_focus=False):
                yield Text(self._draw)
            with Horizontal(classes="buttons"):
                yield Button(_("Write"), variant="primary", id="write", disabled=True)
                yield Button(_("Another name"), id="rename")
                yield Button(_("Stop"), id="stop")

    def on_mount(self) -> None:
        """Show the difference, or ask for the key first."""
        if self.settings.needs_keys:
            self.query_one("#key-id").focus()
        self.look()

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
            if not self.settings.needs_keys or self._key is not None:
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
        if not button.disabled and not self.settings.needs_keys:
            button.focus()
        elif button.disabled and not self.settings.needs_keys:
            self.query_one("#stop").focus()

    def _typed_key(self) -> AccessKey | None:
        if not self.settings.needs_keys:
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
        for warning in planned.warnings:
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
        """Write, take another name, or stop."""
        event.stop()
        if event.button.id == "rename":
            self.answer("rename")
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
        files = ", ".join(str(one.path) for one in done.written)
        lines = [_("Written: profile {name} in {files}").format(name=self.planned.name, files=files), *done.notes]
        self.answer("\n".join(lines))

    def action_scroll(self, by: int) -> None:
        """Scroll the difference."""
        body = self.query_one(".body", VerticalScroll)
        body.scroll_to(y=body.scroll_offset.y + by, animate=False)

    def action_cancel(self) -> None:
        """Go back."""
        self.answer("")


def _wrapped(text: str, width: int, look: str) -> list[Row]:
    return unbroken(text, width, look, hang=2)
