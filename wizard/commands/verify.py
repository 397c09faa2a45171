"""`verify FILE`: real calls as a caller of the setup, and which link of the access path holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands import confirm
from wizard.commands.result import Result
from wizard.text import _, visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from wizard.aws.verify.probe import Event
    from wizard.aws.verify.result import Verification

BROKEN, NOTHING_TRIED = 1, 2


def run(options: argparse.Namespace) -> Result:
    """Verify a setup; progress goes to standard error, and none of it with `--json`."""
    from wizard.answers.file import read
    from wizard.aws.verify import run as aws
    from wizard.aws.verify.told import text_of
    from wizard.commands.progress import watching

    answers = read(Path(options.file))
    shown = _Shown(silent=options.json)
    with watching() as watch:
        wanted = aws.Options(
            source_profile=options.source_profile or "",
            destination_profile=options.destination_profile or "",
            write_test=options.write_test,
            region=options.region or "",
            endpoint_url=options.endpoint_url or "",
            clock=aws.Clock(patience=options.wait),
            tell=shown.tell,
            stop=lambda: watch.stopping,
            ask_mfa=_mfa(),
        )
        try:
            found = aws.verify(answers.setup, wanted)
        finally:
            shown.end()
    return Result("\n".join(text_of(found)), found.to_json(), answers.notes, status_of(found))


def status_of(found: Verification) -> int:
    """Return the exit status: 0 where the access works, 1 where a link doesn't hold, 2 where nothing was tried."""
    if found.failed:
        return BROKEN
    return 0 if found.holds else NOTHING_TRIED


def _mfa() -> Callable[[str], str] | None:
    if not confirm.has_terminal():
        return None
    return confirm.ask


class _Shown:
    """Shows how it goes on standard error: in a terminal one line that changes, else only what takes long."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._terminal = sys.stderr.isatty()
        self._width = 0
        self._said = ""

    def tell(self, event: Event) -> None:
        """Show one event."""
        from wizard.aws.verify.probe import Calling, Left, Waiting

        if self._silent:
            return
        if isinstance(event, Calling) and self._terminal:
            self._line(_("Trying {action} on {target}").format(action=event.action, target=event.target))
        elif isinstance(event, Waiting):
            self._wait(event)
        elif isinstance(event, Left):
            self.end()
            confirm.show(event.text)

    def end(self) -> None:
        """Take the changing line away."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0

    def _wait(self, event: Event) -> None:
        from wizard.aws.verify.probe import Waiting

        assert isinstance(event, Waiting)  # noqa: S101 -- told apart by the caller
        text = _("{action}: refused, waiting: {waited:.0f} s of {patience:.0f} s").format(
            action=event.action, waited=event.waited, patience=event.patience
        )
        if self._terminal:
            self._line(text)
        elif self._said != event.action:
            self._said = event.action
            most = _("{action}: refused. A change may not be known everywhere yet: trying again for {left:.0f} s.")
            confirm.show(most.format(action=event.action, left=event.patience - event.waited))

    def _line(self, text: str) -> None:
        import shutil

        shown = visible(text)[: max(20, shutil.get_terminal_size().columns - 1)]
        sys.stderr.write("\r" + shown.ljust(self._width))
        sys.stderr.flush()
        self._width = max(self._width, len(shown))
