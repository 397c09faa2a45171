"""Each command imports only its own rooms: heavy libraries are paid for by those who use them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = str(Path(__file__).parent / "data" / "setups" / "s01.toml")
HEAVY = ("textual", "rich", "boto3", "botocore", "questionary", "prompt_toolkit", "ministack", "pyperclip", "asyncio")
PROGRAM = """
import json, sys
from wizard.__main__ import main
try:
    status = main(sys.argv[1:])
except SystemExit as end:
    status = end.code
print(json.dumps({"status": status, "modules": sorted(sys.modules)}), file=sys.stderr)
"""


def modules_after(*arguments: str, stdin: str = "") -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, input=stdin, check=True, timeout=60
    )
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["status"] in {0, 1, 2}, done.stderr
    return set(told["modules"])


@pytest.mark.parametrize(
    ("arguments", "rooms"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["documents", SETUP, "--json"], {"answers", "plan"}),
        (["explain", SETUP], {"answers", "plan", "access_path"}),
        (["check", "--cases", "-"], {"policy"}),
        (["check", "--kinds"], {"policy"}),
        (["explain", "--cases", "-"], {"policy"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_its_own_rooms_and_nothing_heavy(arguments: list[str], rooms: set[str]) -> None:
    found = modules_after(*arguments)
    assert not [name for name in HEAVY if name in found]
    present = {name.split(".")[1] for name in found if name.startswith("wizard.")}
    allowed = rooms | {"cli", "commands", "text", "errors", "__main__"}
    if "answers" in rooms:
        allowed |= {"questions", "methods", "setup", "policy", "names"}
    if "policy" in rooms:
        allowed |= {"names", "redact", "diff"}
    assert present <= allowed, present - allowed


def test_check_imports_what_calls_aws_only_where_aws_is_asked() -> None:
    policy = """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get", "Resource": "*"}}"""
    found = modules_after("check", "-", stdin=policy)
    assert not [name for name in (*HEAVY, "wizard.aws", "wizard.commands.check_aws") if name in found]
    assert "botocore" in modules_after("check", "-", "--profile", "nobody", stdin=policy)


def test_help_lists_every_command() -> None:
    done = subprocess.run([sys.executable, "-m", "wizard", "--help"], capture_output=True, text=True, check=True)
    for verb in ("documents", "profile", "check", "explain", "demo"):
        assert verb in done.stdout


def test_without_a_terminal_the_message_says_how_to_go_on() -> None:
    done = subprocess.run([sys.executable, "-m", "wizard"], capture_output=True, text=True, input="", check=False)
    assert done.returncode == 2
    assert "answers file" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_terminal_an_answers_file_gives_the_documents() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wizard", "--answers", SETUP], capture_output=True, text=True, input="", check=True
    )
    assert "Bucket policy" in done.stdout


def test_a_reader_that_leaves_early_gets_no_complaint() -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m wizard documents {SETUP} | true"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Error" not in done.stderr
    assert "Traceback" not in done.stderr
