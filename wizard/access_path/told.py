"""A proof in words: the path with its evidence, the commands and why one fails, and what stays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.access_path.explained import sid_of
from wizard.access_path.path import SIGNS, WORDS
from wizard.text import _

if TYPE_CHECKING:
    from wizard.access_path.counter import Counter
    from wizard.access_path.explained import Proof
    from wizard.access_path.proof import CommandProof, Step
    from wizard.plan import Plan
    from wizard.policy.evaluate import Verdict


def text_of(made: Plan, proof: Proof) -> str:
    """Return a proof for people."""
    parts = [_("Access path"), *_path(proof), "", _("Commands"), *_commands(proof)]
    broken = [step for step in proof.actions if not step.allowed]
    parts += ["", _("Actions that are not proven"), *(f"  {_reason(step)}" for step in broken)] if broken else []
    parts += ["", _("What stays out"), *_counters(proof)]
    parts += ["", _("Not seen, and able to deny all the same: {layers}").format(layers=_(", ").join(proof.path.unseen))]
    parts += [_(made.method.copying)]
    return "\n".join(parts)


def _path(proof: Proof) -> list[str]:
    lines = []
    for hop in proof.path.hops:
        lines.append(f"  {hop.start.label} ({hop.start.account_id}) → {hop.end.label} ({hop.end.account_id})")
        for link in hop.links:
            evidence = f": {link.evidence}" if link.evidence else ""
            lines.append(f"    {SIGNS[link.state]} {_(WORDS[link.state])}  {link.link.what}{evidence}")
    return lines


def _commands(proof: Proof) -> list[str]:
    lines: dict[str, None] = {}
    for proven in proof.commands:
        sign, word = _state(proven)
        lines[f"  {sign} {word:12} {proven.line}"] = None
        if proven.asked and not proven.allowed:
            for step in proven.steps:
                lines |= {} if step.allowed else {f"      {_reason(step)}": None}
    return list(lines)


def _state(proven: CommandProof) -> tuple[str, str]:
    if proven.allowed:
        return "◆", _("proven")
    if not proven.asked:
        return "·", _("not granted")
    return "✗", _("not proven")


def _reason(step: Step) -> str:
    verdict = step.verdict
    return f"{step.action} ({step.caller.label}, {step.resource}): {reason_of(verdict)}"


def reason_of(verdict: Verdict) -> str:
    """Say in a line what decides a verdict."""
    if verdict.result == "ExplicitlyDenied" and verdict.because:
        return _("denied by {sid}").format(sid=", ".join(sid_of(ref) for ref in verdict.because))
    if verdict.result == "Unknown":
        return _("not known: {doubts}").format(doubts=_(", ").join(doubt.what for doubt in verdict.unknown))
    lacking = ", ".join(f"{missing.policy} ({missing.account or '-'})" for missing in verdict.missing)
    near = "; ".join(
        _("{sid} matches but for its {element}").format(sid=sid_of(miss.statement), element=miss.but_for)
        for miss in verdict.near_misses
    )
    said = _("no Allow in: {policies}").format(policies=lacking) if lacking else verdict.result
    return f"{said} ({near})" if near else said


def _counters(proof: Proof) -> list[str]:
    grouped: dict[str, list[Counter]] = {}
    for counter in proof.counters:
        grouped.setdefault(counter.what, []).append(counter)
    lines = []
    for what, members in grouped.items():
        open_doors = [counter for counter in members if not counter.holds]
        sign, word = ("◆", _("stays out")) if not open_doors else ("✗", _("is not kept out"))
        lines.append(f"  {sign} {what}: {word} ({_('requests: {count}').format(count=len(members))})")
        lines += [f"      {door.action} {door.resource}: {door.verdict.result}" for door in open_doors]
    return lines
