"""The command palette: every action by its name, and the themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import SystemCommand

from wizard.text import _
from wizard.tui import narrowing, themes
from wizard.tui.actions import ACTIONS, IN_REVIEW_ONLY, in_footer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import App

    from wizard.tui.wizard_app import WizardApp


def commands(app: WizardApp) -> Iterable[SystemCommand]:
    """Yield what the palette offers while the wizard's own screen is shown."""
    usable = {action.id for action in in_footer(app.session)}
    if app.practice is not None:
        about = _("What they are, and what they are known to get wrong.")
        yield SystemCommand(_("About the practice accounts"), about, _doing(app, "gaps"))
    ceiling = app.session.ceiling
    if ceiling is not None:
        about = _("Who gets what, on which resource, at which risk.")
        yield SystemCommand(_("What this file asks of you"), about, lambda: narrowing.again(app, ceiling))
    for action in ACTIONS:
        if action.id != "palette" and (action.id in usable or action.id not in IN_REVIEW_ONLY):
            title = f"{_(action.title)} ({action.key_label})"
            yield SystemCommand(title, _(action.help), _doing(app, action.name))
    for theme in themes.THEMES:
        title = _("Theme: {name}").format(name=theme.name.removeprefix("s3-"))
        yield SystemCommand(title, _("Colours for a dark or a light terminal."), _theming(app, theme.name))


def open_in(app: WizardApp) -> None:
    """Open it, with its field's words in the person's language (Textual's own are English)."""
    from textual.command import CommandPalette

    if app.use_command_palette and not CommandPalette.is_open(cast("App[object]", app)):
        opening = app.push_screen(CommandPalette(placeholder=_("type to search the actions"), id="--command-palette"))
        del opening  # not awaited: what is chosen is done when it is chosen


def _doing(app: WizardApp, name: str) -> Callable[[], None]:
    return lambda: app.call_later(app.wizard.run_action, name)  # type: ignore[return-value] # scheduled or not


def _theming(app: WizardApp, name: str) -> Callable[[], None]:
    return lambda: setattr(app, "theme", name)
