"""What isn't answered yet stands in the documents in the reader's language, marked, and never taken for a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from wizard import text as language
from wizard.answers.build import build
from wizard.plan import plan
from wizard.policy.check import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.policy.check import DocumentType

KINDS: dict[str, DocumentType] = {
    "trust": "trust",
    "bucket": "bucket",
    "source-identity": "identity",
    "destination-identity": "identity",
}


@pytest.fixture(autouse=True)
def japanese() -> Iterator[None]:
    language.use("ja")
    yield
    language.use("en")


@pytest.mark.parametrize("method", ["assume-role", "bucket-policy", "iam-user"])
def test_every_document_says_what_is_missing_and_check_finds_it(method: str) -> None:
    built = build({"method": method, "user.in_bucket_policy": True})
    assert built.problems
    told: set[str] = set()
    for document in plan(built.setup).needed():
        assert document.policy
        text = document.policy.text()
        found = set(re.findall(r"<([^<>]+)>", text))
        assert found
        told |= found
        kinds = {finding.kind for finding in check(text, document_type=KINDS[document.id]).findings}
        assert "placeholder" in kinds
    assert told & {"接続元アカウント", "接続先アカウント"}


def test_what_is_half_typed_stays_as_it_was_typed() -> None:
    built = build({"method": "assume-role", "source.account_id": "1111", "bucket.name": "A"})
    text = "".join(one.policy.text() for one in plan(built.setup).documents if one.policy)
    assert "<1111>" in text
    assert "<A>" in text
