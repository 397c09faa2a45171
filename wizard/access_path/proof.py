"""The proof of a setup: every command that people run, and everybody who must stay out, evaluated link by link.

"Proven" means exactly this: by the documents of the plan (merged into what is there, where that is known) AWS's
documented evaluation allows each permission that the commands need, and allows nothing of a fixed
counter-proof set (`wizard.access_path.counter`). Layers that nobody could see are listed beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.access_path import callers
from wizard.access_path.commands import COMMANDS, Need, object_arn
from wizard.methods import levels
from wizard.methods.assume_role import Role, role_arn
from wizard.names.accounts import dns_suffix
from wizard.policy.actions import reach
from wizard.policy.evaluate import Case, Policies, Request, evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.access_path.callers import Caller
    from wizard.access_path.commands import Command
    from wizard.plan import Plan
    from wizard.policy.evaluate import Verdict
    from wizard.policy.evaluation.case import ContextValue
    from wizard.setup import Bucket


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a command with its verdict; `leg` says which hop of the path it is made on."""

    caller: Caller
    action: str
    resource: str
    leg: str
    verdict: Verdict

    @property
    def allowed(self) -> bool:
        """Whether it is allowed for sure."""
        return self.verdict.result == "Allowed"


@dataclass(frozen=True, slots=True)
class CommandProof:
    """A command for one caller on one bucket: every step must be allowed. `asked`: the setup asks for it."""

    command: Command
    line: str
    caller: Caller
    asked: bool
    steps: tuple[Step, ...]

    @property
    def allowed(self) -> bool:
        """Whether the command works."""
        return all(step.allowed for step in self.steps)


class Prover:
    """Evaluates requests over one plan's documents; `there` has policies merged with what is there, by ARN.

    `blocks` has the settings of Block Public Access that are known to be on, by the bucket's ARN.
    """

    def __init__(
        self,
        plan: Plan,
        there: Mapping[str, dict[str, Any]] | None = None,
        blocks: Mapping[str, Mapping[str, bool]] | None = None,
    ) -> None:
        self.plan = plan
        self.setup = plan.setup
        self.there = dict(there or {})
        self.blocks = dict(blocks or {})
        self._documents = {
            document.attach_to: document.policy.to_json()
            for document in plan.documents
            if document.id in {"bucket", "key", "trust"} and document.policy
        }

    def policy(self, arn: str) -> dict[str, Any] | None:
        """Return the resource policy that will be on an ARN: merged where it is known, else the plan's own."""
        return self.there.get(arn) or self._documents.get(arn)

    def s3(
        self, caller: Caller, bucket: Bucket, action: str, resource: str, keys: dict[str, str] | None = None
    ) -> Verdict:
        """Evaluate an S3 request: the caller's policies, the bucket policy and Block Public Access."""
        context = caller.context | self._assumed(bucket) | (keys or {})
        arn = f"arn:{self.setup.partition}:s3:::{bucket.name}"
        policies = Policies(
            identity=caller.identity, resource=self.policy(arn), block_public_access=self.blocks.get(arn)
        )
        return self._ask(caller, action, resource, context, policies)

    def kms(self, caller: Caller, bucket: Bucket, action: str) -> Verdict:
        """Evaluate what S3 asks of the key on the caller's behalf."""
        via = f"s3.{bucket.region}.{dns_suffix(bucket.region)}"
        context = caller.context | {"kms:ViaService": via, "aws:ViaAWSService": "true"}
        key = bucket.customer_key
        policies = Policies(identity=caller.identity, resource=self.policy(bucket.kms_key_arn))
        owner = key.account_id if key else self.setup.destination_account
        return self._ask(caller, action, bucket.kms_key_arn, context, policies, owner)

    def assume(self, caller: Caller, keys: Mapping[str, ContextValue]) -> Verdict:
        """Evaluate sts:AssumeRole: the caller's policies and the role's trust policy."""
        arn = role_arn(self.setup)
        context = {**caller.context, **keys}
        policies = Policies(identity=caller.identity, trust=self.policy(arn))
        return self._ask(caller, "sts:AssumeRole", arn, context, policies)

    def assume_context(self) -> dict[str, str]:
        """Return the condition keys of a caller that the setup lets in when it assumes the role."""
        own = self.setup.own
        if not isinstance(own, Role):
            return {}
        keys = {"sts:ExternalId": own.external_id} if own.external_id else {}
        return keys | ({"aws:MultiFactorAuthPresent": "true"} if own.require_mfa else {})

    def _assumed(self, bucket: Bucket) -> dict[str, str]:
        """Return what calls that the guards let pass have; the guards' links say that this was assumed."""
        guards = self.setup.guards
        keys = {"aws:ResourceAccount": self.setup.destination_account, "aws:RequestedRegion": bucket.region}
        keys |= {"aws:SourceVpce": guards.vpc_endpoint_ids[0]} if guards.vpc_endpoint_ids else {}
        return keys | ({"aws:PrincipalOrgID": guards.organization_id} if guards.organization_id else {})

    def _ask(
        self,
        caller: Caller,
        action: str,
        resource: str,
        context: Mapping[str, ContextValue],
        policies: Policies,
        owner: str = "",
    ) -> Verdict:
        request = Request(caller.arn, action, resource, context)
        return evaluate(
            Case(
                request=request,
                policies=policies,
                principal_account=caller.account_id,
                resource_account=owner or self.setup.destination_account,
                # Statements of others may look at keys that nobody can foresee.
                unlisted_context=bool(self.there),
            )
        )


