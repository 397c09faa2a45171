"""Trust policies: who may assume the role, by which action, under which condition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.known import reached
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement, Test
    from wizard.policy.checks.node import Node

_STARTS = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoot")
_BY_PRINCIPAL = {
    "AWS": ("sts:AssumeRole", "sts:AssumeRoot"),
    "Service": ("sts:AssumeRole",),
    "saml": ("sts:AssumeRoleWithSAML",),
    "oidc": ("sts:AssumeRoleWithWebIdentity",),
}
_WEB_ONLY = ("sts:externalid",)
_MFA = ("aws:multifactorauthpresent", "aws:multifactorauthage")
# Providers that many tenants share: without a condition on the subject every one of them gets in.
_SHARED = (
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "agent.buildkite.com",
)


def check_trust(case: Case) -> None:
    """Check what makes a trust policy work."""
    if case.type != "trust":
        return
    for statement in case.statements:
        sorts = {_sort(kind, node) for kind, node in statement.principals("Principal") if case.is_sound(node)} - {""}
        if statement.effect == "Allow" and not statement.partial:
            _check_assume(case, statement, sorts)
        if statement.effect == "Allow":
            _check_external_id(case, statement)
            _check_mfa(case, statement, sorts)
            _check_federation(case, statement)


def _sort(kind: str, node: Node) -> str:
    if kind == "Federated":
        return "saml" if ":saml-provider/" in node.value else "oidc"
    return kind if kind in ("AWS", "Service") else ""


def _check_assume(case: Case, statement: Statement, sorts: set[str]) -> None:
    actions = statement.strings("Action")
    if not actions or not all(case.is_sound(node) for node in actions):
        return
    starting = [(node, {action.name for action in reached(node.value)} & set(_STARTS)) for node in actions]
    starting = [(node, names) for node, names in starting if names]
    if not starting:
        own = _own_actions(sorts)
        message = _("This lets nobody assume the role: {action} is missing.").format(action=own[0])
        case.sheet.about("trust-without-assume", actions[0], message, suggestion=own[0])
        return
    if not sorts:
        return
    allowed = {name for sort in sorts for name in _BY_PRINCIPAL[sort]}
    for node, names in starting:
        if not names & allowed:
            own = _own_actions(sorts)
            message = _("{action} isn't for this sort of principal ({sorts}): {meant} is.").format(
                action=quoted(node.value),
                sorts=", ".join(sorted(_label(sort) for sort in sorts)),
                meant=" / ".join(own),
            )
            suggestion = own[0] if len(own) == 1 else None
            case.sheet.about("action-not-for-principal", node, message, suggestion=suggestion)
            case.give_up(node)
    _check_left(case, statement, starting)


def _check_left(case: Case, statement: Statement, starting: list[tuple[Node, set[str]]]) -> None:
    """Find principals of a mixed statement that no action of it is for."""
    names = {name for _node, found in starting for name in found}
    if any(not case.is_sound(node) for node, _names in starting):
        return
    for kind, node in statement.principals("Principal"):
        sort = _sort(kind, node)
        if sort and case.is_sound(node) and not names & set(_BY_PRINCIPAL[sort]):
            message = _("No action here is for this principal: it needs {action}.")
            case.sheet.about("action-not-for-principal", node, message.format(action=_BY_PRINCIPAL[sort][0]))


def _label(sort: str) -> str:
    return {"saml": "SAML", "oidc": "OIDC"}.get(sort, sort)


def _own_actions(sorts: set[str]) -> list[str]:
    return sorted({_BY_PRINCIPAL[sort][0] for sort in sorts}) or ["sts:AssumeRole"]


def _check_external_id(case: Case, statement: Statement) -> None:
    """sts:ExternalId is a key of AssumeRole only."""
    names = {action.name for node in statement.strings("Action") for action in reached(node.value)}
    if not names or "sts:AssumeRole" in names:
        return
    for test in statement.tests:
        if test.name in _WEB_ONLY:
            message = _("{key} is there with sts:AssumeRole only.").format(key=test.key.key)
            case.sheet.about_key("condition-key-not-for-action", test.key, message)


def _check_mfa(case: Case, statement: Statement, sorts: set[str]) -> None:
    if sorts != {"Service"}:
        return
    for test in statement.tests:
        demands = test.requires and (
            test.operator.family != "Bool" or any(v.value.lower() == "true" for v in test.values)
        )
        if test.name in _MFA and demands:
            message = _("A service has no MFA: this never matches.")
            case.sheet.about_key("condition-never-true", test.key, message)


def _is_of_anybody(test: Test) -> bool:
    """Whether a subject may be of any owner: `*`, or `repo:*`, which begins alike for all users of the provider."""
    if not test.name.endswith(":sub") or "Like" not in test.operator.name:
        return False
    return any(re.fullmatch(r"(?:[a-z_]+:)?[*?]+.*", value.value) for value in test.values)


def _check_federation(case: Case, statement: Statement) -> None:
    names = [test.name for test in statement.tests if test.requires and not _is_of_anybody(test)]
    for kind, node in statement.principals("Principal"):
        if kind != "Federated" or not case.is_sound(node):
            continue
        provider = node.value.partition(":oidc-provider/")[2] or node.value
        if ":saml-provider/" in node.value:
            confined = any(name.startswith("saml:") for name in names)
            needed = "SAML:aud"
        elif provider == "cognito-identity.amazonaws.com":
            confined = any(name.startswith("cognito-identity.amazonaws.com:") for name in names)
            needed = "cognito-identity.amazonaws.com:aud"
        else:
            low = provider.lower()
            key = "sub" if any(low.startswith(shared) for shared in _SHARED) else ""
            confined = any(name.startswith(low + ":" + key) for name in names) or any(
                name.startswith(low.partition("/")[0]) and name.endswith(f":{key}" if key else "") for name in names
            )
            needed = f"{provider}:{key or 'aud'}"
        if not confined:
            message = _("Everybody whom the provider knows may assume the role: add a condition on {key}.")
            case.sheet.about("federation-without-condition", node, message.format(key=needed))
