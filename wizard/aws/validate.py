"""Asks IAM Access Analyzer what it finds in a policy, and merges that with what check found itself.

The call is ValidatePolicy (https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html);
the codes of its findings are in
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.errors import AwsError, WizardError
from wizard.policy.checks.finding import SEVERITIES, Finding
from wizard.policy.checks.sheet import is_json
from wizard.text import _, language
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wizard.aws.clients import Clients
    from wizard.policy.checks.finding import DocumentType, Report, Severity

KIND = "access-analyzer"
SERVICE, OPERATION = "accessanalyzer", "validate_policy"

# A session policy is written as an identity policy is. What has no resource type is checked as any resource's policy.
_TYPES: Mapping[DocumentType | None, Mapping[str, str]] = {
    "identity": {"policyType": "IDENTITY_POLICY"},
    "session": {"policyType": "IDENTITY_POLICY"},
    "bucket": {"policyType": "RESOURCE_POLICY", "validatePolicyResourceType": "AWS::S3::Bucket"},
    "trust": {"policyType": "RESOURCE_POLICY", "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"},
    "key": {"policyType": "RESOURCE_POLICY"},
    "scp": {"policyType": "SERVICE_CONTROL_POLICY"},
    None: {"policyType": "RESOURCE_POLICY"},
}
_SEVERITIES: Mapping[str, Severity] = {
    "ERROR": "error",
    "SECURITY_WARNING": "warning",
    "WARNING": "warning",
    "SUGGESTION": "suggestion",
}
_LOCALES = {"en": "EN", "ja": "JA"}
_NOWHERE = (1 << 31, 0)


@dataclass(frozen=True, slots=True)
class Theirs:
    """One finding of AWS, with the JSON pointers of every place that it names: the first one is the finding's."""

    finding: Finding
    pointers: tuple[str, ...] = ()


def can_be_asked(text: str) -> bool:
    """Whether a text is a JSON object: of anything else AWS says only that it isn't one, and check says where."""
    return text.lstrip(" \t\r\n").startswith("{") and is_json(text)


def ask(clients: Clients, text: str, document_type: DocumentType | None) -> tuple[Theirs, ...]:
    """Send a policy to AWS and return its findings, of all pages. Raises CallError, AwsError or BadInputError."""
    known = {"policyDocument": text, "locale": _LOCALES[language()], **_TYPES[document_type]}
    found: list[Theirs] = []
    token = ""
    while True:
        page = _page(clients, known | ({"nextToken": token} if token else {}))
        found += [_theirs(one, text) for one in page["findings"]]
        before, token = token, page.get("nextToken") or ""
        if not token or token == before:
            return tuple(found)