def prove_commands(prover: Prover) -> tuple[CommandProof, ...]:
    """Evaluate every command for every caller of the setup on every bucket."""
    plan = prover.plan
    reached = levels.reached_by(plan.setup.access)
    user = callers.of_destination(plan)
    assuming = isinstance(plan.setup.own, Role)
    source = callers.of_source(plan) if plan.setup.source.principals else ()
    out = []
    for bucket in plan.setup.buckets:
        for starting in source or ((user,) if user else ()):
            first = (_assume_step(prover, starting),) if assuming else ()
            acting = user or starting
            for command in COMMANDS:
                needs = [need for need in command.needs if need.on != "key" or bucket.customer_key]
                asked = all(need.action in reached for need in needs if need.on != "key")
                steps = tuple(_step(prover, acting, bucket, need) for need in needs)
                out.append(CommandProof(command, command.shown(bucket), starting, asked, (*first, *steps)))
    return tuple(out)


def prove_actions(prover: Prover) -> tuple[Step, ...]:
    """Evaluate every single action that the setup asks for, wildcards spelled out, for every caller and bucket."""
    plan = prover.plan
    user = callers.of_destination(plan)
    actions = levels.actions_of(plan.setup.access)
    reached = {found.name: found.resources for action in actions for found in reach(action)}
    out = []
    for bucket in plan.setup.buckets:
        for acting in (user,) if user else callers.of_source(plan):
            across = acting.account_id != plan.setup.destination_account
            for action, resources in reached.items():
                if resources & {"bucket", "object"} and not (across and action in levels.OWNER_ONLY):
                    need = Need(action, "bucket" if "bucket" in resources else "object")
                    out.append(_step(prover, acting, bucket, need))
    return tuple(out)


def _assume_step(prover: Prover, caller: Caller) -> Step:
    verdict = prover.assume(caller, prover.assume_context())
    return Step(caller, "sts:AssumeRole", role_arn(prover.setup), "assume", verdict)


def _step(prover: Prover, caller: Caller, bucket: Bucket, need: Need) -> Step:
    partition = prover.setup.partition
    if need.on == "key":
        return Step(caller, need.action, bucket.kms_key_arn, "key", prover.kms(caller, bucket, need.action))
    if need.on == "bucket":
        arn = f"arn:{partition}:s3:::{bucket.name}"
        verdict = prover.s3(caller, bucket, need.action, arn, {"s3:prefix": bucket.prefix, "s3:delimiter": "/"})
        return Step(caller, need.action, arn, "s3", verdict)
    arn = object_arn(partition, bucket)
    return Step(caller, need.action, arn, "s3", prover.s3(caller, bucket, need.action, arn))
