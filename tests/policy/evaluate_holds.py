"""What must hold for any case, and ways to break and to blur one."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests.policy.evaluate_reference import Reference
from tests.policy.evaluate_strategies import KEYS, LAYERS, cases
from wizard.policy.evaluate import evaluate
from wizard.policy.evaluation.outcome import decide
from wizard.policy.evaluation.reading import answer, read

DENIED = {"ExplicitlyDenied", "ImplicitlyDenied"}


def result(case: dict[str, Any]) -> str:
    return decide(read(case)).result


def helped(case: dict[str, Any]) -> dict[str, Any]:
    """Let a case be Allowed but for its Denies."""
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policies = case["policies"]
    for kind in list(policies):
        if kind not in {"identity", "resource", "trust"}:
            del policies[kind]
    policies["identity"] = [{"Version": "2012-10-17", "Statement": [allow]}]
    for kind in ("resource", "trust"):
        document = policies.setdefault(kind, {"Version": "2012-10-17", "Statement": []})
        grant = {**allow, "Principal": "*"} if kind == "resource" else {**allow, "Principal": "*", "Action": "sts:*"}
        grant = grant if kind == "resource" else {key: item for key, item in grant.items() if key != "Resource"}
        document["Statement"].append(grant)
    return case


def agrees(case: dict[str, Any]) -> None:
    found, expected = result(case), Reference(case).result()
    text, given = json.dumps(case), case["request"]["context"].values()
    # Whom such an id means, what an empty list is, and what a list stands for in a variable: only the real one doubts.
    doubtful = "AROA" in text or [] in given or ("${" in text and any(isinstance(one, list) for one in given))
    if found == "ImplicitlyDenied" and doubtful:
        assert expected in DENIED
    else:
        assert found in {expected, "Unknown"}


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 10**12),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(
            ["*", "Allow", "2012-10-17", "arn:aws:s3:::b/*", "${aws:username", "${*}", "\ud800", "s3:Ge?*"]
        ),
        st.text(max_size=6),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["Statement", "Effect", "AWS", "Bool", "aws:username", "Null", "x", "ForAllValues:Bool"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def mutated(case: dict[str, Any], draw: Any) -> dict[str, Any]:
    """Put arbitrary JSON in one place of a case."""
    node: Any = case
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not places:
            return case
        place = draw(st.sampled_from(places))
        inner = node[place]
        if not isinstance(inner, dict | list) or not inner or draw(st.integers(0, 3)) == 0:
            node[place] = draw(json_values)
            return case
        node = inner


@st.composite
def broken_cases(draw: st.DrawFn) -> dict[str, Any]:
    """Make a case with arbitrary JSON in up to three places."""
    case = draw(cases())
    for _ in range(draw(st.integers(1, 3))):
        mutated(case, draw)
    return case


def answered(line: bytes) -> dict[str, Any]:
    """Answer a line, and assert what holds for every answer."""
    got: dict[str, Any] = json.loads(answer(line))
    assert set(got) in ({"name", "error"}, {"name", "result", "because", "missing", "unknown"})
    return got


def explained(case: dict[str, Any]) -> None:
    """Assert that the long way, with its near misses, gives the same verdict as the line."""
    line = answered(json.dumps(case).encode())
    verdict = evaluate(read(case))
    assert line["result"] == verdict.result
    assert line["missing"] == list(dict.fromkeys(item.policy for item in verdict.missing))
    assert [(item["policy"], item["index"]) for item in line["because"]] == [
        (ref.policy, ref.index) for ref in verdict.because
    ]


def hide(case: dict[str, Any], draw: Any) -> dict[str, Any]:
    """Take away what a case says of some documents and keys, and say that it isn't known."""
    # Nothing can be attached to a root user, so what could not be read of it is nothing; the strategies attach it.
    root = case["request"]["principal"].endswith(":root")
    hidden = draw(st.lists(st.sampled_from([*LAYERS, "block_public_access"]), max_size=3, unique=True))
    assume(not root or not {"identity", "boundary", "session"} & set(hidden))
    part = deepcopy(case)
    for kind in hidden:
        part["policies"].pop(kind, None)
    part["unknown"] = {"documents": hidden}
    if draw(st.booleans()):
        part["unknown"]["context"] = "unlisted"
        for key in draw(st.lists(st.sampled_from(KEYS), max_size=3)):
            part["request"]["context"].pop(key, None)
    return part


def stays(part: dict[str, Any], case: dict[str, Any]) -> None:
    """Assert that what is decided with less knowledge is decided so with all of it."""
    before, after = result(part), result(case)
    if before in DENIED:
        assert after in DENIED if before == "ImplicitlyDenied" else after == before
    elif before == "Allowed":
        assert after == before
