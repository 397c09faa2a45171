"""`check --access-analyzer`: IAM Access Analyzer is asked about the files too, and what it can't answer is said."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard import ways
from wizard.commands import confirm
from wizard.errors import WizardError
from wizard.text import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from wizard.commands.check_shown import Checked

_OWN_WORDS = {**ways.COMMANDS, ways.Way.PROFILES: "--profile"}


def consulted(checked: Sequence[Checked], options: argparse.Namespace) -> tuple[list[Checked], tuple[str, ...], int]:
    """Return the files with AWS's findings merged in, the notes why AWS said nothing of some, and a failure's status.

    Options read: `profile` (also alone it asks), `region`, `endpoint_url`, `json`. Never raises for what AWS does:
    check's own findings stay whatever happens. A text that is no JSON isn't sent. After a failure that would meet
    the next file too (credentials, permission, network) AWS isn't asked again.
    """
    ways.use(_OWN_WORDS)
    try:
        return _consulted(checked, options)
    finally:
        ways.use()


def _consulted(checked: Sequence[Checked], options: argparse.Namespace) -> tuple[list[Checked], tuple[str, ...], int]:
    from wizard.aws.clients import Clients, Place
    from wizard.aws.validate import can_be_asked, consult, is_about_the_text

    place = Place(options.profile or "", options.region or "", options.endpoint_url or "")
    if sys.stderr.isatty() and not options.json:
        confirm.show(_("Asking IAM Access Analyzer …"))
    out: list[Checked] = []
    notes: list[str] = []
    failure: WizardError | None = None
    clients = Clients(place)
    try:
        for one in checked:
            if not can_be_asked(one.text):
                problem = _("the text is no JSON object yet: mend it first")
                notes.append(_("{file}: IAM Access Analyzer wasn't asked: {why}").format(file=one.name, why=problem))
                out.append(replace(one, problem=problem))
            elif failure is not None and not is_about_the_text(failure):
                notes.append(_("{file}: nor was it asked about this one.").format(file=one.name))
                out.append(replace(one, problem=failure.what))
            else:
                try:
                    out.append(replace(one, report=consult(clients, one.text, one.report), asked=True))
                except WizardError as error:
                    failure = error
                    notes.append(
                        _("{file}: IAM Access Analyzer can't say anything: {why}").format(file=one.name, why=error)
                    )
                    out.append(replace(one, problem=error.what))
    finally:
        clients.close()
    return out, tuple(notes), failure.exit_status if failure is not None else 0
