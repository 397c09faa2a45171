"""Whom a Principal or NotPrincipal element means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation.caller import ANONYMOUS, FEDERATED_USER, IN_ACCOUNT, PROVIDER, ROOT, SERVICE, SESSION
from wizard.policy.evaluation.case import FALSE, TRUE, UNKNOWN
from wizard.policy.evaluation.patterns import glob

if TYPE_CHECKING:
    from wizard.policy.evaluation.caller import Caller
    from wizard.policy.evaluation.query import Query

# In which way a statement names the caller: what its Allow is worth depends on it (`decide`). NOBODY: not at all.
NOBODY, ACCOUNT, ROLE, NOT_LISTED, ITSELF = -1, 0, 1, 2, 3

_ID_LENGTH = 64  # hexadecimal digits of a canonical user id


class Principals:
    """A Principal or NotPrincipal element."""

    __slots__ = (
        "canonical",
        "everybody",
        "federated",
        "ids",
        "names",
        "negated",
        "roles",
        "services",
        "sound",
        "wild",
        "wild_others",
    )

    def __init__(self, raw: object, *, negated: bool) -> None:
        self.negated = negated
        self.everybody = raw == "*"
        self.sound = self.everybody or isinstance(raw, dict)
        self.canonical = self.ids = self.wild_others = False
        self.names: set[str] = set()
        self.roles: set[str] = set()
        self.services: set[str] = set()
        self.federated: set[str] = set()
        self.wild: list[str] = []
        if not isinstance(raw, dict):
            return
        for space, values in raw.items():
            for value in values if isinstance(values, list) else (values,):
                if not isinstance(value, str):
                    self.sound = False
                elif space == "AWS":
                    self._add(value)
                elif space in {"Service", "Federated"}:
                    (self.services if space == "Service" else self.federated).add(value)
                    self.wild_others |= "*" in value
                elif space == "CanonicalUser":
                    self.canonical = True
                else:
                    self.sound = False

    def _add(self, value: str) -> None:
        if value == "*":
            self.everybody = True
        elif value[:1] == "A" and _is_id(value):
            self.ids = True
        elif len(value) == _ID_LENGTH and ":" not in value and value.isalnum():
            self.canonical = True
        elif "*" in value or "?" in value:
            self.wild.append(value)
        else:
            self.names.add(value)
            head, found, name = value.partition(":role/")
            if found:
                self.roles.add(f"{head}:role/{name.rsplit('/', 1)[-1]}")

    def allow(self, query: Query) -> tuple[int, int]:
        """Return the strongest way in which an Allow names the caller for certain, and the one that it may name."""
        if not self.sound:
            return NOBODY, ITSELF
        if self.negated:
            return self._allow_others(query)
        who = query.caller
        if query.web:
            return self._web(query)
        if who.kind == ANONYMOUS:
            return (ITSELF if self.everybody else NOBODY), NOBODY
        if who.kind == SERVICE:
            if who.name in self.services:
                return ITSELF, NOBODY
            if self.wild_others:
                query.doubt(None, "principal-wildcard")
            return NOBODY, ITSELF if self.wild_others else NOBODY
        if who.kind == PROVIDER:
            return NOBODY, NOBODY
        sure = self._named(who)
        return sure, NOBODY if sure == ITSELF else self._maybe(query)

    def deny(self, query: Query) -> int:
        """Say whether a Deny means the caller."""
        if not self.sound:
            return UNKNOWN
        if self.negated:
            return self._deny_others(query)
        if self.everybody:
            return TRUE
        who = query.caller
        if who.kind == ANONYMOUS and not query.web:
            return FALSE
        if who.name in self.services or who.name in self.federated:
            return TRUE
        sure, maybe = self._web(query) if query.web else (NOBODY, NOBODY)
        if who.kind in IN_ACCOUNT:
            sure = max(sure, self._named(who))
            maybe = max(maybe, NOBODY if sure != NOBODY else self._maybe(query))
        if sure != NOBODY:
            return TRUE
        if (who.kind == SERVICE and self.wild_others) or self._wild(who):
            query.doubt(None, "principal-wildcard")
            return UNKNOWN
        return UNKNOWN if maybe != NOBODY else FALSE

    def _wild(self, who: Caller) -> bool:
        """Say whether a wildcard that AWS doesn't take inside a principal would mean the caller."""
        return bool(self.wild) and any(glob(text)(name) for text in self.wild for name in _texts(who))

    def _named(self, who: Caller) -> int:
        if self.everybody or (who.exact and who.kind != ROOT and who.name in self.names):
            return ITSELF
        if who.role and who.role in self.roles:
            return ROLE
        return ACCOUNT if who.account in self.names or who.root in self.names else NOBODY

    def _maybe(self, query: Query) -> int:
        """Say how the element may name the caller: by an id, or in a way that the ARN doesn't show."""
        who = query.caller
        if self.canonical or (self.ids and who.kind != ROOT):
            query.doubt(None, "principal-id")
            return ITSELF
        if who.kind == FEDERATED_USER:
            prefix = who.root.removesuffix("root") + "user/"
            if any(name.startswith(prefix) for name in self.names):
                query.doubt(None, "federated-user")
                return ROLE
        if not who.exact:
            prefix = f"arn:{who.partition}:sts::{who.account}:assumed-role/{who.role.rsplit('/', 1)[-1]}/"
            if any(name.startswith(prefix) for name in self.names):
                query.doubt(None, "session-name")
                return ITSELF
        if who.kind == SESSION and self.federated:
            provider = query.lookup("aws:federatedprovider")
            if provider is not None and (not isinstance(provider, str) or provider in self.federated):
                query.doubt(None, "federated-session")
                return ITSELF
        return NOBODY

    def _web(self, query: Query) -> tuple[int, int]:
        """Match whoever comes with a token: by the provider, which the request may not name."""
        if query.caller.name in self.federated:
            return ITSELF, NOBODY
        provider = query.lookup("aws:federatedprovider")
        if isinstance(provider, str):
            return (ITSELF if provider in self.federated else NOBODY), NOBODY
        if self.everybody or (self.federated and query.caller.kind != PROVIDER):
            query.doubt(None, "federated-session")
            return NOBODY, ITSELF
        return NOBODY, NOBODY

    def _unlisted(self, who: Caller) -> tuple[set[str], int]:
        """Return which identities of the caller are not listed, and how many it has.

        A user is itself and its account, a session is its role too; a root user is its account.
        """
        if self.everybody:
            return set(), 1
        if who.kind not in IN_ACCOUNT:
            return (set() if who.name in self.services or who.name in self.federated else {"itself"}), 1
        listed = {"account": who.account in self.names or who.root in self.names}
        if who.kind != ROOT:
            listed["itself"] = who.exact and who.name in self.names
        if who.kind == SESSION:
            listed["role"] = who.role in self.roles
        return {identity for identity, found in listed.items() if not found}, len(listed)

    def _allow_others(self, query: Query) -> tuple[int, int]:
        who = query.caller
        unlisted, identities = self._unlisted(who)
        if not unlisted or query.web or who.kind in {SERVICE, PROVIDER}:
            return NOBODY, NOBODY  # a service must be named
        hidden = self.ids or self.canonical or self._wild(who)
        if len(unlisted) < identities or (hidden and who.kind != ANONYMOUS):
            query.doubt(None, "not-principal")
            return NOBODY, NOT_LISTED
        return NOT_LISTED, NOBODY

    def _deny_others(self, query: Query) -> int:
        who = query.caller
        unlisted, _ = self._unlisted(who)
        if not unlisted:
            if who.kind not in IN_ACCOUNT - {ROOT} or not query.bounded or self.everybody:
                return FALSE
            if query.bounded == UNKNOWN:
                query.doubt("boundary", "unread")
            return query.bounded
        hidden = {"account"} if self.canonical else set()
        if self.ids:
            hidden.add("role" if who.kind == SESSION else "itself")
        if who.kind in IN_ACCOUNT and unlisted <= hidden:
            query.doubt(None, "principal-id")
            return UNKNOWN
        return TRUE


def _is_id(value: str) -> bool:
    """Say whether a principal is a unique id (`AROA…`, `AIDA…`), which AWS shows once the principal is deleted."""
    head = value.partition(":")[0]
    return len(head) >= 8 and head.isalnum() and head.isupper()  # noqa: PLR2004 -- `AIDA` and more


def _texts(who: Caller) -> tuple[str, ...]:
    if who.kind not in IN_ACCOUNT:
        return (who.name,)
    texts = (who.name, who.root, who.account or "")
    return (*texts, who.role, who.role.replace(":role/", ":role/path/")) if who.role else texts
