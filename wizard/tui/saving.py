"""Files to save: which documents become which file, what is there already, and writing them (0600)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.answers.file import write as write_answers
from wizard.errors import BadInputError
from wizard.state.read_only import require_writing
from wizard.text import _
from wizard.tui.sheets import OPEN, documents_of, sheet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wizard.tui.session import Session
    from wizard.tui.sheets import Sheet


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file to be written: its name, what it is, its text (a line end is added)."""

    name: str
    title: str
    text: str


def title_of(shown: Sheet) -> str:
    """Return what a sheet is, on what and in which account, in one line."""
    where = _("in {account}").format(account=shown.account) if shown.account else ""
    return " · ".join(part for part in (shown.title, shown.thing, where) if part)


def files_of(session: Session) -> list[SavedFile]:
    """Return the files of everything that the setup needs: those of the export's format json, and the shell lines.

    Answers files for both sides come with them once everything is answered. Raises BadInputError, as an export does.
    """
    from wizard.export.answers import handed
    from wizard.export.formats import render

    plan = session.plan
    titles = _titles(session)
    files = handed(plan, "json") if session.whole else render(plan, "json")
    out = [SavedFile(file.path, titles.get(file.path, ""), file.text) for file in files]
    shell = sheet(plan, "shell")
    name = "source/assume-role.sh" if plan.snippet else "source/try-it.sh"
    return [*out, SavedFile(name, title_of(shell), shell.text)]


def _titles(session: Session) -> dict[str, str]:
    """Return what stands in each file that has a sheet of its own, by the file's name."""
    from wizard.export.documents import names
    from wizard.export.handover import handover

    named = names(handover(session.plan))
    out = {"source/profile.ini": title_of(sheet(session.plan, "profile"))}
    for pane in ("trust", "bucket", "iam", "key"):
        for position, document in enumerate(documents_of(session.plan, pane)):
            if document.needed:
                out[named[id(document)]] = title_of(sheet(session.plan, pane, position))
    return out


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._+=@-]+", "-", text).strip("-.") or "x"


def default_folder(session: Session) -> str:
    """Return the folder that is offered for saving."""
    return f"s3-crossaccount-{_plain(session.built.setup.name)}"


def default_answers_path(session: Session) -> str:
    """Return the path that is offered for the answers file."""
    return f"{_plain(session.built.setup.name)}.toml"


def answers_text(session: Session) -> str:
    """Return the answers as a file; without secrets, which answers never are."""
    return write_answers(session.raw)


def unanswered_of_profile(session: Session) -> list[str]:
    """Return the placeholders that still stand in the profile."""
    settings = session.plan.profile
    if settings is None:
        return []
    text = "\n".join([settings.name, *(value for _key, value in settings.settings)])
    return list(dict.fromkeys(OPEN.findall(text)))


def existing(folder: Path, names: Iterable[str]) -> list[str]:
    """Return which of the files are there already."""
    return [name for name in names if os.path.lexists(folder / name)]


def save(folder: Path, files: Iterable[SavedFile], *, replace: bool) -> list[Path]:
    """Write files, each 0600, into a folder (0700 when new). Raises BadInputError; a file that is there stays.

    With `replace` files that are there are replaced whole.
    """
    require_writing(folder)
    out = []
    for one in files:
        path = folder / one.name
        try:
            for parent in (folder, path.parent):  # both private where they are new
                parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(parent, error) from None
        out.append(save_one(path, one.text, replace=replace))
    return out


def save_one(path: Path, text: str, *, replace: bool) -> Path:
    """Write one file, 0600. Raises BadInputError where it is there and not to be replaced, or can't be written."""
    require_writing(path)
    data = (text if text.endswith("\n") else text + "\n").encode()
    if replace and os.path.lexists(path):
        from wizard.state import atomic

        if not path.is_file() or path.is_symlink():
            raise BadInputError(_("This is no plain file: it is not replaced."), where=str(path))
        atomic.write(path, data)
        return path
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInputError(_("The file is there already."), where=str(path)) from None
    except OSError as error:
        raise _refused(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _refused(path, error) from None
    return path


def _refused(path: Path, error: OSError) -> BadInputError:
    return BadInputError(
        _("It can't be written: {reason}.").format(reason=error.strerror or error),
        where=str(path),
        mend=_("Give another folder."),
    )
