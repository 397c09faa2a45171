"""Whether the bucket, role, user or key that a change is about was deleted whole: only AWS's own word counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.aws import policies
from wizard.aws.errors import CallError
from wizard.aws.making import patiently
from wizard.aws.watch import Clock
from wizard.plan import Kind
from wizard.text import _

if TYPE_CHECKING:
    from wizard.aws.clients import Clients
    from wizard.aws.watch import Watch
    from wizard.plan import Change


def is_gone(clients: Clients, change: Change, watch: Watch) -> bool:
    """Whether AWS says that what a change is about doesn't exist. Raises CallError where AWS can't be asked.

    A caller who may not look is told AccessDenied, which proves nothing: False. A bucket without a policy is there
    still, and so is a key that waits for its deletion: its policy can be read and written, the deletion cancelled.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
    """
    try:
        return bool(patiently(Clock(watch, change), lambda: _looked(clients, change)))
    except CallError as error:
        if error.denied:
            return False
        raise


def _looked(clients: Clients, change: Change) -> bool:
    if change.kind in {Kind.BUCKET, Kind.GUARDS}:
        try:
            policies.read(clients, change)
        except CallError as error:
            if error.code == "NoSuchBucket":
                return True
            raise
        return False
    if change.kind is Kind.KEY:
        # Every key has a policy: where there is none, there is no key.
        return policies.read(clients, change) is None
    return not policies.unique_id(clients, change.target)


def note_of(change: Change) -> str:
    """Say that nothing is left to put back."""
    return _("{target} was deleted since: it is gone already, and nothing is left to put back.").format(
        target=change.target
    )
