"""Shows what a change does to a file: a unified diff with its secrets masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.diff.lines import NO_NEWLINE
from wizard.diff.lines import unified as difference
from wizard.profiles.read import has_secrets, is_secret
from wizard.redact import MASK, redact

if TYPE_CHECKING:
    from pathlib import Path

    from wizard.profiles.ini import Ini

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_ASSIGNMENT = re.compile(r"(\s*[#;]*\s*)([^=:]*?)(\s*[=:]\s*)(.+)")


def unified(before: Ini, after: Ini, path: Path) -> str:
    """Return the difference between two states of a file as `diff -u` writes it, or nothing."""
    if before.data == after.data:
        return ""
    old_name = str(path) if before.data else "/dev/null"
    lines = difference(before.data, after.data, before_name=old_name, after_name=str(path)).split("\n")
    out = lines[:2]
    old = new = 0
    for line in lines[2:]:
        hunk = _HUNK.fullmatch(line)
        if hunk:
            old, new = int(hunk[1]) - 1, int(hunk[2]) - 1
            out.append(line)
        elif line == NO_NEWLINE:
            out.append(line)
        else:
            sign, text = line[0], line[1:]
            out.append(sign + (_masked(before, old, text) if sign == "-" else _masked(after, new, text)))
            old += sign != "+"
            new += sign != "-"
    return "".join(f"{line}\n" for line in out)


def _masked(ini: Ini, number: int, text: str) -> str:
    """Mask a line (from 0) of a file, by the key that it belongs to."""
    # Only a value on several lines needs its place looked up, which is slow in a large file.
    found = ini.layout.at(number) if has_secrets(ini) else None
    key = found[1] if found else None
    if key is not None and is_secret(key.name) and number != key.first:
        return MASK if text.strip() else text
    match = _ASSIGNMENT.fullmatch(text)
    # Also in a comment: a key that somebody put aside there still is a secret.
    if match and is_secret(match[2].strip().lower()):
        return f"{match[1]}{match[2]}{match[3]}{MASK}"
    return redact(text)
