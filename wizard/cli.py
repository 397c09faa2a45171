"""The parser: every command with its options; a command's own rooms are imported only when it runs."""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from typing import TYPE_CHECKING

from wizard import __version__, text
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wizard.commands.usage import Parser

READ_ONLY = "S3_CROSSACCOUNT_READ_ONLY"
SHELLS = ("bash", "zsh", "fish")
FORMATS = ("shell", "terraform", "cloudformation", "json", "runbook")


def dispatch(argv: Sequence[str]) -> int:
    """Parse the arguments, run the command, render its result, and return the exit status."""
    text.use(_language(argv))
    if "_ARGCOMPLETE" in os.environ:  # a shell asks: its completion script runs us at each TAB
        from wizard.commands import completion

        if completion.is_asked():
            completion.answer(parser())
    top = parser()
    options = top.parse_args(argv)
    top.refuse_wizards_own(options)
    options.read_only = options.read_only or os.environ.get(READ_ONLY, "") not in {"", "0"}
    if not options.read_only:
        return _run(options)
    from wizard.commands.read_only import reading_only

    with reading_only(options):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    if options.command is None:
        from wizard.commands.wizard import start

        return start(options)
    from wizard.commands.result import render

    result = import_module(f"wizard.commands.{options.command.replace('-', '_')}").run(options)
    if options.read_only or getattr(options, "dry_run", False):
        from wizard.commands.read_only import ended

        result = ended(result, options)
    return render(result, as_json=getattr(options, "json", False))


def _language(argv: Sequence[str]) -> str:
    """Find `--lang` before parsing, because the help itself is translated."""
    for place, word in enumerate(argv):
        if word == "--":
            break
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
        if word == "--lang" and place + 1 < len(argv):
            return argv[place + 1]
    return text.from_environment(os.environ)


def parser() -> Parser:
    """Return the parser of the whole command line."""
    from wizard.commands.usage import Parser

    top = Parser(
        prog="s3-crossaccount",
        description=_("From nothing to working, proven cross-account Amazon S3 access. Without a command: the wizard."),
        allow_abbrev=False,
    )
    top.add_argument(
        "--version",
        action="version",
        version=f"s3-crossaccount {__version__}",
        help=_("show program's version number and exit"),
    )
    top.add_argument("--lang", choices=text.LANGUAGES, help=_("the language; by default that of the locale"))
    top.add_argument("--answers", metavar="FILE", help=_("begin with the answers of a file"))
    top.add_argument("--plain", action="store_true", help=_("ask line by line (also where TERM=dumb or ACCESSIBLE=1)"))
    top.add_argument("--demo", action="store_true", help=_("with two practice accounts (the extra demo)"))
    top.add_argument(
        "--read-only",
        action="store_true",
        help=_("nothing can change anything: every command that would only shows the difference"),
    )
    verbs = top.add_subparsers(dest="command", metavar=_("COMMAND"))
    for name, (summary, declare) in _commands().items():
        declare(verbs.add_parser(name, help=summary, description=summary, allow_abbrev=False))
    return top


def _commands() -> dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]]:
    return {
        "documents": (_("print every document of a setup"), _documents),
        "profile": (_("write, remove or show an AWS profile"), _profile),
        "export": (_("write files to hand over"), _export),
        "apply": (_("make the changes in the accounts"), _apply),
        "undo": (_("put back what a run of apply changed"), _undo),
        "runs": (_("list the runs of apply"), _json),
        "verify": (_("make real calls, and say which link of the access path holds"), _verify),
        "rotate-keys": (_("a new access key for a profile of an IAM user, safely"), _rotate_keys),
        "check": (_("find what is wrong with a policy"), _check),
        "explain": (_("say who may do what, and which statement says so"), _explain),
        "diagnose": (_("say why a call is denied, and what mends it"), _diagnose),
        "demo": (_("practice accounts for a shell"), _demo),
        "completion": (_("print the completion script of a shell"), _completion),
        "report": (_("write a file for a bug report, secrets masked"), _report),
    }


def _answers_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help=_("an answers file (TOML); - reads stdin"))


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help=_("print JSON"))


def _changes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help=_("show the difference, change nothing"))
    command.add_argument("--yes", action="store_true", help=_("answer yes to yes-or-no questions"))


def _apply(command: argparse.ArgumentParser) -> None:
    _answers_file(command)
    sides = ("source", "destination", "both")
    command.add_argument("--side", choices=sides, required=True, help=_("whose half is made"))
    _places(command)
    _changes(command)
    command.add_argument(
        "--confirm-lockout", metavar="BUCKET", help=_("the bucket's name, where guards can lock everybody out")
    )
    command.add_argument("--keys-to", metavar="FILE", help=_("write a new access key to this file, not to the profile"))
    command.add_argument(
        "--use-existing",
        metavar="ARN",
        action="append",
        help=_("a role or user that is there and that this setup didn't make: use it all the same"),
    )
    command.add_argument(
        "--drop-deleted-principals",
        action="store_true",
        help=_("take principals that no longer exist out of the policies that name them"),
    )


def _places(command: argparse.ArgumentParser) -> None:
    _sides(command)
    _elsewhere(command)


def _elsewhere(command: argparse.ArgumentParser) -> None:
    command.add_argument("--region", metavar="REGION", help=_("in place of the profile's region, as the AWS CLI's"))
    command.add_argument("--endpoint-url", metavar="URL", help=_("another endpoint, as the AWS CLI's"))


