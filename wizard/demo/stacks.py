"""Mend the emulator's CloudFormation: conditions that ask in which account and region the stack is."""

from __future__ import annotations

from functools import cache
from typing import Any


def install() -> None:
    """Mend it when the first stack is made: nobody else waits for CloudFormation to be loaded (0.3 s, 20 MB)."""
    from ministack import app

    handle = app.SERVICE_HANDLERS["cloudformation"]

    async def mended(*request: Any) -> Any:
        _know_the_account_and_region()
        return await handle(*request)

    app.SERVICE_HANDLERS["cloudformation"] = mended


@cache
def _know_the_account_and_region() -> None:
    """Let conditions read `AWS::AccountId` and `AWS::Region`: the emulator took them for parameters' names.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
    """
    from ministack.core.responses import get_account_id, get_region
    from ministack.services.cloudformation import changesets, engine, handlers, stacks

    evaluate_conditions = engine._evaluate_conditions  # noqa: SLF001 -- the defect sits inside

    def evaluate(template: dict[str, Any], parameters: dict[str, Any]) -> Any:
        known = {"AWS::AccountId": get_account_id(), "AWS::Region": get_region()}
        return evaluate_conditions(template, parameters | {name: {"Value": value} for name, value in known.items()})

    for module in (engine, handlers, stacks, changesets):
        module._evaluate_conditions = evaluate  # noqa: SLF001 -- each has a name of its own for it
