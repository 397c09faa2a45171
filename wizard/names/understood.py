"""What was understood of a person's text: the value, and what was changed on the way (to be said)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Understood(Generic[T]):
    """A value, and a sentence on how it differs from what was typed (empty: it doesn't)."""

    value: T
    note: str = ""


def half_width(text: str) -> Understood[str]:
    """Strip blanks and turn full-width letters, digits and signs (NFKC) into ASCII ones, and say so."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain == text.strip():
        return Understood(plain)
    return Understood(plain, _("Full-width characters were converted: {value}").format(value=plain))


def intention(value: str, known: Iterable[str]) -> str:
    """Return a sentence with the likely intention, or nothing where no known word is near."""
    from difflib import get_close_matches

    words = {word.casefold(): word for word in known}
    near = get_close_matches(value.casefold(), words, n=1, cutoff=0.6)
    return _("Did you mean {word}?").format(word=words[near[0]]) if near else ""


# Nothing is to be seen of these, and they are no format characters to Unicode: fillers, joiners, variation
# selectors (https://www.unicode.org/reports/tr36/, "Default Ignorable Code Points").
_UNSEEN = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))


def is_unseen(char: str) -> bool:
    """Tell whether a character is to be escaped in messages: control, bidirectional, or with nothing to be seen."""
    if char.isascii():
        return not char.isprintable()
    if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"} or char in _UNSEEN:
        return True
    return any(first <= ord(char) <= last for first, last in _SELECTORS)


def has_control(text: str) -> bool:
    """Tell whether a text holds control, bidirectional, line-separating or invisible characters."""
    return any(is_unseen(char) for char in text)
