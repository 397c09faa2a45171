"""The decision: every applicable kind of policy put together, within one account and across two.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation import services
from wizard.policy.evaluation.caller import ANONYMOUS, FEDERATED_USER, IN_ACCOUNT, ROOT, SESSION, USER, service_linked
from wizard.policy.evaluation.case import (
    ALLOWED,
    EXPLICITLY_DENIED,
    FALSE,
    IMPLICITLY_DENIED,
    TRUE,
    UNDECIDED,
    UNKNOWN,
)
from wizard.policy.evaluation.grammar import ENDPOINT, IDENTITY, RCP, RESOURCE, TRUST
from wizard.policy.evaluation.guards import guards, setting
from wizard.policy.evaluation.layers import Layer, endpoint_allow
from wizard.policy.evaluation.principals import ACCOUNT, ITSELF, NOT_LISTED, ROLE

if TYPE_CHECKING:
    from wizard.policy.evaluation.case import Case
    from wizard.policy.evaluation.query import Query

_ACCESS_POINT_KEYS = ("s3:dataaccesspointarn", "s3:dataaccesspointaccount")
_ORDINARY = frozenset({USER, SESSION})
_WITH_RULES = frozenset({"iam", "kms", "sts"})
_ROOT_HAS_NO = frozenset({"identity", "boundary", "session"})


class Decision:
    """One request against everything that applies to it.

    `allow` and `deny` are the three-valued answers; `core` is what identity and resource policies grant before the
    layers that can only take away.
    """

    def __init__(self, case: Case, query: Query, *, besides: bool = False) -> None:
        self.case = case
        self.query = query
        self.besides = besides  # a permission that the action needs beside its own (sts:TagSession)
        # Nothing of some kinds can be attached to a root user.
        self.unread = case.unknown - _ROOT_HAS_NO if query.caller.kind == ROOT else case.unknown
        self.in_account = query.caller.kind in IN_ACCOUNT and not query.web
        kind = query.kind
        self.trusted = query.action in services.TRUSTED and kind in {"iam:role", ""}
        self.authority = "trust" if self.trusted else "resource"
        # A trust policy and a key policy must allow; no identity policy is enough.
        on_key = query.service == "kms" and not query.alone and (kind != "kms:alias" or query.some_key)
        self.must = self.trusted or on_key
        self.same = query.alone or query.caller.account == case.resource_account
        self.rules: list[str] = []
        self.specials: list[tuple[str, str]] = []
        self.identity, self.limits = self._source()
        self.resource = self._resource()
        self.filters = self._scps() + self._rcps() + self._endpoint()
        self.core = self._core()
        self.guards = guards(self)
        self.deny, self.allow = FALSE, self.core
        for layer in self.layers():
            self.deny = max(self.deny, layer.deny)
        for layer in self.filters + self.guards:
            self.deny, self.allow = max(self.deny, layer.deny), min(self.allow, layer.allow)

    def layers(self) -> list[Layer]:
        """Return the layers that hold documents, those that grant first."""
        return [self.identity, self.resource, *self.limits, *self.filters]

    def _source(self) -> tuple[Layer, list[Layer]]:
        """Evaluate what is attached to the caller: identity policies, boundary, session policy."""
        identity = Layer("identity")
        limits: list[Layer] = []
        if not self.in_account:
            return identity, limits
        query, policies = self.query, self.case.policies
        identity.add(policies.identity, IDENTITY, query)
        if query.caller.kind == ROOT:
            # Full access, unless something denies; but no access to what isn't there.
            identity.allow = TRUE if query.real and query.fits else FALSE
        if "identity" in self.unread:
            identity.unread()
        for place, document in enumerate(policies.boundary):
            limits.append(Layer("boundary", first=place).add([document], IDENTITY, query))
        if "boundary" in self.unread:
            limits.append(Layer("boundary").unread())
        unread = "session" in self.unread
        # A federated user's session without a session policy has no permissions of the user's.
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        if policies.session or unread or query.caller.kind == FEDERATED_USER:
            session = Layer("session").add(policies.session, IDENTITY, query)
            limits.append(session.unread() if unread else session)
        return identity, limits

    def _resource(self) -> Layer:
        """Evaluate the trust policy or the policy of the bucket or key."""
        layer = Layer(self.authority)
        case, query = self.case, self.query
        document = case.policies.trust if self.trusted else case.policies.resource
        if self.owner_root():
            return layer
        if document is not None:
            layer.add([document], TRUST if self.trusted else RESOURCE, query)
        if self.authority in self.unread:
            layer.unread()
        if query.alone:  # what has no resource has no resource's policy that could grant it
            layer.allow = FALSE
            layer.grants = [FALSE] * len(layer.grants)
            layer.allowing = ()
        return layer

    def owner_root(self) -> bool:
        """Say whether it is the bucket owner's root user and the bucket policy, from which nothing locks it out."""
        query = self.query
        return self.same and query.caller.kind == ROOT and query.action in services.BUCKET_POLICY and query.fits

    def _scps(self) -> list[Layer]:
        if not self.in_account:
            return []
        case, query = self.case, self.query
        if not case.policies.scps and "scps" not in self.unread:
            return []
        linked = service_linked(query)
        if linked == TRUE or query.lookup("aws:principalorgmasteraccountid") == query.caller.account:
            return []
        layers = [
            Layer("scps", level).add(documents, IDENTITY, query) for level, documents in enumerate(case.policies.scps)
        ]
        if "scps" in self.unread:
            layers.append(Layer("scps").unread())
        if linked == UNKNOWN:
            for layer in layers:
                layer.soften("service-linked")
        return layers

    def _rcps(self) -> list[Layer]:
        case, query = self.case, self.query
        if not case.policies.rcps and "rcps" not in self.unread:
            return []
        linked = service_linked(query)
        if linked == TRUE or self.managed_key():
            return []
        if query.lookup("aws:principalorgmasteraccountid") == case.resource_account:
            return []
        layers = [Layer("rcps", level).add(documents, RCP, query) for level, documents in enumerate(case.policies.rcps)]
        if "rcps" in self.unread:
            layers.append(Layer("rcps").unread())
        if linked == UNKNOWN or query.service not in services.RCP_SERVICES:
            for layer in layers:
                layer.soften("service-linked" if linked else "rcp-service")
        return layers

    def _endpoint(self) -> list[Layer]:
        layers = []
        for place, document in enumerate(self.case.policies.vpc_endpoint):
            layer = Layer("vpc_endpoint", first=place).add([document], ENDPOINT, self.query)
            endpoint_allow(layer, self.query)
            layers.append(layer)
        if "vpc_endpoint" in self.unread:
            layers.append(Layer("vpc_endpoint").unread())
        return layers

    def managed_key(self) -> bool:
        """Say whether the key is one that AWS manages (`aws/s3`)."""
        query = self.query
        if query.service != "kms":
            return False
        aliases = query.lookup("kms:resourcealiases")
        names = [query.lookup("kms:requestalias"), *(aliases if isinstance(aliases, tuple) else [aliases])]
        return query.tail.startswith("alias/aws/") or any(
            isinstance(name, str) and name.startswith("alias/aws/") for name in names
        )

    def _forbidden(self) -> str:
        """Return the rule that forbids the request whatever the policies say, or nothing."""
        query, who = self.query, self.query.caller
        across = self.in_account and not self.same
        if who.kind in _ORDINARY and who.partition == query.partition and query.service not in _WITH_RULES:
            return "owner-only" if across and query.action in services.BUCKET_POLICY else ""  # nearly all requests
        rules = {
            "partition": bool(who.partition and query.partition) and who.partition != query.partition,
            "root-assumes": who.kind == ROOT and query.action == "sts:assumerole",
            "federated-user-calls": who.kind == FEDERATED_USER and query.service in {"iam", "sts"},
            "anonymous": who.kind == ANONYMOUS and query.service in {"kms", "sts"} and not query.web,
            "kms-across": across and query.service == "kms" and query.action not in services.KMS_ACROSS,
            "managed-key": across and self.managed_key(),
            "owner-only": across and query.action in services.BUCKET_POLICY,
        }
        return next((rule for rule, holds in rules.items() if holds), "")

    def _core(self) -> int:
        rule = self._forbidden()
        if rule:
            self.rules.append(rule)
            return FALSE
        if self.owner_root():
            return TRUE
        if self.access_point():
            self.resource.unread("access-point", "access_point")
        if self.besides and not self.same and self.identity.allow == FALSE:
            # The guide asks for it in the trust policy; whether the caller's own policies must allow it too, as
            # people report, it doesn't say.
            self.identity.allow = UNKNOWN
            self.identity.allow_doubts += ((None, "besides"),)
        core = self._granted()
        query = self.query
        if "acls" in self.case.unknown:
            core = self._acls(core)
        if core == FALSE and query.action in services.KMS_GRANTABLE and "kms_grants" in self.case.unknown:
            self.specials.append(("kms_grants", "unread"))
            return UNKNOWN
        return core

    def access_point(self) -> bool:
        """Say whether the request comes through an access point, whose policy a case doesn't have."""
        query = self.query
        return query.kind in {"s3:accesspoint", "s3-object-lambda:accesspoint"} or (
            query.service == "s3" and query.has(_ACCESS_POINT_KEYS)
        )

    def _granted(self) -> int:
        grants = self.resource.grants
        limit = min([layer.allow for layer in self.limits]) if self.limits else TRUE
        best = max(grants)
        if not self.in_account:
            return best
        if not self.same:
            return min(self.identity.allow, limit, best)
        by_identity = min(self.identity.allow, limit)
        if self.must:
            by_identity = min(by_identity, grants[ACCOUNT])
        # Whom the resource policy names decides what it replaces: a principal itself, or everybody, replaces identity
        # policy, boundary and session policy; a role doesn't replace the last two; an account only delegates.
        # For NotPrincipal with Allow the guide says "public", and nothing of boundaries.
        unlisted = grants[NOT_LISTED]
        if unlisted == TRUE and limit == FALSE:
            self.specials.append((self.authority, "not-principal"))
        return max(
            by_identity,
            grants[ITSELF],
            min(grants[ROLE], limit),
            min(unlisted, max(limit, UNKNOWN)),
        )

    def _acls(self, core: int) -> int:
        """Weigh access control lists that could not be read, and objects that another account may own.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
        """
        case, query = self.case, self.query
        if query.service != "s3" or not query.real:
            return core
        if core == TRUE:
            if query.kind == "s3:object" and query.action not in services.NEW_OBJECTS:
                self.specials.append(("acls", "object-owner"))
                return UNKNOWN
            return core
        if query.action not in services.ACL_GRANTS or core == UNKNOWN or not query.fits:
            return core
        if query.caller.kind == ANONYMOUS and setting(case, "IgnorePublicAcls") == TRUE:
            return core
        limit = min((layer.allow for layer in self.limits), default=TRUE)
        if self.in_account and not self.same and min(self.identity.allow, limit) == FALSE:
            return core
        self.specials.append(("acls", "unread"))
        return UNKNOWN

    def result(self) -> str:
        """Return the verdict in one word: a known Deny wins; what isn't known matters only if the rest would allow."""
        if self.deny == TRUE:
            return EXPLICITLY_DENIED
        if self.allow == FALSE:
            return IMPLICITLY_DENIED
        return ALLOWED if self.allow == TRUE and self.deny == FALSE else UNDECIDED
