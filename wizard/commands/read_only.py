"""`--read-only`: before a command runs, everything in it that could change something is turned off, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    import argparse


def keep_to_reading(options: argparse.Namespace) -> None:
    """Let a command only show what it would change: every one that changes something has `--dry-run`.

    Raises BadInputError where a flag asks for a write that has no dry run.
    """
    if getattr(options, "write_test", False):
        raise BadInputError(
            _("--write-test puts an object into the bucket."),
            where="--read-only",
            mend=_("Leave one of the two out."),
        )
    if hasattr(options, "dry_run"):
        options.dry_run = True
