"""What check and the proof say about the policies as they will be, merged with what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.plan.merged import DOCUMENT_TYPES, blocks, there
from wizard.plan.sizes import compact
from wizard.policy.check import Context, check
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.access_path.explained import Proof
    from wizard.access_path.proof import CommandProof
    from wizard.plan import Change, Found, Plan


def doubts(plan: Plan, found: Found, planned: Sequence[Change]) -> tuple[str, ...]:
    """Return sentences about what won't work, or won't stay out, because of what is in the accounts already.

    Compared with the setup's documents alone: what those can't prove is said where they are shown.
    """
    return (*_mistakes(plan, planned), *_proof(plan, found, planned))


def _mistakes(plan: Plan, planned: Sequence[Change]) -> Iterator[str]:
    setup = plan.setup
    context = Context(destination_account=setup.destination_account, partition=setup.partition)
    last = {
        change.target: change for change in planned if change.kind in DOCUMENT_TYPES and isinstance(change.then, dict)
    }
    for change in last.values():
        report = check(compact(change.then), document_type=DOCUMENT_TYPES[change.kind], context=context)
        for finding in report.findings:
            if finding.severity == "error":
                yield _("{target}: the policy that is there has a mistake, and AWS may refuse it: {message}").format(
                    target=change.target, message=f"{finding.path} {finding.message}"
                )


def _proof(plan: Plan, found: Found, planned: Sequence[Change]) -> Iterator[str]:
    from wizard.access_path.explained import prove

    alone, merged = prove(plan), prove(plan, there(plan, found, planned), blocks(plan, found))
    proven = {key for key, _said, holds in _facts(alone) if holds}
    for key, said, holds in _facts(merged):
        if key in proven and not holds:
            yield said


def _why(command: CommandProof) -> str:
    from wizard.access_path.explained import fault

    return next((fault(step) for step in command.steps if not step.allowed), "")


def _facts(proof: Proof) -> Iterator[tuple[tuple[str, ...], str, bool]]:
    """Yield what a proof says: a key to find it by, the sentence where it doesn't hold, and whether it does."""
    for one in proof.commands:
        if one.asked:
            said = _("With what is there already this is not proven to work: {line} ({caller}): {why}")
            shown = said.format(line=one.line, caller=one.caller.arn, why=_why(one))
            yield ("command", one.line, one.caller.arn), shown, one.allowed
    for counter in proof.counters:
        said = _("With what is there already this is not kept out: {what} ({action}, {caller})")
        yield (
            ("counter", counter.action, counter.resource, counter.caller.arn),
            said.format(what=counter.what, action=counter.action, caller=counter.caller.arn),
            counter.holds,
        )
