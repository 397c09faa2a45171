"""Asks in the terminal before something changes: the question on standard error, the answer on standard input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wizard.errors import CancelledError
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping


def has_terminal() -> bool:
    """Whether somebody can answer: standard input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def show(text: str) -> None:
    """Show something before a question: on standard error, because it is no result."""
    sys.stderr.write(text if text.endswith("\n") else f"{text}\n")
    sys.stderr.flush()


def ask(question: str) -> str:
    """Ask for a line of text. Raises CancelledError at Ctrl-C and at the end of the input."""
    sys.stderr.write(f"{question} ")
    sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        raise cancelled() from None
    if not line:
        sys.stderr.write("\n")
        raise cancelled()
    return line.strip()


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


def cancelled() -> CancelledError:
    """Return the error that ends a command which the person stopped before anything changed."""
    return CancelledError(_("Cancelled: nothing was changed."))
