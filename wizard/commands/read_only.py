"""`--read-only`: before a command runs, everything in it that could change something is turned off, or refused."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.state.read_only import OPTION, VARIABLE
from wizard.text import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from wizard.commands.result import Result


def ended(result: Result, options: argparse.Namespace) -> Result:
    """Let a run that only showed what it would do say so at its end; any other stays as it is."""
    shows = getattr(options, "dry_run", False) and getattr(options, "apply", True)  # diagnose changes only with --apply
    if not (shows or (options.read_only and options.command == "report")):
        return result
    flag = OPTION if options.read_only else "--dry-run"
    said = _("{flag}: nothing was changed, and no file was written.").format(flag=flag)
    return replace(result, notes=(*result.notes, said))


@contextmanager
def reading_only(options: argparse.Namespace) -> Iterator[None]:
    """Let a command only show what it would change: every one that changes something has `--dry-run`.

    While it runs the variable is set: AWS's clients refuse what isn't a read (`wizard.aws.read_only`), no file of
    the person's is written (`wizard.state.read_only`), and programs that it starts (`demo -- COMMAND`) inherit it.
    Raises BadInputError where a flag asks for a write that has no dry run.
    """
    if getattr(options, "write_test", False):
        raise BadInputError(
            _("--write-test puts an object into the bucket."),
            where=OPTION,
            mend=_("Leave one of the two out."),
        )
    if hasattr(options, "dry_run"):
        options.dry_run = True
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = "1"
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before
