"""The examples of each command's help: really there, really accepted, and as they are typed."""

from __future__ import annotations

import argparse
import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wizard import cli, text
from wizard.commands import usage

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES: dict[str, list[str]] = json.loads(Path(usage.__file__).with_name("examples.json").read_text())
LINES = [(name, line) for name, lines in EXAMPLES.items() for line in lines]


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from parsers(inner)


def named(name: str) -> argparse.ArgumentParser:
    return next(one for one in parsers(cli.parser()) if one.prog.partition(" ")[2] == name)


def test_every_command_has_one_to_three_and_no_other_has_any() -> None:
    assert {one.prog.partition(" ")[2] for one in parsers(cli.parser())} == EXAMPLES.keys()
    assert all(1 <= len(lines) <= 3 for lines in EXAMPLES.values())


@pytest.mark.parametrize(("name", "line"), LINES, ids=[line for _name, line in LINES])
def test_each_is_a_line_that_the_command_accepts(name: str, line: str) -> None:
    found = re.search(r"s3-crossaccount(?: [^|<\")]*)?", line)
    assert found is not None
    words = shlex.split(found[0])[1:]
    options = cli.parser().parse_args(words)
    assert " ".join(words).startswith(name)
    assert options.command == (name.partition(" ")[0] or options.command)
    assert line.isascii()


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("name", EXAMPLES)
def test_they_end_the_help_each_on_its_line_however_narrow_the_terminal(
    name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    text.use(language)
    try:
        shown = named(name).format_help()
    finally:
        text.use("en")
    assert shown.splitlines()[-len(EXAMPLES[name]) :] == [f"  {line}" for line in EXAMPLES[name]]
