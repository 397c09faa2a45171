"""At which line of an answers file a key stands, as well as a search can tell."""

from __future__ import annotations

import re
from functools import lru_cache

# A line that begins a table, `[source]` or `[[buckets]]`; or one that begins with a key and `=`.
_LINE = re.compile(r"^[ \t]*+(?:\[{1,2}([^\[\]\n]*)\]|([^\[\s=#][^=\n]*+)=)", re.MULTILINE)


def line_of(text: str, key: str) -> int | None:
    """Return the line of a key (`source.account_id`, `buckets`), counted from 1; None where it isn't found."""
    table, _dot, name = key.rpartition(".")
    tables, written, inside = _places(text)
    found = [written.get(key), inside.get((table, name)), None if table else tables.get(name)]
    return min((line for line in found if line is not None), default=None)


@lru_cache(maxsize=1)  # a file with many faults is searched once
def _places(text: str) -> tuple[dict[str, int], dict[str, int], dict[tuple[str, str], int]]:
    """Return the first line of each table, of each key as it is written, and of each key within its table."""
    tables: dict[str, int] = {}
    written: dict[str, int] = {}
    inside: dict[tuple[str, str], int] = {}
    table, line, at = "", 1, 0
    for found in _LINE.finditer(text):
        line, at = line + text.count("\n", at, found.start()), found.start()
        if found[1] is not None:
            table = found[1].strip()
            tables.setdefault(table, line)
        else:
            key = found[2].rstrip()
            written.setdefault(key, line)
            inside.setdefault((table, _bare(key)), line)
    return tables, written, inside


def _bare(key: str) -> str:
    """Take the quotes away that a key may stand in."""
    quoted = len(key) > 1 and key[0] == key[-1] and key[0] in "\"'"
    return key[1:-1] if quoted else key
