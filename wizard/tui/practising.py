"""Starts the practice accounts behind the app's first frame, and looks round in them when they are ready."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from wizard.errors import AwsError, WizardError
from wizard.text import _
from wizard.tui import narrowing

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.demo import Practice
    from wizard.tui.wizard_app import WizardApp


class Practising:
    """The practice accounts of one app. `here` are they, once they are started."""

    def __init__(self, app: WizardApp, begin: Callable[[], Practice]) -> None:
        self._app = app
        self._begin = begin
        self.here: Practice | None = None

    def start(self) -> None:
        """Start them, in a thread of its own."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            practice = self._begin()
            self._app.from_thread(lambda: self._entered(practice))
            if not practice.wait_ready():
                raise AwsError(_("The practice accounts did not get ready in time."))
        except WizardError as error:
            failure = error
            self._app.from_thread(lambda: self._give_up(failure))
            return
        self._app.look_at_profiles()
        self._app.from_thread(lambda: self._look_round(practice))

    def _entered(self, practice: Practice) -> None:
        self.here = practice
        self._app.keep()  # what was typed until now; before, the draft would have gone into the person's own folder

    def _give_up(self, failure: WizardError) -> None:
        """End: without the practice accounts the next call would go to AWS itself."""
        self._app.failure = failure
        self._app.exit(failure.exit_status)

    def _look_round(self, practice: Practice) -> None:
        sides = self._app.sides
        sides.know(
            {
                "source.account_id": practice.source_account,
                "destination.account_id": practice.destination_account,
                "bucket.name": practice.bucket,
                "bucket.region": practice.region,
            }
        )
        sides.choose("source", practice.source_profile)
        sides.choose("destination", practice.destination_profile)
        narrowing.others(self._app)
        self._app.wizard.show_found()
