"""What must hold for every case: more Denies never allow, less knowledge never decides otherwise."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.policy.evaluate_holds import agrees, answered, broken_cases, explained, helped, hide, result, stays
from tests.policy.evaluate_strategies import LAYERS, cases, statements

many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


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
    stays(hide(case, data.draw), case)


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
    explained(case)


@many
@given(broken_cases())
def test_no_case_however_broken_breaks_the_evaluator(case: dict[str, Any]) -> None:
    answered(json.dumps(case).encode())


@many
@given(cases(), st.data())
def test_no_truncated_line_breaks_the_evaluator(case: dict[str, Any], data: st.DataObject) -> None:
    line = json.dumps(case).encode()
    assert set(answered(line[: data.draw(st.integers(0, len(line) - 1))])) == {"name", "error"}
