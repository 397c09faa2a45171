"""What `check` is given and gives back: a context, findings with their places, a report."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Severity = Literal["error", "warning", "suggestion"]
DocumentType = Literal["identity", "bucket", "trust", "key", "session", "scp"]
Attach = Literal["managed", "user-inline", "role-inline", "group-inline"]
Source = Literal["check", "aws"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
DOCUMENT_TYPES: tuple[DocumentType, ...] = get_args(DocumentType)
ATTACHES: tuple[Attach, ...] = get_args(Attach)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding: its stable word, its usual severity, a sentence (English) and AWS's page."""

    word: str
    severity: Severity
    sentence: str
    page: str


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its word, in the order of `check --kinds`."""
    raw = json.loads((Path(__file__).parent / "data" / "kinds.json").read_text(encoding="utf-8"))
    pages: dict[str, str] = raw["pages"]
    return {
        word: Kind(word, cast("Severity", severity), sentence, pages[page])
        for word, (severity, page, sentence) in raw["kinds"].items()
    }


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the text; an empty value means that it is not known.

    `bucket_kms_key` is the ARN of the bucket's customer key, or `aws/s3`. `attach` decides which size limit
    counts for an identity policy.
    """

    source_account: str = ""
    destination_account: str = ""
    bucket: str = ""
    partition: str = ""
    region: str = ""
    role_arn: str = ""
    bucket_kms_key: str = ""
    attach: Attach | Literal[""] = ""

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Context:
        """Return the context that a case gives; unknown keys, nulls and values that aren't text are ignored."""
        known = {field.name for field in fields(cls)}
        given = {key: value for key, value in raw.items() if key in known and isinstance(value, str)}
        if given.get("attach") not in ATTACHES:
            given.pop("attach", None)
        return cls(**cast("dict[str, Any]", given))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where.

    `path` is a JSON pointer; `line` and `column` count from 1 in characters; each may be None. `length` is
    how many characters of that line it is about. `suggestion` is the text that would be right there.
    `source` is `aws` for what IAM Access Analyzer found. `issue_code` is its word for the matter, and `page`
    AWS's page about it: of its own findings, and of those of ours that it says too.
    """

    kind: str
    severity: Severity
    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    length: int = 1
    suggestion: str | None = None
    source: Source = "check"
    issue_code: str | None = None
    page: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it makes the exit status 1: errors and warnings do, suggestions don't."""
        return self.severity != "suggestion"

    def to_json(self, file: str | None = None) -> dict[str, Any]:
        """Return the finding as `check --json` gives it; what AWS adds is there only where it says something."""
        out: dict[str, Any] = {
            "file": None if file is None else printable(file),
            "line": self.line,
            "column": self.column,
            "severity": self.severity,
            "kind": self.kind,
            "message": printable(self.message),
            "path": None if self.path is None else printable(self.path),
            "suggestion": None if self.suggestion is None else printable(self.suggestion),
        }
        if self.source != "check":
            out["source"] = self.source
        if self.issue_code is not None:
            out |= {"issue_code": printable(self.issue_code), "page": self.page and printable(self.page)}
        return out


@dataclass(frozen=True, slots=True)
class Report:
    """The findings in the order of their places, and the mended text where every mend is certain.

    `document_type` is None where the text is the policy of a resource that isn't a bucket, key or role.
    `inferred` says that it was not given but read from the text.
    """

    findings: tuple[Finding, ...]
    document_type: DocumentType | None
    inferred: bool
    mended: str | None = None

    @property
    def counts(self) -> bool:
        """Whether an error or a warning was found."""
        return any(finding.counts for finding in self.findings)


def printable(text: str) -> str:
    """Return `text` with lone surrogates written as escapes: it can be encoded whatever the input was."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
