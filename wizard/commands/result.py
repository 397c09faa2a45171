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
    """Write a result to standard output, its notes to standard error, and return its exit status."""
    for note in result.notes:
        print(visible(note), file=sys.stderr)  # noqa: T201 -- the one place that prints
    if as_json and result.data is not None:
        print(visible(json.dumps(result.data, indent=2, ensure_ascii=False)))  # noqa: T201 -- the one place that prints
    elif result.text:
        print(visible(result.text))  # noqa: T201 -- the one place that prints
    for line in result.lines:
        sys.stdout.write(line + "\n")
    return result.status
