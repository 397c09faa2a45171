"""Whether a case makes sense: the principal can call, there is one action, the accounts agree with the ARNs."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from wizard.policy.evaluation import services
from wizard.policy.evaluation.caller import ANONYMOUS, SERVICE, caller, is_account

if TYPE_CHECKING:
    from wizard.policy.evaluation.case import Case

_NO_ACCOUNT = frozenset({ANONYMOUS, SERVICE})
_OF_OTHERS = frozenset({"s3", "s3-object-lambda"})  # an access point may be in another account than its bucket


def checked(case: Case) -> Case:
    """Return the case with both accounts filled in; BadInputError if it makes no sense."""
    request = case.request
    if not _is_action(request.action):
        raise _fault("action", request.action)
    principal_account = _principal_account(case)
    resource_account = _resource_account(case, principal_account)
    if principal_account == case.principal_account and resource_account == case.resource_account:
        return case
    return replace(case, principal_account=principal_account, resource_account=resource_account)


def _principal_account(case: Case) -> str | None:
    try:
        who = caller(case.request.principal)
    except ValueError:
        raise _fault("principal", case.request.principal) from None
    given = case.principal_account
    if given is not None and given != who.account and who.kind not in _NO_ACCOUNT:
        raise _fault("accounts-differ", case.principal_account)
    return who.account


def _resource_account(case: Case, principal_account: str | None) -> str | None:
    request, given = case.request, case.resource_account
    service, named = "", ""
    if request.resource != "*":
        parts = request.resource.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn" or not parts[5]:  # noqa: PLR2004 -- the six parts of an ARN
            raise _fault("resource", request.resource)
        service, named = parts[2], parts[4]
    if given is None:
        if is_account(named):
            return named
        if services.action_facts(request.action).resource in {services.NO_RESOURCE, services.EVERY_BUCKET}:
            return principal_account
        raise _fault("shape", "resource_account")
    if not is_account(given):
        raise _fault("account", given)
    if is_account(named) and named != given and service not in _OF_OTHERS:
        raise _fault("accounts-differ", given)
    return given


@lru_cache(maxsize=4096)
def _is_action(text: str) -> bool:
    service, colon, name = text.partition(":")
    return bool(colon) and text.isascii() and name.isalnum() and service.replace("-", "").isalnum()


def _fault(word: str, value: object) -> Exception:
    from wizard.policy.evaluation.faults import fault

    return fault(word, value)
