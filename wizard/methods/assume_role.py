"""The method assume-role: a role in the bucket's account that the source's principals switch to (sts:AssumeRole)."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from wizard.methods import encryption, grants, levels, parts
from wizard.methods.assume_role_questions import QUESTIONS
from wizard.methods.bucket_policy import full_access_warning
from wizard.methods.method import Comparison, Hop, Link, Method, Node, ProfileSettings, Trial
from wizard.policy.document import Document, Policy, Statement
from wizard.setup import Own
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.methods.question import Values
    from wizard.names.iam import Named
    from wizard.policy.document import Condition
    from wizard.setup import Setup

DEFAULT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Role(Own):
    """The role in the destination, and what its trust policy asks of whoever assumes it."""

    name: Named
    external_id: str
    require_mfa: bool
    session_seconds: int
    session_name: str


def _own(values: Values) -> Role:
    keys = ("name", "external_id", "require_mfa", "session_seconds", "session_name")
    return Role(*(values[f"role.{key}"] for key in keys))


def role_of(setup: Setup) -> Role:
    """Return the setup's role."""
    if not isinstance(setup.own, Role):  # pragma: no cover -- answers.py makes the pair
        raise TypeError(setup.own)
    return setup.own


def role_arn(setup: Setup) -> str:
    """Return the ARN of the role in the destination, with its path."""
    return f"arn:{setup.partition}:iam::{setup.destination_account}:role{role_of(setup).name.resource}"


def documents(setup: Setup) -> tuple[Document, ...]:
    """Return the five documents: trust policy, the callers' sts:AssumeRole, and the role's own S3 permissions.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_cross-account-with-roles.html
    """
    arn = role_arn(setup)
    why_not = _(
        "Not needed: the callers become {role}, which is in the bucket's own account, so that its policy decides."
    )
    return (
        _trust(setup, arn),
        *parts.bucket_documents(setup, (), "", why_not.format(role=role_of(setup).name)),
        *_source_identity(setup, arn),
        _role_identity(setup, arn),
        *encryption.key_documents(setup, (grants.Grantees((arn,)),)),
    )


