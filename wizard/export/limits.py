"""Says with the arithmetic which documents are beyond AWS's limits, how many accounts would fit, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.plan.sizes import BUCKET, INLINE, KEY, TRUST, TRUST_RAISED, compact
from wizard.policy.document import TITLES
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
_ACCOUNT_PLACE, _RESOURCE_PLACE = 4, 5  # in an ARN
_SHARED = ("bucket", "trust", "key")  # documents of the destination that name every source account


@dataclass(frozen=True, slots=True)
class Excess:
    """A kind of document that is too large: `each` × `count` + `rest` = `size` > `limit`; `fit` of the many would fit.

    Sizes are what AWS counts: bytes of the compact policy for S3 and KMS, characters for IAM. `documents`: how many are
    of this size. `count` is that of the source accounts, or of the buckets in a policy of an identity.
    """

    document_id: str
    limited: str
    documents: int
    size: int
    limit: int
    each: int
    count: int

    @property
    def rest(self) -> int:
        """What the document needs but for the many."""
        return self.size - self.each * self.count

    @property
    def fit(self) -> int:
        """How many would fit; 0 where the rest alone is too large, or where nothing is repeated."""
        return max(0, (self.limit - self.rest) // self.each) if self.each else 0

    @property
    def by_accounts(self) -> bool:
        """Whether it grows with the source accounts (else with the buckets)."""
        return self.document_id in _SHARED


def excesses(plan: Plan) -> tuple[Excess, ...]:
    """Return each kind of document that is larger than AWS ever takes; documents of one size are counted together."""
    return _larger_than(plan, _LIMITS.__getitem__)


def too_large(plan: Plan) -> tuple[str, ...]:
    """Return the arithmetic of each kind of document that is too large, or that needs a higher quota first."""
    said = [f"{told(one)} {_advice(one)}".rstrip() for one in excesses(plan)]
    default = [one for one in _larger_than(plan, lambda _limited: TRUST) if one.document_id == "trust"]
    said += [
        _(
            "{arithmetic} Up to {raised} are taken where the quota was raised: ask for that before (Service Quotas → "
            "IAM → Role trust policy length)."
        ).format(arithmetic=told(one), raised=f"{TRUST_RAISED:,}")
        for one in default
        if one.size <= TRUST_RAISED
    ]
    return tuple(said)


def told(excess: Excess) -> str:
    """Say how much a document needs, what of it each account or bucket needs, and how many fit."""
    name = _(TITLES[excess.document_id])
    title = _("{document} (×{count})").format(document=name, count=excess.documents) if excess.documents > 1 else name
    unit = _("bytes") if excess.limited in {"bucket", "key"} else _("characters")
    if not excess.each:
        said = _("{document}: {size} {unit} are needed, and AWS takes at most {limit}.")
        return said.format(document=title, unit=unit, size=f"{excess.size:,}", limit=f"{excess.limit:,}")
    if excess.by_accounts:
        said = _(
            "{document}: {each} {unit} for each of {count} source accounts + {rest} = {size}, "
            "and AWS takes at most {limit}: {fit} accounts fit."
        )
    else:
        said = _(
            "{document}: {each} {unit} for each of {count} buckets + {rest} = {size}, "
            "and AWS takes at most {limit}: {fit} buckets fit."
        )
    return said.format(
        document=title,
        unit=unit,
        each=f"{excess.each:,}",
        count=f"{excess.count:,}",
        rest=f"{excess.rest:,}",
        size=f"{excess.size:,}",
        limit=f"{excess.limit:,}",
        fit=f"{excess.fit:,}",
    )


def _advice(excess: Excess) -> str:
    if excess.by_accounts and excess.each:
        return ""  # a way on is rendered beside it, or the lack of one is said (`wizard.export.roads`)
    if excess.limited == "user-inline":
        return _("Make it a managed policy (6,144), let a role take the user's place (10,240), or split the setup.")
    return _("Split the setup, or ask for less.")


def _larger_than(plan: Plan, limit_of: Callable[[str], int]) -> tuple[Excess, ...]:
    counted: dict[tuple[str, str, int, int, int, int], int] = {}
    known: dict[int, tuple[int, int, int]] = {}
    for document in plan.needed():
        if document.managed_policy_arn or document.limit not in _LIMITS:
            continue
        # The accounts of a fleet share one policy: it is measured once.
        measured = known.get(id(document.policy)) or _measured(plan, document)
        known[id(document.policy)] = measured
        size, each, count = measured
        limit = limit_of(document.limit)
        if size > limit:
            key = (document.id, document.limit, size, limit, each, count)
            counted[key] = counted.get(key, 0) + 1
    return tuple(Excess(key[0], key[1], number, *key[2:]) for key, number in counted.items())


def _measured(plan: Plan, document: Document) -> tuple[int, int, int]:
    """Return a document's size, and what each of the accounts (or buckets) needs of it, with their number."""
    policy = document.policy.to_json() if document.policy else {}
    size = size_of(document, policy)
    if document.id in _SHARED:
        place, many = _ACCOUNT_PLACE, set(plan.setup.source.account_ids)
    else:
        place, many = _RESOURCE_PLACE, {bucket.name for bucket in plan.setup.buckets}
    if len(many) == 1:
        return size, 0, 1
    named = sum(size_of(document, one) + 1 for one in _texts(policy) if _part(one, place) in many)
    return size, named // len(many), len(many)


def size_of(document: Document, value: Any) -> int:
    """Return what counts: bytes for S3 and KMS, characters for IAM (a compact policy has no white space to spare)."""
    text = compact(value)
    return len(text.encode()) if document.id in {"bucket", "key"} else len(text)


def _part(text: str, place: int) -> str:
    parts = text.split(":", _RESOURCE_PLACE)
    return parts[place].partition("/")[0] if len(parts) > place else ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts(member)
