"""A role or user that is there and isn't the setup's: every policy that it has, and what whoever is let in could do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.access_path import callers
from wizard.access_path.counter import beside
from wizard.access_path.proof import Prover
from wizard.aws.diagnose.identity import papers
from wizard.aws.look import look, piece
from wizard.plan.found import Identity
from wizard.plan.merge import UnreadableError, statements_of
from wizard.setup import policy_name
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.aws.clients import Clients
    from wizard.plan import Found, Plan
    from wizard.plan.found import Caller, Json


def seen(plan: Plan, clients: Mapping[str, Clients], who: Mapping[str, Caller]) -> Found:
    """Return what `look` finds, and every policy of a role or user that this setup would use without having made it.

    Raises CallError only where there is no use in going on.
    """
    found = look(plan, clients, who)
    read = {one.arn: with_policies(clients[plan.setup.destination_account], one) for one in _not_ours(plan, found)}
    return replace(found, identities={**found.identities, **read})


def with_policies(clients: Clients, there: Identity) -> Identity:
    """Return a role or user with all of its policies: inline ones, those of managed policies and of its groups."""

    def ask() -> Mapping[str, Json]:
        read = papers(clients, there.arn)
        return {paper.name if paper.on == there.arn else f"{paper.on} {paper.name}": paper.document for paper in read}

    return replace(there, policies=piece(ask))


def reach(plan: Plan, found: Found) -> Iterator[str]:
    """Yield what could be done with roles and users that aren't ours, by their own policies, beside what is asked for.

    Evaluated over all of their policies; a permissions boundary, an SCP or an RCP may still narrow it.
    """
    for one in _not_ours(plan, found):
        own = policy_name(plan.setup.name)
        if isinstance(one.policies, Mapping):
            theirs = tuple(policy for name, policy in one.policies.items() if name != own and isinstance(policy, dict))
            more = [*dict.fromkeys(_in_s3(plan, theirs)), *dict.fromkeys(_elsewhere(theirs))]
            yield _said(one.arn, more)


def _said(arn: str, more: list[str]) -> str:
    if not more:
        return _(
            "{arn} was there before: by its own policies it can do nothing beside what the setup asks for."
        ).format(arn=arn)
    return _("{arn} was there before: by its own policies whoever is let in could also do this: {more}").format(
        arn=arn, more="; ".join(more)
    )


def _not_ours(plan: Plan, found: Found) -> Iterator[Identity]:
    for document in plan.of("destination-identity"):
        one = found.identity(document.attach_to or "")
        if isinstance(one, Identity) and not one.is_of(plan.setup.name):
            yield one


def _in_s3(plan: Plan, theirs: tuple[dict[str, Any], ...]) -> Iterator[str]:
    """Yield which requests of the counter-proof set pass, or can't be ruled out, because of these policies."""
    alone = callers.of_destination(plan)
    if alone is None:
        return
    prover = Prover(plan)
    together = replace(alone, identity=(*alone.identity, *theirs))
    for bucket in plan.setup.buckets:
        for before, after in zip(beside(prover, alone, bucket), beside(prover, together, bucket), strict=True):
            if before.holds and not after.holds:
                yield f"{after.what} ({after.action})"


def _elsewhere(theirs: tuple[dict[str, Any], ...]) -> Iterator[str]:
    """Yield what of other services than S3 these policies allow, as they write it."""
    for policy in theirs:
        try:
            statements = statements_of(policy)
        except UnreadableError:
            yield _("a policy that can't be read")
            continue
        for one in statements:
            if one.get("Effect") != "Allow":
                continue
            if "NotAction" in one:
                yield _("everything but {actions}").format(actions=", ".join(_texts(one["NotAction"])))
            yield from (action for action in _texts(one.get("Action")) if not action.lower().startswith("s3:"))


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
