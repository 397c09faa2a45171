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
_MOMENT_SECONDS = 0.2


class DraftKeeper:
    """One wizard's draft. `tell` gets a sentence, once, when drafts can't be kept.

    Nothing waits for the disk: `keep` only notes the answers, and the thread writes them a moment later.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._own: OwnDraft | None = None
        # The newest answers, or None: the draft is to go. Set before `_todo`, read after it.
        self._answers: Mapping[str, Any] | None = None
        self._todo = threading.Event()
        self._closing = threading.Event()
        self._told = False
        self._thread: threading.Thread | None = None

    def adopt(self, own: OwnDraft | None) -> None:
        """Go on with a draft of an earlier run."""
        self._own = own

    def keep(self, answers: Mapping[str, Any]) -> None:
        """Note the answers to be written (JSON values, never secrets)."""
        self._answers = dict(answers)
        self._start()

    def discard(self) -> None:
        """Remove the draft: the answers are in a file, or the person wants none."""
        self._answers = None
        self._start()

    def close(self) -> None:
        """Write what is noted, and end; for at most two seconds."""
        self._closing.set()
        if self._thread is not None:
            self._todo.set()
            self._thread.join(_LAST_SECONDS)

    def _start(self) -> None:
        if not self._todo.is_set():
            self._todo.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="draft", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        from wizard.state.drafts import OwnDraft

        while not self._closing.is_set():
            self._todo.wait()
            # The moment makes one write of a burst of keys, and keeps it out of the next frame's way.
            self._closing.wait(_MOMENT_SECONDS)
            self._todo.clear()
            answers = self._answers
            own = self._own = self._own or OwnDraft()
            try:
                if answers is None:
                    own.discard()
                else:
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
