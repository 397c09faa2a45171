"""Standard input as bytes: what can't be read is the caller's mistake and no bug."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO


def stream() -> BinaryIO:
    """Return standard input. Raises BadInputError where the program was started with none (`<&-`)."""
    if sys.stdin is None:
        raise _unreadable(_("it is closed"))
    return sys.stdin.buffer


@contextmanager
def reading() -> Iterator[None]:
    """Around what reads it: raises BadInputError where that fails (a folder, a terminal that was lost)."""
    try:
        yield
    except OSError as error:
        raise _unreadable(error.strerror or str(error)) from None


def _unreadable(reason: str) -> BadInputError:
    return BadInputError(_("Standard input can't be read: {reason}.").format(reason=reason))
