"""`explain --cases -` on cases at random: against the second evaluator, blurred, broken, cut off, deep, large."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.fuzz.running import Target
from tests.fuzz.texts import DEEP, LARGE, Repeated, repeated
from tests.policy.evaluate_holds import agrees, answered, broken_cases, explained, helped, hide, result, stays
from tests.policy.evaluate_strategies import cases
from wizard.policy.evaluate import evaluate
from wizard.policy.evaluation.reading import read

if TYPE_CHECKING:
    from tests.fuzz.running import Watch

ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":'
DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":'
HEADS = [
    "", "{", "[", '{"Statement":[', ALLOW + '"arn:aws:s3:::b/', ALLOW + "[",
    ALLOW.replace('"Principal":"*",', "") + "[",
    DENY + '["', DENY + '"*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:TagKeys":["',
]  # fmt: skip
PIECES = [
    '"arn:aws:s3:::b#/*",', '"*a*?b",', "*a", "?*", "*", "?", "k", "a", "${aws:username}", "${a", '"a":1,', '"k#":"v",',
    '{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/*#"},', '*a?","', 'k*#","', "[", "{", '{"a":',
    '[{"a":', "\\u0000", "é", '","', "1,", "null,", "${aws:username, 'x'}",
]  # fmt: skip
TAILS = ["", '"', '"}', '"]}', "]}]}", '"}]}', '"]}}}]}', '"],"Resource":"*"}]}', "]", "}"]
VALUES = ["k", "a" * 60_000, "ab" * 30_000, "arn:aws:s3:::b/" + "k" * 1000]


def _case(case: dict[str, Any], watch: Watch) -> None:
    watch.time(answered, json.dumps(case).encode())


def _agrees(case: tuple[dict[str, Any], bool], watch: Watch) -> None:
    whole = helped(case[0]) if case[1] else case[0]
    _case(whole, watch)
    agrees(whole)


@st.composite
def blurred(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make a case, and the same with less known of it."""
    case = draw(cases())
    case = helped(case) if draw(st.booleans()) else case
    return hide(case, draw), case


def _stays(case: tuple[dict[str, Any], dict[str, Any]], watch: Watch) -> None:
    _case(case[0], watch)
    stays(*case)


def _explained(case: dict[str, Any], watch: Watch) -> None:
    explained(case)
    watch.time(evaluate, read(case))


def _cut(case: tuple[dict[str, Any], float], watch: Watch) -> None:
    line = json.dumps(case[0]).encode()
    assert set(watch.time(answered, line[: int(case[1] * (len(line) - 1))])) == {"name", "error"}


@st.composite
def heavy(draw: st.DrawFn, times: st.SearchStrategy[int]) -> tuple[dict[str, Any], str, Repeated, bool]:
    """Make a case one of whose documents is deep or large, and asks much of a long request."""
    case = draw(cases())
    if draw(st.booleans()):
        value = draw(st.sampled_from(VALUES))
        case["request"]["context"] |= {"aws:username": value, "aws:TagKeys": [value] * draw(st.integers(1, 20))}
    kind = draw(st.sampled_from(["identity", "resource", "trust", "session", "boundary"]))
    return case, kind, draw(repeated(HEADS, PIECES, TAILS, times)), draw(st.booleans())


def _heavy(case: tuple[dict[str, Any], str, Repeated, bool], watch: Watch) -> None:
    given, kind, text, as_text = case
    mark = "the document"
    line = json.dumps({**given, "policies": {**given["policies"], kind: mark}})
    document = text.text()
    raw = line.replace(json.dumps(mark), json.dumps(document) if as_text else document).encode()
    got = watch.time(answered, raw)
    if "result" in got and as_text:
        whole = read({**given, "policies": {**given["policies"], kind: document}})
        assert watch.time(evaluate, whole).result == got["result"]
        assert got["result"] == result({**given, "policies": {**given["policies"], kind: document}})


TARGETS = [
    Target("evaluate-second", st.tuples(cases(block=False), st.booleans()), _agrees),
    Target("evaluate-blurred", blurred(), _stays),
    Target("evaluate-broken", broken_cases(), _case),
    Target("evaluate-explained", cases(), _explained),
    Target("evaluate-cut", st.tuples(cases(), st.floats(0, 1)), _cut),
    Target("evaluate-deep", heavy(DEEP), _heavy),
    Target("evaluate-large", heavy(LARGE), _heavy),
]
