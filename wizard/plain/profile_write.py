"""Writes the setup's profile: the difference first, the access key without showing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.plain.ask import confirm
from wizard.plain.prompts import Option, Wish
from wizard.plain.say import say, show, tell
from wizard.plan import plan
from wizard.text import _

if TYPE_CHECKING:
    from wizard.methods.method import ProfileSettings
    from wizard.plain.interview import Interview
    from wizard.plain.session import Session
    from wizard.profiles.keys import AccessKey
    from wizard.profiles.read import Paths
    from wizard.profiles.write import Planned

_UPDATE, _RENAME, _STOP = "update", "name", "stop"
_KEEP, _TYPE, _FILE, _LATER = "keep", "type", "file", "later"


def write_profile(session: Session, interview: Interview) -> None:
    """Show what the profile changes, ask, and write it: an existing one is updated, or gets another name."""
    from wizard.profiles.read import Paths
    from wizard.profiles.write import ProfileEntry
    from wizard.profiles.write import plan as plan_profile

    paths = Paths.from_environment(session.environ)
    keys: AccessKey | Wish | None = None
    name = None
    while True:
        settings = _settings(session)
        if settings.needs_keys and keys is None and settings.name != name:  # a key that was kept stays with its name
            keys = _keys(session, settings.name, paths)
        if isinstance(keys, Wish):
            return
        name = settings.name
        planned = plan_profile(ProfileEntry(settings.name, settings.settings, keys), paths)
        for warning in planned.warnings:
            say(_("Warning: {text}").format(text=warning))
        if not planned.changed:
            say(_("The profile {name} is there already, just like this.").format(name=planned.name))
            return
        show(planned.diff.rstrip("\n"))
        wanted = _wanted(session, planned)
        if wanted == _UPDATE:
            _apply(session, planned)
            return
        if wanted == _STOP:
            say(_("Nothing was written."))
            return
        interview.again("profile.name")


def _settings(session: Session) -> ProfileSettings:
    settings = plan(session.built.setup).profile
    if settings is None:
        raise BadInputError(_("No profile is needed: the caller's own works."))
    return settings


def _wanted(session: Session, planned: Planned) -> str:
    if not planned.existed:
        question = _("Write the profile {name}?").format(name=planned.name)
        return _UPDATE if confirm(session.prompts, question) is True else _STOP
    chosen = session.prompts.choose(
        _("The profile {name} exists already.").format(name=planned.name),
        [
            Option(_UPDATE, _("Update it, as the difference shows")),
            Option(_RENAME, _("Take another name")),
            Option(_STOP, _("Stop, and change nothing")),
        ],
        _STOP,
    )
    return _STOP if isinstance(chosen, Wish) else chosen


def _apply(session: Session, planned: Planned) -> None:
    from wizard.profiles.ini import Kind
    from wizard.profiles.read import has_secrets
    from wizard.profiles.write import apply

    secrets = [one for one in planned.changes if one.before.kind is Kind.CREDENTIALS and has_secrets(one.before)]
    keep = False
    if any(one.changed for one in secrets):
        question = _("Keep a backup of the credentials file as it is? It would hold its secret keys.")
        answer = confirm(session.prompts, question)
        if answer is Wish.BACK:
            say(_("Nothing was written."))
            return
        keep = answer is True
    applied = apply(planned, back_up_secrets=keep)
    for each in applied.written:
        say(_("Written: {file}").format(file=each.path))
    session.took([str(each.path) for each in applied.written])
    for note in applied.notes:
        say(note)
    trials = plan(session.built.setup).trials
    if trials:
        say(_("Try it:"))
        show(f"  {trials[0].command}")


def _keys(session: Session, name: str, paths: Paths) -> AccessKey | Wish | None:
    """Return the access key, None to write the profile without one or to keep the one that it has, or BACK."""
    from wizard.profiles.present import key_there

    there = key_there(name, session.built.setup.name, paths)
    options = [
        Option(_TYPE, _("I type it (the secret is not shown)")),
        Option(_FILE, _("In a file: the console's CSV, or the JSON of create-access-key")),
        Option(_LATER, _("Not at hand: write the profile without it")),
    ]
    if there is not None:
        say(str(there))
        options = [Option(_KEEP, _("Keep the key that is there")), *options[:-1]]
    while True:
        chosen = session.prompts.choose(
            _("Where is the user's access key?"), options, _KEEP if there is not None else None
        )
        if chosen in {_LATER, _KEEP}:
            return None
        if chosen is Wish.BACK:
            return Wish.BACK
        try:
            found = _typed_key(session) if chosen == _TYPE else _key_of_file(session) if chosen == _FILE else None
        except BadInputError as error:
            tell(error)
            continue
        if found is not None:
            return found


def _typed_key(session: Session) -> AccessKey | None:
    from wizard.profiles.keys import access_key

    identity = session.prompts.line(_("Access key id"))
    if isinstance(identity, Wish):
        return None
    secret = session.prompts.secret(_("Secret access key"))
    return None if isinstance(secret, Wish) else access_key(identity, secret)


def _key_of_file(session: Session) -> AccessKey | None:
    from wizard.profiles.keys import load

    answer = session.prompts.line(_("Which file?"))
    return None if isinstance(answer, Wish) else load(Path(answer.strip()).expanduser())
