"""Reads a config or credentials file the way botocore does, and says where it can't."""

from __future__ import annotations

import configparser
import enum
import io
import re
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.profiles import lines
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.profiles.lines import Layout

DEFAULT = "default"
# What shlex, which is slow, would split in the same way: no quotes, no backslash.
_PLAIN = re.compile(r"[a-z-]+ ([^\s\"'\\]+)")


class Kind(enum.Enum):
    """Which of the two files: they name their sections differently."""

    CONFIG = "config"
    CREDENTIALS = "credentials"


@dataclass(frozen=True)
class Ini:
    """A file as botocore reads it: `sections` by their raw names, in order, with what [DEFAULT] gives them.

    `defaults` are the keys of [DEFAULT]. Not slotted: `profiles` and `layout` are worked out once, when asked for.
    """

    kind: Kind
    data: bytes = field(repr=False)
    sections: Mapping[str, Mapping[str, str]] = field(repr=False)
    defaults: Mapping[str, str] = field(repr=False)

    @cached_property
    def profiles(self) -> Mapping[str, str]:
        """The profiles and the raw name of the section that each is read from: the last that stands for it."""
        return {name: sections[-1] for name, sections in self._sections_of.items()}

    @cached_property
    def layout(self) -> Layout:
        """Where every section and key stands."""
        return lines.scan(self.data)

    def profile(self, name: str) -> Mapping[str, str] | None:
        """Return the values of a profile in this file, or None."""
        section = self.profiles.get(name)
        return None if section is None else self.sections[section]

    def sections_of(self, name: str) -> tuple[str, ...]:
        """Return every section that stands for a profile; botocore reads the last, whole."""
        return self._sections_of.get(name, ())

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key that occurs in the file."""
        return frozenset(key for values in (*self.sections.values(), self.defaults) for key in values)

    @cached_property
    def _sections_of(self) -> Mapping[str, tuple[str, ...]]:
        if self.kind is Kind.CREDENTIALS:
            return {name: (name,) for name in self.sections}
        found: dict[str, tuple[str, ...]] = {}
        for section in self.sections:
            name = config_profile(section)
            if name is not None:
                found[name] = (*found.get(name, ()), section)
        return found


def parse(data: bytes, kind: Kind, *, where: str) -> Ini:
    """Read a file's content. Raises BadInputError (with `where` and the line) if botocore can't read it."""
    parser = configparser.RawConfigParser()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(lines.split(data[: error.start] + b"."))
        raise _unreadable(where, line, _("It is not UTF-8 there.")) from None
    try:
        # newline=None: the same line ends as those of a file that is opened as text.
        parser.read_file(io.StringIO(text, newline=None))
    except configparser.Error as error:
        raise _unreadable(where, *_place(error, data)) from None
    sections = {name: dict(parser.items(name)) for name in parser.sections()}
    found = Ini(kind, data, sections, dict(parser.defaults()))
    _require_nested(found, where)
    return found


def config_profile(section: str) -> str | None:
    """Return the profile that a section of the config file stands for, or None: botocore's own rule."""
    if section == DEFAULT:
        return DEFAULT
    return _second_word(section) if section.startswith("profile") else None


def sso_session(section: str) -> str | None:
    """Return the sso-session that a section of the config file stands for, or None."""
    return _second_word(section) if section.startswith("sso-session") else None


def nested(value: str) -> Mapping[str, str]:
    """Read a nested value (`s3 =` and indented lines). Raises ValueError where botocore does."""
    found = {}
    for line in value.splitlines():
        if line.strip():
            key, text = line.strip().split("=", 1)
            found[key.strip()] = text.strip()
    return found


def _second_word(section: str) -> str | None:
    plain = _PLAIN.fullmatch(section)
    if plain:
        return plain[1]
    try:
        words = shlex.split(section)
    except ValueError:
        return None
    return words[1] if len(words) == 2 else None  # noqa: PLR2004 -- exactly two words, says botocore


def _require_nested(ini: Ini, where: str) -> None:
    for section, values in ini.sections.items():
        for key, value in values.items():
            if not value.startswith("\n"):
                continue
            try:
                nested(value)
            except ValueError:
                line = ini.layout.bad_nested_line(section, key)
                raise _unreadable(where, line, _("A line of its nested values has no “=”.")) from None


def _place(error: configparser.Error, data: bytes) -> tuple[int | None, str]:
    """Return the line of a parser's error and the reason; never the line's text, which may be a secret."""
    match error:
        case configparser.MissingSectionHeaderError() if data.startswith(b"\xef\xbb\xbf"):
            return error.lineno, _("The file starts with a byte order mark (BOM): save it without one.")
        case configparser.MissingSectionHeaderError() if error.line.lstrip().startswith("["):
            return error.lineno, _("The closing ] of this section's header is missing.")
        case configparser.MissingSectionHeaderError():
            return error.lineno, _("Text stands before the first [section].")
        case configparser.DuplicateSectionError():
            return error.lineno, _("The section [{name}] is there twice.").format(name=error.section)
        case configparser.DuplicateOptionError():
            return error.lineno, _("The key {key} is twice in [{name}].").format(key=error.option, name=error.section)
        case configparser.ParsingError() if error.errors and error.errors[0][1].lstrip("'\"\\t ").startswith("["):
            return error.errors[0][0], _("The closing ] of this section's header is missing.")
        case configparser.ParsingError() if error.errors:
            return error.errors[0][0], _("It is neither a [section], nor “key = value”, nor a comment.")
        case _:
            return None, type(error).__name__


def _unreadable(where: str, line: int | None, why: str) -> BadInputError:
    return BadInputError(
        _("botocore can't read this file, so none of its profiles work."),
        where=_("{file}, line {line}").format(file=where, line=line) if line else where,
        why=why,
        mend=_("Mend it there, then try again. Nothing was changed."),
    )
