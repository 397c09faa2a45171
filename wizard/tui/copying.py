"""Copies a text for the app, and says of it no more than is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.widgets import Input, TextArea

from wizard import clipboard
from wizard.clipboard import How as how  # noqa: N813 -- read as a word below
from wizard.text import _

if TYPE_CHECKING:
    from wizard.clipboard import Copied
    from wizard.tui.wizard_app import WizardApp


def copy(app: WizardApp, name: str, text: str) -> None:
    """Copy a text (in a thread: a clipboard program may hang), and have the app say what came of it."""
    copied = clipboard.copy(text, write_terminal=app.write_to_terminal)
    said, severity = said_of(name, copied)
    app.from_thread(lambda: app.say(said, severity=severity))


def take_selected(app: WizardApp) -> str:
    """Return the text that is selected, with the mouse or in the field, and let it go: it is not copied twice."""
    text = app.screen.get_selected_text()
    if text:
        app.screen.clear_selection()
        return text
    field = app.focused
    if isinstance(field, Input) and field.selected_text and not field.password:
        text = field.selected_text
        field.cursor_position = max(field.selection)
    elif isinstance(field, TextArea):
        text = field.selected_text
        field.move_cursor(field.selection.end)
    return text or ""


def said_of(name: str, copied: Copied) -> tuple[str, Literal["information", "warning"]]:
    """Return what is said of a copy: "Copied" only when it is certain."""
    if copied.certain:
        return _("Copied: {name}").format(name=name), "information"
    if copied.how is how.TMUX:
        said = _("Copied into tmux's buffer: {name} (prefix ] pastes it). Ctrl+S saves files.")
        return said.format(name=name), "information"
    if copied.how is how.TOO_LONG:
        said = _("Too long for the terminal's clipboard: {name}. Ctrl+S saves it to files.")
        return said.format(name=name), "warning"
    if copied.sent:
        said = _("Sent to the terminal: {name}. Whether it arrived can't be known: Ctrl+S saves files.")
        return said.format(name=name), "information"
    return _("No clipboard was found for {name}. Ctrl+S saves it to files.").format(name=name), "warning"