def _page(clients: Clients, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    from wizard.aws.errors import UNREACHABLE, CallError

    try:
        answer: Mapping[str, Any] = clients.call(SERVICE, OPERATION, **parameters)
    except CallError as error:
        if error.code.isdecimal():  # an HTTP status alone: AWS names its errors
            raise _from_somebody_else(error.code) from None
        region = clients.unknown_region(SERVICE) if error.code == UNREACHABLE and not clients.place.endpoint_url else ""
        if region:
            error.mend = _("IAM Access Analyzer isn't known in {region}: name another region.").format(region=region)
        raise
    if "findings" not in answer:  # silence would look like AWS's consent
        raise _from_somebody_else("200")
    return answer


def _from_somebody_else(status: str) -> AwsError:
    """Return the error of what else may answer: a proxy, or an emulator that lacks the service."""
    return AwsError(
        _("What answers ({status}) isn't IAM Access Analyzer.").format(status=status),
        mend=_("Look at the network, the proxy, and {endpoint}.").format(endpoint=how(Way.ENDPOINT)),
    )


def is_about_the_text(error: WizardError) -> bool:
    """Whether AWS refused this one text; what else goes wrong would go wrong with the next one too."""
    return getattr(error, "code", "") == "ValidationException"


def consult(clients: Clients, text: str, report: Report) -> Report:
    """Return the report of a text with what AWS says of it merged in. Raises as `ask`."""
    return replace(report, findings=merge(report.findings, ask(clients, text, report.document_type)))


def merge(ours: Sequence[Finding], theirs: Iterable[Theirs]) -> tuple[Finding, ...]:
    """Return both in the order of their places.

    What AWS says at the same place about the same matter as one of ours is told once: ours stays, with AWS's code,
    its page, and the graver of the two severities. Merging the same again changes nothing.
    """
    out = list(ours)
    for one in sorted(theirs, key=lambda each: _place(each.finding)):
        if one.finding in out:  # merged already
            continue
        at = next((number for number, each in enumerate(out) if _is_same(each, one)), None)
        if at is None:
            place = _place(one.finding)
            later = (number for number, each in enumerate(out) if _place(each) > place)
            out.insert(next(later, len(out)), one.finding)
        elif out[at].issue_code is None:
            severity = min(out[at].severity, one.finding.severity, key=SEVERITIES.index)
            out[at] = replace(out[at], severity=severity, issue_code=one.finding.issue_code, page=one.finding.page)
    return tuple(out)


def _place(finding: Finding) -> tuple[int, int]:
    return _NOWHERE if finding.line is None else (finding.line, finding.column or 0)


def _is_same(ours: Finding, theirs: Theirs) -> bool:
    if ours.source == "aws" or ours.kind not in matters().get(theirs.finding.issue_code or "", ()):
        return False
    if ours.path is None:
        return False
    return any(_meet(ours.path, pointer) for pointer in theirs.pointers)


def _meet(one: str, other: str) -> bool:
    """Whether two pointers are the same, or one is inside the other (in the document itself everything is)."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or bool(shorter and longer.startswith(shorter + "/"))


@cache
def matters() -> Mapping[str, frozenset[str]]:
    """Return, by AWS's code of a finding, our kinds that are about the same matter."""
    raw = json.loads((Path(__file__).parent / "validate_matters.json").read_text(encoding="utf-8"))
    return {code: frozenset(kinds) for code, kinds in raw.items()}


def _theirs(raw: Mapping[str, Any], text: str) -> Theirs:
    """Read one finding of an answer.

    AWS counts lines from 1 and columns from 0, and a span ends before its end position:
    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Position.html
    """
    locations = raw.get("locations") or [{}]
    pointers = tuple(_pointer(one.get("path") or ()) for one in locations if "path" in one)
    places = [place for place in (_span(one.get("span") or {}, text) for one in locations) if place is not None]
    line, column, length = places[0] if places else (None, None, 1)
    message = _flat(raw.get("findingDetails", ""))
    others = ", ".join(f"{line}:{column}" for line, column, _length in places[1:])
    if others:
        message += " " + _("(See also {places}.)").format(places=others)
    finding = Finding(
        KIND,
        _SEVERITIES.get(raw.get("findingType", ""), "warning"),  # a type that is new: rather seen than lost
        message,
        path=pointers[0] if pointers else None,
        line=line,
        column=column,
        length=length,
        source="aws",
        issue_code=_flat(raw.get("issueCode", "")) or None,
        page=_flat(raw.get("learnMoreLink", "")) or None,
    )
    return Theirs(finding, pointers)


def _pointer(path: Iterable[Mapping[str, Any]]) -> str:
    """Return the JSON pointer (RFC 6901) of a path; what it says of a part of a string is left out."""
    steps = [str(value) for step in path for name, value in step.items() if name in {"index", "key", "value"}]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _span(span: Mapping[str, Any], text: str) -> tuple[int, int, int] | None:
    """Return line and column from 1, and the length on that line; None where the text has no such place."""
    start, end = span.get("start") or {}, span.get("end") or {}
    line, column = start.get("line"), start.get("column")
    if line is None or column is None or not 0 < line <= text.count("\n") + 1 or column < 0:
        return None
    stop = end.get("column")
    return line, column + 1, max(1, stop - column) if end.get("line") == line and stop is not None else 1


def _flat(text: object) -> str:
    """Return what AWS says on one line, without control characters: it goes to a terminal."""
    return " ".join("".join(char if char.isprintable() else " " for char in str(text)).split())
