"""`explain FILE`: the access path of a setup, proven link by link, with the commands and the counter-proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.access_path.explained import prove
from wizard.access_path.told import text_of
from wizard.answers.file import read
from wizard.commands.result import Result
from wizard.plan import plan

if TYPE_CHECKING:
    from pathlib import Path

    from wizard.access_path.explained import Proof
    from wizard.access_path.proof import Step

NOT_HELD = 1


def explain(path: Path) -> Result:
    """Prove a setup; the exit status is 1 where something that was asked for is not proven, or too much is."""
    answers = read(path)
    made = plan(answers.setup)
    proof = prove(made)
    return Result(text_of(made, proof), as_json(proof), answers.notes, 0 if proof.holds else NOT_HELD)


def as_json(proof: Proof) -> dict[str, Any]:
    """Return a proof as `explain FILE --json` prints it."""
    return {
        "holds": proof.holds,
        "path": [
            {
                "from": hop.start.label,
                "to": hop.end.label,
                "links": [
                    {
                        "id": link.link.id,
                        "what": link.link.what,
                        "account_id": link.link.account_id,
                        "state": link.state.value,
                        "evidence": link.evidence,
                    }
                    for link in hop.links
                ],
            }
            for hop in proof.path.hops
        ],
        "commands": [
            {
                "command": proven.line,
                "caller": proven.caller.principal_arn,
                "asked": proven.asked,
                "proven": proven.allowed,
                "steps": [_step(step) for step in proven.steps],
            }
            for proven in proof.commands
        ],
        "actions": [_step(step) for step in proof.actions],
        "stays_out": [
            {
                "what": counter.what,
                "principal": counter.caller.arn,
                "action": counter.action,
                "resource": counter.resource,
                "result": counter.verdict.result,
                "holds": counter.holds,
            }
            for counter in proof.counters
        ],
        "unseen": list(proof.path.unseen),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "principal": step.caller.arn,
        "action": step.action,
        "resource": step.resource,
        "result": step.verdict.result,
        "because": [
            {"policy": ref.policy, "index": ref.index, "sid": ref.sid, "effect": ref.effect, "account_id": ref.account}
            for ref in step.verdict.because
        ],
        "missing": [missing.policy for missing in step.verdict.missing],
        "unknown": [doubt.what for doubt in step.verdict.unknown],
    }
