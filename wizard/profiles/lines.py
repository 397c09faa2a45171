"""Finds on which lines of a config file every section and key stands, by the parser's own indentation rule."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# As configparser has them: any text up to the last `]`; a key up to the first `=` or `:`.
_HEADER = re.compile(r"\[(.+)\]")
_OPTION = re.compile(r"(.*?)\s*(?:=|:)\s*(.*)$")
_COMMENTS = ("#", ";")


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its name in lower case, its first line and the last line of its value (from 0)."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its raw name, the line of its header (from 0) and its keys in order."""

    name: str
    header: int
    keys: tuple[Key, ...]

    @property
    def last(self) -> int:
        """The last line that is the section's own; comments after it mostly belong to the next one."""
        return self.keys[-1].last if self.keys else self.header

    def key(self, name: str) -> Key | None:
        """Return a key by its lower-case name."""
        return next((key for key in self.keys if key.name == name), None)


@dataclass(frozen=True)
class Layout:
    """A file's physical lines, with their ends, and its sections in order ([DEFAULT] may come twice)."""

    lines: tuple[bytes, ...] = field(repr=False)
    sections: tuple[Section, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Section]:
        """The sections by their raw names."""
        return {section.name: section for section in self.sections}

    @cached_property
    def _headers(self) -> tuple[int, ...]:
        return tuple(section.header for section in self.sections)

    def line_of(self, section: str, key: str) -> int | None:
        """Return the line (from 1) of a key, also of one that [DEFAULT] gives; None if it isn't there."""
        for name in (section, "DEFAULT"):
            found = next((s.key(key) for s in self.sections if s.name == name and s.key(key)), None)
            if found:
                return found.first + 1
        return None

    def bad_nested_line(self, section: str, key: str) -> int | None:
        """Return the first line (from 1) of a nested value that has no `=`; else the key's own line."""
        found = self.by_name[section].key(key) if section in self.by_name else None
        if found:
            for number in range(found.first + 1, found.last + 1):
                if is_significant(self.lines[number]) and b"=" not in self.lines[number]:
                    return number + 1
        return self.line_of(section, key)

    def at(self, line: int) -> tuple[Section, Key | None] | None:
        """Return the section, and the key, that a line (from 0) belongs to."""
        index = bisect_right(self._headers, line) - 1
        if index < 0:
            return None
        section = self.sections[index]
        return section, next((key for key in section.keys if key.first <= line <= key.last), None)


def split(data: bytes) -> list[bytes]:
    r"""Split into physical lines with their ends, at `\r\n`, `\n` and `\r` only (not at U+2028 and the like)."""
    return data.splitlines(keepends=True)


def indent_of(line: bytes) -> bytes:
    """Return the blanks that a line starts with."""
    text = line.decode("utf-8")
    return text[: len(text) - len(text.lstrip())].encode()


def is_significant(line: bytes) -> bool:
    """Whether a line is neither blank nor a comment."""
    text = line.decode("utf-8").strip()
    return bool(text) and not text.startswith(_COMMENTS)


def scan(data: bytes) -> Layout:
    """Find every section and key of a file that the parser accepts."""
    lines = split(data)
    scanner = _Scanner()
    for number, line in enumerate(lines):
        scanner.feed(number, line.decode("utf-8"))
    return Layout(tuple(lines), scanner.finish())


class _Scanner:
    """The parser's state while it reads line by line; see `RawConfigParser._read`."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.indent = 0
        self.name: str | None = None
        self.header = 0
        self.keys: list[Key] = []
        # The key that an indented line would continue; none right after a header.
        self.open: tuple[str, int] | None = None
        self.last = 0

    def feed(self, number: int, line: str) -> None:
        text = line.strip()
        if not text or text.startswith(_COMMENTS):
            return
        indent = len(line) - len(line.lstrip())
        if self.open is not None and indent > self.indent:
            self.last = number
            return
        self.indent = indent
        header = _HEADER.match(text)
        if header:
            self._close_section()
            self.name, self.header = header[1], number
            return
        option = _OPTION.match(text)
        if option and self.name is not None:
            self._close_key()
            self.open, self.last = (option[1].rstrip().lower(), number), number

    def finish(self) -> tuple[Section, ...]:
        self._close_section()
        return tuple(self.sections)

    def _close_key(self) -> None:
        if self.open is not None:
            self.keys.append(Key(*self.open, self.last))
            self.open = None

    def _close_section(self) -> None:
        self._close_key()
        if self.name is not None:
            self.sections.append(Section(self.name, self.header, tuple(self.keys)))
        self.keys = []
