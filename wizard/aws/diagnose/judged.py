"""One request of the way, judged by the evaluator over what was read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose.request_keys import with_key
from wizard.plan.merge import UNIQUE_ID, statements_of
from wizard.policy.evaluate import Case, Policies, Request, evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.aws.diagnose.evidence import Paper, Who
    from wizard.policy.evaluate import StatementRef, Verdict

ASSUME, S3, KMS = "assume", "s3", "kms"
# A bucket whose owner nobody could tell is judged as another account's: then both sides have to allow.
NOBODY_KNOWN = "000000000000"
_DEAD = f"arn:aws:iam::{NOBODY_KNOWN}:user/deleted"


@dataclass(frozen=True, slots=True)
class Stage:
    """One request of the way: who asks for what, and the policies that were read for it.

    `unread` are documents that decide and could not be read (`identity`, `resource`, `trust`); `unseen` are
    layers that can only take away, which nobody could see. `absent`: condition keys (lower case) that the
    request surely lacks.
    """

    id: str
    action: str
    resource: str
    who: Who
    owner: str
    papers: tuple[Paper, ...]
    unread: frozenset[str]
    unseen: frozenset[str]
    context: Mapping[str, Any]
    absent: frozenset[str]
    block: tuple[Mapping[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A stage with the verdict over what was read, the unseen layers left aside.

    `sure`: the verdict doesn't rest on a condition key of which nobody knows whether the request has it.
    """

    stage: Stage
    verdict: Verdict
    sure: bool = True
    doubtful: tuple[str, ...] = field(default=())

    @property
    def denied(self) -> bool:
        """Whether what was read denies."""
        return self.verdict.result in {"ExplicitlyDenied", "ImplicitlyDenied"}

    @property
    def allowed(self) -> bool:
        """Whether what was read allows, as far as it was read."""
        return self.verdict.result == "Allowed"

    def paper(self, ref: StatementRef) -> Paper | None:
        """Return the policy that a statement stands in."""
        mine = [one for one in self.stage.papers if one.kind == ref.policy and one.level == (ref.level or 0)]
        return mine[ref.document] if ref.document < len(mine) else None

    def statement(self, ref: StatementRef) -> Mapping[str, Any]:
        """Return a statement as it was read."""
        paper = self.paper(ref)
        found = statements_of(paper.document) if paper and is_sound(paper.document) else ()
        return found[ref.index] if ref.index < len(found) else {}


def is_sound(document: Any) -> bool:
    """Whether a policy has the shape that AWS stores: only then is a statement of it shown, and changed.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    if not isinstance(document, dict):
        return False
    raw = document.get("Statement")
    statements = raw if isinstance(raw, list) else [raw]
    return all(isinstance(one, dict) and _is_sound(one) for one in statements)


def _is_sound(statement: dict[str, Any]) -> bool:
    condition, principal = statement.get("Condition", {}), statement.get("Principal", "*")
    texts = [statement.get(name, []) for name in ("Action", "NotAction", "Resource", "NotResource")]
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        return False
    texts += principal.values() if isinstance(principal, dict) else [principal]
    return isinstance(statement.get("Sid", ""), str) and all(_is_text(one) for one in texts)


def _is_text(value: Any) -> bool:
    return all(isinstance(one, str) for one in (value if isinstance(value, list) else [value]))


def judge(
    stage: Stage, replaced: Mapping[tuple[str, str, str, str], Any] | None = None, added: tuple[Paper, ...] = ()
) -> Judged:
    """Evaluate a stage; `replaced` and `added` are policies as they would be after a change."""
    papers = [replace(one, document=(replaced or {}).get(one.id, one.document)) for one in stage.papers]
    changed = replace(stage, papers=tuple(one for one in (*papers, *added) if one.document is not None))
    closed = evaluate(_case(changed, unlisted=False))
    opened = evaluate(_case(changed, unlisted=True))
    doubts = tuple(
        dict.fromkeys(
            doubt.what
            for doubt in opened.unknown
            if doubt.why == "context"
            and doubt.what.lower() not in stage.absent
            and not with_key(stage.action, doubt.what)  # no request for the action has it
        )
    )
    return Judged(changed, closed, sure=opened.result == closed.result or not doubts, doubtful=doubts)


def _case(stage: Stage, *, unlisted: bool) -> Case:
    def of(kind: str) -> tuple[Any, ...]:
        return tuple(_alive(one.document, stage.who) for one in stage.papers if one.kind == kind)

    def by_level(kind: str) -> tuple[tuple[Any, ...], ...]:
        mine = [one for one in stage.papers if one.kind == kind]
        return tuple(
            tuple(one.document for one in mine if one.level == level) for level in sorted({one.level for one in mine})
        )

    policies = Policies(
        identity=of("identity"),
        resource=next(iter(of("resource")), None),
        trust=next(iter(of("trust")), None),
        boundary=of("boundary"),
        session=of("session"),
        scps=by_level("scps"),
        rcps=by_level("rcps"),
        vpc_endpoint=of("vpc_endpoint"),
        block_public_access={str(place): settings for place, settings in enumerate(stage.block)} or None,
    )
    return Case(
        Request(stage.who.arn, stage.action, stage.resource, stage.context),
        policies,
        principal_account=stage.who.account_id,
        resource_account=stage.owner,
        unknown=stage.unread,
        unlisted_context=unlisted,
    )


def _alive(document: Any, who: Who) -> Any:
    """Return a policy with unique ids of principals spelled out: the caller's own is the caller, others are gone.

    AWS shows an id in a Principal only for a user or role that was deleted.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    """
    if not isinstance(document, dict) or "Statement" not in document:
        return document
    raw = document["Statement"]
    statements = raw if isinstance(raw, list) else [raw]
    return {**document, "Statement": [_alive_statement(one, who) for one in statements]}


def _alive_statement(statement: Any, who: Who) -> Any:
    principal = statement.get("Principal") if isinstance(statement, dict) else None
    if not isinstance(principal, dict):
        return statement
    named = principal.get("AWS")
    names = named if isinstance(named, list) else [named]
    if not any(isinstance(one, str) and UNIQUE_ID.fullmatch(one) for one in names):
        return statement
    alive = [_spelled(one, who) for one in names]
    return {**statement, "Principal": {**principal, "AWS": alive}}


def _spelled(name: Any, who: Who) -> Any:
    if not isinstance(name, str) or not UNIQUE_ID.fullmatch(name):
        return name
    return who.principal_arn if name == who.unique_id else _DEAD
