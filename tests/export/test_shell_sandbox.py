"""A script with hostile names runs aws and jq with exactly those names, and nothing else at all."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.export.hostile import ROLE_PATH, hostile_plan
from tests.programs import installed
from wizard.diff import same
from wizard.export.formats import render

if TYPE_CHECKING:
    from pathlib import Path

# Each program writes its name and arguments, a NUL after each, and two at the end of a call.
LOGGED = """#!/bin/bash
printf '%s\\0' "${0##*/}" "$@" >>"${0%/*}/../calls"
printf '\\0' >>"${0%/*}/../calls"
"""
AWS = (
    LOGGED
    + """
case "$1 $2" in
  'sts get-caller-identity') echo ACCOUNT ;;
  'iam get-role') READ_ROLE ;;
  'iam get-user') echo '{"User": {"Path": "/"}}' ;;
  *' get-'*policy) echo "An error occurred (NoSuchEntity) (NoSuchBucketPolicy) when calling" >&2; exit 254 ;;
esac
"""
)
ABSENT = 'echo "An error occurred (NoSuchEntity) when calling" >&2; exit 254'
PRESENT = 'printf \'{"Role": {"Path": "%s"}}\' "$PATH_OF_ROLE"'


def run(tmp_path: Path, side: str, account: str, role: str) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
    """Run a side's script where only the two programs can be found; return what it did and each call."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    jq = installed("jq")
    (bin_folder / "aws").write_text(AWS.replace("ACCOUNT", account).replace("READ_ROLE", role))
    (bin_folder / "jq").write_text(f'{LOGGED}exec {jq} "$@"\n')
    for program in bin_folder.iterdir():
        program.chmod(0o755)
    work = tmp_path / "work with 'odd' $(touch pwned) name"
    work.mkdir()
    script = next(file for file in render(hostile_plan(), "shell") if side in file.path)
    (work / script.path).write_text(script.text, encoding="utf-8")
    # IAM paths are JSON in the answer of the fake.
    path = json.dumps(f"/{ROLE_PATH}")[1:-1]
    bash = installed("bash")
    done = subprocess.run(
        [bash, script.path, "--yes"],
        cwd=work,
        env={"PATH": str(bin_folder), "LC_ALL": "C.UTF-8", "PATH_OF_ROLE": path},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    told = (tmp_path / "calls").read_bytes().decode()
    calls = [call.split("\0") for call in told.removesuffix("\0\0").split("\0\0")]
    left = {entry.name for entry in work.iterdir()} | {entry.name for entry in tmp_path.iterdir()}
    assert left - {script.path, work.name} == {"bin", "calls", f"{script.path[:-3]}.saved-{account}.tsv"}
    return done, calls


def changing(calls: list[list[str]]) -> list[list[str]]:
    return [call[1:] for call in calls if call[0] == "aws" and not call[2].startswith(("get-", "list-"))]


def option(call: list[str], name: str) -> str:
    return next(word.removeprefix(f"{name}=") for word in call if word.startswith(f"{name}="))


def document(plan: Any, document_id: str) -> dict[str, Any]:
    policy: dict[str, Any] = next(one.policy for one in plan.of(document_id) if one.policy).to_json()
    return policy


def test_the_destinations_script_sends_the_names_as_they_are_and_runs_nothing_else(tmp_path: Path) -> None:
    done, calls = run(tmp_path, "destination", "222222222222", ABSENT)
    assert (done.returncode, done.stderr) == (0, "")
    assert {call[0] for call in calls} == {"aws", "jq"}
    made = changing(calls)
    plan = hostile_plan()
    assert [call[:2] for call in made] == [
        ["iam", "create-role"],
        ["iam", "put-role-policy"],
        ["s3api", "put-bucket-policy"],
    ]
    role, inline, bucket = made
    assert role == [
        "iam",
        "create-role",
        "--role-name=-Role,A=b",
        f"--path=/{ROLE_PATH}",
        "--max-session-duration=3600",
        '--tags=[{"Key":"s3-crossaccount:setup","Value":"reports"}]',
        f"--assume-role-policy-document={option(role, '--assume-role-policy-document')}",
    ]
    assert same(option(role, "--assume-role-policy-document"), document(plan, "trust"))
    assert inline[2:4] == ["--role-name=-Role,A=b", "--policy-name=s3-crossaccount-reports"]
    assert same(option(inline, "--policy-document"), document(plan, "destination-identity"))
    assert "--expected-bucket-owner=222222222222" in bucket
    assert same(option(bucket, "--policy"), document(plan, "bucket"))


def test_the_sources_script_sends_the_names_as_they_are_and_runs_nothing_else(tmp_path: Path) -> None:
    done, calls = run(tmp_path, "source", "111111111111", PRESENT)
    assert (done.returncode, done.stderr) == (0, "")
    assert {call[0] for call in calls} == {"aws", "jq"}
    assert ["aws", "iam", "get-role", "--role-name=-rf", "--output=json"] in calls
    role, user = changing(calls)
    assert role[:4] == ["iam", "put-role-policy", "--role-name=-rf", "--policy-name=s3-crossaccount-reports"]
    assert user[:3] == ["iam", "put-user-policy", "--user-name=a=b+c,d.e@f-g"]
    wanted = document(hostile_plan(), "source-identity")
    assert same(option(role, "--policy-document"), wanted)
    assert same(option(user, "--policy-document"), wanted)


@pytest.mark.parametrize("side", ["source", "destination"])
def test_the_script_is_clean_for_shellcheck(side: str, tmp_path: Path) -> None:
    import sys
    from pathlib import Path as Place

    script = next(file for file in render(hostile_plan(), "shell") if side in file.path)
    (tmp_path / script.path).write_text(script.text, encoding="utf-8")
    checker = Place(sys.executable).with_name("shellcheck")
    done = subprocess.run([checker, tmp_path / script.path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_role_that_is_not_known_everywhere_yet_is_waited_for(tmp_path: Path) -> None:
    # S3 refuses the first time, as it does for some seconds after a principal was made.
    refused = """
  's3api put-bucket-policy')
    if [[ ! -e ${0%/*}/../asked ]]; then
      : >"${0%/*}/../asked"
      echo 'An error occurred (MalformedPolicy) when calling PutBucketPolicy: Invalid principal in policy' >&2
      exit 254
    fi ;;
"""
    known = AWS.replace("esac", f"{refused}esac")
    (tmp_path / "bin").mkdir()
    jq, bash = installed("jq"), installed("bash")
    (tmp_path / "bin/aws").write_text(known.replace("ACCOUNT", "222222222222").replace("READ_ROLE", ABSENT))
    (tmp_path / "bin/jq").symlink_to(jq)
    (tmp_path / "bin/aws").chmod(0o755)
    script = next(file for file in render(hostile_plan(), "shell") if "destination" in file.path)
    (tmp_path / script.path).write_text(script.text, encoding="utf-8")
    done = subprocess.run(
        [bash, tmp_path / script.path, "--yes"],
        env={"PATH": str(tmp_path / "bin"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("waiting") == 1


@pytest.mark.parametrize(("accounts", "prefix", "status"), [(240, "reports/", 0), (220, "\u65e5" * 300 + "/", 2)])
def test_bytes_are_counted_as_they_are_sent(accounts: int, prefix: str, status: int, tmp_path: Path) -> None:
    from tests.export.test_fleets import fleet

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/aws").write_text(AWS.replace("ACCOUNT", "222222222222"))
    (tmp_path / "bin/aws").chmod(0o755)
    (tmp_path / "bin/jq").symlink_to(installed("jq"))
    # What the wizard itself would refuse is only made larger here, as statements of others would make it.
    script = next(file for file in render(fleet(accounts, 1), "shell") if "destination" in file.path)
    (tmp_path / "script.sh").write_text(script.text.replace("reports/", prefix), encoding="utf-8")
    done = subprocess.run(
        [installed("bash"), tmp_path / "script.sh", "--yes"],
        env={"PATH": str(tmp_path / "bin"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    assert done.returncode == status, done.stderr
    if status:
        assert "bytes, and AWS takes at most 20480" in done.stderr
    else:
        sent = [one for one in (tmp_path / "calls").read_text().split("\0") if one.startswith("--policy=")]
        assert 0 < len(sent[0].removeprefix("--policy=").encode()) <= 20_480
