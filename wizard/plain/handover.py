"""Hands the results over: shown, copied, or saved as files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.methods import guards
from wizard.plain.prompts import Option, Wish
from wizard.plain.say import say, show
from wizard.policy.document import TITLES
from wizard.text import _

if TYPE_CHECKING:
    from wizard.plain.session import Session
    from wizard.plan import Plan
    from wizard.policy.document import Document

ALL = "all"
_BUCKET = "bucket"


def show_documents(made: Plan) -> None:
    """Print every document: what it is, in which account, attached to what, and why."""
    for document in made.documents:
        say()
        say(title_of(document))
        say(document.reason)
        if document.policy:
            show(document.policy.text())


def show_profile(made: Plan) -> None:
    """Print the profile, the shell lines without one, and the commands to try it with."""
    for title, text in _beside(made):
        say()
        say(f"{title}:")
        show(text)
    if made.profile is None:
        say()
        say(_("No profile is needed: the caller's own works."))
    say()
    say(_("Try it:"))
    for trial in made.trials:
        show(f"  {trial.command}")
        say(trial.answer, indent=4)
    say(_(made.method.copying))


def copy_one(session: Session, made: Plan) -> None:
    """Let one thing be chosen, or all, and copy it."""
    texts = _texts(made)
    options = [*(Option(title, title) for title in texts), Option(ALL, _("All of it"))]
    chosen = session.prompts.choose(_("Copy what?"), options)
    if isinstance(chosen, Wish):
        return
    is_bucket = any(title_of(one) == chosen for one in made.of(_BUCKET))
    if (chosen == ALL or is_bucket) and not may_hand_over(session):
        return
    text = "\n\n".join(f"== {title}\n{text}" for title, text in texts.items()) if chosen == ALL else texts[chosen]
    _copy(session, text)


def _copy(session: Session, text: str) -> None:
    import sys

    from wizard.clipboard import How, copy

    def write(sequence: str) -> None:
        sys.stdout.write(sequence)
        sys.stdout.flush()

    copied = copy(text, environ=session.environ, write_terminal=write if sys.stdout.isatty() else None)
    session.handed_over |= copied.sent
    if copied.certain:
        say(_("Copied."))
    elif copied.how is How.TMUX:
        say(
            _("Copied into tmux's buffer (paste with prefix ]). Whether the terminal took it as well, nobody can tell.")
        )
    elif copied.sent:
        say(
            _(
                "Sent to the terminal's clipboard, which never answers. "
                "If a paste gives something else, save it as files."
            )
        )
    else:
        say(_("Nothing could be copied here: there is no clipboard. Save it as files, or take it from the screen."))


def may_hand_over(session: Session) -> bool:
    """Whether the bucket policy may leave: a guard that can lock out takes typing the bucket's name, once."""
    setup = session.built.setup
    watched = (setup.bucket.name, setup.destination_account, setup.guards)
    if not guards.needs_typed_confirmation(setup) or session.lockout_confirmed == watched:
        return True
    for line in guards.shut_out(setup):
        say(_("Warning: {text}").format(text=line))
    answer = session.prompts.line(_("Type the bucket's name to take this policy all the same"))
    if isinstance(answer, str) and answer.strip() == setup.bucket.name:
        session.lockout_confirmed = watched
        return True
    say(_("That is not the bucket's name: nothing was handed over."))
    return False


def save_files(session: Session, made: Plan) -> None:
    """Save every document, the profile and the shell lines in a folder, each as a file."""
    if not may_hand_over(session):
        return
    answer = session.prompts.line(_("Into which folder?"), default=f"s3-crossaccount-{made.setup.name}")
    if isinstance(answer, Wish):
        return
    folder = Path(answer or f"s3-crossaccount-{made.setup.name}").expanduser()
    from wizard.plain.files import save

    saved = save(session, {folder / name: text for name, text in _files(made).items()})
    if saved:
        say(_("Each document's account, and what it is attached to, are in {file}.").format(file=folder / "README.txt"))


def save_answers(session: Session) -> None:
    """Save the answers as a file that every command takes."""
    from wizard.answers.file import write
    from wizard.plain.files import save

    standing = f"{session.built.setup.name}.toml"
    answer = session.prompts.line(_("As which file?"), default=standing)
    if isinstance(answer, Wish):
        return
    path = Path(answer or standing).expanduser()
    if save(session, {path: write(session.raw())}):
        say(_("Every document again: s3-crossaccount documents {file}").format(file=path))


def title_of(document: Document) -> str:
    """Return what a document is, in which account, and what it is attached to."""
    title = _("{name}, account {account}").format(name=_(TITLES[document.id]), account=document.account_id)
    if document.attach_to:
        title += _(", attached to {thing}").format(thing=document.attach_to)
    return title


def _texts(made: Plan) -> dict[str, str]:
    """Return everything that can be copied, by its title."""
    texts: dict[str, str] = {}
    for document in made.needed():
        if document.policy:
            texts[title_of(document)] = document.policy.text()
    return {**texts, **dict(_beside(made)), _("Commands to try it"): "\n".join(one.command for one in made.trials)}


def _beside(made: Plan) -> list[tuple[str, str]]:
    """Return what stands beside the documents: the profile and the shell lines."""
    out = []
    if made.profile is not None:
        out.append((_("Profile {name}").format(name=made.profile.name), _profile_text(made)))
    if made.snippet:
        out.append((_("Without a profile, in a shell"), made.snippet))
    return out


def _profile_text(made: Plan) -> str:
    from wizard.profiles.edit import section_text
    from wizard.profiles.ini import Kind

    if made.profile is None:
        return ""
    text = section_text(Kind.CONFIG, made.profile.name, dict(made.profile.settings)).rstrip("\n")
    if made.profile.needs_keys:
        text += "\n" + _("# The access key belongs into the credentials file, under [{name}].").format(
            name=made.profile.name
        )
    return text


def _files(made: Plan) -> dict[str, str]:
    """Return the files of a folder, by name."""
    files: dict[str, str] = {}
    where = []
    for document in made.documents:
        if document.policy is None:
            where.append(f"{title_of(document)}\n  {document.reason}")
            continue
        name = _file_name(document, several=len(made.of(document.id)) > 1, taken=files)
        files[name] = document.policy.text() + "\n"
        where.append(f"{name}: {title_of(document)}\n  {document.reason}")
    if made.profile is not None:
        files["profile.ini"] = _profile_text(made) + "\n"
    if made.snippet:
        files["assume-role.sh"] = made.snippet + "\n"
    trials = [f"{trial.command}\n  {trial.answer}" for trial in made.trials]
    warnings = [_("Warning: {text}").format(text=text) for text in made.warnings]
    files["README.txt"] = "\n\n".join((*where, *warnings, _("Try it:"), *trials, _(made.method.copying))) + "\n"
    return files


def _file_name(document: Document, *, several: bool, taken: dict[str, str]) -> str:
    name = f"{document.id}-policy"
    if several:
        thing = (document.attach_to or "").rpartition(":")[2] or "policy"
        name += "-" + re.sub(r"[^A-Za-z0-9.-]+", "-", f"{document.account_id}-{thing}")
    number = 1
    while f"{name}{'' if number == 1 else f'-{number}'}.json" in taken:
        number += 1
    return f"{name}{'' if number == 1 else f'-{number}'}.json"
