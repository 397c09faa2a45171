"""`completion SHELL`: the script that lets a shell complete our commands, and what it is answered at each TAB."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from argcomplete import autocomplete
from argcomplete.completers import BaseCompleter, FilesCompleter
from argcomplete.shell_integration import shellcode

from wizard.commands.result import Result
from wizard.errors import WizardError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

PROGRAM = "s3-crossaccount"
# What the shell's script sets when it asks; COMP_LINE tells it from a variable that was only inherited.
_ASKED = ("_ARGCOMPLETE", "COMP_LINE")
# zsh quotes a ~ that we answer, and so makes it a name: what begins with one is left to zsh's own completion of files.
_ZSH_DESCRIBES = "        local nosort=()\n"
_ZSH_FILES = "        [[ -z ${completions-} && $PREFIX == \\~* ]] && { _files; return; }\n"
_FILES = frozenset(("FILE", "POLICY.json", "COMMAND"))


def run(options: argparse.Namespace) -> Result:
    """Return the script; the shell evaluates it, or reads it from the folder of its completions."""
    script = shellcode([PROGRAM], shell=options.shell).strip("\n")
    if options.shell == "zsh":
        script = script.replace(_ZSH_DESCRIBES, _ZSH_FILES + _ZSH_DESCRIBES)
    return Result(script)


def is_asked(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a shell wants to know what could follow on its command line."""
    return all(name in environ for name in _ASKED)


def answer(parser: argparse.ArgumentParser) -> None:
    """Tell the shell what could follow, and end the process: nothing of a command runs."""
    try:
        # As git does: flags only once a - is typed.
        autocomplete(parser, always_complete_options=False, default_completer=_Values())
    except (OSError, ValueError):  # a terminal that can't show a name, a line that can't be split: no answer
        os._exit(1)


class _Values(BaseCompleter):
    """What an option or argument may be, by what its metavar calls it.

    What is typed as a confirmation (a bucket's name) is never completed. A mapping gives the shell a description
    of each value.
    """

    def __call__(
        self, *, prefix: str, action: argparse.Action, parser: argparse.ArgumentParser, **_more: object
    ) -> Iterable[str]:
        kind = action.metavar if isinstance(action.metavar, str) else ""
        if kind in _FILES:
            return _paths(prefix)
        if kind == "DIR":
            # argcomplete's own for folders finds none below ~.
            return [path for path in _paths(prefix) if path.endswith("/")]
        with suppress(WizardError, OSError):  # what can't be read is completed by nothing, and told by the command
            if kind in {"P", "NAME"}:
                return _profiles(with_keys=parser.prog.endswith(" rotate-keys") and kind == "NAME")
            if kind == "RUN":
                return _runs()
        return ()


def _paths(prefix: str) -> list[str]:
    if prefix.startswith("~") and os.environ.get("_ARGCOMPLETE_SHELL") == "zsh":
        return []  # see _ZSH_FILES
    return FilesCompleter()(prefix=prefix)


def _profiles(*, with_keys: bool) -> list[str]:
    from wizard.profiles.read import read

    files = read()
    # A control character of somebody's file is no name that botocore finds, and nothing for a terminal.
    return [
        name
        for name in files.names
        if name.isprintable() and (not with_keys or "aws_access_key_id" in (files.settings(name) or {}))
    ]


def _runs() -> dict[str, str]:
    from wizard.state import journal

    return {run.id: f"{run.setup_name} {run.started[:10]}" for run in journal.runs() if run.left_to_undo()}
