"""`documents FILE`: every document of a setup, with its profile and the commands to try it with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.answers.file import read
from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.plan import plan
from wizard.policy.document import TITLES
from wizard.text import _

if TYPE_CHECKING:
    import argparse

    from wizard.answers.file import AnswersFile
    from wizard.plan import Plan
    from wizard.policy.document import Document


def run(options: argparse.Namespace) -> Result:
    """Print the documents; notes on the answers and warnings go to standard error."""
    answers = read(Path(options.file))
    made = of(answers, options.file)
    return replace(made, notes=(*handed_over(answers.side, options.file), *made.notes))


def of(answers: AnswersFile, file: str) -> Result:
    """Return the documents of answers that were read from a file."""
    made = plan(answers.setup)
    if made.problems:
        raise BadInputError(
            "\n".join(made.problems),
            where=file,
            mend=_("Name fewer principals, or a wildcard in place of many actions; a whole account is one principal."),
        )
    data = {"documents": [document.to_json() for document in made.documents]}
    warnings = tuple(_("Warning: {text}").format(text=text) for text in made.warnings)
    return Result(text_of(made), data, (*answers.notes, *warnings))


def handed_over(side: str, file: str) -> tuple[str, ...]:
    """Say of a file that came with a hand-over how to see what it asks; nothing of others."""
    if not side:
        return ()
    whose = _("source") if side == "source" else _("destination")
    told = _("This file came with a hand-over to the {side}: s3-crossaccount --answers {file} shows what it asks.")
    return (told.format(side=whose, file=file),)


def text_of(made: Plan) -> str:
    """Return a plan for people: documents, profile, shell snippet, commands to try."""
    parts = [_document(document) for document in made.documents]
    if made.profile:
        lines = [f"{key} = {value}" for key, value in made.profile.settings]
        if made.profile.needs_keys:
            lines.append(_("(the access key goes into the credentials file: `profile write FILE --keys KEYS`)"))
        parts.append(_section(_("Profile {name}").format(name=made.profile.name), "\n".join(lines)))
    else:
        parts.append(_section(_("Profile"), _("Not needed: the caller's own profile works.")))
    if made.snippet:
        parts.append(_section(_("Without a profile, in a shell"), made.snippet))
    trials = "\n".join(f"{trial.command}\n    {trial.answer}" for trial in made.trials)
    parts.append(_section(_("Try it"), f"{trials}\n\n{_(made.method.copying)}"))
    return "\n\n".join(parts)


def _section(title: str, body: str) -> str:
    return f"== {title}\n{body}"


def _document(document: Document) -> str:
    title = _("{name}, account {account}").format(name=_(TITLES[document.id]), account=document.account_id)
    if document.attach_to:
        title += f", {document.attach_to}"
    body = f"{document.reason}\n{document.policy.text()}" if document.policy else document.reason
    return _section(title, body)
