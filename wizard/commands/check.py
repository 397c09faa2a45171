"""`check`: what is wrong with a policy, at its place and with what mends it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.commands import standard_input
from wizard.commands.check_shown import Checked, columns, printable, severity, shown
from wizard.commands.json_lines import lines, refuse_file
from wizard.commands.result import Result
from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    import argparse

    from wizard.policy.check import DocumentType


def run(options: argparse.Namespace) -> Result:
    """Check files, or the cases on standard input.

    Options read: `files`, `kind`, `json`, `cases`, `kinds`, and those of `check_aws`. The exit status is 1 where an
    error or a warning was found, by check or by AWS; 2 where a file can't be read, and the others are checked. Where
    AWS was to be asked and couldn't be, and nothing was found, it is the failure's own (3; 2 for a profile that isn't
    there): 0 means that AWS was asked and agrees.
    """
    wants_aws = options.access_analyzer or options.profile is not None
    _refuse_what_does_not_fit(options, wants_aws=wants_aws)
    if options.kinds:
        return _kinds()
    if options.cases:
        from wizard.commands.check_cases import answer

        return Result(lines=(answer(line) for line in lines()))
    checked, unreadable = _checked(options)
    notes: tuple[str, ...] = ()
    failure = 0
    if wants_aws:
        from wizard.commands.check_aws import consulted

        checked, notes, failure = consulted(checked, options)
    findings = [finding.to_json(one.name) for one in checked for finding in one.report.findings]
    data = {"findings": findings, "documents": [_document(one, wants_aws=wants_aws) for one in checked]}
    status = 1 if any(one.report.counts for one in checked) else failure
    if unreadable:
        notes, status = (*notes, *map(str, unreadable)), BadInputError.exit_status
    return Result("\n\n".join(shown(one) for one in checked), data, notes, status)


def _checked(options: argparse.Namespace) -> tuple[list[Checked], list[BadInputError]]:
    """Check every file that can be read; return what was found, and the errors of the others.

    Raises BadInputError where none can be read.
    """
    checked: list[Checked] = []
    unreadable: list[BadInputError] = []
    for name in options.files:
        try:
            checked.append(_check_file(name, options.kind))
        except BadInputError as error:
            unreadable.append(error)
    if not checked:
        raise unreadable[0] if len(unreadable) == 1 else BadInputError("\n".join(map(str, unreadable)))
    return checked, unreadable


def _refuse_what_does_not_fit(options: argparse.Namespace, *, wants_aws: bool) -> None:
    if options.files and (options.cases or options.kinds):
        refuse_file("--cases" if options.cases else "--kinds", options.files[0])
    if options.cases and wants_aws:
        raise BadInputError(_("The cases of --cases aren't sent to AWS."), mend=_("Name the policies' files."))
    if not wants_aws and (options.region is not None or options.endpoint_url is not None):
        raise BadInputError(
            _("--region and --endpoint-url say where IAM Access Analyzer is, which isn't asked."),
            mend=_("Add --access-analyzer, or leave them out."),
        )
    if not (options.kinds or options.cases or options.files):
        raise BadInputError(
            _("There is nothing to check."),
            mend=_("Name a policy's file, or - for standard input; --kinds lists what is found."),
        )


def _document(checked: Checked, *, wants_aws: bool) -> dict[str, Any]:
    report = checked.report
    out: dict[str, Any] = {
        "file": printable(checked.name),
        "document_type": report.document_type,
        "inferred": report.inferred,
        "mended": report.mended,
    }
    if wants_aws:
        out["access_analyzer"] = {"asked": checked.asked, "problem": printable(checked.problem) or None}
    return out


def _kinds() -> Result:
    from wizard.policy.check import SEVERITIES, kinds

    every = list(kinds().values())
    width = max(len(kind.word) for kind in every)
    wide = max(columns(severity(word)) for word in SEVERITIES)
    words = {word: severity(word) + " " * (wide - columns(severity(word))) for word in SEVERITIES}
    text = [
        f"{kind.word:<{width}}  {words[kind.severity]}  {_(kind.sentence)}\n{'':<{width}}  {'':<{wide}}  {kind.page}"
        for kind in every
    ]
    data = [
        {"kind": kind.word, "severity": kind.severity, "sentence": kind.sentence, "page": kind.page} for kind in every
    ]
    return Result("\n".join(text), {"kinds": data})


def _check_file(name: str, kind: DocumentType | None) -> Checked:
    from dataclasses import replace

    from wizard.policy.check import Finding, check

    text, wrong = _read(name)
    report = check(text, document_type=kind)
    if wrong:
        line = text[:wrong].count("\n") + 1 if wrong > 0 else 1
        message = _("The file isn't UTF-8: save it as UTF-8.")
        report = replace(report, findings=(Finding("not-utf-8", "error", message, line=line), *report.findings))
    return Checked(name, text, report)


def _from_standard_input() -> bytes:
    with standard_input.reading():
        return standard_input.stream().read()


def _read(name: str) -> tuple[str, int]:
    """Return a file's text, and the place of the first byte that isn't UTF-8 (0: it is)."""
    try:
        raw = _from_standard_input() if name == "-" else Path(name).read_bytes()
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
