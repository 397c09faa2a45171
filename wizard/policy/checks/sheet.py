"""Collects what is found, with places and with the edits that would mend it."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from wizard.policy.checks.finding import Finding, kinds
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.finding import Severity
    from wizard.policy.checks.node import Member, Node

MAX_FINDINGS = 250
_LINE_END = re.compile(r"\r\n|\n|\r")
_SHOWN = 60
_BYTE_ORDER_MARK = "\ufeff"


class Edit(NamedTuple):
    """Replace `text[start:end]` by `text`."""

    start: int
    end: int
    text: str


class Sheet:
    """The findings of one text. After MAX_FINDINGS it is full: that there are `more` is said, not which."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.certain = True
        self.edits: list[Edit] = []
        self._found: list[tuple[int, Finding]] = []
        self._seen: set[tuple[str, int]] = set()
        self.more = False
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._kinds = kinds()

    @property
    def full(self) -> bool:
        """Whether no more findings are kept."""
        return len(self._found) >= MAX_FINDINGS

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1; a byte order mark takes no column."""
        line = bisect_right(self._starts, offset)
        column = offset - self._starts[line - 1] + 1
        if line == 1 and column > 1 and self.text.startswith(_BYTE_ORDER_MARK):
            column -= 1
        return line, column

    def add(
        self,
        kind: str,
        start: int,
        end: int,
        message: str,
        *,
        path: str | None = None,
        suggestion: str | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Record a finding about `text[start:end]`; the same kind at the same place counts once."""
        if (kind, start) in self._seen:
            return
        self._seen.add((kind, start))
        if self.full:
            self.more, self.certain = True, False
            return
        line, column = self.place(start)
        stop = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        finding = Finding(
            kind=kind,
            severity=severity or self._kinds[kind].severity,
            message=message,
            path=path,
            line=line,
            column=column,
            length=max(1, min(end, stop) - start),
            suggestion=suggestion,
        )
        self._found.append((start, finding))

    def about(
        self,
        kind: str,
        node: Node,
        message: str,
        *,
        suggestion: str | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Record a finding about a value; a container is pointed at by its first character."""
        end = node.start + 1 if node.kind in ("object", "array") else node.end
        self.add(kind, node.start, end, message, path=node.pointer, suggestion=suggestion, severity=severity)

    def about_key(
        self,
        kind: str,
        member: Member,
        message: str,
        *,
        suggestion: str | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Record a finding about a member: placed at its key."""
        path = member.node.pointer
        self.add(kind, member.start, member.end, message, path=path, suggestion=suggestion, severity=severity)

    def edit(self, start: int, end: int, text: str) -> None:
        """Record that this replacement is certainly right."""
        self.edits.append(Edit(start, end, text))

    def edit_string(self, node: Node, value: str) -> None:
        """Record that a string should have this value."""
        self.edit(node.start, node.end, json.dumps(value, ensure_ascii=False))

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings in the order of their places."""
        if self.more:
            message = _("There are more findings than are shown: mend these first.")
            self._found.append((len(self.text), Finding("more-findings", "suggestion", message)))
            self.more = False
        return tuple(finding for _start, finding in sorted(self._found, key=lambda item: item[0]))

    def mended(self) -> str | None:
        """Return the text with every edit made; None where there is none, or a mend isn't certain."""
        if not self.edits or not self.certain:
            return None
        out: list[str] = []
        done = 0
        for edit in sorted(self.edits, key=lambda item: (item.start, item.end)):
            if edit.start < done:
                continue
            out += (self.text[done : edit.start], edit.text)
            done = edit.end
        out.append(self.text[done:])
        text = "".join(out)
        return text if is_json(text) else None


def is_json(text: str) -> bool:
    """Whether a text is JSON as everybody reads it."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def quoted(text: str) -> str:
    """Return a value as it stands in a message: in quotes, short, on one line, without control characters."""
    flat = "".join(char if char.isprintable() else "\ufffd" for char in text[: _SHOWN + 1])
    return f'"{flat[:_SHOWN]}…"' if len(flat) > _SHOWN else f'"{flat}"'
