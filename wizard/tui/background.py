"""Asks the terminal for its background (OSC 11) as the app starts, and keeps its answer from being taken for keys.

Nobody waits: the answer of a terminal at hand is there before the first frame is drawn, a late one changes the theme.
Textual's parser (8.2) doesn't know the answer and would type it into the field; it is taken out before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser  # no other way to what is read from the terminal
from textual.drivers import linux_driver
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

# https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "Operating System Commands", 11
_QUESTION = "\x1b]11;?\x1b\\"
_ANSWER = re.compile(
    r"\x1b\]11;(?:rgba?:)?([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})[^\x07\x1b]*(?:\x07|\x1b\\)"
)
# What an answer may begin with, at the end of what was read: its rest comes with the next read.
_BEGUN = re.compile(r"\x1b\]1(?:1(?:;[^\x07\x1b]{0,30}\x1b?)?)?\Z")
_MIDDLE = 0.5


class Background(Message):
    """The terminal's background. `is_light`: dark text is read better on it."""

    def __init__(self, *, is_light: bool) -> None:
        super().__init__()
        self.is_light = is_light


class _Parser(XTermParser):
    """Textual's parser, after the answer was taken out of what is read."""

    _held = ""
    _answered = False

    def feed(self, data: str) -> Iterable[Message]:
        if self._answered or not data:
            return super().feed(data)
        return self._without_the_answer(data)

    def _without_the_answer(self, data: str) -> Iterable[Message]:
        data, self._held = self._held + data, ""
        answer = _ANSWER.search(data)
        if answer:
            self._answered = True
            yield Background(is_light=is_light(*answer.groups()))
            data = data[: answer.start()] + data[answer.end() :]
        else:
            begun = _BEGUN.search(data)
            if begun:
                data, self._held = data[: begun.start()], begun[0]
        if data:
            yield from super().feed(data)


class AskingDriver(linux_driver.LinuxDriver):
    """The driver of a terminal that is asked."""

    def start_application_mode(self) -> None:
        """Start, and ask: from here on what the terminal sends isn't echoed."""
        super().start_application_mode()  # type: ignore[no-untyped-call] # Textual's
        self.write(_QUESTION)
        self.flush()

    def run_input_thread(self) -> None:
        """Read with the parser above: Textual names its own one in this method."""
        linux_driver.XTermParser = _Parser  # type: ignore[attr-defined] # the driver offers no other way to choose it
        super().run_input_thread()


def is_light(red: str, green: str, blue: str) -> bool:
    """Return whether a colour is light, by its luma (Rec. 601); each part has one to four hexadecimal digits."""
    parts = (int(part, 16) / ((1 << 4 * len(part)) - 1) for part in (red, green, blue))
    return sum(weight * part for weight, part in zip((0.299, 0.587, 0.114), parts, strict=True)) > _MIDDLE
