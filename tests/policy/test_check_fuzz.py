"""Whatever the text: no traceback, no endless wait, places inside the text, mends that are JSON."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.check_strategies import CONTEXT, JSON, PIECES, SOUND, TYPES, damage, sound
from wizard.policy.check import check


@given(st.sampled_from(SOUND), st.data(), TYPES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_policy_that_was_damaged_anywhere_is_read(text: str, data: st.DataObject, kind: Any) -> None:
    damaged = damage(text, data.draw)
    sound(damaged, check(damaged, document_type=kind, context=CONTEXT))


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