def _trust(setup: Setup, arn: str) -> Document:
    role = role_of(setup)
    asked: Condition | None = None
    if role.external_id:
        asked = {"StringEquals": {"sts:ExternalId": role.external_id}}
    if role.require_mfa:
        asked = grants.merge(asked, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    statements = tuple(
        Statement(
            setup.sid(f"Trust{group.sid_suffix}"),
            "Allow",
            ("sts:AssumeRole",),
            None,
            group.principals,
            grants.merge(group.condition, asked),
        )
        for group in grants.source_grantees(setup)
    )
    src = ", ".join(setup.source.account_ids)
    if setup.source.whole_account:
        reason = _("Every user and role of {account} that its administrators let may become {role}.")
    else:
        reason = _("Says who in {account} may become {role}.")
    reason = reason.format(account=src, role=role.name)
    return Document("trust", setup.destination_account, arn, reason, Policy(statements), "trust")


def _source_identity(setup: Setup, arn: str) -> tuple[Document, ...]:
    policy = Policy((Statement(setup.sid("AssumeRole"), "Allow", ("sts:AssumeRole",), (arn,)),))
    reason = _("The callers need sts:AssumeRole on this one role, and no S3 permissions: the session has the role's.")
    return parts.source_identity_documents(setup, policy, reason)


def _role_identity(setup: Setup, arn: str) -> Document:
    dst = setup.destination_account
    if setup.access.level == levels.FULL_ACCESS:
        managed = grants.full_access_arn(setup.partition)
        said = full_access_warning(managed)
        return Document("destination-identity", dst, arn, said, grants.full_access_policy(), "role-inline", managed)
    statements = (
        *grants.s3_statements(setup, setup.buckets),
        *grants.list_all_statement(setup),
        *encryption.identity_statements(setup),
    )
    reason = _("What a session of the role may do, whoever of the source started it.")
    return Document("destination-identity", dst, arn, reason, Policy(statements), "role-inline")


def hops(setup: Setup) -> tuple[Hop, ...]:
    """Return the path: the caller becomes the role, the role reaches the bucket."""
    src, dst = setup.source.account_ids[0], setup.destination_account
    role = role_of(setup)
    asked = [_("trust policy names it")]
    asked += [_("external id")] if role.external_id else []
    asked += ["MFA"] if role.require_mfa else []
    node = Node("role", str(role.name), dst)
    assume = (
        Link("source-identity", _("IAM policy allows sts:AssumeRole"), src, "source-identity"),
        Link("trust", _(", ").join(asked), dst, "trust"),
    )
    use = (
        Link("destination-identity", _("IAM policy allows S3"), dst, "destination-identity"),
        *parts.key_links(setup),
        *parts.guard_links(setup),
    )
    return Hop(parts.caller_node(setup), node, assume), Hop(node, parts.bucket_node(setup), use)


def profile(setup: Setup) -> ProfileSettings:
    """Return the profile: the role, where its first credentials come from, and only what was asked for beside.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
    """
    role, asked = role_of(setup), setup.profile
    settings = [("role_arn", role_arn(setup))]
    if asked.credential_source:
        settings.append(("credential_source", asked.credential_source))
    else:
        settings.append(("source_profile", asked.source_profile))
    optional = (
        ("external_id", role.external_id),
        ("mfa_serial", asked.mfa_serial),
        ("duration_seconds", str(role.session_seconds) if role.session_seconds != DEFAULT_SECONDS else ""),
        ("role_session_name", role.session_name),
        ("region", asked.region or setup.bucket.region),
        ("output", asked.output),
    )
    return ProfileSettings(asked.name, (*settings, *((key, value) for key, value in optional if value)))


def snippet(setup: Setup) -> str:
    """Return the shell lines that assume the role without a profile, check who one is, and end it.

    https://docs.aws.amazon.com/cli/latest/reference/sts/assume-role.html
    """
    role = role_of(setup)
    words = ["--role-arn", role_arn(setup), "--role-session-name", role.session_name or "s3-crossaccount"]
    if role.external_id:
        words += ["--external-id", role.external_id]
    if role.session_seconds != DEFAULT_SECONDS:
        words += ["--duration-seconds", str(role.session_seconds)]
    line = " ".join(quote(word) for word in words)
    if role.require_mfa:
        serial = setup.profile.mfa_serial or f"arn:{setup.partition}:iam::{setup.source.account_ids[0]}:mfa/YOUR_DEVICE"
        line += f' --serial-number {quote(serial)} --token-code "$MFA_CODE"'
    ask = ["printf 'MFA code: '; read -r MFA_CODE"] if role.require_mfa else []
    variables = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return "\n".join(
        (
            *ask,
            f"CREDENTIALS=$(aws sts assume-role {line} \\",
            "  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)",
            *(f'export {name}="$(printf %s "$CREDENTIALS" | cut -f{n})"' for n, name in enumerate(variables, 1)),
            "aws sts get-caller-identity",
            *([parts.command("s3", "ls", parts.location(setup.bucket))] if parts.lists(setup) else []),
            f"unset CREDENTIALS {' '.join(variables)}",
        )
    )


def trials(setup: Setup) -> tuple[Trial, ...]:
    """Return the commands to try, with the profile that switches to the role."""
    name, role = setup.profile.name, role_of(setup)
    session = f"arn:{setup.partition}:sts::{setup.destination_account}:assumed-role/{role.name.name}/"
    return (
        Trial(
            parts.command("sts", "get-caller-identity", profile=name),
            _("Shows {session}…: the switch worked.").format(session=session),
        ),
        parts.listing_trial(setup, name),
        parts.buckets_trial(setup, name),
    )


METHOD = Method(
    id="assume-role",
    title=mark("Switch role (sts:AssumeRole)"),
    recommended=True,
    warning="",
    comparison=Comparison(
        needs=mark("Destination: a role with a trust policy and an IAM policy. Source: sts:AssumeRole on each caller."),
        costs=mark("A profile, or one call, to switch. Credentials are temporary, and CloudTrail shows each session."),
        choose=mark("Nearly always: people, EC2, ECS, Lambda, CI. Works with every kind of encryption, aws/s3 too."),
        cannot=mark(
            "Copying from the source's own buckets in one call, unless they let the role in. Sessions"
            " end after 1 to 12 hours."
        ),
    ),
    questions=QUESTIONS,
    own=_own,
    documents=documents,
    hops=hops,
    profile=profile,
    snippet=snippet,
    trials=trials,
    copying=mark(
        "Copying between a bucket of the source and this one works only if the source's bucket also lets the role in."
    ),
)
