"""`check` on texts at random: damaged policies, heaps of pieces, any JSON, deep ones, a megabyte of anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.fuzz.running import Target
from tests.fuzz.texts import DEEP, LARGE, Repeated, repeated
from tests.policy.check_strategies import CONTEXT, JSON, PIECES, SOUND, TYPES, damage, sound
from wizard.policy.check import check

if TYPE_CHECKING:
    from tests.fuzz.running import Watch

OPENERS = [
    "[",
    "{",
    '{"a":',
    '[{"Statement":',
    '{"Condition":{"a":[',
    '{"Statement":[{"Resource":',
    "(",
    "「",
    '{"a”:',
    '"',
]
CLOSERS = ["", "]", "}", "]}", "x", '"', ","]
HEADS = [
    "", "{", "[", '{"Version":"2012-10-17","Statement":[', '{"Statement":[{"Effect":"Allow","Action":[',
    '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::', '{"Statement":[{"Effect":"Allow",',
    '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b"],"Condition":{"StringLike":{',
    '{"Statement":[{"Effect":"Allow","Principal":{"AWS":[', "\ufeff", '"', "Resource: ", "```json\n",
]  # fmt: skip
REPEATED = [
    '{"Sid":"S#","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b#/*"},', '"s3:Get#",', '"s3:GetObject",',
    '"k#":1,', '"k":1,', '"a”:"b”,', '"a"b', "]}", ",", "<a ", " ", "\n", "*a", "?", "*", "${", "${a.",
    "${aws:username}", "/* */", "//", "#", "{", "}", '\\"', "\\u0041", "\\", "“", "'", "：", "，", "０", "\u00a0", "<",
    "{{", "x", "é", "😀", '"arn:aws:iam::111111111111:role/r#",', '"111111111111",', '"aws:SourceIp":"10.0.0.#",',
    '"s3:prefix":["#"],', '"10.0.0.0/8",', '"Effect":"Allow",', '"Action":"*",', "null,", "[],", "{},", "1e9,",
    "-", "arn:aws:s3:::b/", "your-bucket-", "123456789012", "バケット名", "&quot;", "...", ":", "=",
]  # fmt: skip
TAILS = ["", '"', "]", "}", "]}", '"]}]}', '"}]}', "]}]}", "}}}]}", "x", "*/"]
WRITTEN = {"trailing-comma", "missing-comma", "unfinished-document", "wrong-bracket", "missing-bracket"}


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Damage a sound policy in a few places, or cut it off."""
    return damage(draw(st.sampled_from(SOUND)), draw)


def _text(case: tuple[str, Any], watch: Watch) -> None:
    text, kind = case
    report = watch.time(check, text, document_type=kind, context=CONTEXT)
    sound(text, report)


def _value(case: tuple[Any, Any], watch: Watch) -> None:
    text = json.dumps(case[0], ensure_ascii=False)
    report = watch.time(check, text, document_type=case[1], context=CONTEXT)
    sound(text, report)
    assert not WRITTEN & {one.kind for one in report.findings}


def _repeated(case: tuple[Repeated, Any], watch: Watch) -> None:
    _text((case[0].text(), case[1]), watch)


TARGETS = [
    Target("check-damaged", st.tuples(damaged(), TYPES), _text),
    Target("check-pieces", st.tuples(st.lists(PIECES, max_size=400).map("".join), TYPES), _text),
    Target("check-json", st.tuples(JSON, TYPES), _value),
    Target("check-deep", st.tuples(repeated(HEADS, OPENERS, CLOSERS, DEEP), TYPES), _repeated),
    Target("check-large", st.tuples(repeated(HEADS, REPEATED, TAILS, LARGE), TYPES), _repeated),
]
