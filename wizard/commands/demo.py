"""`demo [-- COMMAND…]`: the practice accounts for a shell, or for one command."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from wizard import demo
from wizard.commands import confirm
from wizard.commands.result import Result
from wizard.errors import AwsError, BadInputError
from wizard.state import read_only
from wizard.text import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

    from wizard.demo import Practice

    Handler = Callable[[int, FrameType | None], None]

# A signal that only this process gets is meant for the command.
_FORWARDED = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
)
_FROM_THE_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)
_KILLED_BY_SIGNAL = 128


def run(options: argparse.Namespace) -> Result:
    """Start the practice accounts; run a command in them and end with its status, or stay until Ctrl-C."""
    command = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    practice = demo.start()
    try:
        _require_ready(practice)
        if not command:
            use = _("Paste these lines into another shell. Ctrl-C here ends the accounts and removes their files.")
            return Result(notes=(*notes_of(practice), use), lines=_stay(practice))
        see = _("What is known to differ from AWS: s3-crossaccount demo, without a command, lists it.")
        confirm.show("\n".join((*_about(practice), see)))
        environment = dict(os.environ)
        practice.enter(environment)
        status = _run(command, environment)
    except BaseException:  # whatever ends it, no account stays behind; without a command they stay
        practice.stop()
        raise
    practice.stop()
    return Result(status=status)


def _require_ready(practice: Practice) -> None:
    if not practice.wait_ready():
        raise AwsError(_("The practice accounts did not get ready in time."))


def notes_of(practice: Practice) -> tuple[str, ...]:
    """Return what a person must know of the practice accounts: ids, profiles, and where they differ from AWS."""
    gaps = "\n".join(f"  - {gap}" for gap in practice.known_gaps)
    return (*_about(practice), _("Known to differ from AWS:") + "\n" + gaps)


def _about(practice: Practice) -> tuple[str, str]:
    accounts = _("Practice accounts: {source} (source) and {destination} (destination).").format(
        source=practice.source_account, destination=practice.destination_account
    )
    profiles = _("Profiles: {source} and {destination} (administrators); callers: {callers}.").format(
        source=practice.source_profile,
        destination=practice.destination_profile,
        callers=", ".join(practice.caller_profiles),
    )
    return accounts, profiles


def _stay(practice: Practice) -> Iterator[str]:
    """Give the lines for a shell, then wait for Ctrl-C."""
    try:
        yield "unset " + " ".join(demo.MISLEADING)
        for name, value in practice.environment.items():
            yield f"export {name}={shlex.quote(value)}"
        if read_only.is_on():
            yield f"export {read_only.VARIABLE}=1"  # what is started there may change no more than this
        sys.stdout.flush()
        practice.wait_ended()
        raise AwsError(_("The practice accounts ended unexpectedly."))
    except KeyboardInterrupt:
        return
    finally:
        practice.stop()


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command and return its exit status; 128 and the signal's number when one killed it."""
    started: list[subprocess.Popen[bytes]] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        # The terminal sends Ctrl-C to the command as well: once is enough.
        if started and not (number in _FROM_THE_KEYBOARD and _in_the_foreground()):
            started[0].send_signal(number)

    before = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        started.append(subprocess.Popen(command, env=dict(environment)))
        status = started[0].wait()
    except OSError as error:
        raise BadInputError(_("The command can't be run."), where=command[0], why=error.strerror or "") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else _KILLED_BY_SIGNAL - status


def _in_the_foreground() -> bool:
    """Whether this process's group is the one that its terminal's keyboard reaches."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
