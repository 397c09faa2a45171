"""What is read from a file that anybody may have written: bounded in every direction, and nothing invisible in it."""

from __future__ import annotations

import errno
import os
import re
import select
import stat
import sys
from time import monotonic
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.names.accounts import printable
from wizard.names.understood import has_control
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_BYTES = 1_000_000
_MAX_MEMBERS = 2_000  # of one list: source accounts, buckets
_MAX_KEYS = 200  # of all tables but the buckets'
_MAX_PARSED = 70_000  # tables and keys that are parsed at all: so far up that a fleet too large is told as such
_MAX_TEXT = 4_096
_MAX_DEPTH = 6
# tomllib's time and memory grow with the square of a key's parts.
_MAX_KEY_PARTS = 32
_PIPE_SECONDS = 10.0
_STANDARD_INPUT = frozenset(("-", "/dev/stdin"))
# Texts and comments as TOML knows them, so that what is left has the dots of keys and numbers alone.
_TEXTS = r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*'


def content(path: Path) -> bytes:
    """Return what is in a file, or comes out of a pipe within seconds; `-` is standard input, up to its end.

    Raises BadInputError for anything else.
    """
    if str(path) in _STANDARD_INPUT:
        return _from_standard_input(path)
    try:
        # Without O_NONBLOCK the opening itself would wait for somebody who writes into a named pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            mode = os.fstat(descriptor).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
                reason = os.strerror(errno.EISDIR) if stat.S_ISDIR(mode) else _("it is no file")
                raise BadInputError(
                    _("The answers file can't be read: {reason}.").format(reason=reason), where=str(path)
                )
            return _bounded(descriptor, path)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise BadInputError(
            _("The answers file can't be read: {reason}.").format(reason=error.strerror or error),
            where=str(path),
        ) from None


def _from_standard_input(path: Path) -> bytes:
    """Read what is given, also what a person types: nobody has to hurry there."""
    try:
        out = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin is not None else b""
    except OSError as error:
        raise BadInputError(
            _("The answers file can't be read: {reason}.").format(reason=error.strerror or error), where=str(path)
        ) from None
    if len(out) > MAX_BYTES:
        raise _too_large(path)
    return out


def _too_large(path: Path) -> BadInputError:
    return BadInputError(_("The file is larger than 1 MB: that is no answers file."), where=str(path))


def _bounded(descriptor: int, path: Path) -> bytes:
    out = bytearray()
    end = monotonic() + _PIPE_SECONDS
    while True:
        try:
            part = os.read(descriptor, MAX_BYTES + 1 - len(out))
        except BlockingIOError:
            ready, _writable, _failed = select.select([descriptor], [], [], max(0.0, end - monotonic()))
            if not ready:
                reason = _("nothing more came out of the pipe for {seconds} seconds").format(seconds=int(_PIPE_SECONDS))
                raise BadInputError(
                    _("The answers file can't be read: {reason}.").format(reason=reason), where=str(path)
                ) from None
            continue
        out += part
        if len(out) > MAX_BYTES:
            raise _too_large(path)
        if not part:
            return bytes(out)


def require_short_keys(text: str, path: Path) -> None:
    """Refuse keys of many parts (`a.a.a.…`), which cost the TOML parser minutes, and keys and tables without end.

    Raises BadInputError.
    """
    bare = re.sub(_TEXTS, "", text, flags=re.DOTALL)
    if any(line.count(".") > _MAX_KEY_PARTS for line in bare.splitlines()):
        raise nested(path)
    if bare.count("\n[") + bare.count("=") > _MAX_PARSED:
        raise _too_many(path)


def _too_many(path: Path) -> BadInputError:
    return BadInputError(
        _("The file has more than {count} keys: that is no answers file.").format(count=_MAX_KEYS), where=str(path)
    )


def nested(path: Path) -> BadInputError:
    """Return the error for what is nested too deeply."""
    return BadInputError(_("The file is nested too deeply: that is no answers file."), where=str(path))


def require_plain(tables: dict[str, Any], path: Path, place: Callable[[str], str]) -> None:
    """Refuse what can be no answers: too much of anything, and invisible characters in any key or value.

    `place` says where a key stands. Raises BadInputError.
    """
    if sum(1 + len(one) if isinstance(one, dict) else 1 for one in tables.values()) > _MAX_KEYS:
        raise _too_many(path)
    if _depth(tables, _MAX_DEPTH) < 0:
        raise nested(path)
    for name, value in tables.items():
        if isinstance(value, dict):
            _text(name, name, place)
            for inner, member in value.items():
                _look(member, f"{name}.{inner}", place)
        else:
            _look(value, name, place)


def _depth(value: Any, left: int) -> int:
    """Return how many levels are left below a value; -1 where there are too many."""
    if not isinstance(value, dict | list) or left < 0:
        return left
    return min((_depth(one, left - 1) for one in (value.values() if isinstance(value, dict) else value)), default=left)


def _look(value: Any, key: str, place: Callable[[str], str]) -> None:
    """Look through a key and all that it holds."""
    pending: list[Any] = [key, value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            _text(one, key, place)
        elif isinstance(one, dict | list):
            if len(one) > _MAX_MEMBERS:
                raise BadInputError(
                    _("{key} has {count} members, and at most {limit} are read.").format(
                        key=printable(key), count=len(one), limit=_MAX_MEMBERS
                    ),
                    where=place(key),
                    mend=_("Write several answers files."),
                )
            pending += [*one, *one.values()] if isinstance(one, dict) else one


def _text(text: str, key: str, place: Callable[[str], str]) -> None:
    name = key if len(key) <= _MAX_TEXT else ""  # too long a key is looked for nowhere
    if len(text) > _MAX_TEXT:
        raise BadInputError(
            _("{value} has {count} characters, and at most {limit} are read.").format(
                value=printable(text, 20), count=len(text), limit=_MAX_TEXT
            ),
            where=f"{place(name)}: {printable(key)}",
        )
    if has_control(text):
        raise BadInputError(
            _("{value} holds a control character, or one that changes the direction of text.").format(
                value=printable(text)
            ),
            where=f"{place(name)}: {printable(key)}",
            mend=_("Type it again without invisible characters."),
        )
