"""Says with the arithmetic which documents are beyond AWS's limits, how many accounts would fit, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.plan.sizes import BUCKET, INLINE, KEY, TRUST_RAISED, compact
from wizard.policy.document import TITLES
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.plan import Plan
    from wizard.policy.document import Document

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MANAGED = 6_144
_LIMITS = {
    "bucket": BUCKET,
    "key": KEY,
    "trust": TRUST_RAISED,
    "managed": MANAGED,
    "role-inline": INLINE["role"],
    "user-inline": INLINE["user"],
}
_ACCOUNT_PLACE = 4  # in an ARN


def too_large(plan: Plan) -> tuple[str, ...]:
    """Return a sentence or two for each kind of document that is too large; documents of one size share them."""
    counted: dict[tuple[str, int, int, int, int], int] = {}
    for document in plan.needed():
        limit = _LIMITS.get(document.limit, 0)
        policy = document.policy.to_json() if document.policy else {}
        size = _size(document, policy)
        if limit and size > limit and not document.managed_policy_arn:
            each, fit = _fleet(plan, document, policy, limit)
            key = (document.id, size, limit, each, fit)
            counted[key] = counted.get(key, 0) + 1
    out = []
    for (document_id, size, limit, each, fit), count in counted.items():
        said = _("{document}, {count} of this size: {size} bytes are needed, and AWS takes at most {limit}.").format(
            document=_(TITLES[document_id]), count=count, size=size, limit=limit
        )
        out.append(f"{said} {_advice(plan, document_id, each, fit)}".rstrip())
    return tuple(out)


def _advice(plan: Plan, document_id: str, each: int, fit: int) -> str:
    if not each:
        return _("Split the setup, or ask for less.")
    said = _("Each of the {count} source accounts needs {each} bytes, so that {fit} accounts fit.").format(
        count=len(plan.setup.source.account_ids), each=each, fit=fit
    )
    if document_id == "bucket":
        road = _(
            "Split the setup, give each consumer an access point of its own (aws s3control create-access-point), "
            "whose policy names that one account, or let the whole organization in (aws:PrincipalOrgID)."
        )
    else:
        road = _("Split the setup, or let the whole organization in (aws:PrincipalOrgID).")
    return f"{said} {road}"


def _size(document: Document, value: Any) -> int:
    """Return what counts: bytes for S3 and KMS, characters for IAM (a compact policy has no white space to spare)."""
    text = compact(value)
    return len(text.encode()) if document.id in {"bucket", "key"} else len(text)


def _fleet(plan: Plan, document: Document, policy: Any, limit: int) -> tuple[int, int]:
    """Return the bytes that each further source account needs, and how many accounts fit."""
    accounts = plan.setup.source.account_ids
    further = set(accounts[1:])
    named = sum(
        _size(document, member) + 1
        for member in _texts(policy)
        if len(member.split(":")) > _ACCOUNT_PLACE and member.split(":")[_ACCOUNT_PLACE] in further
    )
    each = named // len(further) if further else 0
    alone = _size(document, policy) - named
    return each, max(0, (limit - alone) // each + 1) if each and alone <= limit else 0


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts(member)
