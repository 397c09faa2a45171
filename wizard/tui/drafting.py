"""Keeps the answers as a draft while a person types: in a thread of its own, the newest answers win."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from wizard.errors import WizardError
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.state.drafts import Draft, OwnDraft

_LAST_SECONDS = 2.0


class DraftKeeper:
    """One wizard's draft. `tell` gets a sentence, once, when drafts can't be kept.

    Nothing waits for the disk: `keep` only notes the answers. A second's worth is never lost: the thread writes
    what was noted as soon as it has written what was noted before.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._own: OwnDraft | None = None
        self._waiting: Mapping[str, Any] | None = None
        self._discard = False
        self._wake = threading.Condition()
        self._closing = False
        self._told = False
        self._thread: threading.Thread | None = None

    def adopt(self, own: OwnDraft | None) -> None:
        """Go on with a draft of an earlier run."""
        with self._wake:
            self._own = own

    def keep(self, answers: Mapping[str, Any]) -> None:
        """Note the answers to be written (JSON values, never secrets)."""
        with self._wake:
            self._waiting, self._discard = dict(answers), False
            self._start()
            self._wake.notify()

    def discard(self) -> None:
        """Remove the draft: the answers are in a file, or the person wants none."""
        with self._wake:
            self._waiting, self._discard = None, True
            self._start()
            self._wake.notify()

    def close(self) -> None:
        """Write what is noted, and end; for at most two seconds."""
        with self._wake:
            self._closing = True
            self._wake.notify()
            thread = self._thread
        if thread is not None:
            thread.join(_LAST_SECONDS)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="draft", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        from wizard.state.drafts import OwnDraft

        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting is not None or self._discard or self._closing)
                answers, discard, self._waiting, self._discard = self._waiting, self._discard, None, False
                if answers is None and not discard:
                    return
                own = self._own = self._own or OwnDraft()
            try:
                if discard:
                    own.discard()
                elif answers is not None:
                    own.save(answers)
            except WizardError as error:
                self._say_once(error)

    def _say_once(self, error: WizardError) -> None:
        if not self._told:
            self._told = True
            self._tell(_("The answers can't be kept as a draft: {reason}").format(reason=error))


def offered() -> Draft | None:
    """Return the draft that an earlier run left, if there is one and it can be read."""
    from wizard.state import drafts

    try:
        return drafts.latest()
    except WizardError:
        return None
