"""Who makes a request: what its ARN, or its name, says.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN

if TYPE_CHECKING:
    from wizard.policy.evaluation.query import Query

USER, SESSION, FEDERATED_USER, ROOT = "user", "session", "federated-user", "root"
SERVICE, ANONYMOUS, PROVIDER = "service", "anonymous", "provider"
IN_ACCOUNT = frozenset({USER, SESSION, FEDERATED_USER, ROOT})

_HOST_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")
_KINDS = {
    ("iam", "user"): USER,
    ("iam", "role"): SESSION,  # taken as some session of the role
    ("sts", "assumed-role"): SESSION,
    ("sts", "federated-user"): FEDERATED_USER,
    ("iam", "oidc-provider"): PROVIDER,
    ("iam", "saml-provider"): PROVIDER,
}
_LINKED_PATH = ":role/aws-service-role/"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes the request. `role` is the role's ARN without its path, which a session's ARN doesn't have."""

    kind: str
    name: str
    account: str | None = None
    partition: str = ""
    role: str = ""
    exact: bool = True  # False: a role's ARN was given where its session's belongs

    @property
    def root(self) -> str:
        """Return the ARN that stands for the caller's account."""
        return f"arn:{self.partition}:iam::{self.account}:root"


@lru_cache(maxsize=2048)
def caller(principal: str) -> Caller:
    """Parse a request's principal; ValueError if it can't make a request."""
    if principal == ANONYMOUS:
        return Caller(ANONYMOUS, principal)
    parts = principal.split(":", 5)
    if len(parts) == 1:
        if "." not in principal.strip(".") or not set(principal) <= _HOST_LETTERS:
            raise ValueError(principal)
        return Caller(SERVICE, principal)
    if len(parts) < 6 or parts[0] != "arn" or not parts[1].startswith("aws") or parts[3]:  # noqa: PLR2004 -- an ARN's
        raise ValueError(principal)
    _, partition, service, _, account, rest = parts
    if not is_account(account):
        raise ValueError(principal)
    if rest == "root" and service == "iam":
        return Caller(ROOT, principal, account, partition)
    word, _, name = rest.partition("/")
    kind = _KINDS.get((service, word))
    if kind is None or not name.strip("/") or (word == "assumed-role" and not _two(name)):
        raise ValueError(principal)
    if kind != SESSION:
        return Caller(kind, principal, account, partition)
    name = name.partition("/")[0] if service == "sts" else name.rpartition("/")[2]
    role = f"arn:{partition}:iam::{account}:role/{name}"
    return Caller(kind, principal, account, partition, role, exact=service == "sts")


def _two(name: str) -> bool:
    role, slash, session = name.partition("/")
    return bool(role and slash and session) and "/" not in session


def is_account(text: str) -> bool:
    """Say whether a text is an account id: twelve digits."""
    return len(text) == 12 and text.isascii() and text.isdecimal()  # noqa: PLR2004


def service_linked(query: Query) -> int:
    """Say whether the caller is a service-linked role: its session's ARN alone shows only the role's name."""
    if query.caller.kind != SESSION:
        return FALSE
    if _LINKED_PATH in query.caller.name:
        return TRUE
    if "/AWSServiceRoleFor" not in query.caller.role:
        return FALSE
    arn = query.lookup("aws:principalarn")
    if isinstance(arn, str):
        return TRUE if _LINKED_PATH in arn else FALSE
    return UNKNOWN
