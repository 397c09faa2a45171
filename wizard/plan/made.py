"""The plan of a setup: what is shown, copied, exported, applied and proven is this one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.methods import grants, guards, levels
from wizard.methods.registry import METHODS
from wizard.names.buckets import literal
from wizard.policy.document import TITLES
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wizard.methods.method import Method, ProfileSettings, Trial
    from wizard.policy.document import Document
    from wizard.setup import Setup

_SMALLEST_LIMIT = 2048


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a setup leads to.

    `problems` say which document passes a size limit of AWS, and by how much: with one, nothing is handed out.
    `warnings` are sentences that a person must have seen before acting.
    """

    setup: Setup
    method: Method
    documents: tuple[Document, ...]
    profile: ProfileSettings | None
    snippet: str
    trials: tuple[Trial, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    def needed(self) -> tuple[Document, ...]:
        """Return the documents that the method needs."""
        return tuple(document for document in self.documents if document.needed)

    def of(self, document_id: str) -> tuple[Document, ...]:
        """Return the documents of one id (an identity document stands once for each principal)."""
        return tuple(document for document in self.documents if document.id == document_id)


def plan(setup: Setup) -> Plan:
    """Make the plan of a setup: a pure function, without clock, network, file or randomness."""
    method = METHODS[setup.method]
    documents = method.documents(setup)
    return Plan(
        setup=setup,
        method=method,
        documents=documents,
        profile=method.profile(setup),
        snippet=method.snippet(setup),
        trials=method.trials(setup),
        problems=problems(documents),
        warnings=(*warnings(setup), *dict.fromkeys(said for document in documents for said in _surprises(document))),
    )


def problems(documents: Iterable[Document]) -> tuple[str, ...]:
    """Say which documents pass a size limit of AWS, and by how much."""
    return tuple(dict.fromkeys(problem for document in documents for problem in _too_large(document)))


def _too_large(document: Document) -> tuple[str, ...]:
    """Say by how much a document passes AWS's limit; an AWS managed policy counts for nothing."""
    if document.policy is None or document.managed_policy_arn:
        return ()
    text = document.policy.text()
    if len(text) <= _SMALLEST_LIMIT:
        return ()
    from wizard.plan.sizes import TRUST_RAISED, compact
    from wizard.policy.checks.limits import size_findings  # costs 10 ms, and few documents are that large

    # What is sent has no white space, which S3 and KMS count. A longer trust policy takes a raised quota.
    sent = compact(document.policy.to_json())
    if document.limit == "trust" and len(sent) <= TRUST_RAISED:
        return ()
    name = _(TITLES[document.id])
    return tuple(f"{name}: {finding.message}" for finding in size_findings(document.limit, sent))


def _surprises(document: Document) -> Iterator[str]:
    """Say which sizes are only taken where something was done first: a quota raised, white space left out."""
    if document.policy is None or document.limit not in {"trust", "bucket", "key"}:
        return
    text = document.policy.text()
    if len(text) <= _SMALLEST_LIMIT:
        return
    from wizard.plan.sizes import BUCKET, KEY, TRUST, TRUST_RAISED, compact

    sent = compact(document.policy.to_json())
    if document.limit == "trust":
        if TRUST < len(sent) <= TRUST_RAISED:
            yield _(
                "The trust policy has {size} characters: IAM takes more than {limit} only where the quota was raised "
                "(up to {raised})."
            ).format(size=f"{len(sent):,}", limit=f"{TRUST:,}", raised=f"{TRUST_RAISED:,}")
        return
    limit = BUCKET if document.limit == "bucket" else KEY
    if len(sent.encode()) <= limit < len(text.encode()):
        yield _(
            "{document}: AWS counts white space, and takes this policy only without it (at most {limit} bytes). "
            "Apply and exports send it so; a copy has to be made compact first."
        ).format(document=_(TITLES[document.id]), limit=f"{limit:,}")


def warnings(setup: Setup) -> tuple[str, ...]:
    """Return what works but surprises in a setup, most serious first."""
    method = METHODS[setup.method]
    out = list(guards.shut_out(setup))
    if guards.needs_typed_confirmation(setup):
        out.append(
            _(
                "Nobody of the destination is exempt from the guards. If they shut you out yourself, apply refuses: "
                "add your own ARN to the exempt principals. If not, applying takes typing the bucket's name."
            )
        )
    if setup.access.level == levels.FULL_ACCESS:
        out.append(
            _("AmazonS3FullAccess is for a test only: it allows every S3 action on every bucket of its account.")
        )
    if method.warning:
        out.append(_(method.warning))
    if setup.source.whole_account:
        out.append(_("The whole source account is let in: its administrators decide who may come."))
    out += _about_access(setup)
    if any(bucket.kms_key_arn for bucket in setup.buckets):
        out.append(
            _(
                "Check that the bucket's default encryption names the key by its ARN: an alias "
                "resolves in the caller's account."
            )
        )
    asks_mfa = getattr(setup.own, "require_mfa", False)
    if asks_mfa and not setup.profile.mfa_serial:
        out.append(_("The role requires MFA, and the profile has no mfa_serial: the AWS CLI can't switch to it."))
    return tuple(out)


def _about_access(setup: Setup) -> list[str]:
    out = []
    if setup.access.level == "list" and (setup.access.tags or setup.access.acls):
        out.append(_("Tags and ACLs belong to objects, and the level list reads none: they add nothing."))
    if any(bucket.prefix for bucket in setup.buckets):
        chosen = levels.actions_of(setup.access)
        spelled = levels.spelled_out(chosen, prefixed=True)
        if spelled:
            out.append(
                _(
                    "{actions} is spelled out on the bucket: under a prefix only listing has the "
                    "condition key s3:prefix."
                ).format(actions=", ".join(spelled))
            )
        if any(grants.prefix_pattern(one.prefix, of_iam=True) != literal(one.prefix) for one in setup.buckets):
            out.append(
                _(
                    "IAM takes no characters above U+00FF: in IAM policies a wildcard stands for each of the prefix, "
                    "and lets other prefixes of that form in as well. A bucket policy names the prefix itself."
                )
            )
        out.append(_("With a prefix HeadBucket is denied, and `aws s3 ls` needs the slash at the prefix's end."))
    return out
