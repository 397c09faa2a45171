"""`diagnose s3://BUCKET/KEY` as a person or a script meets it: text, JSON, exit status, and no secret in any of it."""

from __future__ import annotations

import json
import subprocess
import sys
from configparser import RawConfigParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.diagnose_world import ARN, BUCKET, CLIUSER, SUMMARY, World, allow
from tests.aws.verify_world import own_files
from wizard import text
from wizard.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

TARGET = f"s3://{BUCKET}/{SUMMARY}"
ADMINS = ("--source-profile", "source-admin", "--destination-profile", "destination-admin")


@pytest.fixture(autouse=True)
def world(
    fresh_practice: Practice,
    practice_environment: dict[str, str],
    clients: Clients,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    assert practice_environment
    return World(clients, own_files(fresh_practice, tmp_path / "aws", monkeypatch))


def test_what_works_ends_with_0(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.both_sides()

    assert main(["diagnose", TARGET, "--profile", "cliuser"]) == 0

    assert "It works." in capsys.readouterr().out


def test_the_answer_comes_in_order_with_a_diff_to_copy(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.identity(allow("s3:GetObject", f"{ARN}/*"))

    assert main(["diagnose", TARGET, "--profile", "cliuser", *ADMINS]) == 1

    told = capsys.readouterr().out
    order = ["AccessDenied", "✗ broken: policy and settings of", "Who acts: the destination account", '+        "AWS":']
    places = [told.index(text) for text in order]
    assert places == sorted(places)
    assert f"aws s3api put-bucket-policy --bucket {BUCKET}" in told
    assert "https://docs.aws.amazon.com/" in told


def test_what_was_not_seen_comes_last_with_what_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", TARGET, "--profile", "cliuser"]) == 1

    told = capsys.readouterr().out
    assert told.index("Not seen, and able to change the answer") > told.index("Who acts")
    assert "What shows it: --destination-profile" in told


def test_json_is_all_that_stands_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", TARGET, "--profile", "cliuser", *ADMINS, "--json"]) == 1

    written = capsys.readouterr()
    told = json.loads(written.out)
    assert written.err == ""
    assert (told["target"], told["action"], told["works"]) == (TARGET, "s3:GetObject", False)
    assert told["caller"] == CLIUSER
    assert [cause["kind"] for cause in told["causes"]] == ["identity-allow-missing", "bucket-allow-missing"]
    assert {part["state"] for part in told["path"]} <= {"verified", "proven", "broken", "unknown"}


def test_no_secret_is_shown(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    known = RawConfigParser()
    known.read(world.credentials)
    secrets = {known[name]["aws_secret_access_key"] for name in known.sections()}

    main(["diagnose", TARGET, "--profile", "cliuser", *ADMINS])
    main(["diagnose", TARGET, "--profile", "cliuser", *ADMINS, "--json"])

    written = capsys.readouterr()
    assert not [secret for secret in secrets if secret in written.out + written.err]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["s3-crossaccount-bucket01"], "s3://BUCKET/KEY"),
        ([f"s3://{BUCKET}_/x"], "bucket name"),
        ([TARGET, "--profile", "nobody"], "no profile nobody"),
        ([TARGET, "--action", "HeadObject"], "s3:GetObject"),
        ([TARGET, "--action", "s3:GetObjec"], "Did you mean s3:GetObject?"),
        ([TARGET, "--action", "iam:GetUser"], "--action"),
        ([TARGET, "--action", "s3:Get*"], "--action"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_right(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", *arguments]) == 2

    assert says in capsys.readouterr().err


def test_an_action_may_be_written_without_its_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", TARGET, "--profile", "cliuser", "--action", "getobjecttagging", "--json"]) == 1

    assert json.loads(capsys.readouterr().out)["action"] == "s3:GetObjectTagging"


def test_a_target_that_ends_with_a_slash_is_a_listing(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", f"s3://{BUCKET}/reports/", "--profile", "cliuser", "--json"])
    main(["diagnose", f"arn:aws:s3:::{BUCKET}", "--profile", "cliuser"])

    written = capsys.readouterr().out
    assert '"action": "s3:ListBucket"' in written
    assert f"s3:ListBucket s3://{BUCKET}/" in written


def test_aws_out_of_reach_ends_with_3(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_arguments: 0)

    assert main(["diagnose", TARGET, "--profile", "cliuser"]) == 3

    assert "got no answer" in capsys.readouterr().err


def test_japanese_speaks_of_the_same(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_translate", "_language"):  # the language is the process's: later tests have theirs back
        monkeypatch.setattr(text, name, getattr(text, name))

    assert main(["--lang", "ja", "diagnose", TARGET, "--profile", "cliuser"]) == 1

    assert CLIUSER in capsys.readouterr().out


def test_the_parser_and_wrong_use_load_no_aws_library() -> None:
    program = "import sys; from wizard.__main__ import main; main(['diagnose', 'x']); print('boto3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
