"""The frozen Setup: one person's whole intention, valid by construction (`wizard.answers` is what makes it)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.names import accounts, arns
from wizard.names.profiles import slug, whole_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.names.iam import Principal

LEVELS = ("list", "read", "read-write", "read-write-delete", "custom", "s3-full-access")


@dataclass(frozen=True, slots=True)
class Source:
    """The accounts whose people and programs connect; more than one is a fleet. `principals` are in each of them."""

    account_ids: tuple[str, ...]
    principals: tuple[Principal, ...]

    @property
    def whole_account(self) -> bool:
        """Whether everybody whom the source's administrators let is meant."""
        return any(principal.kind == "root" for principal in self.principals)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of the destination. `prefix` is empty or ends with `/`; `kms_key_arn` may be `aws/s3`."""

    name: str
    region: str
    prefix: str = ""
    kms_key_arn: str = ""

    @property
    def customer_key(self) -> arns.Arn | None:
        """The customer managed key that encrypts the bucket, if there is one."""
        return arns.parse(self.kms_key_arn)


@dataclass(frozen=True, slots=True)
class Access:
    """What is allowed: a level of LEVELS, and the chosen S3 actions when the level is `custom`."""

    level: str
    actions: tuple[str, ...] = ()
    list_all_buckets: bool = False
    tags: bool = False
    acls: bool = False
    resource_account: bool = False


@dataclass(frozen=True, slots=True)
class Guards:
    """Optional Denies in the bucket policy, and whom they spare."""

    vpc_endpoint_ids: tuple[str, ...] = ()
    require_tls: bool = False
    organization_id: str = ""
    exempt_principals: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether the bucket policy gets a Deny at all."""
        return bool(self.vpc_endpoint_ids or self.require_tls or self.organization_id)

    @property
    def can_lock_out(self) -> bool:
        """Whether a guard is set that can shut everybody out (TLS only can't)."""
        return bool(self.vpc_endpoint_ids or self.organization_id)


@dataclass(frozen=True, slots=True)
class ProfileAnswers:
    """What the profile was asked to hold; empty values are not written."""

    name: str
    region: str = ""
    output: str = ""
    source_profile: str = ""
    credential_source: str = ""
    mfa_serial: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """The base of a method's own part of a Setup; each method of `wizard.methods` defines its own."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that the documents are made of. `name` names the setup in Sids, policy names and tags.

    While a person is still typing, `unanswered` has the answers' keys for which a placeholder stands in
    (`<source account>`); a Setup that is applied, exported or written has none.
    """

    name: str
    method: str
    source: Source
    destination_account: str
    buckets: tuple[Bucket, ...]
    access: Access
    own: Own
    guards: Guards
    profile: ProfileAnswers
    unanswered: frozenset[str] = frozenset()

    @property
    def partition(self) -> str:
        """The partition, which follows from the bucket's region."""
        return accounts.partition(self.buckets[0].region)

    @property
    def bucket(self) -> Bucket:
        """The first bucket (the only one, but for a fleet)."""
        return self.buckets[0]

    @property
    def is_fleet(self) -> bool:
        """Whether it names several source accounts or several buckets."""
        return len(self.source.account_ids) > 1 or len(self.buckets) > 1

    def sid(self, what: str) -> str:
        """Return this setup's Sid for a statement: `S3x<Name><What>`, letters and digits only."""
        return sid_prefix(self.name) + what


def sid_prefix(name: str) -> str:
    """Return `S3x<Name>`, different for each name: a word's capital stands for the hyphen before it.

    A digit has no capital, so that names with a word that begins with one are written in a way of their own:
    `S3x0`, then each such word after an X (`a-1b` is `S3x0AX1b`, `a1b` is `S3xA1b`), and `x…` as `Xx…`.
    """
    words = name.split("-")
    if not any(word[:1].isdigit() for word in words):
        return "S3x" + "".join(word.capitalize() for word in words)
    return "S3x0" + "".join(f"X{word}" if word[:1] in "0123456789x" else word.capitalize() for word in words)


def policy_name(name: str) -> str:
    """Return the name of this setup's inline policies on roles and users."""
    return f"s3-crossaccount-{name}"


def tag_of(name: str) -> tuple[str, str]:
    """Return the tag (key, value) on every role and user that a setup makes."""
    return "s3-crossaccount:setup", name


def default_name(method: str, source_accounts: tuple[str, ...], bucket: str) -> str:
    """Derive a setup's name from what tells it apart: method, source and bucket."""
    from hashlib import sha256  # OpenSSL: not before the first frame

    digest = sha256("\n".join((method, *source_accounts, bucket)).encode()).hexdigest()
    words = slug(bucket, len(bucket))
    # With the digest at most 32 characters, as every setup's name.
    return f"{whole_words(words, 24) or words[:24]}-x{digest[:6]}"


def placeholder(label: str) -> str:
    """Return what stands for an unanswered value in a document: `<source account>`."""
    return f"<{label}>"


def as_table(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn flat keys (`bucket.name`) into the nested tables of an answers file."""
    out: dict[str, Any] = {}
    for key, value in values.items():
        *tables, last = key.split(".")
        table = out
        for name in tables:
            table = table.setdefault(name, {})
        table[last] = value
    return out
