"""`runs`: list the runs, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.commands.result import Result
from wizard.state import journal
from wizard.text import _, mark

if TYPE_CHECKING:
    import argparse

    from wizard.state.run import Run

_WORDS = {
    "complete": mark("complete"),
    "stopped": mark("stopped on the way"),
    "failed": mark("failed on the way"),
    "died": mark("died on the way"),
    "undone": mark("put back"),
    "partly-undone": mark("partly put back"),
    "empty": mark("changed nothing"),
    "running": mark("going on now"),
}


def run(_options: argparse.Namespace) -> Result:
    """List every run of apply with what became of it."""
    found = journal.runs()
    data = [_data(one) for one in found]
    if not data:
        return Result(_("There are no runs yet."), {"runs": []})
    return Result("\n".join(_line(one) for one in data), {"runs": data})


def _data(one: Run) -> dict[str, Any]:
    return {
        "id": one.id,
        "started": one.started,
        "setup": one.setup_name,
        "method": str(one.about.get("method", "")),
        "buckets": list(one.about.get("buckets", [])),
        "accounts": {account: told.get("profile", "") for account, told in one.about.get("accounts", {}).items()},
        "state": "running" if journal.is_running(one.id) else one.state,
        "changes": len(one.steps),
        "left_to_undo": len(one.left_to_undo()),
    }


def _line(data: dict[str, Any]) -> str:
    return _("{id}  {started}  {setup} ({method}): {state}, changes: {changes}").format(
        id=data["id"],
        started=data["started"].replace("T", " ")[:19],
        setup=data["setup"],
        method=data["method"],
        state=_(_WORDS.get(data["state"], data["state"])),
        changes=data["changes"],
    )
