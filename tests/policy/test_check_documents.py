"""The documents that the wizard itself writes have no mistake: check says so of every setup among the tests."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from wizard.__main__ import main
from wizard.policy.check import Context, DocumentType, check

SETUPS = sorted((Path(__file__).parents[1] / "data" / "setups").glob("*.toml"))
TYPES: dict[str, DocumentType] = {
    "trust": "trust",
    "bucket": "bucket",
    "key": "key",
    "source-identity": "identity",
    "destination-identity": "identity",
}


def context_of(answers: dict[str, Any]) -> Context:
    bucket = answers["bucket"] if "bucket" in answers else answers["buckets"][0]
    return Context(
        source_account=answers["source"].get("account_id", ""),
        destination_account=answers["destination"]["account_id"],
        bucket=bucket["name"],
        region=bucket["region"],
        bucket_kms_key=bucket.get("kms_key_arn", ""),
    )


@pytest.mark.parametrize("setup", SETUPS, ids=lambda path: path.stem)
def test_what_the_wizard_writes_has_no_mistake(setup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", str(setup), "--json"]) == 0
    context = context_of(tomllib.loads(setup.read_text(encoding="utf-8")))
    for document in json.loads(capsys.readouterr().out)["documents"]:
        if document["policy"] is not None:
            text = json.dumps(document["policy"], indent=2)
            found = check(text, document_type=TYPES[document["id"]], context=context).findings
            # Names such as xxxxxxxxxx-ec2 are legal, and s3-full-access is broad by its nature: warnings.
            assert [one for one in found if one.severity == "error"] == []
            assert {one.kind for one in found} <= {"placeholder", "broad-grant"}
