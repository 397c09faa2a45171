"""The app below the wizard's: threads hand it their results, and it ends after a bug, or when told, without a trace."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from textual.app import App
from textual.css.query import NoMatches
from textual.events import InputEvent
from textual.message import Message
from textual.widget import MountError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from textual.events import Event


class Posted(Message):
    """Something to be done on the app's thread."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act = act


class Failed(Message):
    """A bug that a thread met."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class GuardedApp(App[int]):
    """An app with threads. `crashed` is the bug that ended it, if one did: `wizard.tui.app.run` raises it again.

    Once it is ending, no widget can be mounted any more (Textual raises MountError, and NoMatches where one is looked
    for that was not mounted), and nobody would see it: what still comes, from a thread, the keyboard or a widget, is
    let go. Bugs are not.
    """

    crashed: BaseException | None = None

    def from_thread(self, act: Callable[[], None]) -> None:
        """Do something on the app's own thread; whoever calls doesn't wait for it."""
        self._post(Posted(act))

    def bug(self, error: Exception) -> None:
        """Take a bug from a thread: it ends the app with a report, as one on the app's own thread does."""
        self._post(Failed(error))

    def _post(self, message: Message) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody is there to see it
            self.post_message(message)

    def on_posted(self, event: Posted) -> None:
        """Do what a thread asked for."""
        if not self._exit:
            event.act()

    def on_failed(self, event: Failed) -> None:
        """Raise what a thread met."""
        raise event.error

    async def on_event(self, event: Event) -> None:
        """Take keys and clicks until the app is ending."""
        if not (self._exit and isinstance(event, InputEvent)):
            await super().on_event(event)

    def thread_failed(self, failed: threading.ExceptHookArgs) -> None:
        """Take a bug in a thread as one of the app's own: no traceback is drawn over the screen."""
        error = failed.exc_value
        if isinstance(error, Exception):
            self.bug(error)

    def _handle_exception(self, error: Exception) -> None:
        """End after a bug without a traceback on the screen: `run` raises it again."""
        if self._exit and isinstance(error, (MountError, NoMatches)):
            return
        self.crashed = self.crashed or error
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()
