"""`profile write | remove | show`: the AWS profile of a setup, or any other by its name."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.commands import confirm, standard_input
from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    import argparse

    from wizard.profiles.keys import AccessKey
    from wizard.profiles.write import Planned, ProfileEntry

REFUSED = 2


def run(options: argparse.Namespace) -> Result:
    """Run the verb that `options.verb` names."""
    match options.verb:
        case "write":
            return _write(options)
        case "remove":
            return remove(options.name, options)
        case _:
            return show(options.name)


def write(entry: ProfileEntry, options: argparse.Namespace) -> Result:
    """Show what a profile changes, ask, and write it; an existing one is updated, or gets another name."""
    from wizard.profiles.write import plan

    planned = plan(entry)
    while planned.existed and planned.changed and _may_ask(options):
        _show(planned)
        answer = confirm.choose(
            _("The profile {name} exists already.").format(name=entry.name),
            {"u": _("update"), "n": _("another name"), "s": _("stop")},
            default="s",
        )
        if answer == "s":
            raise confirm.cancelled()
        if answer == "u":
            return _applied(planned)
        entry, planned = _renamed(entry)
    unchanged = _("The profile {name} is there already, just like this: nothing to change.").format(name=entry.name)
    return _carry_out(planned, options, _("Write the profile {name}?"), unchanged)


def remove(name: str, options: argparse.Namespace) -> Result:
    """Show what goes when a profile is taken away from both files, ask, and take it away."""
    from wizard.profiles.write import plan_removal

    planned = plan_removal(name)
    unchanged = "" if planned.changed else _missing(name)
    return _carry_out(planned, options, _("Remove the profile {name}?"), unchanged)


def show(name: str) -> Result:
    """Say how a profile resolves: each value with its place, and where the credentials come from."""
    from wizard.profiles.describe import as_json, as_text
    from wizard.profiles.read import read

    files = read()
    if files.settings(name) is None:
        raise BadInputError(
            _("There is no profile {name}.").format(name=name),
            where=f"{files.paths.config}, {files.paths.credentials}",
            why="\n".join(files.remarks(name)),
            mend=_likely(name, files.names),
        )
    notes = []
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        notes.append(_("AWS_ACCESS_KEY_ID is set: it comes before AWS_PROFILE. Name the profile with --profile."))
    return Result(as_text(files, name), as_json(files, name), tuple(notes))


def _write(options: argparse.Namespace) -> Result:
    from wizard.answers.file import read
    from wizard.methods.registry import METHODS
    from wizard.profiles.write import ProfileEntry

    if options.file == options.keys == "-":
        raise BadInputError(
            _("The answers and the access key can't both come from standard input."),
            where="--keys",
            mend=_("Name a file for one of them."),
        )
    answers = read(Path(options.file))
    wanted = METHODS[answers.setup.method].profile(answers.setup)
    keys = _keys(options.keys) if options.keys else None
    if wanted is None:
        return Result(
            _("This method needs no profile: the caller's own works. Nothing to change."), notes=answers.notes
        )
    if keys is not None and not wanted.needs_keys:
        raise BadInputError(
            _("This method takes no access key."),
            where="--keys",
            why=_("Only with iam-user does a key go into the profile."),
            mend=_("Leave --keys out."),
        )
    result = write(ProfileEntry(wanted.name, wanted.settings, keys), options)
    notes = [*answers.notes, *result.notes]
    if keys is not None and options.keys != "-" and result.data["written"]:
        notes.append(
            _("{file} still holds the secret key: delete it when you no longer need it.").format(file=options.keys)
        )
    return replace(result, notes=tuple(notes))


def _keys(source: str) -> AccessKey:
    from wizard.profiles import keys

    if source != "-":
        return keys.load(Path(source))
    if not confirm.has_terminal():
        with standard_input.reading():
            return keys.read(standard_input.stream(), where=_("standard input"))
    import getpass

    identity = confirm.ask(_("Access key id:"))
    try:
        secret = getpass.getpass(_("Secret access key (not shown):") + " ", stream=sys.stderr)
    except (KeyboardInterrupt, EOFError):
        raise confirm.cancelled() from None
    return keys.access_key(identity, secret)


def _carry_out(planned: Planned, options: argparse.Namespace, question: str, unchanged: str) -> Result:
    """Show the difference, ask, and write; nothing is written for `--dry-run`, or with nobody to ask."""
    if not planned.changed:
        return Result(unchanged, _data(planned, written=False), _warnings(planned))
    if options.dry_run:
        return Result(planned.diff.rstrip("\n"), _data(planned, written=False), _warnings(planned))
    if options.yes:
        _show(planned)
        return _applied(planned)
    if not confirm.has_terminal():
        refusal = _("Nothing was changed: there is no terminal to ask in. Give --yes to write it.")
        notes = (*_warnings(planned), refusal)
        return Result(planned.diff.rstrip("\n"), _data(planned, written=False), notes, REFUSED)
    _show(planned)
    confirm.confirm(question.format(name=planned.name))
    return _applied(planned)


def _renamed(entry: ProfileEntry) -> tuple[ProfileEntry, Planned]:
    """Ask for another name until it is one that can be written."""
    from wizard.names.profiles import profile_name
    from wizard.profiles.write import plan

    while True:
        try:
            renamed = replace(entry, name=profile_name(confirm.ask(_("Another name:"))).value)
            return renamed, plan(renamed)
        except BadInputError as error:
            confirm.show(str(error))


def _applied(planned: Planned) -> Result:
    from wizard.profiles.write import apply

    try:
        applied = apply(planned)
    except KeyboardInterrupt:
        raise confirm.cancelled() from None
    lines = [_("Written: {file}").format(file=each.path) for each in applied.written]
    return Result("\n".join(lines), _data(planned, written=True), applied.notes)


def _may_ask(options: argparse.Namespace) -> bool:
    return not options.yes and not options.dry_run and confirm.has_terminal()


def _show(planned: Planned) -> None:
    confirm.show("\n".join((planned.diff, *_warnings(planned))))


def _warnings(planned: Planned) -> tuple[str, ...]:
    return tuple(_("Warning: {text}").format(text=text) for text in planned.warnings)


def _data(planned: Planned, *, written: bool) -> dict[str, Any]:
    return {
        "profile": planned.name,
        "written": written,
        "files": [{"file": str(each.path), "diff": each.diff} for each in planned.changes if each.changed],
        "warnings": list(planned.warnings),
    }


def _missing(name: str) -> str:
    from wizard.profiles.read import read

    files = read()
    lines = [_("There is no profile {name}: nothing to change.").format(name=name), *files.remarks(name)]
    likely = _likely(name, files.names)
    return "\n".join((*lines, likely) if likely else lines)


def _likely(name: str, names: tuple[str, ...]) -> str:
    import difflib

    near = difflib.get_close_matches(name, names, n=1)
    return _("Did you mean {name}?").format(name=near[0]) if near else ""
