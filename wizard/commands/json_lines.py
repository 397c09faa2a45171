"""Reads JSON lines from standard input as they come: what `--cases -` of any command is given."""

from __future__ import annotations

import sys
from io import BufferedIOBase
from typing import TYPE_CHECKING, NoReturn

from wizard.commands import standard_input
from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_CHUNK = 1 << 16


def refuse_file(flag: str, file: str) -> NoReturn:
    """Raise BadInputError for a file beside a flag that looks at none: passed over, it would seem to be looked at."""
    raise BadInputError(
        _("With {flag} no file is looked at: {file}").format(flag=flag, file=file),
        mend=_("Give one of the two."),
    )


def lines() -> Iterator[bytes]:
    """Yield the lines of standard input; what was answered so far is sent off before waiting for more.

    So it answers at once as a filter in a pipe, and costs one flush for each piece that comes in. Raises
    BadInputError where it can't be read.
    """
    stream = standard_input.stream()
    parts: list[bytes] = []
    while True:
        sys.stdout.flush()
        piece = _piece(stream)
        if not piece:
            break
        *whole, rest = piece.split(b"\n")
        for line in whole:
            yield b"".join((*parts, line)) if parts else line
            parts.clear()
        if rest:
            parts.append(rest)
    if parts:
        yield b"".join(parts)


def _piece(stream: BinaryIO) -> bytes:
    with standard_input.reading():
        return stream.read1(_CHUNK) if isinstance(stream, BufferedIOBase) else stream.read(_CHUNK)
