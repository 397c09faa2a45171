"""What a command returns, and the one place where it is rendered: for people, or as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wizard.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a command: `text` for people, `data` for `--json`, `notes` for standard error.

    `lines` is a stream that is written as it comes (`--cases`). `status` is the exit status.
    """

    text: str = ""
    data: Any = None
    notes: tuple[str, ...] = ()
    status: int = 0
    lines: Iterable[str] = field(default=())


def render(result: Result, *, as_json: bool) -> int:
    """Write a result to standard output, then its notes to standard error, and return its exit status.

    A note is about what stands before it, also where both go into one file: so the output is sent off first. It is
    told all the same where the output can't be written.
    """
    text = json.dumps(result.data, indent=2, ensure_ascii=False) if as_json and result.data is not None else result.text
    try:
        if text:
            print(visible(text), flush=True)  # noqa: T201 -- the one place that prints
    finally:
        for note in result.notes:
            print(visible(note), file=sys.stderr)  # noqa: T201 -- the one place that prints
    for line in result.lines:
        sys.stdout.write(line + "\n")
    return result.status
