"""Reads JSON lines from a stream as they come: what `--cases -` of any command is given."""

from __future__ import annotations

import sys
from io import BufferedIOBase
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 16


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a stream; what was answered so far is sent off before waiting for more.

    So it answers at once as a filter in a pipe, and costs one flush for each piece that comes in.
    """
    parts: list[bytes] = []
    while True:
        sys.stdout.flush()
        piece = stream.read1(_CHUNK) if isinstance(stream, BufferedIOBase) else stream.read(_CHUNK)
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
