"""Where the program keeps its state: drafts, backups, locks, the journal of runs."""

from __future__ import annotations

import os
from pathlib import Path

from wizard.errors import BadInputError
from wizard.text import _

APP = "s3-crossaccount"
OVERRIDE = "S3_CROSSACCOUNT_STATE"
PRACTICE = "s3-crossaccount-demo-"
"""What the folder of practice accounts begins with; a state folder in one goes when they do."""


def state_folder() -> Path:
    """Return the state folder, made with mode 0700 when it is new.

    It is the platform's own (on Linux `~/.local/state/s3-crossaccount`); the environment variable
    S3_CROSSACCOUNT_STATE names another. Raises BadInputError where it can't be made.
    """
    chosen = os.environ.get(OVERRIDE, "")
    if chosen:
        return private_folder(Path(chosen))
    import platformdirs

    return private_folder(platformdirs.user_state_path(APP, appauthor=False))


def goes_with_practice() -> bool:
    """Whether the state folder is that of practice accounts, and no draft in it outlives them."""
    return Path(os.environ.get(OVERRIDE, "")).parent.name.startswith(PRACTICE)


def subfolder(name: str) -> Path:
    """Return a folder of the state folder by its name, 0700 whatever the state folder itself allows."""
    return private_folder(state_folder() / name, tighten=True)


def private_folder(path: Path, *, tighten: bool = False) -> Path:
    """Make a folder that only its owner may use, with its missing parents; `tighten` one that is there.

    Raises BadInputError where that can't be done.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise BadInputError(
                _("This is a file where a folder should be."), where=str(path), mend=_("Move it away.")
            ) from None
        if tighten and path.stat().st_mode & 0o077:
            _tighten(path)
    except FileNotFoundError as error:
        if path.parent.is_dir():  # there, and nothing can be made in it: in /proc, say
            raise _unusable(path, error) from None
        private_folder(path.parent)
        return private_folder(path, tighten=tighten)
    except OSError as error:
        raise _unusable(path, error) from None
    return path


def _tighten(path: Path) -> None:
    try:
        path.chmod(0o700)
    except OSError as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: OSError) -> BadInputError:
    return BadInputError(
        _("The folder can't be made or used."),
        where=str(path),
        why=error.strerror or "",
        mend=_("Give yourself the right to write there. {variable} names another state folder.").format(
            variable=OVERRIDE
        ),
    )
