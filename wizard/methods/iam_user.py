"""The method iam-user: access keys of an IAM user in the bucket's account, used by the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.methods import encryption, grants, levels, parts
from wizard.methods.bucket_policy import full_access_warning
from wizard.methods.method import Comparison, Hop, Link, Method, Node, ProfileSettings, Trial
from wizard.methods.question import Kind, Question, kept
from wizard.names.iam import Named, named
from wizard.policy.document import Document, Policy
from wizard.setup import Own
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.methods.question import Values
    from wizard.setup import Setup


@dataclass(frozen=True, slots=True)
class User(Own):
    """The IAM user in the destination; `in_bucket_policy`: the bucket policy names it too."""

    name: Named
    in_bucket_policy: bool


QUESTIONS = (
    Question(
        key="user.name",
        step="callers",
        kind=Kind.TEXT,
        prompt=mark("Which IAM user in {destination.account_id}?"),
        why=mark(
            "The source uses the access key of this user, who lives in the bucket's account. "
            "Make one user for one purpose, without a console password: then its key can be taken back without harm."
        ),
        help=mark(
            "A name, or a name with its path: wizard/cliuser. A user that isn't there yet is made "
            "when the setup is applied."
        ),
        rule=lambda raw, values: named(raw, "user", values.get("destination.account_id", "")),
        needed=True,
        pane="destination-identity",
        found="users",
        stand_in=mark("user"),
        example="cliuser",
    ),
    Question(
        key="user.in_bucket_policy",
        step="callers",
        kind=Kind.FLAG,
        prompt=mark("Should the bucket policy name the user as well?"),
        why=mark(
            "Within one account one side is enough: the user's IAM policy. Many guides show both; it does no harm."
        ),
        help=mark("Yes adds the same actions for the user to the bucket policy. No leaves the bucket policy alone."),
        rule=kept,
        default=False,
        pane="bucket",
    ),
)


def _own(values: Values) -> User:
    return User(values["user.name"], values["user.in_bucket_policy"])


def _user(setup: Setup) -> User:
    if not isinstance(setup.own, User):  # pragma: no cover -- answers.py makes the pair
        raise TypeError(setup.own)
    return setup.own


def user_arn(setup: Setup) -> str:
    """Return the ARN of the user in the destination."""
    return f"arn:{setup.partition}:iam::{setup.destination_account}:user{_user(setup).name.resource}"


def documents(setup: Setup) -> tuple[Document, ...]:
    """Return the five documents: the user's IAM policy governs; the bucket policy may name the user too."""
    dst, arn = setup.destination_account, user_arn(setup)
    grantees = grants.Grantees((arn,))
    granting = grants.s3_statements(setup, setup.buckets, grantees=grantees) if _user(setup).in_bucket_policy else ()
    no_bucket = _("Not needed: the user is in the bucket's own account, so that its IAM policy is enough.")
    reason = _("Names the user of {account} too: redundant within one account, shown by many guides.").format(
        account=dst
    )
    no_source = _("Not needed: the source account only stores the user's access key; none of its identities calls.")
    return (
        parts.not_needed("trust", dst, _("Not needed: nobody takes on a role, the access key is the user.")),
        *parts.bucket_documents(setup, granting, reason, no_bucket),
        parts.not_needed("source-identity", setup.source.account_ids[0], no_source),
        _identity(setup, arn),
        *encryption.key_documents(setup, (grantees,)),
    )


def _identity(setup: Setup, arn: str) -> Document:
    reason = _("What the user may do. Programmatic access only: the user gets an access key, and no console password.")
    dst = setup.destination_account
    if setup.access.level == levels.FULL_ACCESS:
        managed = grants.full_access_arn(setup.partition)
        said = full_access_warning(managed)
        return Document("destination-identity", dst, arn, said, grants.full_access_policy(), "user-inline", managed)
    statements = (
        *grants.s3_statements(setup, setup.buckets),
        *grants.list_all_statement(setup),
        *encryption.identity_statements(setup),
    )
    return Document("destination-identity", dst, arn, reason, Policy(statements), "user-inline")


def hops(setup: Setup) -> tuple[Hop, ...]:
    """Return the path: whoever holds the key is the user, who is in the bucket's account."""
    src, dst = setup.source.account_ids[0], setup.destination_account
    caller = Node("caller", _("holder of the access key"), src)
    user = Node("user", str(_user(setup).name), dst)
    links = (
        Link("destination-identity", _("IAM policy allows S3"), dst, "destination-identity"),
        *parts.key_links(setup),
        *parts.guard_links(setup),
    )
    return (
        Hop(caller, user, (Link("access-key", _("access key of the user"), dst, ""),)),
        Hop(user, parts.bucket_node(setup), links),
    )


def profile(setup: Setup) -> ProfileSettings:
    """Return the profile: region in the config file, the access key in the credentials file."""
    settings = [("region", setup.profile.region or setup.bucket.region)]
    if setup.profile.output:
        settings.append(("output", setup.profile.output))
    return ProfileSettings(setup.profile.name, tuple(settings), needs_keys=True)


def _snippet(_setup: Setup) -> str:
    return ""


def trials(setup: Setup) -> tuple[Trial, ...]:
    """Return the commands to try, with the profile that holds the user's key."""
    name = setup.profile.name
    return (
        Trial(
            parts.command("sts", "get-caller-identity", profile=name),
            _("Shows {arn}: the source has become the user.").format(arn=user_arn(setup)),
        ),
        parts.listing_trial(setup, name),
        parts.buckets_trial(setup, name),
    )


METHOD = Method(
    id="iam-user",
    title=mark("IAM user's access key"),
    recommended=False,
    warning=mark(
        "Long-lived access keys leak, and work from anywhere until somebody deletes them: rotate "
        "them, or assume a role."
    ),
    comparison=Comparison(
        needs=mark("Destination: an IAM user with a policy and an access key. Source: only the key, in a profile."),
        costs=mark(
            "A secret to hand over, to store and to rotate. CloudTrail shows the user, not who of the source it was."
        ),
        choose=mark("The caller is outside of AWS, or a tool that only knows access keys."),
        cannot=mark(
            "Temporary credentials; telling the source's people apart. Copying from the source's "
            "buckets needs their bucket policy."
        ),
    ),
    questions=QUESTIONS,
    own=_own,
    documents=documents,
    hops=hops,
    profile=profile,
    snippet=_snippet,
    trials=trials,
    copying=mark(
        "Copying between a bucket of the source and this one works only if the source's bucket also lets the user in."
    ),
)
