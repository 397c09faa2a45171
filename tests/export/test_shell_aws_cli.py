"""The scripts with the AWS CLI itself (the package awscli), on the practice accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.export.hostile import SETUP
from tests.export.world import assert_same, expected, snapshot
from wizard.answers.build import build
from wizard.diff import same
from wizard.plan import plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.export.conftest import Shell
    from wizard.plan import Plan

    Clients = Callable[[str, str], Any]

NAMES = {"source.principals": ["role/app-ec2"], "role.name": "x'y`z\"(a)/-Role,A"}


def planned(**changes: Any) -> Plan:
    built = build({**SETUP, **NAMES, **changes})
    assert not built.problems, built.problems
    return plan(built.setup)


@pytest.mark.usefixtures("fresh_practice")
@pytest.mark.timeout(300)  # half a second a call, and more where the machine is busy
def test_apply_and_undo_with_the_aws_cli_and_odd_names(tmp_path: Path, aws_cli: Shell, clients: Clients) -> None:
    made = planned()
    before = snapshot(clients, made)
    script = aws_cli.script(tmp_path, made, "destination")
    done = script.run("--yes")
    assert done.returncode == 0, done.stderr
    source = [document.attach_to for document in made.of("source-identity") if document.attach_to]
    wanted = expected(made, before, by_script=True)
    found = snapshot(clients, made)
    for name in wanted:
        if name.partition("#")[0] not in source:
            assert same(found[name], wanted[name]), name
    undone = script.run("undo", "--yes")
    assert undone.returncode == 0, undone.stderr
    assert_same(snapshot(clients, made), before)


@pytest.mark.usefixtures("fresh_practice")
def test_another_accounts_credentials_change_nothing(tmp_path: Path, aws_cli: Shell) -> None:
    done = aws_cli.script(tmp_path, planned(), "destination").run("--yes", profile="source-admin")
    assert done.returncode == 2
    assert "These credentials are of the account 111111111111" in done.stderr
    assert done.stdout == ""
