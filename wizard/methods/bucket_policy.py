"""The method bucket-policy: the bucket names the principals of the source, and both sides allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.methods import encryption, grants, levels, parts
from wizard.methods.method import Comparison, Hop, Link, Method, ProfileSettings, Trial
from wizard.policy.document import Policy
from wizard.setup import Own
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.methods.question import Values
    from wizard.policy.document import Condition, Document
    from wizard.setup import Setup


def _own(_values: Values) -> Own:
    return Own()


def documents(setup: Setup) -> tuple[Document, ...]:
    """Return the five documents: the bucket policy and the callers' own IAM policies, which both must allow.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
    """
    dst = setup.destination_account
    grantees = grants.source_grantees(setup)
    granting = tuple(
        statement for group in grantees for statement in grants.s3_statements(setup, setup.buckets, grantees=group)
    )
    no_trust = _("Not needed: nobody takes on a role, the callers keep their own identity.")
    no_identity = _("Not needed: the callers are in the source account, and bring their own permissions.")
    return (
        parts.not_needed("trust", dst, no_trust),
        *parts.bucket_documents(setup, granting, _bucket_reason(setup), ""),
        *_source_identity(setup),
        parts.not_needed("destination-identity", dst, no_identity),
        *encryption.key_documents(setup, grantees),
    )


def _bucket_reason(setup: Setup) -> str:
    src = ", ".join(setup.source.account_ids)
    if setup.source.whole_account:
        return _("The bucket lets {account} in; its administrators then decide who.").format(account=src)
    return _("The bucket names who in {account} may come in.").format(account=src)


def _source_identity(setup: Setup) -> tuple[Document, ...]:
    reason = _("Across accounts both sides must allow: the bucket policy alone is not enough.")
    if setup.access.level == levels.FULL_ACCESS:
        arn = grants.full_access_arn(setup.partition)
        warned = " ".join((full_access_warning(arn), reason))
        return parts.source_identity_documents(setup, grants.full_access_policy(), warned, arn)
    own_account: Condition | None = None
    if setup.access.resource_account:
        own_account = {"StringEquals": {"aws:ResourceAccount": setup.destination_account}}
    policy = Policy(
        (
            *grants.s3_statements(setup, setup.buckets, condition=own_account),
            *grants.list_all_statement(setup),
            *encryption.identity_statements(setup),
        )
    )
    return parts.source_identity_documents(setup, policy, reason)


def full_access_warning(arn: str) -> str:
    """Say that an AWS managed policy stands in for an own one, and what is wrong with it."""
    return _(
        "For a test only: the AWS managed policy {arn} allows every S3 action on every bucket of its account. "
        "Take it away when the test is done."
    ).format(arn=arn)


def hops(setup: Setup) -> tuple[Hop, ...]:
    """Return the path: one hop, allowed on both sides."""
    src, dst = setup.source.account_ids[0], setup.destination_account
    links = (
        Link("source-identity", _("IAM policy allows S3"), src, "source-identity"),
        Link("bucket", _("bucket policy names it"), dst, "bucket"),
        *parts.key_links(setup),
        *parts.guard_links(setup),
    )
    return (Hop(parts.caller_node(setup), parts.bucket_node(setup), links),)


def _profile(_setup: Setup) -> ProfileSettings | None:
    return None


def _snippet(_setup: Setup) -> str:
    return ""


def trials(setup: Setup) -> tuple[Trial, ...]:
    """Return the commands to try, with the caller's own profile."""
    bucket = setup.bucket
    return (
        Trial(
            parts.command("sts", "get-caller-identity"),
            _("Shows the caller of the source account: this method changes nobody's identity."),
        ),
        parts.listing_trial(setup),
        Trial(
            parts.command("s3", "ls"),
            _("Lists the buckets of the source account only: {bucket} is never in that list.").format(
                bucket=bucket.name
            ),
        ),
    )


METHOD = Method(
    id="bucket-policy",
    title=mark("Bucket policy"),
    recommended=False,
    warning="",
    comparison=Comparison(
        needs=mark("Destination: a bucket policy. Source: an IAM policy on each caller. Both must allow."),
        costs=mark("Nothing to switch or to store: callers keep their own identity and profile."),
        choose=mark("One program must read one bucket and write another in one call, or can't switch roles."),
        cannot=mark(
            "The managed key aws/s3; listing the destination's buckets; objects that other accounts own (ACLs)."
        ),
    ),
    questions=(),
    own=_own,
    documents=documents,
    hops=hops,
    profile=_profile,
    snippet=_snippet,
    trials=trials,
    copying=mark(
        "One principal has both sides: `aws s3 cp` and `sync` between a bucket of the source and this one work."
    ),
)
