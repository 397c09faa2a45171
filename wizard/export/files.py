"""A file of an export, as a value: rendering is pure, and only `wizard.export.write` writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

_LONGEST = 120
_ODD = re.compile(r"[^\w.=+@-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A text file. `path` is relative to the export's folder, with `/` between its parts."""

    path: str
    text: str
    executable: bool = False


def file_name(text: str) -> str:
    """Return a text as part of a file's name: legal everywhere, at most 120 characters.

    What had to be replaced or cut is told apart by a few digits of its hash.
    """
    plain = _ODD.sub("-", text.replace("/", "-")).strip("-.")
    if _ODD.search(text.replace("/", "-")) or len(plain) > _LONGEST:
        return f"{plain[:_LONGEST]}-{sha256(text.encode()).hexdigest()[:6]}".lstrip("-")
    return plain
