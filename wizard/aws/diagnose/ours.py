"""Whose name a mend carries: that of the setup whose statement it repairs, by the journal, or one of its own."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose.evidence import INLINE, Paper
from wizard.aws.diagnose.judged import ASSUME, KMS
from wizard.diff import same
from wizard.plan.found import Absent
from wizard.plan.merge import UnreadableError, is_grant, own_statements
from wizard.setup import default_name, sid_prefix
from wizard.state.run import Stage as Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wizard.aws.diagnose.evidence import Evidence
    from wizard.aws.diagnose.judged import Stage
    from wizard.state.run import Run

METHOD = "diagnose"
"""What a mend's run has in the journal in place of a method."""


def mend_name(evidence: Evidence) -> str:
    """Return what names a mend in Sids, policy names and the journal, as a setup's name does.

    Where it repairs a setup it is the setup's, so that applying the setup again finds the statement as its own; any
    other has a name of its own, so that applying a setup again doesn't take it away.
    """
    return evidence.repairs or default_name(METHOD, (evidence.source_account,), evidence.bucket.name)


def sid(name: str, stage: Stage, kind: str) -> str:
    """Return the Sid of a statement that lets a stage's request pass, by the words of `plan.merge.WHATS`."""
    if stage.id == ASSUME:
        what = "Trust" if kind == "trust" else "AssumeRole"
    elif stage.id == KMS:
        what = "Key"
    elif stage.action.startswith("s3:List") and "/" not in stage.resource:
        what = "List"
    else:
        what = "Objects" if "/" in stage.resource else "Bucket"
    return sid_prefix(name) + what


def repaired(evidence: Evidence, runs: Iterable[Run]) -> str:
    """Return the setup of which a run wrote a statement for this call that isn't there any more as it was; or "".

    `runs` are the journal's, the newest first. A setup whose last run ended on the way is left to its own apply.
    """
    there = dict(_documents(evidence))
    seen: set[tuple[str, str]] = set()
    unfinished: set[str] = set()
    begun: set[str] = set()
    for run in runs:
        name = run.setup_name
        if name not in begun and run.state in {"stopped", "failed", "died"}:
            unfinished.add(name)
        begun.add(name)
        if name in unfinished or evidence.bucket.name not in run.about.get("buckets", ()):
            continue
        for step in reversed(run.steps):
            target = str(step.change.get("target", ""))
            if step.stage is not Step.DONE or target not in there or (name, target) in seen:
                continue
            seen.add((name, target))
            if _is_gone(there[target], step.after, name, evidence.action):
                return name
    return ""


def _documents(evidence: Evidence) -> Iterator[tuple[str, list[Any]]]:
    """Yield what is there by now of everything that a run may have written on the way; what nobody read is left out."""
    bucket, key, who = evidence.bucket, evidence.key, evidence.who
    pieces = [(f"arn:{who.partition if who else 'aws'}:s3:::{bucket.name}", bucket.policy)]
    pieces += [(hop.role_arn, hop.trust) for hop in evidence.assuming]
    pieces += [(key.arn, key.policy)] if key else []
    own = [hop.who for hop in evidence.assuming] + ([who] if who else [])
    mine: dict[str, list[Any]] = {}
    for target, piece in pieces:
        if isinstance(piece, Paper | Absent):
            mine.setdefault(target, []).extend([piece.document] if isinstance(piece, Paper) else [])
    for one in own:
        if isinstance(one.identity, tuple):
            papers = [paper.document for paper in one.identity if paper.place == INLINE]
            mine.setdefault(one.principal_arn, []).extend(papers)
    yield from mine.items()


def _is_gone(there: list[Any], written: Any, name: str, action: str) -> bool:
    mine = is_grant(name)
    try:
        wanted = own_statements(written, mine)
        present = [one for document in there for one in own_statements(document, mine)]
    except UnreadableError:
        return False
    about = [one for one in wanted if _is_about(one, action)]
    return any(not any(same(_alone(one), _alone(other)) for other in present) for one in about)


def _is_about(statement: Mapping[str, Any], action: str) -> bool:
    value = statement.get("Action", [])
    actions = [str(one).lower() for one in (value if isinstance(value, list) else [value])]
    return any(fnmatchcase(action.lower(), one) or one.startswith(("sts:", "kms:")) for one in actions)


def _alone(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [dict(statement)]}
