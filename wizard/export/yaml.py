"""Writes YAML: mappings, lists and texts in block style; every text that could be read otherwise is quoted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Words that no reader takes for anything but a text. (YAML 1.1 reads yes, no, on, off as truth values.)
_PLAIN = re.compile(
    r"(?!(?:y|n|yes|no|on|off|true|false|null)\Z)[A-Za-z][A-Za-z0-9]*(?:[:/.-]{1,2}[A-Za-z0-9]+)*", re.IGNORECASE
)


def dump(value: Mapping[str, Any]) -> str:
    """Return a mapping as YAML that AWS CloudFormation reads; a last newline stands at its end."""
    return "".join(f"{line}\n" for line in _mapping(value))


def _mapping(value: Mapping[str, Any]) -> Iterator[str]:
    for key, member in value.items():
        yield from _entry(f"{_scalar(key)}:", member)


def _entry(lead: str, value: Any) -> Iterator[str]:
    """Yield a value behind what leads to it: on its line where it fits, else indented under it."""
    if isinstance(value, Mapping) and value:
        yield lead
        yield from (f"  {line}" for line in _mapping(value))
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        yield lead
        yield from (f"  {line}" for member in value for line in _item(member))
    else:
        yield f"{lead} {_scalar(value)}"


def _item(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        lines = list(_mapping(value))
        yield f"- {lines[0]}"
        yield from (f"  {line}" for line in lines[1:])
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        lines = [line for member in value for line in _item(member)]
        yield f"- {lines[0]}"
        yield from (f"  {line}" for line in lines[1:])
    else:
        yield f"- {_scalar(value)}"


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value):
        return value
    # A JSON string is a double-quoted YAML scalar. All but ASCII is escaped: CloudFormation shows other bytes as `?`
    # in its console and in get-template. https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/814
    return re.sub("[^ -~]", _escape, json.dumps(value, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 -- the last of four digits
