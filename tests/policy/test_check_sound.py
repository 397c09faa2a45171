"""Sound policies give no error and few warnings: AWS's own documented examples, and real policies' shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wizard.policy.check import check

DATA = Path(__file__).parents[1] / "data" / "check" / "sound.jsonl"
CASES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
WITHOUT_PRINCIPAL = ("identity", "session", "scp")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['document_type']}: {case['name']}")
def test_a_sound_policy_gives_no_error_and_only_the_warnings_that_are_due(case: dict[str, Any]) -> None:
    for text in (json.dumps(case["policy"], indent=2, ensure_ascii=False), json.dumps(case["policy"])):
        found = [one for one in check(text, document_type=case["document_type"]).findings if one.counts]
        assert [one for one in found if one.severity == "error"] == []
        assert sorted(one.kind for one in found) == sorted(case["warnings"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['document_type']}: {case['name']}")
def test_the_type_of_a_sound_policy_is_inferred_and_said(case: dict[str, Any]) -> None:
    report = check(json.dumps(case["policy"]))
    # A session policy and an SCP look like any identity policy.
    wanted = "identity" if case["document_type"] in WITHOUT_PRINCIPAL else case["document_type"]
    assert report.document_type == wanted
    assert report.inferred
    assert "document-type-inferred" in [one.kind for one in report.findings]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['document_type']}: {case['name']}")
def test_a_sound_policy_is_not_mended(case: dict[str, Any]) -> None:
    assert check(json.dumps(case["policy"], indent=4), document_type=case["document_type"]).mended is None


def test_there_are_at_least_60_of_them() -> None:
    assert len(CASES) >= 60
