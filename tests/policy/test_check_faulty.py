"""Every mistake is found once, at its place, with its severity, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wizard.policy.check import Context, check, kinds

DATA = Path(__file__).parents[1] / "data" / "check"
GROUPS = (
    "elements", "actions", "resources", "placeholders", "principals", "trust", "conditions", "variables", "whole",
)  # fmt: skip


def lines_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


CASES = [pytest.param(case, id=f"{group}: {case['name']}") for group in GROUPS for case in lines_of(group)]


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_found_once_at_its_place_and_nothing_else(case: dict[str, Any]) -> None:
    text = json.dumps(case["policy"], indent=2, ensure_ascii=False)
    report = check(text, document_type=case["document_type"], context=Context.read(case["context"]))
    found = [
        {"kind": one.kind, "path": one.path, "severity": one.severity, "suggestion": one.suggestion}
        for one in report.findings
        if one.counts
    ]
    assert sorted(found, key=str) == sorted(case["expect"], key=str)


@pytest.mark.parametrize("case", CASES)
def test_what_is_offered_mended_has_no_error_that_was_mended(case: dict[str, Any]) -> None:
    text = json.dumps(case["policy"], indent=2, ensure_ascii=False)
    kind, context = case["document_type"], Context.read(case["context"])
    report = check(text, document_type=kind, context=context)
    if report.mended is None:
        return
    json.loads(report.mended)
    assert report.mended != text
    again = check(report.mended, document_type=kind, context=context)
    before = {(one.kind, one.path) for one in report.findings if one.counts}
    assert {(one.kind, one.path) for one in again.findings if one.counts} < before or not again.counts


@pytest.mark.parametrize("case", lines_of("text"), ids=lambda case: case["name"])
def test_broken_json_is_found_whole_in_one_go_and_mended_where_that_is_certain(case: dict[str, Any]) -> None:
    report = check(case["text"], document_type=case["document_type"])
    found = [{"kind": one.kind, "place": f"{one.line}:{one.column}"} for one in report.findings if one.counts]
    assert sorted(found, key=str) == sorted(case["expect"], key=str)
    assert report.mended == case["mended"]
    if report.mended is not None:
        json.loads(report.mended)


def test_there_are_at_least_150_faulty_documents() -> None:
    assert sum(len(lines_of(group)) for group in (*GROUPS, "text")) >= 150


def test_every_kind_that_is_documented_is_found_in_some_document() -> None:
    shown = {one["kind"] for group in (*GROUPS, "text") for case in lines_of(group) for one in case["expect"]}
    counting = {word for word, kind in kinds().items() if kind.severity != "suggestion"}
    # What needs a file's bytes, a text of its own or AWS is tested elsewhere.
    assert counting - shown == {"not-utf-8", "document-too-long", "access-analyzer"}
