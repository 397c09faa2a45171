"""Writes files of the person's: what is there already is shown as a difference, and asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import diff
from wizard.errors import BadInputError
from wizard.plain.ask import confirm
from wizard.plain.say import say, show
from wizard.state.update import update
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wizard.plain.session import Session


def save(session: Session, texts: Mapping[Path, str]) -> bool:
    """Write texts to files after asking where something would be replaced; False where the person said no.

    Raises BadInputError (a refusal) where a file can't be read or written; what was written before it stays.
    """
    before = {path: _content(path) for path in texts}
    replaced = {path: old for path, old in before.items() if old is not None and old != texts[path].encode()}
    for path, old in replaced.items():
        show(diff.unified(old or b"", texts[path], before_name=str(path), after_name=str(path)))
    if (
        replaced
        and confirm(session.prompts, _("Replace the files that differ ({count})?").format(count=len(replaced)))
        is not True
    ):
        say(_("Nothing was written."))
        return False
    for path, text in texts.items():
        if before[path] == text.encode():
            say(_("{file} is there already, just like this.").format(file=path))
            continue
        _write(path, before[path], text.encode())
        session.took([str(path)])
        say(_("Written: {file}").format(file=path))
    return True


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInputError(
            _("The file can't be read or written: {reason}.").format(reason=error.strerror or error), where=str(path)
        ) from None


def _write(path: Path, before: bytes | None, after: bytes) -> None:
    def change(now: bytes) -> bytes:
        if now != (before or b""):
            raise BadInputError(
                _("Another program changed this file meanwhile."),
                where=str(path),
                mend=_("Look at it, then save again."),
            )
        return after

    update(path, change, backup=False)
