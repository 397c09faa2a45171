"""Wildcards and policy variables: `*`, `?`, `${key}`, `${key, 'default'}`, `${*}`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
Nothing here backtracks: matching takes time in the length of the text, whatever the pattern.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wizard.policy.evaluation.query import Found, Query

    Matcher = Callable[[str], bool]
    # A literal text, None for a `?`, or (key, default) for a variable.
    Part = str | tuple[str, str | None] | None
    # The literal pieces between two `*`, each with its offset, and the length of the whole.
    Chunk = tuple[list[tuple[int, str]], int]

# The answer where a comparison makes no sense: a value that is no number, a list where one value is needed.
BAD = 3
_LONGEST = 65_536  # characters of a pattern after its variables were filled in
_VARIABLE = r"\$\{(?:([*?$])|\s*([^,'{}*?]+?)\s*(?:,\s*'([^']*)'\s*)?)\}"


def glob(text: str) -> Matcher:
    """Return a function that says whether a text matches the pattern, letter by letter but for `*` and `?`."""
    if "?" in text:
        return _chunked([_chunk(part.split("?")) for part in text.split("*")])
    if "*" not in text:
        return text.__eq__
    first, *middle, last = text.split("*")
    if middle:
        return _chunked([_chunk([part]) for part in (first, *middle, last)])
    if not last:
        return (lambda value: value.startswith(first)) if first else (lambda _: True)
    least = len(first) + len(last)
    return lambda value: len(value) >= least and value.startswith(first) and value.endswith(last)


def _chunk(pieces: Sequence[str]) -> Chunk:
    """Place literal pieces that have one free character between each two."""
    placed = []
    at = 0
    for piece in pieces:
        if piece:
            placed.append((at, piece))
        at += len(piece) + 1
    return placed, at - 1


def _chunked(chunks: Sequence[Chunk]) -> Matcher:
    return lambda value: matches(chunks, value)


def matches(chunks: Sequence[Chunk], value: str) -> bool:
    """Say whether a value is the chunks in order, with anything between them."""
    first, last = chunks[0], chunks[-1]
    end = len(value) - last[1]
    if len(chunks) == 1:
        return end == 0 and _at(first, value, 0)
    at = first[1]
    if end < at or not _at(first, value, 0) or not _at(last, value, end):
        return False
    for chunk in chunks[1:-1]:
        at = _find(chunk, value, at, end)
        if at < 0:
            return False
        at += chunk[1]
    return True


def _at(chunk: Chunk, value: str, start: int) -> bool:
    return all(value.startswith(piece, start + offset) for offset, piece in chunk[0])


def _find(chunk: Chunk, value: str, start: int, end: int) -> int:
    """Return the first place from `start` where the chunk stands before `end`, or -1."""
    pieces, length = chunk
    if not pieces:
        return start if start + length <= end else -1
    offset, first = pieces[0]
    while True:
        found = value.find(first, start + offset, end)
        start = found - offset
        if found < 0 or start + length > end:
            return -1
        if len(pieces) == 1 or _at(chunk, value, start):
            return start
        start += 1


class Template:
    """A pattern with variables: what it is depends on the request."""

    __slots__ = ("chunks", "sound")

    def __init__(self, text: str, *, wildcards: bool) -> None:
        self.chunks: list[list[Part]] = [[]]
        self.sound = True  # False: a `${` that is no variable
        at = 0
        for found in re.finditer(_VARIABLE, text):
            self._literal(text[at : found.start()], wildcards=wildcards)
            mark, key, default = found.groups()
            self.chunks[-1].append(mark or (key, default))
            at = found.end()
        self._literal(text[at:], wildcards=wildcards)

    def _literal(self, text: str, *, wildcards: bool) -> None:
        if "${" in text:
            self.sound = False
        if not wildcards:
            self.chunks[-1].append(text)
            return
        for number, run in enumerate(text.split("*")):
            if number:
                self.chunks.append([])
            for place, piece in enumerate(run.split("?")):
                if place:
                    self.chunks[-1].append(None)
                if piece:
                    self.chunks[-1].append(piece)

    def match(self, value: str, query: Query, *, folded: bool = False) -> int:
        """Match a value: TRUE, FALSE, UNKNOWN (a variable's key is not known) or BAD (a multivalued key).

        FALSE too where a key is absent and has no default: such a pattern never matches. `folded` ignores the
        letters' case, which is certain for ASCII only.
        """
        if not self.sound:
            query.doubt(None, "variable")
            return UNKNOWN
        filled, missing, bad = self._fill(query)
        if filled is None:
            return FALSE
        if sum(chunk[1] for chunk in filled) > _LONGEST:
            query.doubt(None, "too-large")
            return UNKNOWN
        if folded:
            if not value.isascii() or not all(piece.isascii() for chunk in filled for _, piece in chunk[0]):
                query.doubt(None, "value")
                return UNKNOWN
            value = value.lower()
            filled = [([(at, piece.lower()) for at, piece in pieces], length) for pieces, length in filled]
        if not matches(filled, value):
            return FALSE
        if bad:
            return BAD
        for key in missing:
            query.doubt(key, "context")
        return UNKNOWN if missing else TRUE

    def blank(self, query: Query) -> bool:
        """Say whether there is a variable without a default for which the request has no single, known value."""
        for parts in self.chunks:
            for part in parts:
                if isinstance(part, tuple) and part[1] is None and not isinstance(query.lookup(part[0].lower()), str):
                    return True
        return not self.sound

    def _fill(self, query: Query) -> tuple[list[Chunk] | None, list[str], bool]:
        """Put the request's values in. Where there isn't one, a `*` stands, so that what can't match is seen.

        None in place of the chunks if a key is absent; then the keys that are not known, or multivalued; then
        whether one is multivalued.
        """
        chunks: list[list[str]] = []  # each chunk: its literals, with one free character between each two
        missing: list[str] = []
        bad = False
        room = _LONGEST
        for parts in self.chunks:
            chunks.append([""])
            for part in parts:
                text = _text(part, query) if isinstance(part, tuple) else part
                if isinstance(text, str):
                    chunks[-1][-1] += text
                    room -= len(text)
                elif part is None:
                    chunks[-1].append("")
                elif text is None:
                    return None, missing, bad
                else:
                    bad = bad or isinstance(text, tuple)
                    missing.append(part[0])
                    chunks.append([""])
                if room < 0:
                    return [([], _LONGEST + 1)], missing, bad
        return [_chunk(pieces) for pieces in chunks], missing, bad


def _text(variable: tuple[str, str | None], query: Query) -> Found:
    """Return what a variable stands for: the request's value, or its default."""
    found = query.lookup(variable[0].lower())
    return variable[1] if found is None or found == () else found
