"""The README's own journey: its answers file and its commands, on the practice accounts, as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.demo import Practice

README = Path(__file__).parents[2] / "README.md"
STATUS = {"apply": 0, "profile": 0, "verify": 0, "explain": 0, "undo": 0, "diagnose": 1}


def commands() -> list[list[str]]:
    """Return the commands of the README's console blocks that concern reports.toml, and the undo at the end."""
    found = re.findall(r"^\$ s3-crossaccount ([^#\n]*)", README.read_text(encoding="utf-8"), re.MULTILINE)
    own = [line.split() for line in found if line.split()[0] in STATUS]
    return [one for one in own if one != ["undo"]] + [["undo"]]


def test_the_readmes_commands_do_what_it_says(fresh_practice: Practice, tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    toml = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert toml is not None
    (tmp_path / "reports.toml").write_text(toml[1], encoding="utf-8")
    environ = {**os.environ, **fresh_practice.environment, "S3_CROSSACCOUNT_STATE": str(tmp_path / "state")}
    done = {}
    for command in commands():
        yes = ["--yes"] if command[0] in {"apply", "undo"} or command[:2] == ["profile", "write"] else []
        run = subprocess.run(
            [sys.executable, "-m", "wizard", *command, *yes],
            cwd=tmp_path,
            env={**environ, "PYTHONPATH": str(README.parent)},
            check=False,
            capture_output=True,
            text=True,
        )
        assert run.returncode == STATUS[command[0]], (command, run.stdout, run.stderr)
        done[command[0]] = run.stdout
    assert set(done) == set(STATUS)
    for verb, line in (
        ("verify", "✓ holds: sts:AssumeRole  arn:aws:iam::222222222222:role/RoleA"),
        ("verify", "The access works, as far as it was tried."),
        ("explain", "◆ proven  trust policy names it"),
        ("diagnose", "The policy allows the action under another prefix."),
    ):
        assert line in text
        assert line in done[verb], done[verb]
