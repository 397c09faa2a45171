"""The corpus of config files in tests/data/config, and botocore itself as the judge of what a line belongs to."""

from __future__ import annotations

import configparser
import io
import re
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.configloader
import botocore.exceptions

from wizard.profiles.ini import Kind, nested

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent.parent / "data" / "config"

_TOKEN = re.compile(rb"[^\r\n]+|\r|\n")


@dataclass(frozen=True)
class Case:
    name: str
    kind: Kind
    data: bytes
    profiles: tuple[str, ...] | None
    profile_count: int | None
    unreadable_line: int | None
    refuses: tuple[str, ...]


def _cases() -> list[Case]:
    index = tomllib.loads((FOLDER / "index.toml").read_text(encoding="utf-8"))
    return [
        Case(
            entry["name"],
            Kind(entry.get("kind", "config")),
            (FOLDER / entry["name"]).read_bytes(),
            tuple(entry["profiles"]) if "profiles" in entry else None,
            entry.get("profile_count"),
            entry.get("unreadable_line"),
            tuple(entry.get("refuses", ())),
        )
        for entry in index["file"]
    ]


CASES = _cases()
READABLE = [case for case in CASES if case.unreadable_line is None]
UNREADABLE = [case for case in CASES if case.unreadable_line is not None]


def botocore_reads(data: bytes, kind: Kind) -> dict[str, Any]:
    """Return what botocore itself makes of a file: everything in it, profiles under their own names."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        if kind is Kind.CREDENTIALS:
            return {"profiles": botocore.configloader.raw_config_parse(file.name)}
        loaded: dict[str, Any] = botocore.configloader.load_config(file.name)
        return loaded


def unfolded(values: Mapping[str, str]) -> dict[str, Any]:
    """Return a section's values with the nested ones as botocore gives them."""
    return {key: dict(nested(value)) if value.startswith("\n") else value for key, value in values.items()}


def is_readable(data: bytes, kind: Kind) -> bool:
    try:
        botocore_reads(data, kind)
    except botocore.exceptions.ConfigParseError:
        return False
    return True


def owners(data: bytes) -> list[tuple[bytes, str | None]]:
    """Return every line with the raw section that it belongs to; None for a line that botocore passes over.

    It is found by letting the parser read the file up to each line and looking at what the line changed.
    """
    lines = data.splitlines(keepends=True)
    out: list[tuple[bytes, str | None]] = []
    before: dict[str, dict[str, str]] = {"DEFAULT": {}}
    for number, line in enumerate(lines, start=1):
        after = _parsed(b"".join(lines[:number]))
        changed = [name for name in after if after[name] != before.get(name)]
        out.append((line, changed[-1] if changed else None))
        before = after
    return out


def _parsed(data: bytes) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser()
    parser.read_file(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    inner: Any = parser  # what a section itself holds, without what [DEFAULT] gives it, is only kept inside
    return {"DEFAULT": dict(inner._defaults), **{name: dict(found) for name, found in inner._sections.items()}}


def lost_text(before: bytes, after: bytes, own: set[str]) -> list[bytes]:
    r"""Return the text outside the sections `own` (lines' contents, `\r`, `\n`) that a change lost, moved or altered.

    What stands between the header and the last key of an own section is its own; comments after it are not.
    """
    rest = iter(_TOKEN.findall(b"".join(line for line, owner in owners(after) if owner not in own)))
    lost = [token for token in _TOKEN.findall(b"".join(_outside(before, own))) if token not in rest]
    foreign = [[owner for _line, owner in owners(data) if owner and owner not in own] for data in (before, after)]
    return lost if foreign[0] == foreign[1] else [*lost, b"another section has other lines"]


def _outside(data: bytes, own: set[str]) -> list[bytes]:
    out: list[bytes] = []
    waiting: list[bytes] = []
    inside = False
    for line, owner in owners(data):
        if owner in own:
            waiting, inside = [], True
        elif owner is None and inside:
            waiting.append(line)
        else:
            out += [*waiting, line]
            waiting, inside = [], False
    return out + waiting


def lost_by_removal(before: bytes, after: bytes, own: set[str]) -> list[bytes]:
    """Return what a removal lost besides its section: the one blank line before it may go, at the file's end only."""
    lost = lost_text(before, after, own)
    is_end = b"".join(lost) in {b"\n", b"\r", b"\r\n"} and before.startswith(after)
    return [] if is_end and before[len(after) :].lstrip(b"\r\n").startswith(b"[") else lost
