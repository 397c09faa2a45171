"""Whatever the text: no traceback, no endless wait, places inside the text, mends that are JSON."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.policy.check import DOCUMENT_TYPES, Context, Report, check, kinds

DATA = Path(__file__).parents[1] / "data" / "check"
CONTEXT = Context("111111111111", "222222222222", "s3-crossaccount-bucket01", "aws", "ap-northeast-1")
SOUND = [
    json.dumps(json.loads(line)["policy"], indent=2, ensure_ascii=False)
    for line in (DATA / "sound.jsonl").read_text(encoding="utf-8").splitlines()
]
# What breaks a document: brackets, quotes of all sorts, and the words of policies in wrong places.
PIECES = st.sampled_from(
    [*'{}[]",:', "\n", " ", "“", "”", "'", "「", "，", "：", "\u00a0", "\ufeff", "//", "/*", "#", "\\", "\\u", "...",
     '"Effect"', '"Action":', '"Statement"', '"Principal"', "Allow", "true", "None", "0123", "１２", "${", "<a>",
     '"s3:GetObject"', '"s3:*"', '"arn:aws:s3:::a/*"', '"AWS"', "&quot;", '\\"', "\ud800", "\x00", "=", ";", "{{a}}"]
)  # fmt: skip
TYPES = st.sampled_from([None, *DOCUMENT_TYPES])
NAMES = st.sampled_from(
    ["Version", "Statement", "Sid", "Effect", "Principal", "Action", "Resource", "Condition", "AWS", "Service",
     "StringEquals", "ForAllValues:StringLike", "Bool", "IpAddress", "aws:SourceIp", "aws:TagKeys", "s3:prefix",
     "NotAction", "Federated"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["*", "arn:aws:s3:::a"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=5),
    max_leaves=24,
)


def sound(text: str, report: Report) -> None:
    """Assert what holds for every report."""
    lines = text.splitlines() or [""]
    for one in report.findings:
        assert one.kind in kinds()
        assert one.line is None or 1 <= one.line <= len(text) + 1
        assert one.column is None or one.column >= 1
        assert one.length >= 1
        json.dumps(one.to_json("f"), ensure_ascii=False).encode()
    assert lines
    if report.mended is not None:
        json.loads(report.mended)
        check(report.mended, document_type=report.document_type)


@given(st.sampled_from(SOUND), st.data(), TYPES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_policy_that_was_damaged_anywhere_is_read(text: str, data: st.DataObject, kind: Any) -> None:
    damaged = damage(text, data)
    sound(damaged, check(damaged, document_type=kind, context=CONTEXT))


def damage(text: str, data: st.DataObject) -> str:
    for _time in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.sampled_from([0, 0, 1, 1, 2, 5, 40]))
        text = text[:at] + data.draw(PIECES | st.just("")) + text[at + cut :]
    return text[: data.draw(st.integers(0, len(text)))] if data.draw(st.booleans()) else text


@given(st.lists(PIECES, max_size=60).map("".join), TYPES)
@settings(max_examples=150, deadline=None)
def test_any_heap_of_pieces_is_read(text: str, kind: Any) -> None:
    sound(text, check(text, document_type=kind, context=CONTEXT))


@given(JSON, TYPES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_and_only_its_meaning_is_wrong(value: Any, kind: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    report = check(text, document_type=kind, context=CONTEXT)
    sound(text, report)
    written = {"trailing-comma", "missing-comma", "unfinished-document", "wrong-bracket", "missing-bracket"}
    assert not written & {one.kind for one in report.findings}


def test_the_nesting_of_a_text_is_bounded() -> None:
    for opener in ("[", "{", '{"a":', '[{"Statement":', '{"Condition":{"a":['):
        report = check(opener * 100_000)
        assert "nesting-too-deep" in [one.kind for one in report.findings]


READ = '{"Sid":"S%s","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b%s/*"}'
LARGE = {
    "statements": '{"Statement":[' + ",".join(READ.replace("%s", str(number)) for number in range(12_000)) + "]}",
    "actions": '{"Statement":[{"Action":[' + ",".join(f'"s3:Get{number}"' for number in range(60_000)) + "]}]}",
    "members": "{" + ",".join(f'"k{number}":1' for number in range(80_000)) + "}",
    "smart quotes": '{"a”:"b”,' * 110_000,
    "quotes": '"a"b' * 250_000,
    "brackets": "]}" * 500_000,
    "commas": "," * 1_000_000,
    "angles": "<a " * 330_000,
    "blanks": "{" + " " * 1_000_000 + "x",
    "one long value": '{"Resource":"arn:aws:s3:::' + "*a" * 500_000 + '"}',
    "variables": '{"Resource":"arn:aws:s3:::b/${' + "a." * 500_000 + '"}',
    "comments": "{" + "/* */" * 200_000 + "}",
}


@pytest.mark.parametrize("name", LARGE)
def test_a_document_of_a_megabyte_takes_less_than_a_second(name: str) -> None:
    text = LARGE[name]
    times = []
    for kind in ("identity", "bucket"):
        start = time.process_time()
        sound(text, check(text, document_type=kind, context=CONTEXT))
        times.append(time.process_time() - start)
    assert min(times) < 1


@pytest.mark.fuzz
@given(st.sampled_from(SOUND), st.data(), TYPES)
@settings(max_examples=20_000, deadline=1000, suppress_health_check=list(HealthCheck))
def test_long_a_policy_that_was_damaged_anywhere_is_read(text: str, data: st.DataObject, kind: Any) -> None:
    damaged = damage(text, data)
    sound(damaged, check(damaged, document_type=kind, context=CONTEXT))


@pytest.mark.fuzz
@given(st.lists(PIECES, max_size=400).map("".join), TYPES)
@settings(max_examples=20_000, deadline=1000, suppress_health_check=list(HealthCheck))
def test_long_any_heap_of_pieces_is_read(text: str, kind: Any) -> None:
    sound(text, check(text, document_type=kind, context=CONTEXT))
