"""`verify FILE` as a person or a script meets it: text, JSON, exit status, and no secret in any of it."""

from __future__ import annotations

import json
from configparser import RawConfigParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.verify_world import BUCKET, DST, SRC, arrange, hand_over_key, own_files, setup_of
from wizard.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

ADMIN = ("--destination-profile", "destination-admin")
ANSWERS = f"""method = "{{method}}"
[source]
account_id = "{SRC}"
{{principals}}
[destination]
account_id = "{DST}"
[bucket]
name = "{BUCKET}"
region = "ap-northeast-1"
[access]
level = "{{level}}"
{{own}}
"""
PROFILE = '[profile]\nname = "crossaccount"\n'
OWN = {
    "bucket-policy": "",
    "assume-role": f'[role]\nname = "wizard/RoleA"\n{PROFILE}source_profile = "cliuser"\n',
    "iam-user": f'[user]\nname = "wizard/reader"\n{PROFILE}',
}


@pytest.fixture(autouse=True)
def credentials(
    fresh_practice: Practice, practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    assert practice_environment
    return own_files(fresh_practice, tmp_path / "aws", monkeypatch)


@pytest.fixture
def answers(clients: Clients, credentials: Path, tmp_path: Path) -> Callable[..., str]:
    """Write an answers file, and put its documents into the practice accounts."""

    def write(method: str, level: str = "read", *, arranged: bool = True) -> str:
        if arranged:
            arrange(setup_of(method, access={"level": level}), clients)
            if method == "iam-user":
                hand_over_key(credentials, clients, "reader", "crossaccount")
        file = tmp_path / f"{method}.toml"
        file.write_text(
            ANSWERS.format(
                method=method,
                level=level,
                principals="" if method == "iam-user" else 'principals = ["user/cliuser"]',
                own=OWN[method],
            )
        )
        return str(file)

    return write


def profile_of(method: str) -> tuple[str, ...]:
    return ("--source-profile", "cliuser") if method == "bucket-policy" else ()


@pytest.mark.parametrize("method", OWN)
def test_a_setup_that_works_ends_with_0_and_says_what_was_seen(
    answers: Callable[..., str], capsys: pytest.CaptureFixture[str], method: str
) -> None:
    status = main(["verify", answers(method), *profile_of(method), *ADMIN, "--wait", "0"])

    said = capsys.readouterr().out
    assert status == 0
    assert "✓ holds: s3:GetObject" in said
    assert "✓ refused: s3:DeleteObject" in said
    assert "✓ verified:" in said
    assert "✗" not in said
    assert said.rstrip().endswith("The access works.")


@pytest.mark.parametrize("method", OWN)
def test_json_is_whole_and_nothing_else_is_said(
    answers: Callable[..., str], capsys: pytest.CaptureFixture[str], method: str
) -> None:
    file = answers(method, "read-write-delete")
    status = main(["verify", file, *profile_of(method), *ADMIN, "--write-test", "--json", "--wait", "0"])

    told = capsys.readouterr()
    found = json.loads(told.out)
    assert (status, told.err) == (0, "")
    assert found["holds"] is True
    assert found["left_behind"] == []
    assert {one["verdict"] for one in found["tried"]} == {"holds"}
    assert {one["expected"] for one in found["tried"]} == {"allowed", "denied"}
    states = {link["id"]: link["state"] for hop in found["path"] for link in hop["links"]}
    assert set(states.values()) == {"verified"}
    assert set(found["tried"][0]) == {
        "expected", "action", "call", "target", "verdict", "links", "said", "reading", "waited_seconds",
    }  # fmt: skip


def test_a_broken_link_ends_with_1_and_the_waiting_is_told(
    answers: Callable[..., str], clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    file = answers("bucket-policy")
    clients("destination-admin", "s3").delete_bucket_policy(Bucket=BUCKET)

    status = main(["verify", file, "--source-profile", "cliuser", "--wait", "0.5"])

    told = capsys.readouterr()
    assert status == 1
    assert "✗ doesn't hold: s3:ListBucket (ListObjectsV2)" in told.out
    assert "AccessDenied" in told.out
    assert "One of these does not allow" in told.out
    assert "✗ broken: bucket policy names it" in told.out
    assert told.err.count("trying again") == 1


def test_a_caller_outside_of_the_setup_ends_with_2_and_what_to_use(
    answers: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["verify", answers("bucket-policy"), "--source-profile", "source-admin"])
    said = capsys.readouterr().out
    assert status == 2
    assert "– not tried: s3:ListBucket, s3:GetObject" in said
    assert "Use a profile of: user/cliuser (--source-profile P)" in said
    assert "? unknown" in said


def test_a_profile_that_is_not_there_ends_with_2(
    answers: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", answers("assume-role"), "--source-profile", "nobody"]) == 2
    assert "no profile nobody" in capsys.readouterr().err


def test_credentials_that_aws_does_not_know_break_the_access_key(
    answers: Callable[..., str], credentials: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = answers("iam-user", arranged=False)
    with credentials.open("a") as lines:
        lines.write("\n[crossaccount]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n")
    assert main(["verify", file, "--wait", "0"]) == 1
    assert "✗ broken: access key of the user" in capsys.readouterr().out


def test_aws_out_of_reach_ends_with_3(
    answers: Callable[..., str],
    credentials: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = answers("bucket-policy")
    config = credentials.with_name("config")
    known = RawConfigParser()
    known.read(config)
    for section in known.sections():
        known.set(section, "endpoint_url", "http://127.0.0.1:9")
    with config.open("w") as out:
        known.write(out)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert main(["verify", file, "--source-profile", "cliuser"]) == 3
    assert "got no answer" in capsys.readouterr().err


def test_no_secret_is_in_any_output(
    answers: Callable[..., str], credentials: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for method in OWN:
        file = answers(method)
        for more in ((), ("--json",)):
            main(["verify", file, *profile_of(method), *ADMIN, "--wait", "0", *more])
    told = capsys.readouterr()
    known = RawConfigParser()
    known.read(credentials)
    secrets = [
        known.get(section, key)
        for section in known.sections()
        for key in ("aws_secret_access_key", "aws_session_token")
        if known.has_option(section, key)
    ]
    assert len(secrets) > 5
    assert not [secret for secret in secrets if secret in told.out + told.err]


@pytest.mark.parametrize("wait", ["-1", "soon", "4000", "nan"])
def test_a_wait_that_is_no_number_of_seconds_is_refused(wait: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["verify", "answers.toml", "--wait", wait])
    assert caught.value.code == 2
