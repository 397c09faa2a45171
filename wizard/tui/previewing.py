"""Makes what an export would write, away from the app's thread: the newest choice wins, an old result is dropped."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from wizard.errors import WizardError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.export.files import ExportFile
    from wizard.export.write import Target
    from wizard.plan import Plan
    from wizard.tui.wizard_app import WizardApp

_KEPT = 16  # every format of every side, made once


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be exported, and where to. `side`: `source`, `destination`, or empty for both."""

    export_format: str
    side: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Preview:
    """What an export would write. `notes` are to be known before; `error` says why there is nothing."""

    choice: Choice
    targets: tuple[Target, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""


class Previewing:
    """The previews of one plan; `arrived` is called on the app's thread with the newest one."""

    def __init__(self, app: WizardApp, plan: Plan, arrived: Callable[[Preview], None]) -> None:
        self._app = app
        self._arrived = arrived
        self._wanted: Choice | None = None
        self._busy = False
        self._made = lru_cache(maxsize=_KEPT)(lambda export_format, side: _render(plan, export_format, side))

    def want(self, choice: Choice) -> None:
        """Ask for a choice's preview; what was asked before is no longer wanted."""
        self._wanted = choice
        self._begin()

    def _begin(self) -> None:
        if self._busy or self._wanted is None:
            return  # the one that is made looks for a newer choice at its end
        self._busy = True
        # A daemon: quitting waits for no rendering.
        threading.Thread(target=self._work, args=(self._wanted,), name="preview", daemon=True).start()

    def _work(self, choice: Choice) -> None:
        try:
            made = self._preview(choice)
        except Exception as error:  # noqa: BLE001 -- a bug: raised again on the app's thread, which ends with a report
            self._app.bug(error)
            return
        self._app.from_thread(lambda: self._take(made))

    def _preview(self, choice: Choice) -> Preview:
        from wizard.export.write import look

        try:
            files, notes = self._made(choice.export_format, choice.side)
            return Preview(choice, look(choice.folder, files), notes)
        except WizardError as error:
            return Preview(choice, error=str(error))

    def _take(self, made: Preview) -> None:
        self._busy = False
        if made.choice == self._wanted:
            self._wanted = None
            self._arrived(made)
        else:
            self._begin()


def _render(plan: Plan, export_format: str, side: str) -> tuple[tuple[ExportFile, ...], tuple[str, ...]]:
    from wizard.export.answers import handed
    from wizard.export.formats import notes

    files = handed(plan, export_format, side)
    return files, notes(plan, export_format, side, files)
