"""What must hold for every case: more Denies never allow, less knowledge never decides otherwise."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.policy.evaluate_reference import Reference
from tests.policy.evaluate_strategies import KEYS, LAYERS, cases, statements
from wizard.policy.evaluate import evaluate
from wizard.policy.evaluation.outcome import decide
from wizard.policy.evaluation.reading import answer, read

DENIED = {"ExplicitlyDenied", "ImplicitlyDenied"}
many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def result(case: dict[str, Any]) -> str:
    return decide(read(case)).result


def written(case: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """List every document of a case with its kind."""
    found = []
    for kind, given_ in case["policies"].items():
        if kind == "block_public_access":
            continue
        left = [given_]
        for item in left:
            if isinstance(item, list):
                left += item
            else:
                found.append((kind, item))
    return found


@many
@given(cases(), st.data())
def test_another_deny_never_makes_allowed(case: dict[str, Any], data: st.DataObject) -> None:
    documents = written(case)
    assume(documents and result(case) != "Allowed")
    kind, document = data.draw(st.sampled_from(documents))
    names = kind in {"resource", "trust", "rcps", "vpc_endpoint"}
    document["Statement"].append(
        data.draw(statements(names=names, resource=kind != "trust", others=kind != "rcps", effect="Deny"))
    )
    assert result(case) != "Allowed"


@many
@given(cases(block=False), st.data())
def test_one_allow_less_never_makes_allowed(case: dict[str, Any], data: st.DataObject) -> None:
    # Without Block Public Access: taking a public Allow away can let the others in again.
    documents = [document for _, document in written(case)]
    assume(documents and result(case) != "Allowed")
    document = data.draw(st.sampled_from(documents))
    allows = [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]
    assume(allows)
    document["Statement"].remove(data.draw(st.sampled_from(allows)))
    assert result(case) != "Allowed"


@many
@given(cases(), st.data())
def test_what_is_known_stays_when_the_rest_is_filled_in(case: dict[str, Any], data: st.DataObject) -> None:
    stays(case, data)


def stays(case: dict[str, Any], data: st.DataObject) -> None:
    # Nothing can be attached to a root user, so what could not be read of it is nothing; the strategies attach it.
    root = case["request"]["principal"].endswith(":root")
    hidden = data.draw(st.lists(st.sampled_from([*LAYERS, "block_public_access"]), max_size=3, unique=True))
    assume(not root or not {"identity", "boundary", "session"} & set(hidden))
    part = deepcopy(case)
    for kind in hidden:
        part["policies"].pop(kind, None)
    part["unknown"] = {"documents": hidden}
    if data.draw(st.booleans()):
        part["unknown"]["context"] = "unlisted"
        for key in data.draw(st.lists(st.sampled_from(KEYS), max_size=3)):
            part["request"]["context"].pop(key, None)
    before, after = result(part), result(case)
    if before in DENIED:
        assert after in DENIED if before == "ImplicitlyDenied" else after == before
    elif before == "Allowed":
        assert after == before


@many
@given(cases(), st.sampled_from([*LAYERS, "block_public_access", "kms_grants", "acls", "something_else"]))
def test_a_kind_that_could_not_be_read_never_makes_allowed(case: dict[str, Any], kind: str) -> None:
    assume(not case["request"]["principal"].endswith(":root"))
    assume(result(case) != "Allowed")
    case["policies"].pop(kind, None)
    case["unknown"] = {"documents": [kind]}
    assert result(case) != "Allowed"


@many
@given(cases())
def test_nothing_is_allowed_with_everything_in_doubt(case: dict[str, Any]) -> None:
    action = case["request"]["action"]
    case["unknown"] = {"documents": [*LAYERS, "acls", "kms_grants", "block_public_access"], "context": "unlisted"}
    assert result(case) != "Allowed" or action == "sts:GetCallerIdentity"


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


@many
@given(cases(block=False), st.data())
def test_a_document_that_aws_would_refuse_allows_nothing(case: dict[str, Any], data: st.DataObject) -> None:
    assume(not case["request"]["principal"].endswith(":root"))  # needs no document
    case = helped(case)
    assume(result(case) == "Allowed")
    for kind in ("identity", "resource", "trust"):
        given_ = case["policies"][kind]
        document = given_[0] if isinstance(given_, list) else given_
        data.draw(st.sampled_from(document["Statement"]))["Resorce"] = "*"
    assert result(case) == "Unknown"


def agrees(case: dict[str, Any]) -> None:
    found, expected = result(case), Reference(case).result()
    if found == "ImplicitlyDenied" and ("AROA" in json.dumps(case) or [] in case["request"]["context"].values()):
        assert expected in DENIED  # whom such an id means, and what an empty list is, only the real one doubts
    else:
        assert found in {expected, "Unknown"}


@many
@given(cases(block=False), st.booleans())
def test_a_second_evaluator_in_the_plainest_way_agrees(case: dict[str, Any], help_: bool) -> None:  # noqa: FBT001 -- drawn
    agrees(helped(case) if help_ else case)


@many
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_statements_counts_for_nothing(case: dict[str, Any], random: Any) -> None:
    before = result(case)
    for _, document in written(case):
        random.shuffle(document["Statement"])
    assert result(case) == before


@many
@given(cases())
def test_a_document_as_text_is_the_same_document(case: dict[str, Any]) -> None:
    text = deepcopy(case)
    for kind in ("resource", "trust", "session"):
        if kind in text["policies"]:
            text["policies"][kind] = json.dumps(text["policies"][kind])
    assert result(text) == result(case)


@many
@given(cases())
def test_the_long_way_and_the_line_give_the_same_verdict(case: dict[str, Any]) -> None:
    line = json.loads(answer(json.dumps(case).encode()))
    verdict = evaluate(read(case))
    assert line["result"] == verdict.result
    assert line["missing"] == list(dict.fromkeys(item.policy for item in verdict.missing))
    assert [(item["policy"], item["index"]) for item in line["because"]] == [
        (ref.policy, ref.index) for ref in verdict.because
    ]


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


def mutated(case: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Put arbitrary JSON in one place of a case."""
    node: Any = case
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not places:
            return case
        place = data.draw(st.sampled_from(places))
        inner = node[place]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            node[place] = data.draw(json_values)
            return case
        node = inner


def stands(case: dict[str, Any], data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        mutated(case, data)
    line = json.dumps(case).encode()
    start = time.process_time()
    got = json.loads(answer(line))
    assert time.process_time() - start < 1
    assert set(got) in ({"name", "error"}, {"name", "result", "because", "missing", "unknown"})


@many
@given(cases(), st.data())
def test_no_case_however_broken_breaks_the_evaluator(case: dict[str, Any], data: st.DataObject) -> None:
    stands(case, data)


@many
@given(cases(), st.data())
def test_no_truncated_line_breaks_the_evaluator(case: dict[str, Any], data: st.DataObject) -> None:
    line = json.dumps(case).encode()
    got = json.loads(answer(line[: data.draw(st.integers(0, len(line) - 1))]))
    assert set(got) == {"name", "error"}


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(block=False), st.booleans())
def test_long_fuzz_against_the_second_evaluator(case: dict[str, Any], help_: bool) -> None:  # noqa: FBT001 -- drawn
    agrees(helped(case) if help_ else case)


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.data())
def test_long_fuzz_of_broken_cases(case: dict[str, Any], data: st.DataObject) -> None:
    stands(case, data)


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.data(), st.booleans())
def test_long_fuzz_of_what_is_known(case: dict[str, Any], data: st.DataObject, help_: bool) -> None:  # noqa: FBT001 -- drawn
    stays(helped(case) if help_ else case, data)
