"""Judges the brackets and commas of a JSON text that may be broken, by what follows them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from wizard.policy.checks import vocabulary
from wizard.policy.checks.sheet import quoted
from wizard.policy.checks.words import Words
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.node import Node
    from wizard.policy.checks.sheet import Sheet

_MEMBER_FOLLOWS = re.compile(r'[ \t\r\n]{0,200},?[ \t\r\n]{0,200}"([^"\n]{0,80})"[ \t]{0,40}:')
_BRACKETS = re.compile(r'"[^"\n\r]*"|[{}\[\]]')
_NEAR = 4000
_OBJECT_FOLLOWS = re.compile(r"[ \t\r\n]{0,200},[ \t\r\n]{0,200}\{")


class Brackets(Words):
    """Closes containers. `open_root` is the root of a text that begins in the middle: it has no brackets.

    In a text that is `well_formed` JSON every bracket is right as it stands: only its meaning can be wrong.
    """

    def __init__(self, sheet: Sheet, text: str) -> None:
        super().__init__(sheet, text)
        self._closers: list[str] = []
        self._excused = -1
        self.well_formed = _is_json(text)
        self.open_root: Node | None = None

    def close_all(self) -> None:
        """At the end of an unfinished text: record the brackets that would finish it."""
        if self._closers:
            self.sheet.edit(self.last, self.last, "".join(self._closers))

    def close(self, node: Node, closer: str, comma: int, *, ended: bool) -> None:
        """Close a container at the bracket here, or at the end of the text."""
        if node is self.open_root:
            # The text begins in the middle and may end there: the brackets round it aren't its own.
            if comma >= 0:
                self.sheet.edit(comma, comma + 1, "")
            node.end = self.last if ended else self.pos
            self.pos += not ended
            return
        if comma >= 0:
            if not ended:
                message = _("A comma before {closer}: nothing follows it.").format(closer=quoted(closer))
                self.found("trailing-comma", comma, comma + 1, message)
            self.sheet.edit(comma, comma + 1, "")
        if ended:
            node.whole, node.end = False, self.last
            self.unfinished()
            self._closers.append("}" if node.kind == "object" else "]")
            return
        self.pos += 1
        node.end = self.pos
        right = "}" if node.kind == "object" else "]"
        if closer != right:
            self.sheet.edit(node.end - 1, node.end, right)

    def comma(self, comma: int, *, empty: bool) -> int:
        """Take a comma; one too many is found."""
        here = self.pos
        self.pos += 1
        if comma < 0 and not empty:
            return here
        self.found("extra-comma", here, here + 1, _("A comma too many."))
        self.sheet.edit(here, here + 1, "")
        return comma

    def missing_comma(self, end: int) -> None:
        """Record that a comma is missing at `end`."""
        if end != self._excused:
            self.found("missing-comma", end, end + 1, _("A comma is missing here."), ",")
        self.sheet.edit(end, end, ",")

    def missing_bracket(self, node: Node, closer: str) -> None:
        """Record that a container ends after its last value, and its bracket is missing."""
        end = end_of(node)
        message = _("{closer} is missing after this: it closes the {opener} of line {line}.").format(
            closer=quoted(closer), opener=quoted(self.text[node.start]), line=self.sheet.place(node.start)[0]
        )
        self.found("missing-bracket", end - 1, end, message, closer)
        self.sheet.edit(end, end, closer)
        node.end = self._excused = end

    def extra_bracket(self, at: int) -> None:
        """Record that the bracket at `at` is one too many."""
        message = _("A {bracket} too many.").format(bracket=quoted(self.text[at]))
        self.found("extra-bracket", at, at + 1, message)
        self.sheet.edit(at, at + 1, "")

    def turn(self, node: Node, opener: str) -> None:
        """Make a list of an object, or the reverse: the wrong brackets stand round it."""
        if opener == "[":
            node.kind = "array"
            message = _("A list stands in [ … ], not in { … }.")
        else:
            node.kind = "object"
            message = _("Members stand in { … }, not in [ … ].")
        self.sheet.add("wrong-bracket", node.start, node.start + 1, message, path=node.pointer, suggestion=opener)
        self.sheet.edit(node.start, node.start + 1, opener)

    def other_closer(self, node: Node, closer: str, comma: int) -> bool:
        """Judge a closing bracket of the other sort; True where it ends this node (or shows that it has ended)."""
        here = self.pos
        member = _MEMBER_FOLLOWS.match(self.text, here + 1)
        encloser = _encloser(node, self.text[here])
        if node.kind == "array" and node.items and node.items[0].kind == "object":
            is_extra = _OBJECT_FOLLOWS.match(self.text, here + 1) is not None
        else:
            goes_on = member is not None and node.kind == "object" and vocabulary.belongs(node, member.group(1))
            is_extra = goes_on or (encloser is None and here + 1 < self.last)
        if is_extra:
            self.extra_bracket(here)
            self.pos += 1
            return False
        if encloser is None or (
            member and node.parent is not None and vocabulary.belongs(node.parent, member.group(1))
        ):
            right = "}" if node.kind == "object" else "]"
            message = _("{closer} is meant here: it closes the {opener} of line {line}.").format(
                closer=quoted(right), opener=quoted(self.text[node.start]), line=self.sheet.place(node.start)[0]
            )
            self.found("wrong-bracket", here, here + 1, message, right)
            self.sheet.edit(here, here + 1, right)
            self.close(node, right, comma, ended=False)
            return True
        if comma >= 0:
            self.sheet.edit(comma, comma + 1, "")
        self.missing_bracket(node, closer)
        return True

    def next_unmatched(self) -> str:
        """Return the next closing bracket that closes something opened before here; "" where none is near."""
        open_brackets = 0
        for match in _BRACKETS.finditer(self.text, self.pos, self.pos + _NEAR):
            char = match.group()
            if char in ("{", "["):
                open_brackets += 1
            elif char in ("}", "]"):
                if not open_brackets:
                    return char
                open_brackets -= 1
        return ""

    def unexpected(self) -> None:
        """Step over a character that means nothing here."""
        char = self.text[self.pos : self.pos + 1]
        if char:
            message = _("{char} means nothing here.").format(char=quoted(char))
            self.found("unexpected-character", self.pos, self.pos + 1, message)
            self.sheet.certain = False
            self.pos += 1


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def end_of(node: Node) -> int:
    """Return where the last member or item ended, or the opening bracket."""
    if node.kind == "object" and node.members:
        return node.members[-1].node.end
    return node.items[-1].end if node.items else node.start + 1


def _encloser(node: Node, bracket: str) -> Node | None:
    """Return the innermost open container round `node` that `bracket` would close."""
    wanted = "object" if bracket == "}" else "array"
    above = node.parent
    while above is not None and above.kind != wanted:
        above = above.parent
    return above
