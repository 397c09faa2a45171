"""Whatever is typed or read: the preview is there, and problems are told as such, never as an accident."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generated_setups import raw_answers
from wizard.access_path import planned
from wizard.answers.build import build
from wizard.answers.file import read, read_raw, write
from wizard.errors import BadInputError
from wizard.plan import plan
from wizard.questions.catalogue import BY_KEY, QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What a TOML file can hold, and what is typed.
SCALARS = (
    st.text(max_size=30)
    | st.integers()
    | st.booleans()
    | st.floats()
    | st.sampled_from([datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1), time(1, 2)])
    | st.none()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NEARLY = st.sampled_from(
    [
        "assume-role",
        "bucket-policy",
        "iam-user",
        "111111111111",
        "１１１１１１１１１１１１",
        "1111-2222-3333",
        "root",
        "role/app",
        "arn:aws:iam::111111111111:role/a",
        "arn:aws-cn:iam::111111111111:root",
        "ap-northeast-1",
        "cn-north-1",
        "my-bucket",
        "s3://my-bucket/a/",
        "aws/s3",
        "custom",
        "s3:Get*",
        "<bucket>",
        "",
        " ",
        "\u202e",
        "{source.account_id}",
    ]
)
FLEETS = st.lists(st.dictionaries(st.sampled_from(["name", "region", "prefix", "kms_key_arn", "x"]), NEARLY | VALUES))
RAW = st.dictionaries(st.sampled_from([*BY_KEY, "unknown", "source.x"]), NEARLY | st.lists(NEARLY, max_size=3) | VALUES)


@settings(max_examples=400, deadline=None)
@given(raw=RAW, buckets=st.none() | VALUES | FLEETS)
def test_the_preview_is_there_for_any_answers(raw: dict[str, Any], buckets: Any) -> None:
    built = build(raw if buckets is None else raw | {"buckets": buckets})
    for problem in built.problems:
        assert problem.error.what
        assert problem.key in BY_KEY or problem.key == "buckets"
    made = plan(built.setup)
    assert {document.id for document in made.documents} == {
        "trust",
        "bucket",
        "source-identity",
        "destination-identity",
        "key",
    }
    for document in made.needed():
        assert document.policy is not None
        assert json.loads(document.policy.text())["Statement"]
    assert planned(built.setup).hops
    assert bool(built.setup.unanswered) == bool(built.problems)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
@given(value=VALUES | NEARLY)
def test_a_single_answer_is_taken_or_refused_at_its_key(question: Any, value: Any) -> None:
    whole = {
        "method": "assume-role",
        "source.account_id": "111111111111",
        "destination.account_id": "222222222222",
        "source.principals": ["role/app"],
        "role.name": "RoleA",
        "bucket.name": "my-bucket",
        "bucket.region": "ap-northeast-1",
    }
    built = build(whole | {question.key: value})
    if question.key not in {problem.key for problem in built.problems}:
        again = build(whole | {question.key: value})
        assert again.values == built.values


@settings(max_examples=150, deadline=None)
@given(raw_answers())
def test_answers_written_to_a_file_read_back_as_the_same_setup(tmp_path_factory: Any, raw: dict[str, Any]) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "round-trip.toml"
    path.write_text(write(raw), encoding="utf-8")
    again = read(path)
    assert again.setup == build(raw).setup
    assert write(again.raw) == write(raw)


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_a_file_of_noise_is_refused_in_words(tmp_path_factory: Any, content: bytes) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "noise.toml"
    path.write_bytes(content)
    for reader in (read, read_raw):
        with suppress(BadInputError):
            reader(path)


def refusal(reader: Callable[[Path], object], path: Path) -> str | None:
    """Return what a reader refuses a file with, if it does."""
    try:
        reader(path)
    except BadInputError as error:
        return str(error)
    return None


TABLES = ("[source]", "[bucket]", "[[buckets]]", "[role]", "[access]", "[guards]", "[profile]", "[x]", "")
TOML_VALUES = (
    '"root"',
    '"111111111111"',
    "111111111111",
    "[]",
    '["root"]',
    "true",
    "1e400",
    "nan",
    "{}",
    "1979-05-27",
    "9" * 5000,
    f"0x{'f' * 5000}",
    f"[[0x{'f' * 5000}]]",
)
KEYS = (*(key.rpartition(".")[2] for key in BY_KEY), "x", '"a.b"', "a.b")
LINES = st.lists(st.tuples(*(st.sampled_from(each) for each in (TABLES, KEYS, TOML_VALUES))), max_size=8)


@settings(max_examples=200, deadline=None)
@given(lines=LINES)
def test_a_file_of_nearly_answers_is_read_or_refused_in_words(tmp_path_factory: Any, lines: Any) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "nearly.toml"
    path.write_text("\n".join(f"{table}\n{key} = {value}" for table, key, value in lines))
    for reader in (read, read_raw):
        said = refusal(reader, path)
        assert said is None or str(path) in said
