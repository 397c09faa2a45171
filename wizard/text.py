"""Messages and languages: English in the code, translations in `locale/` (GNU gettext)."""

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
