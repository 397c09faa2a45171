"""What the evaluator is asked (a case) and what it answers (a verdict), as frozen values.

A three-valued answer (Kleene) is an int here, so that AND is `min`, OR is `max` and NOT is `2 - value`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FALSE, UNKNOWN, TRUE = 0, 1, 2

# Stands in an object of a case that had a key twice: AWS refuses such a document, and JSON readers differ on it.
DUPLICATE = "\0duplicate"

ALLOWED = "Allowed"
EXPLICITLY_DENIED = "ExplicitlyDenied"
IMPLICITLY_DENIED = "ImplicitlyDenied"
UNDECIDED = "Unknown"

# The kinds of documents that a case may name as unread. Any other name is taken for a policy of a kind that is not
# modelled, and so for something that may deny.
KINDS = frozenset(
    {
        "acls",
        "block_public_access",
        "boundary",
        "identity",
        "kms_grants",
        "rcps",
        "resource",
        "scps",
        "session",
        "trust",
        "vpc_endpoint",
    }
)

# A policy document: what `json.loads` gives, or its text, as AWS's API hands it out.
Document = Mapping[str, Any] | str
ContextValue = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Request:
    """One request: an ARN, `x.amazonaws.com` or `anonymous`; one action; one resource's ARN, or `*`.

    The principal of a role's session is the session's ARN. A context value is a string, or a list for a
    multivalued key. https://docs.aws.amazon.com/IAM/latest/UserGuide/intro-structure.html#intro-structure-request
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policies:
    """Every document that applies to a request; what is not given does not exist.

    `scps` and `rcps` have one list of documents for each level, from the organisation's root to the account.
    `boundary` and `vpc_endpoint` must each allow; the documents of `identity` and of `session` are unions.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
    """

    identity: Sequence[Document] = ()
    resource: Document | None = None
    trust: Document | None = None
    boundary: Sequence[Document] = ()
    session: Sequence[Document] = ()
    scps: Sequence[Sequence[Document]] = ()
    rcps: Sequence[Sequence[Document]] = ()
    vpc_endpoint: Sequence[Document] = ()
    block_public_access: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A request, the policies that apply to it, the two accounts, and what could not be read.

    `unknown` has kinds of documents (`resource`, `identity`, `boundary`, `session`, `scps`, `rcps`, `trust`,
    `vpc_endpoint`, `block_public_access`, `kms_grants`, `acls`). With `unlisted_context` a key that the
    context does not list is not known; without it, such a key is absent from the request.
    """

    request: Request
    policies: Policies
    principal_account: str | None
    resource_account: str | None
    unknown: frozenset[str] = frozenset()
    unlisted_context: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class StatementRef:
    """One statement: the kind of its document, which document of that kind, its place there, its Sid.

    `account` owns the document (None: the VPC endpoint's, or nobody's); `level` counts from the root for SCPs
    and RCPs. `document` and `index` count from 0.
    """

    policy: str
    index: int
    sid: str | None
    effect: str
    document: int = 0
    level: int | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A kind of policy that lacks an Allow, on whose side (`source` or `destination`), in which account."""

    policy: str
    side: str
    account: str | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is not known and could change the verdict: a kind of document or a context key, and why.

    `why` is a word of `reasons.REASONS`, where its sentence stands.
    """

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An Allow that matches but for one element (`Principal`, `Action`, `Resource`, or `Condition`).

    `wanted` is what that element asks for, as the statement writes it: patterns, principals, or
    `operator key` pairs of the conditions that don't hold.
    """

    statement: StatementRef
    but_for: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a case.

    `result` is Allowed, ExplicitlyDenied, ImplicitlyDenied or Unknown. `because`: the statements that decide
    (every matching Deny; or the Allows that carry; or, if Unknown, those of which nobody knows whether they
    match). `missing`: what lacks an Allow. `unknown`: what could change the verdict. `allowing`: the Allows
    that do match, whatever the verdict. `rules`: words of `reasons.REASONS` for rules of AWS that no document
    states (a cross-account KMS operation that doesn't exist, Block Public Access, …).
    """

    result: str
    because: tuple[StatementRef, ...] = ()
    missing: tuple[Missing, ...] = ()
    unknown: tuple[Doubt, ...] = ()
    rules: tuple[str, ...] = ()
    allowing: tuple[StatementRef, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
