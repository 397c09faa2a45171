"""Messages and languages: English in the code, translations in `locale/` (GNU gettext); and nothing else in them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LANGUAGES = ("en", "ja")
DOMAIN = "s3-crossaccount"


def _english(message: str) -> str:
    return message


_translate: Callable[[str], str] = _english
_language = "en"


def _(message: str) -> str:
    """Return `message` in the language in use; look it up when it is shown, never at import time."""
    return _translate(message) if message else ""


def mark(message: str) -> str:
    """Mark a message of module-level data for translation; it is looked up with `_` when shown."""
    return message


def language() -> str:
    """Return the language in use: one of LANGUAGES."""
    return _language


def use(chosen: str) -> None:
    """Use a language of LANGUAGES from here on; one without a catalogue falls back to English."""
    global _translate, _language  # noqa: PLW0603 -- the one switch of the process, thrown at start-up
    _language = chosen
    if chosen == "en":
        _translate = _english
        return
    import gettext
    from pathlib import Path

    _translate = gettext.translation(
        DOMAIN, Path(__file__).parent / "locale", languages=[chosen], fallback=True
    ).gettext


def from_environment(environ: Mapping[str, str] = os.environ) -> str:
    """Return the language that the locale asks for, as POSIX orders its variables; English otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


# What a terminal acts on, or what turns the direction of text: C0 (but tab and line feed), DEL, C1, marks and
# separators of Unicode. Also valid in a JSON string as they are escaped here.
_ACTED_ON = (
    *range(9),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x200B,
    *(0x200E, 0x200F),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
)
_DROPPED = dict.fromkeys(_ACTED_ON)
_ESCAPES = {code: f"\\u{code:04x}" for code in _ACTED_ON}


def visible(shown: str) -> str:
    """Return a text that may go to a terminal: names, AWS's answers and files of others hold anything at all.

    Characters that a terminal acts on are escaped, as in JSON; lines, tabs and CRLF stay.
    """
    if shown.isprintable():
        return shown
    return "\r\n".join(line.translate(_ESCAPES) for line in shown.split("\r\n"))


def without_controls(shown: str) -> str:
    """Return a text without the characters that a terminal acts on, where each character has its cell already."""
    return shown if shown.isprintable() else shown.translate(_DROPPED)
