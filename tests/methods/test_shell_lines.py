"""The shell lines that assume a role without a profile: run by a shell, with an `aws` that notes how it is called."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from wizard.answers.build import build
from wizard.plan import plan

if TYPE_CHECKING:
    from pathlib import Path

RAW: dict[str, Any] = {
    "method": "assume-role",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "source.principals": ["user/alice"],
    "role.name": "wizard/RoleA",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "bucket.prefix": "odd 'name' $(x)/",
}
AWS = """#!/bin/sh
{ for word in "$@"; do printf '%s\\n' "$word"; done
  printf 'KEY=%s SECRET=%s TOKEN=%s\\n--\\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN"
} >> calls
[ "$2" = assume-role ] && printf 'ASIAEXAMPLE\\tse/cr+et\\ttok==en\\n'
exit 0
"""
VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "CREDENTIALS")
SHELLS = [shell for shell in ("sh", "bash", "zsh", "dash") if shutil.which(shell)]


def run(shell: str, folder: Path, raw: dict[str, Any], typed: str = "") -> tuple[list[list[str]], str]:
    """Run the lines; return the calls of `aws`, and the variables that are left."""
    (folder / "aws").write_text(AWS)
    (folder / "aws").chmod(0o755)
    snippet = plan(build(raw).setup).snippet
    left = " ".join(f'"${name}"' for name in VARIABLES)
    script = f"{snippet}\nprintf 'left:%s%s%s%s' {left}"
    environ = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [shell, "-c", script], cwd=folder, env=environ, input=typed, capture_output=True, text=True, check=True
    )
    calls = [call.splitlines() for call in (folder / "calls").read_text().split("--\n")]
    return [call for call in calls if call], done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_lines_assume_the_role_check_who_one_is_list_and_end_it(shell: str, tmp_path: Path) -> None:
    calls, said = run(shell, tmp_path, RAW)
    assume, identity, listing = calls
    assert assume[:6] == [
        "sts",
        "assume-role",
        "--role-arn",
        "arn:aws:iam::222222222222:role/wizard/RoleA",
        "--role-session-name",
        "s3-crossaccount",
    ]
    assert assume[-1] == "KEY= SECRET= TOKEN="
    keys = "KEY=ASIAEXAMPLE SECRET=se/cr+et TOKEN=tok==en"
    assert identity == ["sts", "get-caller-identity", keys]
    assert listing == ["s3", "ls", "s3://s3-crossaccount-bucket01/odd 'name' $(x)/", keys]
    assert said.endswith("left:")


def test_external_id_duration_and_session_name_are_handed_on(tmp_path: Path) -> None:
    raw = RAW | {"role.external_id": "ticket-42", "role.session_seconds": 7200, "role.session_name": "alice"}
    assume = run(SHELLS[0], tmp_path, raw)[0][0]
    pairs = dict(zip(assume[2::2], assume[3::2], strict=False))
    assert pairs["--external-id"] == "ticket-42"
    assert pairs["--duration-seconds"] == "7200"
    assert pairs["--role-session-name"] == "alice"


def test_a_role_that_requires_mfa_asks_for_the_code(tmp_path: Path) -> None:
    device = "arn:aws:iam::111111111111:mfa/alice"
    raw = RAW | {"role.require_mfa": True, "profile.mfa_serial": device}
    assume = run(SHELLS[0], tmp_path, raw, typed="123456\n")[0][0]
    pairs = dict(zip(assume[2::2], assume[3::2], strict=False))
    assert pairs["--serial-number"] == device
    assert pairs["--token-code"] == "123456"


@pytest.mark.parametrize(("method", "own"), [("bucket-policy", {}), ("iam-user", {"user.name": "cliuser"})])
def test_the_other_methods_switch_nobody_and_have_no_lines(method: str, own: dict[str, Any]) -> None:
    raw = {key: value for key, value in RAW.items() if key != "role.name"} | own | {"method": method}
    assert plan(build(raw).setup).snippet == ""


def test_the_lines_do_not_list_what_may_not_be_listed(tmp_path: Path) -> None:
    calls, _said = run(SHELLS[0], tmp_path, RAW | {"access.level": "custom", "access.actions": ["s3:GetObject"]})
    assert [call[:2] for call in calls] == [["sts", "assume-role"], ["sts", "get-caller-identity"]]
