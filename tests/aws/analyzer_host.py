"""An IAM Access Analyzer that answers ValidatePolicy over HTTP as AWS does, from what a test gives it.

The shapes are those of botocore's service model; places are counted as AWS documents and the AWS CLI's example of
`validate-policy` shows them: lines from 1, columns and offsets from 0, quotes inside, the end outside.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse, HTTPHeaders

from wizard.aws import clients

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
_KINDS = {"ERROR": "error", "WARNING": "general-warning", "SECURITY_WARNING": "security-warning"}


class Analyzer:
    """What is answered, in order (the last one again and again), and the requests that came."""

    def __init__(self, *answers: tuple[int, Any] | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[Any] = []

    def listen(self, session: Any) -> None:
        session.register("before-send.accessanalyzer.ValidatePolicy", self._answer)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the requests."""
        return [json.loads(request.body) for request in self.requests]

    def _answer(self, *, request: Any, **_event: Any) -> AWSResponse:
        self.requests.append(request)
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(told, Exception):
            raise told
        status, body = told
        headers = HTTPHeaders()
        headers.add_header("Content-Type", "application/json")
        if status != 200 and isinstance(body, dict) and "code" in body:
            headers.add_header("x-amzn-ErrorType", body["code"])
        answer = AWSResponse(request.url, status, headers, None)
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        vars(answer)["_content"] = content  # the one way to fill it without a socket; botocore's stubs don't name it
        return answer


def put(monkeypatch: pytest.MonkeyPatch, folder: Path, *answers: tuple[int, Any] | Exception) -> Analyzer:
    """Put an analyzer in AWS's place, for the profile `auditor` and the environment's own keys."""
    analyzer = Analyzer(*answers)
    key = "aws_access_key_id = AKIAEXAMPLEAUDITOR01\naws_secret_access_key = secretOfTheAuditor/00000000000000000000\n"
    (folder / "config").write_text("[profile auditor]\nregion = ap-northeast-1\n", encoding="utf-8")
    (folder / "credentials").write_text(f"[auditor]\n{key}", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(clients, "on_session", analyzer.listen)
    return analyzer


def answer(*findings: dict[str, Any], token: str = "") -> tuple[int, Any]:
    """Return one page."""
    return 200, {"findings": list(findings), **({"nextToken": token} if token else {})}


def refusal(status: int, code: str, message: str) -> tuple[int, Any]:
    """Return one of AWS's errors."""
    return status, {"code": code, "message": message, **({"reason": "other"} if code == "ValidationException" else {})}


def finding(kind: str, code: str, details: str, *locations: dict[str, Any]) -> dict[str, Any]:
    """Return one finding."""
    anchor = f"{_KINDS.get(kind, 'suggestion')}-{code.lower().replace('_', '-')}"
    return {
        "findingDetails": details,
        "findingType": kind,
        "issueCode": code,
        "learnMoreLink": f"{_PAGE}#access-analyzer-reference-policy-checks-{anchor}",
        "locations": list(locations),
    }


def location(text: str, value: str, *path: str | int, substring: tuple[int, int] | None = None) -> dict[str, Any]:
    """Return the location of the first place where `value` stands in `text`, with its path."""
    start = text.index(value)
    steps: list[dict[str, Any]] = [{"index": step} if isinstance(step, int) else {"value": step} for step in path]
    if substring is not None:
        steps.append({"substring": {"start": substring[0], "length": substring[1]}})
    return {"path": steps, "span": {"start": _position(text, start), "end": _position(text, start + len(value))}}


def _position(text: str, offset: int) -> dict[str, int]:
    before = text[:offset]
    return {"line": before.count("\n") + 1, "column": offset - (before.rfind("\n") + 1), "offset": offset}
