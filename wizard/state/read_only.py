"""Read-only by S3_CROSSACCOUNT_READ_ONLY: no file of the person's is written; our own state is kept as usual."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    from pathlib import Path

OPTION, VARIABLE = "--read-only", "S3_CROSSACCOUNT_READ_ONLY"


def is_on() -> bool:
    """Whether nothing may be changed: the variable is set, and not to 0."""
    return os.environ.get(VARIABLE, "") not in {"", "0"}


def require_writing(path: Path) -> None:
    """Raise BadInputError where this run may only read, before a file of the person's is written or removed."""
    if is_on():
        raise BadInputError(
            _("{file} would be written, and this run may only read.").format(file=path),
            where=f"{OPTION}, {VARIABLE}",
            why=_("Nothing was written."),
        )
