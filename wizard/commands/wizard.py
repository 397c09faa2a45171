"""The wizard itself: which front end, and with which answers it begins."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.text import _, visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from wizard.demo import Practice


def start(options: argparse.Namespace) -> int:
    """Run the wizard in the front end that the terminal can show; without a terminal an answers file is needed."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return _without_terminal(options)
    raw: Mapping[str, Any] = {}
    if options.answers:
        from pathlib import Path

        from wizard.answers.file import read_raw

        raw = read_raw(Path(options.answers))
    if not options.demo:
        return _run(options, raw, None)
    practising = _Practising()
    try:
        return _run(options, raw, practising)
    finally:
        practising.end()


def _run(options: argparse.Namespace, raw: Mapping[str, Any], practising: _Practising | None) -> int:
    if wants_plain(options, os.environ):
        import gc

        gc.disable()  # until the first answer (wizard.plain.app): modules and their tables are no garbage
        from wizard.plain.app import run as run_plain

        if options.read_only:
            print(_("Read-only: nothing can be changed, and no file is written."), end="\n\n")  # noqa: T201 -- said first
        if practising is not None:
            _say_practice(practising.begin())
        return run_plain(raw, origin=options.answers or "", environ=os.environ)
    from wizard.tui.app import run

    return run(raw, origin=options.answers or "", practice=practising.begin if practising else None)


def _say_practice(practice: Practice) -> None:
    """Say what the practice accounts are, as the plain front end says everything."""
    from wizard.commands.demo import notes_of
    from wizard.plain.say import say

    for note in notes_of(practice):
        for line in note.splitlines():
            text = line.lstrip()
            say(text, indent=len(line) - len(text))
        say()


class _Practising:
    """The practice accounts of this process: started when the front end says so, because their start takes a core.

    The environment is as before at the end: a bug report goes into the person's own state folder, which stays.
    """

    def __init__(self) -> None:
        self._before = dict(os.environ)
        self._practice: Practice | None = None

    def begin(self) -> Practice:
        """Start them, and keep every AWS call of this process in them. Raises BadInputError without the extra."""
        from wizard import demo

        self._practice = demo.start()
        self._practice.enter(os.environ)
        return self._practice

    def end(self) -> None:
        """Stop them, and take the environment back."""
        if self._practice is not None:
            self._practice.stop()
            os.environ.clear()
            os.environ.update(self._before)


def wants_plain(options: argparse.Namespace, environ: Mapping[str, str]) -> bool:
    """Whether prompts line by line are asked for, or all that the terminal can do."""
    return options.plain or environ.get("TERM", "dumb") == "dumb" or environ.get("ACCESSIBLE", "") not in {"", "0"}


def _without_terminal(options: argparse.Namespace) -> int:
    if not options.answers:
        raise BadInputError(
            _("There is no terminal to ask in."),
            why=_("Without one, every answer comes from an answers file."),
            mend=_(
                'Write one (README, "The answers file"), then: s3-crossaccount documents FILE, '
                "profile write FILE, or s3-crossaccount --answers FILE."
            ),
        )
    from pathlib import Path

    from wizard.answers.file import read
    from wizard.commands.documents import of
    from wizard.commands.result import render

    answers = read(Path(options.answers))
    if answers.side:
        from wizard.plan import plan
        from wizard.plan.asked import asked

        print(visible(asked(plan(answers.setup), answers.side).text()), end="\n\n")  # noqa: T201 -- before the documents
    return render(of(answers, options.answers), as_json=False)
