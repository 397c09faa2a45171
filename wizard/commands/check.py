"""`check`: what is wrong with a policy, at its place and with what mends it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.commands.json_lines import lines
from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    import argparse

    from wizard.policy.check import DocumentType, Finding, Report

_WIDTH = 100


def run(options: argparse.Namespace) -> Result:
    """Check files, or the cases on standard input. Options read: `files`, `kind`, `json`, `cases`, `kinds`."""
    if options.kinds:
        return _kinds()
    if options.cases:
        return Result(lines=(answer(line) for line in lines(sys.stdin.buffer)))
    if not options.files:
        raise BadInputError(
            _("There is nothing to check."),
            mend=_("Name a policy's file, or - for standard input; --kinds lists what is found."),
        )
    checked = [_check_file(name, options.kind) for name in options.files]
    findings = [finding.to_json(name) for name, _text, report in checked for finding in report.findings]
    documents = [
        {
            "file": _printable(name),
            "document_type": report.document_type,
            "inferred": report.inferred,
            "mended": report.mended,
        }
        for name, _text, report in checked
    ]
    text = "\n\n".join(_shown(name, text, report) for name, text, report in checked)
    status = 1 if any(report.counts for _name, _text, report in checked) else 0
    return Result(text, {"findings": findings, "documents": documents}, status=status)


def _kinds() -> Result:
    from wizard.policy.check import kinds

    every = list(kinds().values())
    width = max(len(kind.word) for kind in every)
    shown = [
        f"{kind.word:<{width}}  {kind.severity:<10}  {_(kind.sentence)}\n{'':<{width}}  {'':<10}  {kind.page}"
        for kind in every
    ]
    data = [
        {"kind": kind.word, "severity": kind.severity, "sentence": kind.sentence, "page": kind.page} for kind in every
    ]
    return Result("\n".join(shown), {"kinds": data})


def _check_file(name: str, kind: DocumentType | None) -> tuple[str, str, Report]:
    from dataclasses import replace

    from wizard.policy.check import Finding, check

    text, wrong = _read(name)
    report = check(text, document_type=kind)
    if wrong:
        line = text[:wrong].count("\n") + 1 if wrong > 0 else 1
        message = _("The file isn't UTF-8: save it as UTF-8.")
        report = replace(report, findings=(Finding("not-utf-8", "error", message, line=line), *report.findings))
    return name, text, report


def _read(name: str) -> tuple[str, int]:
    """Return a file's text, and the place of the first byte that isn't UTF-8 (0: it is)."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise BadInputError(_("The file can't be read."), where=name, why=error.strerror or str(error)) from error
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace"), 1
    try:
        return raw.decode("utf-8"), 0
    except UnicodeDecodeError as error:
        place = len(raw[: error.start].decode("utf-8", "replace"))
    try:
        return raw.decode("cp932"), max(1, place)
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), max(1, place)


def _shown(name: str, text: str, report: Report) -> str:
    """Return what people read: each finding with its line, then the mended text."""
    from wizard.policy.check import NAMES

    source = re.split(r"\r\n|\n|\r", text)
    what = _(NAMES[report.document_type or "resource"])
    heading = _("{file}: checked as {what}").format(file=name, what=what)
    if report.inferred:
        heading += " " + _("(read from the text; --kind says otherwise)")
    parts = [heading]
    parts += [_one(name, source, finding) for finding in report.findings if finding.kind != "document-type-inferred"]
    counts = {word: sum(finding.severity == word for finding in report.findings) for word in ("error", "warning")}
    if report.counts:
        summary = _("{errors} errors, {warnings} warnings").format(errors=counts["error"], warnings=counts["warning"])
    else:
        summary = _("nothing wrong was found")
    parts.append(f"{name}: {summary}")
    if report.mended is not None:
        parts.append(_("Mended, as far as the mend is certain:") + "\n\n" + report.mended.rstrip("\n"))
    return _printable("\n".join(parts))


def _one(name: str, source: list[str], finding: Finding) -> str:
    place = ":".join(str(part) for part in (name, finding.line, finding.column) if part is not None)
    out = [f"{place} {finding.severity} {finding.kind} {finding.message}"]
    if finding.line is not None and finding.column is not None and finding.line <= len(source):
        out += _source(source[finding.line - 1], finding.column - 1, finding.length)
    if finding.suggestion is not None:
        out.append("    " + _("suggestion: {text}").format(text=finding.suggestion))
    return "\n".join(out)


def _source(line: str, column: int, length: int) -> list[str]:
    """Return the part of a line that matters, and the marks under it (full-width characters take two columns)."""
    line = line.removeprefix("\ufeff")
    start = max(0, min(column - _WIDTH // 4, len(line) - _WIDTH)) if len(line) > _WIDTH else 0
    shown = "".join(char if char.isprintable() else " " for char in line[start : start + _WIDTH])
    before = shown[: column - start]
    marked = shown[column - start : column - start + length] or " "
    return ["    " + shown, "    " + " " * _columns(before) + "^" + "~" * (_columns(marked) - 1)]


def _columns(text: str) -> int:
    from unicodedata import east_asian_width

    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def answer(line: bytes) -> str:
    """Answer one case: its findings, or what can't be read of it."""
    name: Any = None
    try:
        case = json.loads(line.decode("utf-8"))
        if not isinstance(case, dict):
            return _unread(name, _("A case is a JSON object."))
        name = case.get("name")
        return _answer_case(name, case)
    except UnicodeDecodeError:
        return _unread(name, _("The line isn't UTF-8."))
    except (ValueError, RecursionError) as error:
        return _unread(name, _("The line is no JSON: {error}").format(error=error))


def _answer_case(name: Any, case: dict[str, Any]) -> str:
    from wizard.policy.check import DOCUMENT_TYPES, Context, check

    kind, text, context = case.get("document_type"), case.get("text"), case.get("context")
    if kind is not None and kind not in DOCUMENT_TYPES:
        rule = _("document_type is one of {types}, not {value}.")
        return _unread(name, rule.format(types=", ".join(DOCUMENT_TYPES), value=json.dumps(kind)))
    if not isinstance(text, str):
        return _unread(name, _("text is missing: the policy as a string."))
    if context is not None and not isinstance(context, dict):
        return _unread(name, _("context is an object."))
    report = check(text, document_type=kind, context=Context.read(context or {}))
    return _line({"name": name, "findings": [finding.to_json() for finding in report.findings]})


def _unread(name: Any, error: str) -> str:
    return _line({"name": name, "error": error})


def _line(data: dict[str, Any]) -> str:
    return _printable(json.dumps(data, ensure_ascii=False))
