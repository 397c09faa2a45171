"""The way on for fleets by the organisation: everybody of it, narrowed to the callers' names, in place of every ARN."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.export.limits import size_of
from wizard.methods.grants import merge
from wizard.names.buckets import literal
from wizard.plan.sizes import BUCKET, KEY, TRUST
from wizard.policy.document import Policy
from wizard.setup import placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.plan import Plan
    from wizard.policy.document import Condition, Document, Statement
    from wizard.setup import Setup

# Stands where the organisation isn't known; as no organisation has this id, the statement lets nobody in.
PLACEHOLDER = placeholder("organization id")
_LIMITS = {"bucket": BUCKET, "key": KEY, "trust": TRUST}
_PRINCIPAL = "aws:PrincipalArn"


def opened(plan: Plan, document_ids: Iterable[str]) -> tuple[Plan, bool]:
    """Return the plan whose documents of those ids ask for the organisation, and whether all of it is let in.

    The accounts stay named by `aws:PrincipalAccount` where the document has room for that (15 bytes an account):
    then nobody is let in who wasn't before. Callers keep their names in `aws:PrincipalArn`. A policy for `*` with a
    fixed aws:PrincipalOrgID isn't public for Block Public Access.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (PrincipalOrgID)
    """
    chosen, whole, documents = set(document_ids), False, []
    for document in plan.documents:
        if document.id in chosen and document.policy:
            narrow = _opened(plan.setup, document, listed=True)
            wide = narrow.policy is None or size_of(narrow, narrow.policy.to_json()) > _LIMITS[document.id]
            whole = whole or wide
            documents.append(_opened(plan.setup, document, listed=False) if wide else narrow)
        else:
            documents.append(document)
    return replace(plan, documents=tuple(documents)), whole


def _opened(setup: Setup, document: Document, *, listed: bool) -> Document:
    statements = document.policy.statements if document.policy else ()
    return replace(document, policy=Policy(tuple(_statement(setup, one, listed=listed) for one in statements)))


def _statement(setup: Setup, statement: Statement, *, listed: bool) -> Statement:
    accounts = setup.source.account_ids
    named = statement.principals or ()
    if statement.effect != "Allow" or not any(f"::{account}:" in arn for arn in named for account in accounts[:1]):
        return statement
    keys: dict[str, str | tuple[str, ...]] = {"aws:PrincipalOrgID": setup.guards.organization_id or PLACEHOLDER}
    others: Condition | None = None
    if listed:
        keys["aws:PrincipalAccount"] = accounts
    else:
        # `*` would let the owner's own callers in without an IAM policy of theirs.
        others = {"StringNotEquals": {"aws:PrincipalAccount": setup.destination_account}}
    condition = merge(statement.condition, {"StringEquals": keys}, others, _named(setup, statement))
    return replace(statement, principals=("*",), condition=condition)


def _named(setup: Setup, statement: Statement) -> Condition | None:
    """Return the condition that keeps the callers' names, of whatever account; None for whole accounts."""
    head, first = f"arn:{setup.partition}:iam::", setup.source.account_ids[0]
    given = (statement.condition or {}).get("ArnLike", {}).get(_PRINCIPAL)
    if given is not None:  # permission sets: patterns already
        patterns = [one for one in ((given,) if isinstance(given, str) else given) if f"::{first}:" in one]
        return {"ArnLike": {_PRINCIPAL: tuple(one.replace(f"::{first}:", "::*:", 1) for one in patterns)}}
    names = [arn.removeprefix(f"{head}{first}:") for arn in statement.principals or () if f"::{first}:" in arn]
    if "root" in names:
        return None
    return {"ArnLike": {_PRINCIPAL: tuple(f"{head}*:{literal(name)}" for name in names)}}
