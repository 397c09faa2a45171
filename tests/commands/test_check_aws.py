"""`check --access-analyzer`: AWS's findings beside check's own, and what is said where AWS can't be asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.aws.analyzer_host import Analyzer, answer, finding, location, put, refusal
from wizard import ways
from wizard.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

SOUND = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::s3-crossaccount-bucket01/*"
    }
  ]
}
"""
FAULTY = SOUND.replace("s3:GetObject", "s3:GetObejct")
PATH = ("Statement", 0, "Action")
UNKNOWN = finding("ERROR", "INVALID_ACTION", "No such action.", location(FAULTY, '"s3:GetObejct"', *PATH))
BROAD = finding("SECURITY_WARNING", "SOMETHING_NEW", "Too much.", location(SOUND, '"s3:GetObject"', *PATH))
TIDY = finding("SUGGESTION", "SOMETHING_TIDY", "Tidy it.", location(SOUND, '"Allow"', "Statement", 0, "Effect"))
DENIED = refusal(403, "AccessDeniedException", "You are not authorized.")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_args: 0)
    (tmp_path / "sound.json").write_text(SOUND, encoding="utf-8")
    (tmp_path / "faulty.json").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "broken.json").write_text(SOUND.replace("},", "}", 1).rstrip("}\n"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def analyzer(here: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def with_answers(*answers: Any) -> Analyzer:
        return put(monkeypatch, here, *answers)

    return with_answers


def test_a_profile_alone_asks_and_its_region_is_used(analyzer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    host = analyzer(answer(BROAD))
    assert main(["check", "sound.json", "--kind", "identity", "--profile", "auditor"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[1:5] == [
        "sound.json:6:17 warning access-analyzer SOMETHING_NEW: Too much.",
        '          "Action": "s3:GetObject",',
        "                    ^~~~~~~~~~~~~~",
        f"    AWS IAM Access Analyzer: {BROAD['learnMoreLink']}",
    ]
    assert out[5].endswith("errors: 0, warnings: 1 (IAM Access Analyzer was asked too)")
    [request] = host.requests
    assert request.url.startswith("https://access-analyzer.ap-northeast-1.amazonaws.com/policy/validation")
    assert host.asked[0]["policyDocument"] == SOUND


def test_the_region_and_the_endpoint_are_those_that_are_given(analyzer: Any) -> None:
    host = analyzer(answer())
    where = ["--profile", "auditor", "--region", "eu-west-3", "--endpoint-url", "http://127.0.0.1:9"]
    assert main(["check", "sound.json", "--kind", "identity", *where]) == 0
    [request] = host.requests
    assert request.url.startswith("http://127.0.0.1:9/")
    assert b"/eu-west-3/access-analyzer/" in request.headers["Authorization"]


def test_the_flag_alone_asks_with_the_credentials_that_the_aws_cli_would_take(
    analyzer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = analyzer(answer())
    monkeypatch.setenv("AWS_PROFILE", "auditor")
    assert main(["check", "sound.json", "--kind", "identity"]) == 0
    assert host.requests == []  # never unasked: the policy would go to AWS
    assert main(["check", "sound.json", "--kind", "identity", "--access-analyzer"]) == 0
    assert len(host.requests) == 1


def test_what_aws_says_too_is_told_once(analyzer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    analyzer(answer(UNKNOWN))
    assert main(["check", "faulty.json", "--kind", "identity", "--profile", "auditor"]) == 1
    out = capsys.readouterr().out
    assert out.count("faulty.json:6:17") == 1
    assert "    IAM Access Analyzer says so too: INVALID_ACTION\n" in out
    assert "errors: 1, warnings: 0" in out


def test_json_marks_what_is_aws_s_and_says_whether_aws_was_asked(
    analyzer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    analyzer(answer(BROAD), answer(UNKNOWN))
    files = ["sound.json", "faulty.json", "broken.json"]
    assert main(["check", *files, "--kind", "identity", "--profile", "auditor", "--json"]) == 1
    told = capsys.readouterr()
    data = json.loads(told.out)
    theirs, ours = (one for one in data["findings"] if "issue_code" in one)
    assert theirs == {
        "file": "sound.json",
        "line": 6,
        "column": 17,
        "severity": "warning",
        "kind": "access-analyzer",
        "message": "Too much.",
        "path": "/Statement/0/Action",
        "suggestion": None,
        "source": "aws",
        "issue_code": "SOMETHING_NEW",
        "page": BROAD["learnMoreLink"],
    }
    assert (ours["kind"], ours["issue_code"], "source" in ours) == ("unknown-action", "INVALID_ACTION", False)
    states = [one["access_analyzer"] for one in data["documents"]]
    assert states[:2] == [{"asked": True, "problem": None}] * 2
    assert states[2]["asked"] is False
    assert "no JSON" in states[2]["problem"]
    assert "broken.json: IAM Access Analyzer wasn't asked" in told.err


def test_a_suggestion_of_aws_does_not_make_the_exit_status(analyzer: Any) -> None:
    analyzer(answer(TIDY))
    assert main(["check", "sound.json", "--kind", "identity", "--profile", "auditor"]) == 0


@pytest.mark.parametrize(
    ("told", "said", "status"),
    [(DENIED, "AccessDeniedException", 3), (EndpointConnectionError(endpoint_url="https://x"), "no answer", 3)],
    ids=["denied", "out of reach"],
)
def test_where_aws_cannot_be_asked_check_s_own_findings_come_and_a_note_says_why(
    analyzer: Any, capsys: pytest.CaptureFixture[str], told: Any, said: str, status: int
) -> None:
    analyzer(told)
    assert main(["check", "faulty.json", "--kind", "identity", "--profile", "auditor"]) == 1
    shown = capsys.readouterr()
    assert "faulty.json:6:17 error unknown-action" in shown.out
    assert "asked too" not in shown.out
    assert "IAM Access Analyzer can't say anything" in shown.err
    assert said in shown.err
    assert main(["check", "sound.json", "--kind", "identity", "--profile", "auditor"]) == status


def test_no_credentials_and_no_such_profile_are_told_in_check_s_own_words(
    analyzer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    analyzer(answer())
    assert main(["check", "sound.json", "--kind", "identity", "--access-analyzer"]) == 3
    assert "(--profile)" in capsys.readouterr().err
    assert ways.how(ways.Way.PROFILES) == ways.COMMANDS[ways.Way.PROFILES]
    assert main(["check", "sound.json", "--kind", "identity", "--profile", "nobody"]) == 2
    shown = capsys.readouterr()
    assert "no profile nobody" in shown.err
    assert "nothing wrong was found" in shown.out


def test_after_a_refusal_aws_is_not_asked_again_but_after_one_of_a_text_it_is(
    analyzer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    host = analyzer(DENIED)
    files = ["sound.json", "faulty.json"]
    assert main(["check", *files, "--kind", "identity", "--profile", "auditor"]) == 1
    assert len(host.requests) == 1
    assert "faulty.json: nor was it asked about this one." in capsys.readouterr().err
    host = analyzer(refusal(400, "ValidationException", "Too long."), answer(UNKNOWN))
    assert main(["check", *files, "--kind", "identity", "--profile", "auditor"]) == 1
    assert len(host.requests) == 2
    shown = capsys.readouterr()
    assert "Too long." in shown.err
    assert "says so too: INVALID_ACTION" in shown.out


@pytest.mark.parametrize(
    "arguments",
    [["--cases", "-", "--access-analyzer"], ["sound.json", "--region", "eu-west-3"],
     ["sound.json", "--endpoint-url", "http://127.0.0.1:9"]],
    ids=["cases", "a region", "an endpoint"],
)  # fmt: skip
def test_options_that_ask_nothing_are_wrong_use(
    analyzer: Any, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    host = analyzer(answer())
    assert main(["check", *arguments]) == 2
    assert host.requests == []
    assert capsys.readouterr().out == ""
