"""Scripts and stacks, run for real on the practice accounts: they lead to the plan's documents, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.export.conftest import PROFILES
from tests.export.practice_setups import COUNT, planned
from tests.export.world import assert_same, expected, snapshot
from wizard.export.formats import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.export.conftest import Shell
    from wizard.plan import Plan

    Clients = Callable[[str, str], Any]


def confirmed(plan: Plan) -> list[str]:
    return ["--yes", *(word for bucket in plan.setup.buckets for word in ("--confirm-lockout", bucket.name))]


@pytest.mark.usefixtures("fresh_practice")
@pytest.mark.parametrize("number", range(COUNT))
def test_the_scripts_lead_to_the_plans_documents_and_every_second_setup_is_undone(
    number: int, tmp_path: Path, clients: Clients, shell: Shell
) -> None:
    plan = planned(number)
    before = snapshot(clients, plan)
    made = shell.scripts(tmp_path, plan)
    for script in made:
        done = script.run(*confirmed(plan))
        assert done.returncode == 0, done.stderr
    assert_same(snapshot(clients, plan), expected(plan, before, by_script=True))
    for script in made if number % 6 == 0 else ():
        again = script.run("--yes")
        assert again.returncode == 0
        assert "Nothing to change" in again.stdout
    if number % 2:  # an undo takes as long as all before it; every method's is run, as the methods come in threes
        return
    for script in reversed(made):
        done = script.run("undo", "--yes")
        assert done.returncode == 0, done.stderr
    assert_same(snapshot(clients, plan), before)
    assert not [user for user in clients("destination-admin", "iam").list_users()["Users"] if "cli-b" in user["Arn"]]


@pytest.mark.usefixtures("fresh_practice")
@pytest.mark.parametrize("number", range(COUNT))
def test_the_stacks_lead_to_the_plans_documents(number: int, clients: Clients) -> None:
    plan = planned(number)
    before = snapshot(clients, plan)
    for file in render(plan, "cloudformation"):
        side = "source" if "-source" in file.path else "destination"
        given = []
        if "ConfirmLockout:" in file.text:
            given = [{"ParameterKey": "ConfirmLockout", "ParameterValue": plan.setup.bucket.name}]
        cloudformation = clients(PROFILES[side], "cloudformation")
        cloudformation.create_stack(
            StackName=f"{plan.setup.name}-{side}",
            TemplateBody=file.text,
            Parameters=given,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        waited(cloudformation, f"{plan.setup.name}-{side}")
    wanted = expected(plan, before, by_script=False)
    assert_same(snapshot(clients, plan), wanted)


def waited(cloudformation: Any, stack: str) -> None:
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
    )
