"""`documents FILE` and `documents FILE --json`: the contract that programs rely on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from wizard.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

IDS = ["trust", "bucket", "source-identity", "destination-identity", "key"]
KEYS = {"id", "account_id", "attach_to", "needed", "reason", "policy"}
TWO_PRINCIPALS = """
method = "assume-role"
[source]
account_id = "111111111111"
principals = ["role/app/etl", "user/alice"]
[destination]
account_id = "222222222222"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
[role]
name = "wizard/RoleA"
"""


def documents_of(capsys: pytest.CaptureFixture[str], path: Path, text: str) -> list[dict[str, Any]]:
    path.write_text(text, encoding="utf-8")
    assert main(["documents", str(path), "--json"]) == 0
    made: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["documents"]
    return made


def test_all_five_ids_appear_in_order_with_the_contracts_keys(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = documents_of(capsys, tmp_path / "a.toml", TWO_PRINCIPALS)
    assert list(dict.fromkeys(document["id"] for document in made)) == IDS
    assert all(set(document) == KEYS for document in made)


def test_an_identity_document_stands_once_for_each_principal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = documents_of(capsys, tmp_path / "a.toml", TWO_PRINCIPALS)
    attached = [document["attach_to"] for document in made if document["id"] == "source-identity"]
    assert attached == ["arn:aws:iam::111111111111:role/app/etl", "arn:aws:iam::111111111111:user/alice"]


def test_what_is_not_needed_says_why_and_has_no_policy(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    made = documents_of(capsys, tmp_path / "a.toml", TWO_PRINCIPALS)
    bucket = next(document for document in made if document["id"] == "bucket")
    assert bucket["needed"] is False
    assert bucket["policy"] is None
    assert bucket["attach_to"] is None
    assert "wizard/RoleA" in bucket["reason"]


def test_the_whole_account_is_attached_to_nobody(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = TWO_PRINCIPALS.replace('["role/app/etl", "user/alice"]', '["root"]')
    made = documents_of(capsys, tmp_path / "a.toml", text)
    source = [document for document in made if document["id"] == "source-identity"]
    assert [document["attach_to"] for document in source] == [None]
    assert source[0]["needed"] is True


def test_the_text_has_the_profile_and_the_commands_to_try(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(TWO_PRINCIPALS, encoding="utf-8")
    assert main(["documents", str(path)]) == 0
    out = capsys.readouterr().out
    assert "role_arn = arn:aws:iam::222222222222:role/wizard/RoleA" in out
    assert "aws sts get-caller-identity --profile" in out
    assert "export AWS_SESSION_TOKEN=" in out


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('"111111111111"', '"11111111111"'), "11 digits"),
        (('"111111111111"', '"222222222222"'), "no cross-account case"),
        (("[role]", "[rol]"), "[rol] is no table of an answers file"),
        (('name = "wizard/RoleA"', ""), "role.name is missing"),
        (('["role/app/etl", "user/alice"]', "[]"), "No principal is named"),
        (('["role/app/etl", "user/alice"]', '["group/dev"]'), "group"),
        (('"ap-northeast-1"', '"ap-notheast-1"'), "ap-northeast-1"),
    ],
)
def test_bad_input_is_one_message_with_the_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: tuple[str, str], expected: str
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(TWO_PRINCIPALS.replace(*change), encoding="utf-8")
    assert main(["documents", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert expected in err
    assert str(path) in err
