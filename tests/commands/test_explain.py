"""`explain FILE`: what a person and a program see of a setup's proof."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wizard.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SETUP = """
name = "reports"
method = "assume-role"
[source]
account_id = "111111111111"
principals = ["role/app-ec2"]
[destination]
account_id = "222222222222"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
prefix = "reports/"
[role]
name = "RoleA"
"""


def test_the_path_is_proven_with_its_statements(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(SETUP, encoding="utf-8")
    assert main(["explain", str(path)]) == 0
    out = capsys.readouterr().out
    assert "proven  trust policy names it: S3xReportsTrust" in out
    assert "proven       aws s3 ls s3://s3-crossaccount-bucket01/reports/" in out
    assert "not granted  aws s3 rm s3://s3-crossaccount-bucket01/reports/KEY" in out
    assert "another prefix: stays out" in out
    assert "SCP and RCP" in out


def test_the_json_has_every_request_with_its_verdict(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(SETUP, encoding="utf-8")
    assert main(["explain", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["holds"] is True
    assert {link["state"] for hop in told["path"] for link in hop["links"]} == {"proven"}
    first = told["commands"][0]["steps"][0]
    assert first["action"] == "sts:AssumeRole"
    assert first["principal"] == "arn:aws:sts::111111111111:assumed-role/app-ec2/s3-crossaccount"
    assert {
        "policy": "trust",
        "index": 0,
        "sid": "S3xReportsTrust",
        "effect": "Allow",
        "account_id": "222222222222",
    } in first["because"]
    assert all(one["holds"] for one in told["stays_out"])


def test_nothing_to_explain_says_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 2
    assert "--cases -" in capsys.readouterr().err
