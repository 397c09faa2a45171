"""Denies that shut out those who must be able to undo them, and key policies that nobody may change.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.checks.arns import ACCOUNT, parse
from wizard.policy.checks.known import reached
from wizard.policy.checks.nobody import is_always_true, meant
from wizard.policy.checks.spared import LEFT, left_by_not_principal
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement, Test
    from wizard.policy.checks.finding import Severity

_CHANGES = {"bucket": ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"), "key": ("kms:PutKeyPolicy",)}
# Who is named by one of these under a negated operator is exempt.
_EXEMPTING = (
    "aws:principalarn", "aws:principalaccount", "aws:userid", "aws:username", "aws:principaltype", "aws:principaltag/",
    "aws:principalorgid", "aws:principalorgpaths", "aws:principalservicename", "kms:calleraccount",
)  # fmt: skip
_GUARDS = (
    "aws:sourcevpce",
    "aws:sourcevpc",
    "aws:sourceip",
    "aws:vpcsourceip",
    "aws:sourcevpcarn",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
)


def check_lockout(case: Case) -> None:
    """Find what would leave nobody able to change the policy."""
    if case.type not in _CHANGES:
        return
    denied = False
    for statement in case.statements:
        if statement.effect == "Deny":
            denied |= _check_deny(case, statement)
    if case.type == "key" and not denied and case.root.whole and not any(s.partial for s in case.statements):
        _check_key(case)


def _changes_policy(case: Case, statement: Statement) -> bool:
    wanted = set(_CHANGES[case.type])
    for node in statement.strings("Action"):
        if node.value == "*" or wanted & {action.name for action in reached(node.value)}:
            return True
    excluded = statement.value("NotAction")
    if excluded is not None:
        kept = {action.name for node in excluded.strings() for action in reached(node.value)}
        return not wanted <= kept
    return False


def _on_bucket(statement: Statement) -> bool:
    for node in statement.strings("Resource"):
        arn = parse(node.value)
        if node.value == "*" or (arn and ("/" not in arn.resource)):
            return True
    return "NotResource" in statement.elements


def _denies_changes(case: Case, statement: Statement) -> bool:
    """Whether a Deny is about changing the policy."""
    if statement.effect != "Deny" or not _changes_policy(case, statement):
        return False
    return case.type == "key" or _on_bucket(statement)


def _is_own_account(case: Case, statement: Statement) -> bool:
    """Whether a principal is the account that owns the bucket or key: only its principals change the policy."""
    own = case.context.destination_account
    named = (node.value for kind, node in statement.principals("Principal") if kind == "AWS")
    return bool(own) and any(_is_account(value) and own in value for value in named)


def reaches_everybody(case: Case, statement: Statement) -> bool:
    """Whether a Deny is about everybody (or the whole account that owns the bucket), and about changing the policy."""
    return (statement.for_everybody is not None or _is_own_account(case, statement)) and _denies_changes(
        case, statement
    )


def denies_all_changes(case: Case, statement: Statement) -> bool:
    """Whether a Deny keeps whomever it means from changing the policy, whatever the request."""
    if case.type not in _CHANGES or not _denies_changes(case, statement):
        return False
    return all(always_true(test) for test in statement.tests)


def shuts_out_everybody(case: Case, statement: Statement) -> bool:
    """Whether a Deny leaves nobody who could change the policy again."""
    return denies_all_changes(case, statement) and reaches_everybody(case, statement)


def _check_deny(case: Case, statement: Statement) -> bool:
    """Judge one Deny; True where it shuts everybody out."""
    if "NotPrincipal" in statement.elements and "Principal" not in statement.elements:
        return _check_not_principal(case, statement)
    if not reaches_everybody(case, statement):
        return False
    what = _("the bucket") if case.type == "bucket" else _("the key")
    kind = "bucket-lockout" if case.type == "bucket" else "key-policy-lockout"
    if shuts_out_everybody(case, statement):
        if _check_exempt(case, statement, kind):
            return True
        message = _("This denies everybody: nobody but the root user could change the policy of {what} again.")
        if case.type == "key":
            message = _("This denies everybody: nobody could change the policy of {what} again.")
        if statement.tests:
            case.sheet.about_key(kind, statement.tests[0].key, message.format(what=what))
        else:
            case.sheet.about(kind, statement.node, message.format(what=what))
        return True
    guards = [
        test
        for test in statement.tests
        if test.name in _GUARDS and test.operator.negated and test.key.start not in case.shut
    ]
    if guards and not any(_exempts(test) for test in statement.tests):
        message = _(
            "Whoever is outside of this is shut out, administrators too: exempt one by ArnNotLike on aws:PrincipalArn."
        )
        case.sheet.about_key("guard-without-exemption", guards[0].key, message)
    return False


def _check_exempt(case: Case, statement: Statement, kind: str) -> bool:
    """Say that a Deny of all but some ids or ARNs spares nobody, as no caller has one; False where it is another."""
    test = next((test for test in statement.tests if is_always_true(test)), None)
    if test is None:
        return False
    likely = [meant(test, node.value) for node in test.values]
    if test.name == "aws:userid":
        message = _(
            "aws:userid of a role's session is AROA…:session, so none of these is anybody's: everybody is denied, "
            "administrators too."
        )
    elif "Like" in test.operator.name or test.operator.family == "ARN":
        message = _(
            "aws:PrincipalArn of a session is the role's ARN, so none of these is anybody's: everybody is denied, "
            "administrators too."
        )
    else:
        message = _(
            "{operator} takes the wildcard as plain text, so none of these is anybody's: everybody is denied, "
            "administrators too. {meant} is meant."
        ).format(operator=test.operator.name, meant="ArnNotLike")
    case.sheet.about_key(kind, test.key, message, suggestion=likely[0] if len(likely) == 1 else None)
    for node, value in zip(test.values, likely, strict=True):
        if value is not None and case.is_sound(node):
            case.sheet.edit_string(node, value)
    return True


def _check_not_principal(case: Case, statement: Statement) -> bool:
    """Find a Deny whose NotPrincipal spares nobody, or the root user only; False where that one was named alone."""
    if not denies_all_changes(case, statement):
        return False
    left = left_by_not_principal(case, statement)
    if left == "somebody":
        return False
    kind = "bucket-lockout" if case.type == "bucket" else "key-policy-lockout"
    severity: Severity | None = "warning" if left == "root" else None
    case.sheet.about_key(kind, statement.elements["NotPrincipal"], _(LEFT[left]), severity=severity)
    return left != "root"


def always_true(test: Test) -> bool:
    """Whether a condition of a Deny holds for whoever comes over TLS, as every client of today does."""
    if is_always_true(test):
        return True
    is_tls = test.name == "aws:securetransport" and test.operator.family == "Bool"
    return is_tls and all(value.value.lower() == "true" for value in test.values)


def _exempts(test: Test) -> bool:
    if is_always_true(test):
        return False
    return test.operator.negated and any(test.name.startswith(name) for name in _EXEMPTING)


def _check_key(case: Case) -> None:
    allows = [s for s in case.statements if s.effect == "Allow" and _changes_policy(case, s)]
    sound = [node for s in allows for _kind, node in s.principals("Principal") if case.is_sound(node)]
    if any(not case.is_sound(n) for s in case.statements for n in s.strings("Action")):
        return
    if not allows:
        message = _(
            "Nobody may change this policy (kms:PutKeyPolicy): KMS refuses it. Add the account's root with kms:*."
        )
        case.sheet.about("key-policy-lockout", case.root, message)
    elif sound and not any(_is_account(node.value) for node in sound):
        message = _(
            "Only named principals may change this policy: if they are deleted, nobody can. Add the account's root."
        )
        case.sheet.about("key-policy-without-account", case.root, message)


def _is_account(value: str) -> bool:
    return value == "*" or ACCOUNT.fullmatch(value) is not None or value.endswith(":root")
