"""What people read of `check`: each finding with its line and a mark under the place, then the mended text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.policy.check import Finding, Report
    from wizard.policy.checks.finding import Severity

_WIDTH = 100
# The words of `file:line:column severity kind message`, a form that editors read; only Japanese has others.
_SEVERITIES: dict[Severity, str] = {
    "error": mark("error"),
    "warning": mark("warning"),
    "suggestion": mark("suggestion"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A file with what was found. `asked`: AWS has answered too; `problem` says why it hasn't, where it was wanted."""

    name: str
    text: str
    report: Report
    asked: bool = False
    problem: str = ""


def severity(word: Severity) -> str:
    """Return a severity as people read it."""
    return _(_SEVERITIES[word])


def shown(checked: Checked) -> str:
    """Return what people read of a file."""
    from wizard.policy.check import NAMES

    name, report = checked.name, checked.report
    source = re.split(r"\r\n|\n|\r", checked.text)
    found = {finding.kind for finding in report.findings}
    if "empty-document" in found:
        heading = _("{file}: empty").format(file=name)
    elif "not-json" in found and report.document_type is None:
        heading = _("{file}: no policy").format(file=name)
    else:
        what = _(NAMES[report.document_type or "resource"])
        heading = _("{file}: checked as {what}").format(file=name, what=what)
    if report.inferred:
        heading += " " + _("(read from the text; --kind says otherwise)")
    parts = [heading]
    parts += [_one(name, source, finding) for finding in report.findings if finding.kind != "document-type-inferred"]
    counts = {word: sum(finding.severity == word for finding in report.findings) for word in ("error", "warning")}
    if report.counts:
        summary = _("errors: {errors}, warnings: {warnings}").format(errors=counts["error"], warnings=counts["warning"])
    else:
        summary = _("nothing wrong was found")
    if checked.asked:
        summary += " " + _("(IAM Access Analyzer was asked too)")
    parts.append(f"{name}: {summary}")
    if report.mended is not None:
        parts.append(_("Mended, as far as the mend is certain:") + "\n\n" + report.mended.rstrip("\n"))
    return printable("\n".join(parts))


def _one(name: str, source: list[str], finding: Finding) -> str:
    place = ":".join(str(part) for part in (name, finding.line, finding.column) if part is not None)
    is_theirs = finding.source == "aws"
    message = f"{finding.issue_code}: {finding.message}" if is_theirs and finding.issue_code else finding.message
    out = [f"{place} {severity(finding.severity)} {finding.kind} {message}"]
    if finding.line is not None and finding.column is not None and finding.line <= len(source):
        out += _source(source[finding.line - 1], finding.column - 1, finding.length)
    if finding.suggestion is not None:
        out.append("    " + _("suggestion: {text}").format(text=finding.suggestion))
    if finding.issue_code is not None and not is_theirs:
        out.append("    " + _("IAM Access Analyzer says so too: {code}").format(code=finding.issue_code))
    if is_theirs:
        out.append("    AWS IAM Access Analyzer" + (f": {finding.page}" if finding.page else ""))
    return "\n".join(out)


def _source(line: str, column: int, length: int) -> list[str]:
    """Return the part of a line that matters, and the marks under it (full-width characters take two columns)."""
    line = line.removeprefix("\ufeff")
    start = max(0, min(column - _WIDTH // 4, len(line) - _WIDTH)) if len(line) > _WIDTH else 0
    part = "".join(char if char.isprintable() else " " for char in line[start : start + _WIDTH])
    before = part[: column - start]
    marked = part[column - start : column - start + length] or " "
    return ["    " + part, "    " + " " * columns(before) + "^" + "~" * (columns(marked) - 1)]


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    from unicodedata import east_asian_width

    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def printable(text: str) -> str:
    """Return a text that can be written whatever the input was."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