def _undo(command: argparse.ArgumentParser) -> None:
    command.add_argument("run", metavar="RUN", nargs="?", help=_("a run (see runs); by default the last one"))
    command.add_argument(
        "--own-statements",
        action="store_true",
        help=_("where others changed a policy since: put back the statements of this setup, and leave the rest"),
    )
    _places(command)
    _changes(command)


def _documents(command: argparse.ArgumentParser) -> None:
    _answers_file(command)
    _json(command)


def _export(command: argparse.ArgumentParser) -> None:
    _answers_file(command)
    command.add_argument("--format", choices=FORMATS, required=True, help=_("what is written"))
    command.add_argument("--side", choices=("source", "destination"), help=_("one side's half; otherwise both"))
    command.add_argument("-o", "--output", metavar="DIR", required=True, help=_("the folder to write into"))
    _changes(command)
    _json(command)


def _profile(command: argparse.ArgumentParser) -> None:
    verbs = command.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    write = verbs.add_parser("write", help=_("write the setup's profile, or update it"), allow_abbrev=False)
    _answers_file(write)
    write.add_argument(
        "--keys",
        metavar="FILE",
        help=_(
            "the access key (iam-user): the console's CSV, the JSON of create-access-key, or two lines; - reads stdin"
        ),
    )
    _changes(write)
    remove = verbs.add_parser("remove", help=_("take a profile out of both files"), allow_abbrev=False)
    remove.add_argument("name", metavar="NAME")
    _changes(remove)
    show = verbs.add_parser(
        "show", help=_("how a profile resolves, and where each value comes from"), allow_abbrev=False
    )
    show.add_argument("name", metavar="NAME")
    _json(show)


def _sides(command: argparse.ArgumentParser) -> None:
    command.add_argument("--source-profile", metavar="P", help=_("the profile that calls for the source account"))
    command.add_argument(
        "--destination-profile", metavar="P", help=_("the profile that calls for the destination account")
    )


def seconds(text: str) -> float:
    """Read a time to wait; argparse shows the function's name where it refuses one."""
    value = float(text)
    if not 0 <= value <= 3600:  # noqa: PLR2004 -- an hour is longer than anything that is waited for
        raise ValueError(text)
    return value


def _verify(command: argparse.ArgumentParser) -> None:
    _answers_file(command)
    _places(command)
    command.add_argument("--write-test", action="store_true", help=_("also put and delete a marked test object"))
    command.add_argument(
        "--wait",
        metavar="SECONDS",
        type=seconds,
        default=60.0,
        help=_("how long a refusal is tried again, because a change isn't known everywhere at once (default: 60)"),
    )
    _json(command)


def _rotate_keys(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", help=_("a profile that holds the access key of an IAM user"))
    command.add_argument(
        "--delete-other",
        action="store_true",
        help=_("with two keys there already: delete the one that the profile doesn't hold, to make room"),
    )
    command.add_argument(
        "--destination-profile",
        metavar="P",
        help=_("a profile that may change the user's keys; by default the user itself, else whoever applied the setup"),
    )
    command.add_argument("--endpoint-url", metavar="URL", help=_("another endpoint, as the AWS CLI's"))
    _changes(command)


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", metavar="POLICY.json", nargs="*", help=_("policies to check; - reads stdin"))
    kinds = ("identity", "bucket", "trust", "key", "session", "scp")
    command.add_argument("--kind", choices=kinds, help=_("the documents' type; otherwise it is inferred and said"))
    command.add_argument(
        "--cases", metavar="-", choices=("-",), help=_("read JSON lines from stdin, answer in JSON lines")
    )
    command.add_argument("--kinds", action="store_true", help=_("list the kinds of findings"))
    command.add_argument(
        "--access-analyzer",
        action="store_true",
        help=_("also ask IAM Access Analyzer (ValidatePolicy): the policies are sent to AWS"),
    )
    command.add_argument("--profile", metavar="P", help=_("the profile that asks IAM Access Analyzer"))
    _elsewhere(command)
    _json(command)


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", nargs="?", help=_("an answers file (TOML); - reads stdin"))
    command.add_argument(
        "--cases", metavar="-", choices=("-",), help=_("read JSON lines from stdin, answer in JSON lines")
    )
    _json(command)


def _diagnose(command: argparse.ArgumentParser) -> None:
    command.add_argument("target", metavar="s3://BUCKET/KEY", help=_("what is denied; a listing where it ends with /"))
    command.add_argument("--profile", metavar="P", help=_("the profile that is denied; by default AWS's own choice"))
    command.add_argument("--action", metavar="A", help=_("the S3 action (default: what reading the target needs)"))
    _places(command)
    command.add_argument(
        "--apply", action="store_true", help=_("make the change that mends it, journalled as apply's are")
    )
    _changes(command)
    _json(command)


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "argv", metavar="COMMAND", nargs=argparse.REMAINDER, help=_("run this with the practice accounts")
    )


def _completion(command: argparse.ArgumentParser) -> None:
    command.add_argument("shell", choices=SHELLS, help=_("the shell"))


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("-o", "--output", metavar="FILE", help=_("the file to write; by default one in this folder"))
    command.add_argument("--yes", action="store_true", help=_("overwrite the file if it is there"))
    _json(command)
