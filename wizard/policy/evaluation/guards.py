"""What stops a request beside policy documents: Block Public Access, and policies that a case doesn't have.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.evaluation import services
from wizard.policy.evaluation.caller import ANONYMOUS
from wizard.policy.evaluation.case import DUPLICATE, FALSE, KINDS, TRUE, UNKNOWN
from wizard.policy.evaluation.grammar import RESOURCE
from wizard.policy.evaluation.layers import Layer
from wizard.policy.evaluation.library import compiled
from wizard.policy.evaluation.public import public

if TYPE_CHECKING:
    from wizard.policy.evaluation.case import Case
    from wizard.policy.evaluation.decide import Decision


def guards(decision: Decision) -> list[Layer]:
    """Return a layer for each thing that stops the request, or may."""
    found = [Layer(kind).unread() for kind in sorted(decision.case.unknown - KINDS)] if decision.case.unknown else []
    case = decision.case
    given = case.policies.block_public_access is not None or "block_public_access" in case.unknown
    if given and decision.query.service == "s3":
        found += _restrict(decision) + _public_policy(decision) + _public_acl(decision)
    return found


def _restrict(decision: Decision) -> list[Layer]:
    """Let only the owner's account and services in where the bucket policy is public (RestrictPublicBuckets)."""
    case, query = decision.case, decision.query
    outsider = query.caller.kind == ANONYMOUS or (decision.in_account and not decision.same)
    restrict = setting(case, "RestrictPublicBuckets") if outsider else FALSE
    if restrict == FALSE:
        return []
    document = case.policies.resource
    is_public = FALSE if document is None else public(compiled(document, RESOURCE))
    if "resource" in case.unknown:
        is_public = max(is_public, UNKNOWN)
    return _guard(min(restrict, is_public), "block_public_access" if restrict == UNKNOWN else "resource", "public")


def _public_policy(decision: Decision) -> list[Layer]:
    """BlockPublicPolicy refuses a public policy, and the policy that is to be put isn't in a case."""
    if decision.query.action != "s3:putbucketpolicy":
        return []
    return _guard(min(setting(decision.case, "BlockPublicPolicy"), UNKNOWN), "block_public_access", "new-policy")


def _public_acl(decision: Decision) -> list[Layer]:
    """BlockPublicAcls refuses a public ACL; one that is in the request's body isn't in a case."""
    query = decision.query
    if query.action not in services.TAKES_ACL:
        return []
    acl = query.lookup("s3:x-amz-acl")
    granted = query.carried("s3:x-amz-grant-")
    if isinstance(acl, str) or granted:
        is_public = isinstance(acl, str) and acl.lower() in services.PUBLIC_ACLS
        is_public = is_public or any(group in text for group in services.PUBLIC_GROUPS for text in granted)
        stops = TRUE if is_public else FALSE
    else:
        stops = UNKNOWN if query.action in services.PUT_ACL else FALSE
    return _guard(min(setting(decision.case, "BlockPublicAcls"), stops), "block_public_access", "new-acl")


def _guard(stops: int, what: str, why: str) -> list[Layer]:
    if stops == FALSE:
        return []
    layer = Layer("block_public_access")
    layer.allow = 2 - stops
    layer.allow_doubts = ((what, why),)
    return [layer]


def setting(case: Case, name: str) -> int:
    """Read a setting; those of the account and of the bucket combine with OR where a case gives both."""
    found = _on(case.policies.block_public_access, name)
    return max(found, UNKNOWN) if "block_public_access" in case.unknown else found


def _on(given: object, name: str) -> int:
    if given is None:
        return FALSE
    if isinstance(given, list | tuple):
        return max((_on(item, name) for item in given), default=FALSE)
    if not isinstance(given, dict) or DUPLICATE in given:
        return UNKNOWN
    value = given.get(name, False)
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower())
    own = TRUE if value is True else FALSE if value is False else UNKNOWN
    inner = [_on(item, name) for item in given.values() if isinstance(item, dict | list)]
    return max([own, *inner])
