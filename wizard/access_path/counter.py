"""The counter-proof: a fixed set of requests that must not be allowed.

For the setup's own callers: another prefix (an object, and a listing of it and of the whole bucket), another
bucket, and each action of `UNGRANTED` that the setup doesn't ask for. For outsiders (another principal of the
source that may do everything there, one of an unrelated account, and anonymous callers): each of `OUTSIDE`,
and becoming the role. With assume-role also: without the external id, and without MFA.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.access_path import callers
from wizard.access_path.commands import object_arn
from wizard.methods import levels
from wizard.methods.assume_role import Role
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.access_path.callers import Caller
    from wizard.access_path.proof import Prover
    from wizard.policy.evaluate import Verdict
    from wizard.setup import Bucket

OUTSIDE = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:PutBucketPolicy")
UNGRANTED = (
    *OUTSIDE,
    "s3:DeleteBucket",
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutLifecycleConfiguration",
    "s3:BypassGovernanceRetention",
)
OTHER_BUCKET = "another-bucket-of-the-account"
OTHER_PREFIX = "another-prefix/"


@dataclass(frozen=True, slots=True)
class Counter:
    """One request that must not be allowed: `what` is kept out in words, and the verdict."""

    what: str
    caller: Caller
    action: str
    resource: str
    verdict: Verdict

    @property
    def holds(self) -> bool:
        """Whether it is denied for sure."""
        return self.verdict.result in {"ExplicitlyDenied", "ImplicitlyDenied"}


def counter_proofs(prover: Prover) -> tuple[Counter, ...]:
    """Evaluate the whole counter-proof set."""
    out: list[Counter] = []
    for bucket in prover.setup.buckets:
        for caller in _acting(prover):
            out += beside(prover, caller, bucket)
        for outsider in callers.outsiders(prover.setup):
            out += _outsider(prover, outsider, bucket)
    if isinstance(prover.setup.own, Role):
        out += _role(prover, prover.setup.own)
    return tuple(out)


def _acting(prover: Prover) -> tuple[Caller, ...]:
    user = callers.of_destination(prover.plan)
    return (user,) if user else callers.of_source(prover.plan)


def beside(prover: Prover, caller: Caller, bucket: Bucket) -> Iterator[Counter]:
    """Yield what one of the setup's callers must not be able to do; the same requests in the same order for each."""
    setup = prover.setup
    reached = levels.reached_by(setup.access)
    full = setup.access.level == levels.FULL_ACCESS
    inside = caller.account_id == setup.destination_account
    arn = f"arn:{setup.partition}:s3:::{bucket.name}"
    if not (full and inside):
        # The managed policy opens every bucket of its own account: that is what its warning says.
        other = replace(bucket, name=OTHER_BUCKET)
        for action, resource in _samples(setup.partition, other):
            verdict = prover.s3(caller, other, action, resource, {"s3:prefix": other.prefix})
            yield Counter(_("another bucket"), caller, action, resource, verdict)
        for action in UNGRANTED:
            if action not in reached:
                resource = arn if levels.reaches_bucket(action) else object_arn(setup.partition, bucket)
                verdict = prover.s3(caller, bucket, action, resource, {"s3:prefix": bucket.prefix})
                yield Counter(_("an action that was not granted"), caller, action, resource, verdict)
    if bucket.prefix and not (full and inside):
        outside = replace(bucket, prefix=OTHER_PREFIX)
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
            resource = object_arn(setup.partition, outside)
            verdict = prover.s3(caller, bucket, action, resource)
            yield Counter(_("another prefix"), caller, action, resource, verdict)
        for prefix in ("", OTHER_PREFIX, bucket.prefix[:-1]):
            verdict = prover.s3(caller, bucket, "s3:ListBucket", arn, {"s3:prefix": prefix})
            yield Counter(_("a listing outside of the prefix"), caller, "s3:ListBucket", arn, verdict)


def _samples(partition: str, bucket: Bucket) -> tuple[tuple[str, str], ...]:
    return (
        ("s3:GetObject", object_arn(partition, bucket)),
        ("s3:PutObject", object_arn(partition, bucket)),
        ("s3:ListBucket", f"arn:{partition}:s3:::{bucket.name}"),
    )


def _outsider(prover: Prover, outsider: Caller, bucket: Bucket) -> Iterator[Counter]:
    setup = prover.setup
    for action in OUTSIDE:
        arn = f"arn:{setup.partition}:s3:::{bucket.name}"
        resource = arn if levels.reaches_bucket(action) else object_arn(setup.partition, bucket)
        verdict = prover.s3(outsider, bucket, action, resource, {"s3:prefix": bucket.prefix})
        yield Counter(outsider.label, outsider, action, resource, verdict)


def _role(prover: Prover, role: Role) -> Iterator[Counter]:
    shown = prover.assume_context()
    resource = prover.plan.of("trust")[0].attach_to or ""
    for outsider in callers.outsiders(prover.setup):
        if outsider.account_id is not None:
            verdict = prover.assume(outsider, shown)
            yield Counter(outsider.label, outsider, "sts:AssumeRole", resource, verdict)
    first = callers.of_source(prover.plan)[0]
    if role.external_id:
        wrong = shown | {"sts:ExternalId": "another-external-id"}
        yield Counter(_("a wrong external id"), first, "sts:AssumeRole", resource, prover.assume(first, wrong))
        without = {**shown, "sts:ExternalId": ()}  # not said at all, also where others' statements are judged
        yield Counter(_("no external id"), first, "sts:AssumeRole", resource, prover.assume(first, without))
    if role.require_mfa:
        without = {**shown, "aws:MultiFactorAuthPresent": ()}
        yield Counter(_("no MFA"), first, "sts:AssumeRole", resource, prover.assume(first, without))
