"""Texts at random that are nearly policies, and what holds for the report on any of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def damage(text: str, draw: Any) -> str:
    """Damage a text in a few places; `draw` draws from a strategy."""
    for _time in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.sampled_from([0, 0, 1, 1, 2, 5, 40]))
        text = text[:at] + draw(PIECES | st.just("")) + text[at + cut :]
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text
