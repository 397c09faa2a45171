"""Applies by the library, as the wizard does, and collects what a run tells."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.answers.file import read
from wizard.aws import accounts as sides
from wizard.aws import apply, preparing
from wizard.aws.clients import Place
from wizard.aws.sinks import CredentialsFile
from wizard.aws.watch import Told, Watch
from wizard.plan import Choices, plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.aws.apply import Outcome
    from wizard.aws.preparing import Prepared

PLACES = {"source": Place("source-admin"), "destination": Place("destination-admin")}


class Events:
    """Collects what a run tells, and does something at one kind of event."""

    def __init__(self, act: Callable[[Told], None] = lambda _told: None) -> None:
        self.told: list[Told] = []
        self.act = act
        self.watch = Watch(tell=self._take, patience=5.0)

    def _take(self, told: Told) -> None:
        self.told.append(told)
        self.act(told)

    def of(self, kind: type[Told]) -> list[Any]:
        return [one for one in self.told if isinstance(one, kind)]


def applied(file: str, events: Events, again: Callable[[Prepared], bool] = lambda _now: True) -> Outcome:
    """Apply a file to both practice accounts by the library."""
    made = plan(read(Path(file)).setup)
    entered = sides.enter(made.setup, PLACES, events.watch)
    with contextlib.closing(entered):
        prepared = preparing.prepare(made, entered, Choices())
        sink = CredentialsFile(made.profile) if made.profile else None
        return apply.apply(prepared, events.watch, sink, again=again)
