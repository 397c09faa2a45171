"""The Textual front end's entry: runs the wizard on a terminal and returns the exit status."""

from __future__ import annotations

import gc
import sys
import threading
from typing import TYPE_CHECKING, Any

from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.demo import Practice

INTERRUPTED = 130


def run(raw: Mapping[str, Any], *, origin: str = "", practice: Callable[[], Practice] | None = None) -> int:
    """Run the wizard and return its exit status. `origin` is the answers file that `raw` was read from.

    `practice` starts the practice accounts, where it is to run in them: after the first frame, and the header says
    so all the time; what it raises is raised here. A bug is raised again here, when the screen is the terminal's
    own again: whoever started the program writes the report.
    """
    # Nothing that is loaded becomes garbage: a collection now would only make the first frame late by some 70 ms.
    # The app turns the collector on again after its first frame.
    gc.disable()
    try:
        from wizard.tui.wizard_app import WizardApp

        app = WizardApp(raw, origin=origin, practice=practice)
        before, threading.excepthook = threading.excepthook, app.thread_failed
        try:
            status = app.run()
        finally:
            app.titling.restore()
            app.drafts.close()
            threading.excepthook = before
    finally:
        gc.enable()
    if app.failure is not None:
        raise app.failure
    if app.crashed is not None:
        raise app.crashed
    if status == INTERRUPTED:
        said = _("Stopped. What was written before stays.") if app.wrote else _("Stopped. No file was changed.")
        sys.stderr.write(said + "\n")
    if app.kept_as_draft:
        sys.stderr.write(_kept() + "\n")
    return status if isinstance(status, int) else 0


def _kept() -> str:
    from wizard.state.folders import goes_with_practice

    if goes_with_practice():
        return _("The practice ends, and its answers with it: only saved files stay.")
    return _("The answers are kept as a draft: the next start offers to go on.")
