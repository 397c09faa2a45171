"""`explain`: who may do what, and which statement says so."""

from __future__ import annotations

import sys
from io import BufferedIOBase
from typing import TYPE_CHECKING, BinaryIO

from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_CHUNK = 1 << 16


def run(options: argparse.Namespace) -> Result:
    """Prove a setup (`file`), or answer the cases on standard input (`--cases -`), a line each."""
    if options.cases == "-":
        return Result(lines=_answers())
    if options.file:
        from pathlib import Path

        from wizard.commands.explain_setup import explain

        return explain(Path(options.file))
    raise BadInputError(
        _("Nothing to explain."),
        mend=_("Name an answers file, or give --cases - and the cases as JSON lines on stdin."),
    )


def _answers() -> Iterator[str]:
    from wizard.policy.evaluation.reading import answer

    for line in _lines(sys.stdin.buffer):
        yield answer(line)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
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
