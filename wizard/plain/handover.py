"""Hands the results over: shown, copied, or saved as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.methods import guards
from wizard.plain.ask import confirm
from wizard.plain.prompts import Option, Wish
from wizard.plain.say import say, show
from wizard.policy.document import TITLES
from wizard.text import _, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wizard.export.write import Target
    from wizard.plain.session import Session
    from wizard.plan import Plan
    from wizard.policy.document import Document

ALL = "all"
FORMAT_WORDS = {
    "json": mark("each document as a JSON file, and the profile"),
    "runbook": mark("one page for people: what each side does, in order"),
    "shell": mark("scripts with AWS CLI commands"),
    "cloudformation": mark("templates"),
    "terraform": mark("modules"),
}


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
    documents = {title_of(document): document for document in made.needed()}
    texts = {title: document.policy.text() for title, document in documents.items() if document.policy}
    texts |= dict(_beside(made))
    texts[_("Commands to try it")] = "\n".join(trial.command for trial in made.trials)
    options = [*(Option(title, title) for title in texts), Option(ALL, _("All of it"))]
    chosen = session.prompts.choose(_("Copy what?"), options)
    if isinstance(chosen, Wish):
        return
    taken = documents.values() if chosen == ALL else [documents[chosen]] if chosen in documents else []
    if taken and not may_hand_over(session, made, taken):
        return
    whole = "\n\n".join(f"== {title}\n{text}" for title, text in texts.items())
    _copy(session, whole if chosen == ALL else texts[chosen])


def _copy(session: Session, text: str) -> None:
    import sys

    from wizard.clipboard import How, copy

    def write(sequence: str) -> None:
        sys.stdout.write(sequence)
        sys.stdout.flush()

    copied = copy(text, environ=session.environ, write_terminal=write if sys.stdout.isatty() else None)
    if copied.sent:
        session.took([])
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


def may_hand_over(session: Session, made: Plan, documents: Iterable[Document], *, as_export: bool = False) -> bool:
    """Whether documents may leave: none that AWS would refuse; a lock-out only for the bucket's name, typed once.

    An export may leave where it makes a fleet's ways on in place of documents that are too large.
    """
    from wizard.export.formats import makes_ways_on

    if made.problems and not (as_export and makes_ways_on(made)):
        for problem in made.problems:
            say(_("Not possible: {what}").format(what=problem))
        return False
    setup = made.setup
    watched = (setup.bucket.name, setup.destination_account, setup.guards)
    locks_out = guards.needs_typed_confirmation(setup) and any(one.id == "bucket" for one in documents)
    if not locks_out or session.lockout_confirmed == watched:
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
    """Save everything in a folder, in one of the export's formats; what is there is replaced only after a yes."""
    from wizard.export.answers import handed
    from wizard.export.formats import FORMATS, notes
    from wizard.export.write import look

    if not may_hand_over(session, made, made.documents, as_export=True):
        return
    options = [Option(name, f"{name}: {_(text)}") for name, text in FORMAT_WORDS.items() if name in FORMATS]
    chosen = session.prompts.choose(_("In which format?"), options, "json")
    if isinstance(chosen, Wish):
        return
    standing = f"s3-crossaccount-{made.setup.name}"
    answer = session.prompts.line(_("Into which folder?"), default=standing)
    if isinstance(answer, Wish):
        return
    try:
        files = handed(made, chosen)
    except BadInputError as error:  # this format makes nothing of a fleet beyond AWS's limits
        say(str(error))
        return
    for note in notes(made, chosen, "", files):
        say(_("Warning: {text}").format(text=note))
    _write(session, look(Path(answer.strip() or standing).expanduser(), files))


def _write(session: Session, targets: Sequence[Target]) -> None:
    from wizard.export.write import write

    replaced = [target for target in targets if target.replaces]
    for target in replaced:
        show(target.diff)
    if (
        replaced
        and confirm(session.prompts, _("Replace the files that differ ({count})?").format(count=len(replaced)))
        is not True
    ):
        say(_("Nothing was written."))
        return
    try:
        written = write(targets)
    except BaseException:  # Ctrl-C too: what was written until then is told when the person stops
        session.took([str(target.path) for target in targets if not target.unchanged and _is_written(target)])
        raise
    session.took([str(path) for path in written])
    for path in written:
        say(_("Written: {file}").format(file=path))
    if not written:
        say(_("Everything is there already, just like this."))


def _is_written(target: Target) -> bool:
    try:
        return target.path.read_bytes() == target.file.text.encode()
    except OSError:
        return False


def save_answers(session: Session) -> None:
    """Save the answers as a file that every command takes."""
    from wizard.answers.file import write
    from wizard.plain.files import save

    name = session.built.setup.name
    standing = f"{name}.toml"
    answer = session.prompts.line(_("As which file?"), default=standing)
    if isinstance(answer, Wish):
        return
    path = Path(answer.strip() or standing).expanduser()
    if not save(session, {path: write(session.raw())}):
        return
    say(_("From here on, with this file:"))
    for command in (
        f"s3-crossaccount documents {path}",
        f"s3-crossaccount export {path} --format runbook -o {name}",
        f"s3-crossaccount apply {path} --side both",
        f"s3-crossaccount verify {path}",
    ):
        show(f"  {command}")


def title_of(document: Document) -> str:
    """Return what a document is, in which account, and what it is attached to."""
    title = _("{name}, account {account}").format(name=_(TITLES[document.id]), account=document.account_id)
    if document.attach_to:
        title += _(", attached to {thing}").format(thing=document.attach_to)
    return title


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
