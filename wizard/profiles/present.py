"""The access key that a profile has already: it stays, unless somebody gives another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.profiles.read import read
from wizard.state import journal
from wizard.text import _

if TYPE_CHECKING:
    from wizard.profiles.read import Paths

_TOKENS = ("aws_session_token", "aws_security_token")


@dataclass(frozen=True, slots=True)
class KeyThere:
    """A long-lived access key of a profile: its id, and the run of the setup that made it ("": none that is known)."""

    id: str
    run: str = ""

    def __str__(self) -> str:
        if self.run:
            return _("The profile has the access key {id} that the run {run} made: it stays.").format(
                id=self.id, run=self.run
            )
        return _("The profile has an access key already, {id}: it stays.").format(id=self.id)


def key_there(name: str, setup_name: str, paths: Paths | None = None) -> KeyThere | None:
    """Return the access key that a profile has, or None: also where the files can't be read, which writing says."""
    try:
        settings = read(paths).settings(name) or {}
    except BadInputError:
        return None
    identity = settings.get("aws_access_key_id", "")
    if not identity or not settings.get("aws_secret_access_key") or any(settings.get(token) for token in _TOKENS):
        return None
    return KeyThere(identity, _run_that_made(identity, setup_name))


def _run_that_made(identity: str, setup_name: str) -> str:
    try:
        runs = [run for run in journal.runs() if run.setup_name == setup_name]
    except BadInputError:
        return ""  # a journal that can't be read keeps nobody from writing a profile
    return next((run.id for run in runs if any(step.made == identity for step in run.steps)), "")
