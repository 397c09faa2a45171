"""What a proof says of a setup: the path's links with their evidence, the commands, and who stays out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.access_path.counter import counter_proofs
from wizard.access_path.path import AccessPath, PathHop, PathLink, State, planned
from wizard.access_path.proof import Prover, prove_actions, prove_commands
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wizard.access_path.counter import Counter
    from wizard.access_path.proof import CommandProof, Step
    from wizard.methods.method import Link
    from wizard.plan import Plan
    from wizard.policy.evaluate import StatementRef

# Which kind of policy a link stands for in a verdict, by the leg on which the request is made.
_KINDS = {
    ("assume", "source-identity"): "identity",
    ("assume", "trust"): "trust",
    ("s3", "source-identity"): "identity",
    ("s3", "destination-identity"): "identity",
    ("s3", "bucket"): "resource",
    ("s3", "guards"): "resource",
    ("key", "key"): "resource",
}
_BLOCK = "block_public_access"


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of a plan. `holds`: all that was asked for is allowed, and the whole counter-proof set is not."""

    path: AccessPath
    commands: tuple[CommandProof, ...]
    actions: tuple[Step, ...]
    counters: tuple[Counter, ...]

    @property
    def holds(self) -> bool:
        """Whether everything that was asked for is proven, and nothing beside it is possible."""
        asked = all(command.allowed for command in self.commands if command.asked)
        return asked and all(step.allowed for step in self.actions) and all(one.holds for one in self.counters)


def prove(
    plan: Plan,
    there: Mapping[str, dict[str, Any]] | None = None,
    blocks: Mapping[str, Mapping[str, bool]] | None = None,
) -> Proof:
    """Prove a plan over its documents; `there` has the policies that will be there after merging, by ARN.

    `blocks` has what is known to be on of Block Public Access, by the bucket's ARN (`wizard.plan.merged.blocks`).
    A setup with unanswered questions is planned, not proven: its path says so.
    """
    if plan.setup.unanswered:
        return Proof(planned(plan.setup), (), (), ())
    prover = Prover(plan, there, blocks)
    commands, actions = prove_commands(prover), prove_actions(prover)
    steps = [*(step for command in commands if command.asked for step in command.steps), *actions]
    path = planned(plan.setup)
    hops = tuple(_hop(hop, steps) for hop in path.hops)
    counters = counter_proofs(prover)
    let_in = tuple(dict.fromkeys(one.what for one in counters if not one.holds))
    return Proof(replace(path, hops=hops, let_in=let_in), commands, actions, counters)


def _hop(hop: PathHop, steps: list[Step]) -> PathHop:
    assuming = any(link.link.id == "trust" for link in hop.links)
    legs = ("assume",) if assuming else ("s3", "key")
    mine = [step for step in steps if step.leg in legs]
    links = [_link(link, mine) for link in hop.links]
    failed = [step for step in mine if not step.allowed]
    if failed and not any(link.state in {State.BROKEN, State.UNKNOWN} for link in links):
        # A statement of others, where this setup has no document of its own: said at the last link.
        links[-1] = replace(links[-1], state=_failing(failed), evidence=fault(failed[0]))
    return replace(hop, links=tuple(links))


def _failing(failed: list[Step]) -> State:
    return State.UNKNOWN if all(step.verdict.result == "Unknown" for step in failed) else State.BROKEN


def _link(link: PathLink, steps: list[Step]) -> PathLink:
    """Judge one link by the steps that pass it: proven where all are allowed, broken where its policy is at fault."""
    if link.link.id == "access-key":
        return replace(link, evidence=_("whoever holds the key is the user"))
    passing = [step for step in steps if (step.leg, link.link.id) in _KINDS]
    if not passing:
        return link
    if all(step.allowed for step in passing):
        return replace(link, state=State.PROVEN, evidence=_evidence(link.link, passing))
    faults = [step for step in passing if not step.allowed and _at_fault(link.link, step)]
    if not faults:
        return link
    return replace(link, state=_failing(faults), evidence=fault(faults[0]))


def _at_fault(link: Link, step: Step) -> bool:
    kind = _KINDS[step.leg, link.id]
    verdict = step.verdict
    if verdict.result == "ExplicitlyDenied":
        denied_by = {ref.policy for ref in verdict.because if ref.effect == "Deny"}
        wanted = "guards" if kind == "resource" and step.leg == "s3" else link.id
        return kind in denied_by and (link.id == wanted or step.leg != "s3")
    if link.id == "guards":
        return False
    # Block Public Access belongs to the bucket, as its policy does.
    lacking = {"resource" if one.policy == _BLOCK else one.policy for one in verdict.missing}
    return verdict.result == "Unknown" or kind in lacking


def _evidence(link: Link, steps: Iterable[Step]) -> str:
    """Name the statements that allow, by Sid."""
    if link.id == "guards":
        return _("no Deny matches, if the calls come as the guards want them")
    refs: dict[str, None] = {}
    for step in steps:
        kind = _KINDS[step.leg, link.id]
        refs |= {sid_of(ref): None for ref in step.verdict.because if ref.policy == kind and ref.effect == "Allow"}
    return ", ".join(refs)


def sid_of(ref: StatementRef) -> str:
    """Return a statement's Sid, or its place in its document (from 1)."""
    return ref.sid or _("statement {number}").format(number=ref.index + 1)


def fault(step: Step) -> str:
    """Say why a step isn't allowed: who denies it, what isn't known, or what lacks."""
    verdict = step.verdict
    deny = next((ref for ref in verdict.because if ref.effect == "Deny"), None)
    if verdict.result == "ExplicitlyDenied" and deny:
        return _("{action} is denied by {sid}").format(action=step.action, sid=sid_of(deny))
    if verdict.result == "Unknown":
        doubts = _(", ").join(doubt.what for doubt in verdict.unknown)
        return _("{action}: not known, it depends on {doubts}").format(action=step.action, doubts=doubts)
    if any(missing.policy == _BLOCK for missing in verdict.missing):
        return _("{action} is not allowed: RestrictPublicBuckets is on, and the bucket policy is public").format(
            action=step.action
        )
    return _("{action} is not allowed").format(action=step.action)
