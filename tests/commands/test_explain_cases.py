"""`explain --cases -`: a filter of JSON lines that nothing on its input stops."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from wizard.commands import explain
from wizard.policy.evaluation.reading import answer

COMMAND = [sys.executable, "-m", "wizard", "explain", "--cases", "-"]
CASE: dict[str, Any] = {
    "name": "one",
    "request": {
        "principal": "arn:aws:iam::111111111111:user/ann",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
        "context": {},
    },
    "policies": {
        "identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}]
    },
    "principal_account": "111111111111",
    "resource_account": "111111111111",
}


def ask(*lines: object) -> list[dict[str, Any]]:
    given = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    done = subprocess.run(COMMAND, input=given, capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def with_(**changes: Any) -> dict[str, Any]:
    return {**CASE, **changes}


def requesting(**changes: Any) -> dict[str, Any]:
    return with_(request={**CASE["request"], **changes})


def test_each_line_is_answered_in_its_place_whatever_is_wrong_with_the_others() -> None:
    got = ask(
        CASE, b'{"name": "two", "request"', b"", {**CASE, "name": "three"}, b"\xff\xfe", b"[1]", with_(name="six")
    )
    assert [item["name"] for item in got] == ["one", "two", None, "three", None, None, "six"]
    assert ["result" in item for item in got] == [True, False, False, True, False, False, True]
    assert all(set(item) == {"name", "error"} for item in got if "result" not in item)


def test_no_input_gives_no_output() -> None:
    assert ask() == []


def test_the_last_line_needs_no_line_end_and_crlf_is_one() -> None:
    line = json.dumps(CASE).encode()
    assert [item["result"] for item in ask(line + b"\r", line)] == ["Allowed", "Allowed"]


def test_answers_come_before_the_input_ends() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("first", "second"):
            process.stdin.write(json.dumps(with_(name=name)).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["name"] == name
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_name_comes_back_as_it_was() -> None:
    names = ["", "日本語", 'a"b\\c\n', "\ud800", "x" * 5000]
    assert [json.loads(answer(json.dumps(with_(name=name)).encode()))["name"] for name in names] == names


def test_a_byte_order_mark_at_the_start_is_no_fault() -> None:
    assert json.loads(answer(b"\xef\xbb\xbf" + json.dumps(CASE).encode()))["result"] == "Allowed"


def test_other_keys_are_ignored() -> None:
    given = with_(comment="x", request={**CASE["request"], "region": "eu-west-1"}, expect={"result": "Unknown"})
    assert json.loads(answer(json.dumps(given).encode()))["result"] == "Allowed"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "x"}, "request"),
        (with_(request=5), "request"),
        (with_(policies=5), "policies"),
        (with_(unknown=5), "unknown"),
        (with_(unknown={"documents": 5}), "unknown.documents"),
        (with_(principal_account="222222222222"), "not the one in the ARN"),
        (with_(resource_account="1"), "twelve digits"),
        (with_(resource_account=[]), "twelve digits"),
        (with_(resource_account=None), "resource_account"),
        (with_(policies={"block_public_access": "on"}), "block_public_access"),
        (requesting(principal=None), "request.principal"),
        (requesting(principal="ann"), "can't make a request"),
        (requesting(principal="arn:aws:iam::111111111111:group/g"), "can't make a request"),
        (requesting(action=None), "request.action"),
        (requesting(action="s3"), "not an action"),
        (requesting(action="s3:*"), "not an action"),
        (requesting(resource=None), "request.resource"),
        (requesting(resource="b/k"), "neither an ARN"),
        (requesting(context=[]), "context"),
        (requesting(context={"aws:username": {"a": "b"}}), "aws:username"),
        (requesting(context={"aws:TagKeys": [["a"]]}), "aws:TagKeys"),
    ],
)
def test_a_case_that_makes_no_sense_is_an_error_for_its_line(given: dict[str, Any], message: str) -> None:
    got = json.loads(answer(json.dumps(given).encode()))
    assert set(got) == {"name", "error"}
    assert got["name"] == given["name"]
    assert message in got["error"]


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"{} {}",
        b'{"name": "x", "name": "y", "request": {}}',
        json.dumps(CASE).replace('"context": {}', '"context": {"aws:a": "1", "aws:a": "2"}').encode(),
        json.dumps(CASE).replace('"context": {}', '"context": {"aws:a": NaN}').encode(),
        b'{"name": ' + b"[" * 200_000,
        b'{"name": ' + b"[" * 400 + b"]" * 400 + b"}",
        b'{"a": ' + b"1" * 5000 + b"}",
        b"x" * (3 * 1024 * 1024),
    ],
)
def test_a_line_that_is_no_case_is_an_error_and_no_traceback(line: bytes) -> None:
    assert set(json.loads(answer(line))) == {"name", "error"}


def test_a_key_twice_in_a_document_is_a_document_that_aws_refuses() -> None:
    line = json.dumps(CASE).replace('"Effect": "Allow"', '"Effect": "Deny", "Effect": "Allow"')
    assert json.loads(answer(line.encode()))["result"] == "Unknown"


def test_a_key_twice_in_a_condition_is_a_document_that_aws_refuses() -> None:
    twice = '"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:SecureTransport": "true"}}, "Effect"'
    line = json.dumps(requesting(context={"aws:SecureTransport": "true"})).replace('"Effect"', twice)
    assert json.loads(answer(line.encode()))["result"] == "Unknown"


STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
DEEP: Any = "x"
for _ in range(300):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("document", "request_"),
    [
        ({"Statement": [STATEMENT] * 20_000}, {}),
        ({"Statement": {**STATEMENT, "Resource": ["arn:aws:s3:::b/" + "a*" * 400] * 1200}}, {}),
        ({"Statement": {**STATEMENT, "Resource": ["arn:aws:s3:::b/" + "?a*" * 300] * 800}}, {"resource": "long"}),
        ({"Statement": {**STATEMENT, "Resource": "arn:aws:s3:::b/*" + "?" * 500_000 + "b"}}, {"resource": "long"}),
        ({"Statement": {**STATEMENT, "Action": ["s3:" + "*a" * 200] * 2500}}, {}),
        (
            {"Statement": {**STATEMENT, "Condition": {"StringLike": {"aws:x": ["*a" * 300 + "b"] * 1500}}}},
            {"aws:x": "a"},
        ),
        (
            {"Statement": {**STATEMENT, "Condition": {"ForAllValues:StringLike": {"aws:x": ["?b*"] * 100_000}}}},
            {"aws:x": ["ab"] * 100_000},
        ),
        (
            {
                "Version": "2012-10-17",
                "Statement": {**STATEMENT, "Condition": {"StringLike": {"aws:x": "${aws:y}" * 50_000}}},
            },
            {"aws:x": "a", "aws:y": "y" * 500_000},
        ),
        ({"Statement": {**STATEMENT, "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"] * 80_000}}}}, {}),
        ({"Statement": {**STATEMENT, "Condition": {"NumericEquals": {"aws:x": ["1" * 100] * 9000}}}}, {"aws:x": "2"}),
        ({"Statement": {**STATEMENT, "Condition": DEEP}}, {}),
        ({"Statement": {**STATEMENT, "Action": DEEP}}, {}),
        ({"Statement": {**STATEMENT, "Principal": DEEP}}, {}),
        (DEEP, {}),
    ],
)
def test_no_case_takes_a_second(document: Any, request_: dict[str, Any]) -> None:
    context = {key: value for key, value in request_.items() if ":" in key}
    resource = "arn:aws:s3:::b/" + "a" * 400_000 if "resource" in request_ else "arn:aws:s3:::b/" + "a" * 1000
    line = json.dumps(
        with_(
            request={**CASE["request"], "resource": resource, "context": context},
            policies={"identity": [document], "resource": document, "scps": [[document]]},
        )
    ).encode()
    start = time.process_time()
    got = json.loads(answer(line))
    assert time.process_time() - start < 1
    assert "result" in got or "error" in got
    assert got.get("result") != "ExplicitlyDenied"


def test_without_cases_it_says_what_to_give() -> None:
    from argparse import Namespace

    from wizard.errors import BadInputError

    with pytest.raises(BadInputError, match="--cases -"):
        explain.run(Namespace(cases=None, file=None))
