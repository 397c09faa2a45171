"""`report [-o FILE]`: one file for a bug report, secrets masked; what is there is never replaced unasked."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from wizard import diff
from wizard.commands import confirm, report_content
from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.state import atomic
from wizard.state.targets import look, resolve
from wizard.text import _

if TYPE_CHECKING:
    import argparse

    from wizard.state.targets import Snapshot

REFUSED = 2


def run(options: argparse.Namespace) -> Result:
    """Write the report (0600), whole or not at all; with `--read-only` print it, and write nothing."""
    text = report_content.text()
    if options.read_only:
        return Result(text.rstrip("\n"), {"file": None, "written": False, "report": text})
    target = resolve(
        Path(options.output or f"s3-crossaccount-report-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.txt")
    )
    before = look(target)
    if before.exists and not options.yes:
        difference = _difference(target, before, text)
        if not confirm.has_terminal():
            refusal = _("Nothing was written: {file} is there already. Give --yes to replace it.").format(file=target)
            return Result(difference, {"file": str(target), "written": False, "diff": difference}, (refusal,), REFUSED)
        confirm.show(difference)
        confirm.confirm(_("Replace {file}?").format(file=target))
    elif before.exists:
        confirm.show(_difference(target, before, text))
    _write(target, before, text)
    return Result(_told(target), {"file": str(target), "written": True})


def _write(target: Path, before: Snapshot, text: str) -> None:
    if not target.parent.is_dir():
        raise BadInputError(_("There is no such folder."), where=str(target.parent))
    data = text.encode("utf-8", "backslashreplace")
    meanwhile = BadInputError(_("Another program changed this file meanwhile."), where=str(target))
    if not look(target).same_as(before):
        raise meanwhile
    if before.exists:
        atomic.write(target, data)  # not with the old file's mode: it may be for more eyes
        return
    try:
        atomic.replace(target, before, data)
    except atomic.ChangedMeanwhileError:
        raise meanwhile from None


def _difference(target: Path, before: Snapshot, text: str) -> str:
    shown = diff.unified(before.data, text, before_name=str(target), after_name=_("the new report"))
    return report_content.masked(shown)


def _told(target: Path) -> str:
    lines = [_("Written: {file}").format(file=target)]
    lines.append(
        _(
            "It contains: versions, names of variables and profiles and which settings they have, files of the state "
            "folder, the newest runs, reports of bugs and the log."
        )
    )
    lines.append(_("Masked: secrets, account ids, access key ids, the home folder. Names of buckets and roles stay."))
    lines.append(_("Please read it before you send it."))
    return "\n".join(lines)
