"""The scripts under test: rendered into a folder, and run as the administrator of their side."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.export.aws_stand_in import stand_in
from tests.programs import installed
from wizard.export.formats import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wizard.demo import Practice
    from wizard.plan import Plan

PROFILES = {"source": "source-admin", "destination": "destination-admin"}


@dataclass(frozen=True)
class Script:
    """A side's script."""

    path: Path
    side: str
    environment: Mapping[str, str]

    def run(self, *words: str, profile: str = "") -> subprocess.CompletedProcess[str]:
        """Run it; nobody is at the terminal."""
        return subprocess.run(
            ["bash", self.path, *words, "--profile", profile or PROFILES[self.side]],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@dataclass(frozen=True)
class Shell:
    """Where scripts are run: with which `aws`, on the practice accounts."""

    environment: Mapping[str, str]

    def scripts(self, folder: Path, plan: Plan) -> list[Script]:
        """Write the scripts of both sides into a folder."""
        out = []
        for file in render(plan, "shell"):
            (folder / file.path).write_text(file.text, encoding="utf-8")
            side = "source" if "-source" in file.path else "destination"
            out.append(Script(folder / file.path, side, self.environment))
        return out

    def script(self, folder: Path, plan: Plan, side: str) -> Script:
        """Write the script of one side."""
        return next(script for script in self.scripts(folder, plan) if script.side == side)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, clients: Callable[[str, str], Any]) -> Iterator[Shell]:
    """Where `aws` is the quick stand-in for the AWS CLI."""
    installed("jq")
    folder = tmp_path_factory.mktemp("bin")
    with stand_in(folder, clients):
        yield Shell({"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8"})


@pytest.fixture
def aws_cli(practice: Practice) -> Shell:
    """Where `aws` is the AWS CLI itself."""
    installed("jq")
    kept = {name: os.environ[name] for name in ("HOME", "LC_ALL") if name in os.environ}
    cli = Path(sys.executable).parent
    assert (cli / "aws").exists(), "the package awscli is in the extra test"
    return Shell({**kept, "PATH": f"{cli}:{os.environ['PATH']}", **practice.environment})
