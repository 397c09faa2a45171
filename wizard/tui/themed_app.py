"""The looks of an app: its theme, by the environment or the terminal, and what is kept off the terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from wizard.tui import themes
from wizard.tui.guarded_app import GuardedApp
from wizard.tui.unseen import WithoutControls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.driver import Driver
    from textual.filter import LineFilter

    from wizard.tui.background import Background


class ThemedApp(GuardedApp):
    """An app that is dark or light as its terminal is, and without colour where NO_COLOR says so."""

    def __init__(self) -> None:
        self._wants_no_color = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=True if self._wants_no_color else None)
        self._without_controls = WithoutControls()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.chosen(os.environ, no_color=self._wants_no_color)
        # The style sheet is parsed with the theme's colours at once: see `refresh_css`.
        self.stylesheet.set_variables(self.get_css_variables())

    def get_driver_class(self) -> type[Driver]:
        """Ask the terminal for its background where nothing else says it."""
        usual = super().get_driver_class()
        if sys.platform == "win32" or not themes.is_to_be_asked(os.environ, no_color=self._wants_no_color):
            return usual
        from wizard.tui.background import AskingDriver

        return AskingDriver if issubclass(AskingDriver, usual) else usual

    def on_background(self, event: Background) -> None:
        """Follow a terminal that is light."""
        if event.is_light and self.theme == themes.DARK.name:
            self.theme = themes.LIGHT.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give Textual's own themes the colours that ours name."""
        return themes.DEFAULTS

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002 -- as Textual calls it
        """Apply a theme; before there is a screen the style sheet has its colours, and isn't parsed twice."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.update(self, animate=False)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add the one that keeps escape sequences in texts of others off the terminal."""
        return (*super().get_line_filters(), self._without_controls)
