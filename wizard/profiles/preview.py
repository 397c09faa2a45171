"""Shows what a change does to a file: a unified diff with its secrets masked."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING
from unicodedata import category

from wizard.profiles.lines import split
from wizard.profiles.read import is_secret
from wizard.redact import MASK, redact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wizard.profiles.ini import Ini

_CONTEXT = 3
_OBEYED = ("Cc", "Cf", "Zl", "Zp")
_HUNK = re.compile(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")
_ASSIGNMENT = re.compile(r"(\s*[#;]*\s*)([^=:]*?)(\s*[=:]\s*)(.*)", re.DOTALL)


def unified(before: Ini, after: Ini, path: Path) -> str:
    """Return the difference between two states of a file as `diff -u` writes it, or nothing."""
    if before.data == after.data:
        return ""
    old, new = split(before.data), split(after.data)
    start, shared = _window(old, new)
    shown: dict[str, str] = {}
    old_part, new_part = _part(before, old, start, shared, shown), _part(after, new, start, shared, shown)
    out = [f"--- {path if before.data else '/dev/null'}", f"+++ {path}"]
    for line in list(difflib.unified_diff(old_part, new_part, lineterm=""))[2:]:
        hunk = _HUNK.fullmatch(line)
        out.append(_moved(hunk, start) if hunk else line[0] + shown[line[1:]])
    return "\n".join(out) + "\n"


def _window(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[int, int]:
    """Return how many lines at the start and at the end need not be compared (10,000 profiles are slow)."""
    limit = min(len(old), len(new))
    start = next((index for index in range(limit) if old[index] != new[index]), limit)
    limit -= start
    end = next((index for index in range(limit) if old[-1 - index] != new[-1 - index]), limit)
    return max(0, start - _CONTEXT), max(0, end - _CONTEXT)


def _part(ini: Ini, lines: Sequence[bytes], start: int, shared: int, shown: dict[str, str]) -> list[str]:
    """Return the lines to compare, and note how each is shown: secrets must differ, yet look alike."""
    out = []
    for number in range(start, len(lines) - shared):
        line = lines[number].decode()
        if MASK not in shown.get(line, ""):
            shown[line] = _masked(ini, number, line)
        out.append(line)
    return out


def _masked(ini: Ini, number: int, text: str) -> str:
    body = text.rstrip("\r\n")
    found = ini.layout.at(number)
    key = found[1] if found else None
    match = _ASSIGNMENT.fullmatch(body)
    if key is not None and is_secret(key.name) and number != key.first:
        body = MASK if body.strip() else body
    elif match and is_secret(match[2].strip().lower()) and match[4]:
        # Also in a comment: a key that somebody put aside there still is a secret.
        body = f"{match[1]}{match[2]}{match[3]}{MASK}"
    # A terminal must not obey what stands in a file.
    body = "".join("\ufffd" if category(sign) in _OBEYED and sign != "\t" else sign for sign in redact(body))
    return body if text.endswith(("\n", "\r")) else f"{body}\n\\ No newline at end of file"


def _moved(hunk: re.Match[str], lines: int) -> str:
    old, new = int(hunk[1]) + lines, int(hunk[3]) + lines
    return f"@@ -{old}{hunk[2] or ''} +{new}{hunk[4] or ''} @@"
