"""`check`: the contract that programs rely on, and what people read."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wizard.__main__ import main

KEYS = {"file", "line", "column", "severity", "kind", "message", "path", "suggestion"}
SOUND = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::s3-crossaccount-bucket01/*"
    }
  ]
}
"""
FAULTY = SOUND.replace("s3:GetObject", "s3:GetObejct")


def cases(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: bytes) -> list[dict[str, Any]]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    assert main(["check", "--cases", "-"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def line(**case: Any) -> bytes:
    return json.dumps(case).encode() + b"\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "policy.json"


def test_a_sound_policy_exits_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(SOUND, encoding="utf-8")
    assert main(["check", "policy.json"]) == 0
    out = capsys.readouterr().out
    assert "checked as an identity policy" in out
    assert "nothing wrong was found" in out


def test_an_error_exits_1_and_is_shown_where_it_is(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FAULTY, encoding="utf-8")
    assert main(["check", "policy.json", "--kind", "identity"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[1] == 'policy.json:6:17 error unknown-action s3 has no action "GetObejct".'
    assert out[2] == '          "Action": "s3:GetObejct",'
    assert out[3] == "                    ^~~~~~~~~~~~~~"
    assert out[4].endswith("suggestion: s3:GetObject")
    assert "\n".join(out).endswith(SOUND.rstrip())


def test_a_file_that_cannot_be_read_does_not_hide_what_the_others_hold(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FAULTY, encoding="utf-8")
    assert main(["check", "missing.json", "policy.json", "--json"]) == 2
    said = capsys.readouterr()
    assert [finding["kind"] for finding in json.loads(said.out)["findings"] if finding["severity"] == "error"] == [
        "unknown-action"
    ]
    assert "missing.json: The file can't be read." in said.err
    assert main(["check", "missing.json", "neither.json"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("The file can't be read.")) == ("", 2)


@pytest.mark.parametrize(
    ("text", "heading"), [("", "empty"), (" \n", "empty"), ("hello\n", "no policy")], ids=["nothing", "blank", "text"]
)
def test_a_text_without_a_document_is_not_called_a_policy(
    file: Path, capsys: pytest.CaptureFixture[str], text: str, heading: str
) -> None:
    file.write_text(text, encoding="utf-8")
    assert main(["check", "policy.json"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"policy.json: {heading}"
    assert out[-1] == "policy.json: errors: 1, warnings: 0"


def test_a_warning_exits_1_and_a_suggestion_does_not(file: Path) -> None:
    file.write_text(SOUND.replace("s3:GetObject", "s3:*").replace("arn:aws:s3:::s3-crossaccount-bucket01/*", "*"))
    assert main(["check", "policy.json", "--kind", "identity"]) == 1
    file.write_text(SOUND.replace("s3:GetObject", "ec2:RunInstances"))
    assert main(["check", "policy.json", "--kind", "identity"]) == 0


def test_json_has_the_contracts_keys_and_one_list_for_all_files(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FAULTY, encoding="utf-8")
    file.with_name("other.json").write_text(SOUND, encoding="utf-8")
    assert main(["check", "policy.json", "other.json", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert all(set(finding) == KEYS for finding in data["findings"])
    error = next(finding for finding in data["findings"] if finding["severity"] == "error")
    assert error["file"] == "policy.json"
    assert (error["line"], error["column"], error["kind"]) == (6, 17, "unknown-action")
    assert (error["path"], error["suggestion"]) == ("/Statement/0/Action", "s3:GetObject")
    assert data["documents"] == [
        {"file": "policy.json", "document_type": "identity", "inferred": True, "mended": SOUND},
        {"file": "other.json", "document_type": "identity", "inferred": True, "mended": None},
    ]


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FAULTY.encode())))
    assert main(["check", "-", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["documents"][0]["file"] == "-"


def test_a_file_that_is_not_there_is_bad_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["check", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_nothing_to_check_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert "nothing to check" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raw", "line_number"),
    [
        (SOUND.replace("s3:GetObject", "s3:GetObject").replace("Effect", "Sid").encode("utf-16"), 1),
        (SOUND.replace("bucket01/*", "bucket01/日報*").encode("cp932"), 7),
        (SOUND.replace("bucket01/*", "bucket01/é*").encode("latin-1"), 7),
    ],
    ids=["UTF-16", "Shift_JIS", "Latin-1"],
)
def test_a_file_of_another_encoding_is_read_and_said(
    file: Path, capsys: pytest.CaptureFixture[str], raw: bytes, line_number: int
) -> None:
    file.write_bytes(raw)
    assert main(["check", "policy.json", "--json"]) == 1
    first = json.loads(capsys.readouterr().out)["findings"][0]
    assert (first["kind"], first["line"], first["column"]) == ("not-utf-8", line_number, None)


def test_full_width_characters_are_underlined_where_they_stand(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(SOUND.replace('"Allow",', '"Allow"，'), encoding="utf-8")
    assert main(["check", "policy.json"]) == 1
    shown = capsys.readouterr().out.splitlines()
    at = next(index for index, text in enumerate(shown) if "full-width-punctuation" in text)
    assert shown[at + 2] == " " * (4 + shown[at + 1].index("，") - 4) + "^~"


def test_a_line_as_long_as_the_whole_policy_is_cut_round_the_place(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statement = '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::s3-crossaccount-bucket01/*"}'
    many = ",".join([statement] * 20)
    file.write_text('{"Version":"2012-10-17","Statement":[' + many.replace("GetObject", "GetObejct", 1) + "]}")
    main(["check", "policy.json"])
    shown = capsys.readouterr().out.splitlines()
    at = next(index for index, text in enumerate(shown) if "unknown-action" in text)
    assert len(shown[at + 1]) <= 104
    marked = shown[at + 2]
    assert shown[at + 1][marked.index("^") : len(marked)] == '"s3:GetObejct"'


def test_cases_are_answered_one_a_line_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = line(name="a", document_type="identity", text=FAULTY) + line(name="b", document_type="identity", text=SOUND)
    answers = cases(monkeypatch, capsys, given)
    assert [set(answer) for answer in answers] == [{"name", "findings"}] * 2
    assert [finding["kind"] for finding in answers[0]["findings"]] == ["unknown-action"]
    assert set(answers[0]["findings"][0]) == KEYS
    assert answers[1] == {"name": "b", "findings": []}


def test_a_cases_context_is_honoured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    context = {"bucket": "another-bucket", "unknown": 1, "region": None}
    [answer] = cases(monkeypatch, capsys, line(name=1, document_type="identity", text=SOUND, context=context))
    assert [finding["kind"] for finding in answer["findings"]] == ["other-bucket"]


def test_a_case_without_a_type_is_inferred_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for case in (line(name="a", text=SOUND), line(name="a", text=SOUND, document_type=None, context=None)):
        [answer] = cases(monkeypatch, capsys, case)
        assert [finding["kind"] for finding in answer["findings"]] == ["document-type-inferred"]


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        (b"{\n", None),
        (b"[1]\n", None),
        (b'"text"\n', None),
        (b"\xff\xfe\n", None),
        (b"[" * 100_000 + b"\n", None),
        (line(name="n"), "n"),
        (line(name="n", text=1), "n"),
        (line(name="n", text=SOUND, document_type="queue"), "n"),
        (line(name="n", text=SOUND, context=[1]), "n"),
        (line(name={"a": [1]}, text=None), {"a": [1]}),
    ],
    ids=["broken", "a list", "a string", "no UTF-8", "deep", "no text", "a number", "a type", "a context", "a name"],
)
def test_a_line_that_cannot_be_read_is_answered_in_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], bad: bytes, name: object
) -> None:
    good = line(name="good", document_type="identity", text=SOUND)
    answers = cases(monkeypatch, capsys, good + bad + good)
    assert [answer["name"] for answer in answers] == ["good", name, "good"]
    assert set(answers[1]) == {"name", "error"}


def test_a_text_with_lone_surrogates_is_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = b'{"name": "\\ud800", "document_type": "identity", "text": "{\\"\\ud800\\": \\"\\udfff\\"}"}\n'
    [answer] = cases(monkeypatch, capsys, given)
    assert [finding["kind"] for finding in answer["findings"]] == [
        "missing-version",
        "missing-statement",
        "unknown-element",
        "character-not-allowed",
    ]


def test_the_last_line_needs_no_line_end_and_a_blank_line_is_answered_in_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = line(name="a", document_type="identity", text=SOUND)
    answers = cases(monkeypatch, capsys, case + b"\n" + case.rstrip())
    assert [answer["name"] for answer in answers] == ["a", None, "a"]
    assert "error" in answers[1]


def test_kinds_are_listed_with_severity_sentence_and_aws_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--kinds"]) == 0
    out = capsys.readouterr().out
    assert "unknown-action" in out
    assert main(["check", "--kinds", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["kinds"]
    assert len(listed) > 100
    assert all(set(kind) == {"kind", "severity", "sentence", "page"} for kind in listed)


def test_the_first_run_is_quick(file: Path) -> None:
    file.write_text(SOUND, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "wizard", "check", "policy.json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "", "LC_ALL": "C.UTF-8"},
    )
    imported = {text.rsplit("|", 1)[-1].strip() for text in done.stderr.splitlines() if "|" in text}
    assert "wizard.policy.check" in imported
    # What costs time and is needed only where something is wrong.
    assert not imported & {"difflib", "tomllib", "datetime", "unicodedata", "asyncio"}


def test_a_file_whose_name_is_no_text_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / b"p\xff.json".decode("utf-8", "surrogateescape")
    file.write_text(FAULTY, encoding="utf-8")
    for more in ([], ["--json"]):
        assert main(["check", str(file), *more]) == 1
        capsys.readouterr().out.encode()
