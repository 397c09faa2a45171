"""Asks in the terminal before something changes: the question on standard error, the answer on standard input."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wizard.errors import BadInputError, CancelledError
from wizard.text import _, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def has_terminal() -> bool:
    """Whether somebody can answer: standard input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def show(text: str) -> None:
    """Show something before a question: on standard error, because it is no result."""
    shown = visible(text)
    sys.stderr.write(shown if shown.endswith("\n") else f"{shown}\n")
    sys.stderr.flush()


def ask(question: str) -> str:
    """Ask for a line of text. Raises CancelledError at Ctrl-C and at the end of the input."""
    try:
        # Before the question is on the screen: whoever sees it may press Ctrl-C at once.
        with _interruptible():
            sys.stderr.write(f"{visible(question)} ")
            sys.stderr.flush()
            line = sys.stdin.readline()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        raise cancelled() from None
    if not line:
        sys.stderr.write("\n")
        raise cancelled()
    return line.strip()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the question, also while a run has it for itself (`wizard.commands.progress`)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def confirm(question: str) -> None:
    """Ask a yes-or-no question; only a yes returns. Raises CancelledError otherwise."""
    if choose(question, {"y": _("yes"), "n": _("no")}, default="n") == "n":
        raise cancelled()


def choose(question: str, choices: Mapping[str, str], *, default: str) -> str:
    """Ask for one of several one-letter choices, again until it is one; Enter alone means `default`."""
    offered = ", ".join(f"{letter} = {label}" for letter, label in choices.items())
    while True:
        answer = ask(f"{question} [{offered}; {_('Enter')} = {default}]").lower()
        if not answer:
            return default
        for letter, label in choices.items():
            if answer in (letter, label.lower()):
                return letter


def mfa_code(prompt: str) -> str:
    """Ask for the MFA code that a profile needs. Raises BadInputError where there is nobody to ask."""
    if not has_terminal():
        raise BadInputError(
            _("The profile needs an MFA code, and there is no terminal to ask in."),
            why=prompt.strip(),
            mend=_("Run it in a terminal, or use a profile without mfa_serial."),
        )
    return ask(prompt.strip())


def cancelled() -> CancelledError:
    """Return the error that ends a command which the person stopped before anything changed."""
    return CancelledError(_("Cancelled: nothing was changed."))
