"""The parser's class: help and errors of argparse in the language in use, wrapped by a terminal's cells; examples."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

from wizard.text import LANGUAGES, _, language

READ_ONLY = "--read-only"
_WIZARDS = {"--answers": "--answers FILE", "--plain": "--plain", "--demo": "--demo"}


class Formatter(argparse.HelpFormatter):
    """argparse's layout; Japanese, which has no blanks to break at, is wrapped by the cells of its characters."""

    def _format_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None) -> str:
        shown = _("usage: ") if prefix is None else prefix
        if shown.isascii():
            return super()._format_usage(usage, actions, groups, prefix)
        from unicodedata import east_asian_width

        room = sum(2 if east_asian_width(char) in "WF" else 1 for char in shown)
        return super()._format_usage(usage, actions, groups, " " * room).replace(" " * room, shown, 1)

    def _split_lines(self, text: str, width: int) -> list[str]:
        if language() == "en":
            return super()._split_lines(text, width)
        from wizard.plain.say import wrapped

        return wrapped(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in self._split_lines(text, width - len(indent)))


class Parser(argparse.ArgumentParser):
    """An ArgumentParser, and the class of its subcommands' parsers."""

    def __init__(self, **options: Any) -> None:
        speak()
        super().__init__(**{"formatter_class": Formatter, "allow_abbrev": False, **options})
        if " " in self.prog:  # a command: what holds for all of them may stand behind it too
            self.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
            self.add_argument(READ_ONLY, action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)

    def format_help(self) -> str:
        """Return the help with examples at its end: as they are typed, each on its line, wrapped nowhere."""
        shown = "".join(f"  {line}\n" for line in examples(self.prog))
        return f"{super().format_help()}\n{_('Examples:')}\n{shown}" if shown else super().format_help()

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print as argparse does, but say where that fails: argparse passes over it, and ends with 0."""
        if message:
            (file or sys.stderr).write(message)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end with status 2."""
        misplaced = [word for word in message.split() if word.partition("=")[0] in _WIZARDS]
        if misplaced and " " not in self.prog:
            message += "\n" + _alone(misplaced[0].partition("=")[0])
        super().error(message)

    def refuse_wizards_own(self, options: argparse.Namespace) -> None:
        """End with status 2 where a flag of the wizard stands before a command.

        Passed over, `--demo apply` would change the person's own accounts, not the practice accounts.
        """
        given = {"--answers": options.answers is not None, "--plain": options.plain, "--demo": options.demo}
        flag = next((flag for flag, is_given in given.items() if is_given), "")
        if flag and options.command is not None:
            super().error(_alone(flag))


def _alone(flag: str) -> str:
    said = _("{flag} is the wizard's own, which runs without a command: {example}")
    lines = [said.format(flag=flag, example=f"s3-crossaccount {_WIZARDS[flag]}")]
    if flag == "--demo":
        within = "s3-crossaccount demo -- s3-crossaccount apply FILE …"
        lines.append(_("A command runs on the practice accounts by: {example}").format(example=within))
    return "\n".join(lines)


def examples(prog: str) -> list[str]:
    """Return a command's examples by its name as the usage shows it (`s3-crossaccount profile write`)."""
    import json
    from pathlib import Path

    known = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))
    found: list[str] = known.get(prog.partition(" ")[2], [])
    return found


def speak() -> None:
    """Let argparse take its own words from our catalogue (its gettext only looks into the system's)."""

    def plural(one: str, many: str, count: int) -> str:
        return _(one if count == 1 else many)

    vars(argparse).update(_=_, ngettext=plural)
