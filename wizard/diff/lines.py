"""The difference of two texts line by line, with what an eye would miss made visible."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NO_NEWLINE = "\\ No newline at end of file"  # as git and diff write it
_SURROGATE_OF_BYTE = range(0xDC80, 0xDD00)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")  # the line ends that configuration files know


def unified(
    before: str | bytes,
    after: str | bytes,
    *,
    before_name: str = "before",
    after_name: str = "after",
    context: int = 3,
) -> str:
    """Return a unified diff of two texts, "" when they are equal; no newline at its end.

    It shows what an eye would miss: a missing last newline as git does, line ends where they differ
    (`^M` for CRLF, `<CR>` for a bare CR), control characters (`^[`), invisible and bidirectional ones
    (`<U+202E>`), bytes that aren't UTF-8 (`<FF>`). Mask secrets in what it returns, not in what it gets.
    """
    old, new = _lines(_decoded(before)), _lines(_decoded(after))
    if old == new:
        return ""
    ends = {_end_of(line) for line in (*old, *new)} - {""}
    shown = _Shown(show_ends=len(ends) > 1)
    out = [f"--- {visible(before_name)}", f"+++ {visible(after_name)}"]
    for group in _groups(old, new, context):
        out.append(_hunk_header(group))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                out.extend(shown.lines(" ", old[old_from:old_to]))
            else:
                out.extend(shown.lines("-", old[old_from:old_to]))
                out.extend(shown.lines("+", new[new_from:new_to]))
    return "\n".join(out)


def visible(text: str) -> str:
    """Return `text` with its control, invisible and bidirectional characters written out; tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible_character(character) for character in text)


def _decoded(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")


def _lines(text: str) -> list[str]:
    return _LINE.findall(text)


def _end_of(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


_Opcode = tuple[str, int, int, int, int]


def _groups(old: list[str], new: list[str], context: int) -> Iterator[list[_Opcode]]:
    """Yield the hunks' opcodes; what is equal at both ends is left out first (large files, small changes)."""
    start = _common(zip(old, new, strict=False))
    most = min(len(old), len(new)) - start
    end = min(most, _common(zip(reversed(old), reversed(new), strict=False)))
    lead = min(start, context)
    trail = min(end, context)
    first = start - lead
    matcher = difflib.SequenceMatcher(
        None, old[first : len(old) - end + trail], new[first : len(new) - end + trail], autojunk=False
    )
    for group in matcher.get_grouped_opcodes(context):
        yield [(tag, a + first, b + first, c + first, d + first) for tag, a, b, c, d in group]


def _common(pairs: Iterable[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _hunk_header(group: list[_Opcode]) -> str:
    old = _hunk_range(group[0][1], group[-1][2])
    new = _hunk_range(group[0][3], group[-1][4])
    return f"@@ -{old} +{new} @@"


def _hunk_range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


class _Shown:
    """Writes lines of a hunk; the line ends are shown only where the two texts don't agree on one."""

    def __init__(self, *, show_ends: bool) -> None:
        self._ends = {"\r\n": "^M", "\r": "<CR>"} if show_ends else {}

    def lines(self, sign: str, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            end = _end_of(line)
            yield sign + visible(line[: len(line) - len(end)]) + self._ends.get(end, "")
            if not end:
                yield NO_NEWLINE


def _visible_character(character: str) -> str:
    code = ord(character)
    if code in _SURROGATE_OF_BYTE:
        return f"<{code - 0xDC00:02X}>"
    # Printable leaves out what is no glyph: controls, formats (bidirectional, zero width), blanks that only
    # look like a space, and what Unicode doesn't know. The ideographic space is an everyday one.
    if character.isprintable() or character in "\t\u3000":
        return character
    if code < 0x20 or code == 0x7F:  # noqa: PLR2004 -- ASCII's control characters
        return "^" + chr(code ^ 0x40)
    return f"<U+{code:04X}>"
