"""What is said in passing: the newest message, on the screen that is in front, for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.text import visible
from wizard.tui.screens.selectable import SelectableScreen
from wizard.tui.widgets.message import MessageLine

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

    from wizard.tui.widgets.message import Severity

SECONDS = 8.0


class Messages:
    """The message of the app, on its wizard and its dialogs: the palette has no room for one."""

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._said: tuple[str, Severity] = ("", "information")
        self._timer: Timer | None = None

    def say(self, text: str, severity: Severity) -> None:
        """Say something in place of what was said before."""
        self._said = (visible(text), severity)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._app.set_timer(SECONDS, self.forget)
        self.place()

    def forget(self) -> None:
        """Say nothing any more."""
        self._said = ("", "information")
        self.place()

    def place(self) -> None:
        """Show it on the front screen, and on no other."""
        front = next((one for one in reversed(self._app.screen_stack) if isinstance(one, SelectableScreen)), None)
        for screen in self._app.screen_stack:
            line = next(iter(screen.query(MessageLine)), None)
            if screen is front and line is None and self._said[0]:
                line = MessageLine()
                mounting = screen.mount(line)
                del mounting  # not awaited: it is seen with the next frame
            if line is not None:
                line.show(*(self._said if screen is front else ("", "information")))
