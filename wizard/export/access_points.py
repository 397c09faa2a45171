"""The way on for fleets by access points: one a consumer and bucket, to which the bucket policy delegates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from wizard.methods import guards, levels
from wizard.methods.grants import Grantees, bucket_arn, prefix_pattern, s3_statements, source_grantees
from wizard.methods.method import Trial
from wizard.methods.parts import command
from wizard.names.profiles import slug
from wizard.policy.actions import reach
from wizard.policy.document import Policy
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.plan import Plan
    from wizard.policy.document import Statement
    from wizard.setup import Bucket, Setup

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-restrictions-limitations.html
QUOTA = 10_000  # access points of an account in a region, unless it was raised
_STEM, DIGITS = 26, 8  # with an account id and two hyphens a name has at most 50 characters, AWS's limit
_ACCESS_POINT = frozenset({"accesspoint", "accesspointobject"})
_CALLERS_ACCOUNT = "${aws:PrincipalAccount}"


@dataclass(frozen=True)
class AccessPoints:
    """The access points of a setup: named `STEM-ACCOUNT-DIGITS`, the digits from the setup's and the bucket's name."""

    setup: Setup

    @cached_property
    def stem(self) -> str:
        """What the names begin with."""
        return slug(self.setup.name, _STEM)

    def digits(self, bucket: Bucket) -> str:
        """Return what a bucket's access points end with."""
        return sha256(f"{self.setup.name}/{bucket.name}".encode()).hexdigest()[:DIGITS]

    def name(self, account: str, bucket: Bucket) -> str:
        """Return the name of a consumer's access point."""
        return f"{self.stem}-{account}-{self.digits(bucket)}"

    def arn(self, region: str, name: str) -> str:
        """Return the ARN of an access point of the destination."""
        return f"arn:{self.setup.partition}:s3:{region}:{self.setup.destination_account}:accesspoint/{name}"

    def by_region(self) -> dict[str, int]:
        """Return how many access points each region needs."""
        out: dict[str, int] = {}
        for bucket in self.setup.buckets:
            out[bucket.region] = out.get(bucket.region, 0) + len(self.setup.source.account_ids)
        return out

    def policy(self, bucket: Bucket, account: str, name: str) -> Policy:
        """Return the policy of a consumer's access point: it names that account's callers alone.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
        """
        one = replace(self.setup, source=replace(self.setup.source, account_ids=(account,)))
        granted = (each for group in source_grantees(one) for each in s3_statements(one, (bucket,), grantees=group))
        return Policy(tuple(self._through(bucket, name, each) for each in granted if _passing(each)))

    def _through(self, bucket: Bucket, name: str, statement: Statement) -> Statement:
        arn, lead = self.arn(bucket.region, name), bucket_arn(self.setup, bucket)
        resources = tuple(
            f"{arn}/object{one.removeprefix(lead)}" if one != lead else arn for one in statement.resources or ()
        )
        return replace(statement, actions=_passing(statement), resources=resources)

    def bucket_policy(self, bucket: Bucket) -> Policy:
        """Return the bucket policy that lets in whatever comes by an access point of this setup, and the guards.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-delegating-control
        """
        # One text for every bucket and region: an access point is always in its bucket's region.
        made = self.arn("*", f"{self.stem}-{'?' * 12}-{'?' * DIGITS}")
        delegated = Grantees(
            ("*",),
            {
                "StringEquals": {"s3:DataAccessPointAccount": self.setup.destination_account},
                "ArnLike": {"s3:DataAccessPointArn": made},
                # `*` is no grant to the owner's own callers: theirs is their IAM policy.
                "StringNotEquals": {"aws:PrincipalAccount": self.setup.destination_account},
            },
        )
        granted = s3_statements(self.setup, (bucket,), grantees=delegated)
        kept = tuple(replace(one, actions=_passing(one)) for one in granted if _passing(one))
        return Policy((*kept, *guards.statements(self.setup, bucket)))

    def identity(self, policy: Policy) -> Policy:
        """Return the callers' own policy with the access points beside the buckets: one policy for all accounts."""
        return Policy(tuple(self._identity(statement) for statement in policy.statements))

    def _identity(self, statement: Statement) -> Statement:
        resources = dict.fromkeys(statement.resources or ())
        any_of = f"{self.stem}-{_CALLERS_ACCOUNT}-{'?' * DIGITS}"
        for bucket in self.setup.buckets:
            lead, arn = bucket_arn(self.setup, bucket), self.arn(bucket.region, any_of)
            objects = f"/{prefix_pattern(bucket.prefix, of_iam=True)}*"
            if lead in resources:
                resources[arn] = None
            if f"{lead}{objects}" in resources:
                resources[f"{arn}/object{objects}"] = None
        return replace(statement, resources=tuple(resources)) if statement.resources else statement

    def left_out(self) -> tuple[str, ...]:
        """Return the setup's actions that no access point takes."""
        return tuple(action for action in levels.actions_of(self.setup.access) if not _passes(action))

    def plan(self, plan: Plan) -> Plan:
        """Return the plan by access points."""
        buckets = {bucket_arn(self.setup, bucket): bucket for bucket in self.setup.buckets}
        shared: dict[int, Policy] = {}  # the callers of a fleet share one policy
        documents = []
        for document in plan.documents:
            policy, reason = document.policy, document.reason
            if document.id == "bucket" and document.attach_to in buckets:
                policy = self.bucket_policy(buckets[document.attach_to])
                reason = _("It delegates to the access points of this setup, whose policies say who may come in.")
            elif document.id == "source-identity" and policy and not document.managed_policy_arn:
                policy = shared.get(id(policy)) or shared.setdefault(id(policy), self.identity(policy))
            documents.append(replace(document, policy=policy, reason=reason))
        return replace(plan, documents=tuple(documents), trials=tuple(self._trials()))

    def _trials(self) -> Iterator[Trial]:
        bucket = self.setup.bucket
        account = self.setup.source.account_ids[0]
        place = f"s3://{self.arn(bucket.region, self.name(account, bucket))}/{bucket.prefix}"
        said = _("By the access point of {account}. Its alias works too; the bucket's own name doesn't.")
        yield Trial(command("sts", "get-caller-identity"), _("Shows the caller of the source account."))
        yield Trial(command("s3", "ls", place), said.format(account=account))


def _passing(statement: Statement) -> tuple[str, ...]:
    return tuple(action for action in statement.actions if _passes(action))


def _passes(action: str) -> bool:
    """Whether an action, or one that it reaches, can be asked of an access point; AWS refuses a policy with others."""
    return any(found.resources & _ACCESS_POINT for found in reach(action))
