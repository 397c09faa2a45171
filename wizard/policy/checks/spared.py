"""Whom a NotPrincipal with Deny spares: a principal only where its account is listed too, and a role's session itself.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wizard.policy.checks.arns import ACCOUNT, parse
from wizard.text import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.policy.checks.case import Case, Statement

# Who is left: `sessions` is the root user only, where a role is listed whose sessions are not.
Left = Literal["nobody", "sessions", "root", "services", "somebody"]
LEFT: Mapping[Left, str] = {
    "nobody": mark(
        "NotPrincipal spares nobody here: a user counts only where its account (…:root) is listed too, and a role "
        "only where its account and its session are. Everybody is denied, those named too."
    ),
    "sessions": mark(
        "NotPrincipal spares only the root user here: a role's sessions must be listed too (…:assumed-role/role/"
        "session). Whoever uses the role is denied."
    ),
    "root": mark(
        "NotPrincipal spares only the root user here, not the account's users and roles: list them, too, or exempt "
        "one by ArnNotLike on aws:PrincipalArn."
    ),
    "services": mark("NotPrincipal spares services only: everybody else is denied, administrators too."),
}


def left_by_not_principal(case: Case, statement: Statement) -> Left:
    """Return who isn't denied; `somebody` wherever that isn't known for certain."""
    accounts: set[str] = set()
    named: list[tuple[str, str]] = []
    for kind, node in statement.principals("NotPrincipal"):
        if kind == "Service":
            continue
        arn = parse(node.value)
        if not case.is_sound(node) or kind != "AWS" or not (arn or ACCOUNT.fullmatch(node.value)):
            return "somebody"
        if arn is None:
            accounts.add(node.value)
        elif arn.account == "cloudfront":
            continue
        elif arn.resource == "root":
            accounts.add(arn.account)
        else:
            named.append((arn.account, arn.resource))
    roles = {(account, resource.rpartition("/")[2]) for account, resource in named if resource.startswith("role/")}
    if any(account in accounts and _is_whole(resource, account, roles) for account, resource in named):
        return "somebody"
    if not accounts:
        return "nobody" if named else "services"
    return "sessions" if any(account in accounts for account, _resource in named) else "root"


def _is_whole(resource: str, account: str, roles: set[tuple[str, str]]) -> bool:
    """Whether a user, or a role's session with its role, is listed."""
    head, _slash, rest = resource.partition("/")
    if head == "role":
        return False
    return head != "assumed-role" or (account, rest.partition("/")[0]) in roles
