"""`explain`: who may do what, and which statement says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.commands.json_lines import lines, refuse_file
from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


def run(options: argparse.Namespace) -> Result:
    """Prove a setup (`file`), or answer the cases on standard input (`--cases -`), a line each."""
    if options.cases and options.file:
        refuse_file("--cases", options.file)
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

    for line in lines():
        yield answer(line)
