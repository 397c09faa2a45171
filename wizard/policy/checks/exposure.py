"""What a statement lets in: everybody, or more than anybody needs.

Of a bucket policy, public is what S3's Block Public Access calls so, by the evaluator's rule:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.arns import ACCOUNT, parse
from wizard.policy.checks.known import reached
from wizard.policy.checks.lockout import denies_all_changes
from wizard.policy.checks.spared import LEFT, left_by_not_principal
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement, Test
    from wizard.policy.checks.finding import Severity
    from wizard.policy.checks.node import Node
    from wizard.policy.evaluation.public import Openness

_CONFINING = frozenset(
    {
        "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:sourceowner", "aws:sourceaccount",
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "aws:principalaccount", "aws:userid",
        "aws:username", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:sourceorgid", "aws:sourceorgpaths",
        "aws:principalservicename", "aws:principalservicenameslist", "aws:principalisawsservice", "kms:calleraccount",
        "s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "sts:externalid",
    }
)  # fmt: skip
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}/")
_PERHAPS, _YES = 1, 2  # the evaluator's UNKNOWN and TRUE
_AND_ALL_THAT_BEGINS_SO = re.compile(r"arn:aws[a-z-]*:s3:::([a-z0-9][a-z0-9.-]*[a-z0-9])\*")
_OWNER = ("s3:PutBucketPolicy", "s3:DeleteBucket", "s3:PutBucketAcl", "s3:DeleteBucketPolicy")
_SOURCES = (
    "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner",
    "kms:calleraccount", "kms:viaservice", "aws:principalorgid",
)  # fmt: skip


def check_exposure(case: Case, statement: Statement) -> None:
    """Find an Allow to everybody, or of everything."""
    if statement.effect != "Allow":
        return
    _check_public(case, statement)
    _check_not_principal(case, statement)
    _check_broad(case, statement)
    _check_service(case, statement)


def _is_confined(statement: Statement) -> bool:
    return any(
        test.requires and (test.name in _CONFINING or test.name == "aws:sourceip") and _is_fixed(test)
        for test in statement.tests
    )


def _is_fixed(test: Test) -> bool:
    values = [node.value for node in test.values]
    if not values:
        return True
    if test.name == "aws:sourceip":
        from wizard.policy.checks import networks

        return all(networks.is_narrow(value) for value in values)
    return all(_is_one(value) for value in values)


def _is_one(value: str) -> bool:
    """Whether a value stands for known accounts: no wildcard, or one inside a known account or organization."""
    if "${" in value:
        return False
    if "*" not in value and "?" not in value:
        return True
    arn = parse(value)
    return ACCOUNT.fullmatch(arn.account) is not None if arn else _ORGANIZATION.match(value) is not None


def _check_public(case: Case, statement: Statement) -> None:
    if case.attached:
        return
    if case.type == "bucket":
        _check_block_public_access(case, statement)
        return
    everybody = statement.for_everybody
    if everybody is None or _is_confined(statement):
        return
    if case.type == "trust":
        message = _("Everybody may assume the role: any principal of any account.")
    elif case.type == "key":
        message = _("Everybody may use the key: any principal of any account.")
    else:
        message = _("This is public: anybody, also without an AWS account.")
    case.sheet.about("public-access", everybody, message)


def _check_block_public_access(case: Case, statement: Statement) -> None:
    """Find what Block Public Access counts as public, and what it may."""
    everybody = statement.for_everybody or statement.value("NotPrincipal")
    if everybody is None:
        return
    found = _openness(case, statement)
    if found.worth == _YES and "NotPrincipal" not in statement.elements:
        if found.key:
            message = _(
                "Block Public Access counts this as public, and refuses or ignores it: {key} must have fixed values, "
                "without a wildcard or variable."
            ).format(key=found.key)
        else:
            message = _(
                "This is public: anybody, also without an AWS account. Block Public Access refuses or ignores it."
            )
        case.sheet.about("public-access", everybody, message)
    elif found.worth == _PERHAPS and found.key:
        message = _(
            "This may count as public, and Block Public Access then refuses or ignores it: S3 doesn't document "
            "whether this value of {key} confines it."
        ).format(key=found.key)
        severity: Severity | None = "suggestion" if _is_confined(statement) else None
        case.sheet.about("perhaps-public", everybody, message, severity=severity)


def _openness(case: Case, statement: Statement) -> Openness:
    """Ask the evaluator about a statement as it would be with its elements' names set right."""
    from wizard.policy.evaluation import documents, grammar, public  # loads where somebody lets everybody in

    raw = {name: member.node.plain() for name, member in statement.elements.items()}
    live = case.version == grammar.NEW_VERSION
    return public.openness(documents.Statement(raw, 0, grammar.RESOURCE, live=live))


def _check_not_principal(case: Case, statement: Statement) -> None:
    member = statement.elements.get("NotPrincipal")
    if member is None or case.attached:
        return
    severity: Severity | None = "error" if case.type == "trust" else None
    if case.type == "bucket" and _openness(case, statement).worth != _YES:
        message = _("NotPrincipal with Allow lets in everybody but those named whom the condition lets pass.")
    else:
        message = _("NotPrincipal with Allow lets in everybody but those named, also without an AWS account.")
    case.sheet.about_key("not-principal-allow", member, message, severity=severity)


def check_not_principal_deny(case: Case, statement: Statement) -> None:
    """Advise against NotPrincipal with Deny."""
    member = statement.elements.get("NotPrincipal")
    if member is None or case.attached or statement.effect != "Deny":
        return
    if case.type == "trust":
        message = _("A trust policy takes no NotPrincipal.")
        case.sheet.about_key("not-principal-allow", member, message, severity="error")
        return
    left = left_by_not_principal(case, statement)
    alone = "Principal" not in statement.elements
    if alone and left in ("nobody", "sessions") and not denies_all_changes(case, statement):
        case.sheet.about_key("not-principal-deny", member, _(LEFT[left]), severity="warning")
        return
    message = _(
        "NotPrincipal with Deny must list session, role and account alike; ArnNotLike on aws:PrincipalArn is safer."
    )
    case.sheet.about_key("not-principal-deny", member, message)


def _check_broad(case: Case, statement: Statement) -> None:
    sheet = case.sheet
    everywhere = next((node for node in statement.strings("Resource") if node.value == "*"), None)
    not_action = statement.elements.get("NotAction")
    if not_action is not None and case.type != "scp":
        message = _("NotAction with Allow: everything is allowed but what is named, in all services.")
        sheet.about_key("not-action-allow", not_action, message)
    not_resource = statement.elements.get("NotResource")
    if not_resource is not None and case.type != "scp":
        message = _("NotResource with Allow: it is allowed everywhere but there.")
        sheet.about_key("not-resource-allow", not_resource, message)
    if case.type in ("scp", "trust", "key"):
        return
    if case.type == "bucket":
        _check_bucket_grant(case, statement)
        return
    for node in statement.strings("Resource"):
        _check_beyond_the_name(case, node)
    if everywhere is not None and not statement.tests:
        for node in statement.strings("Action"):
            _check_everywhere(case, node, everywhere)


def _check_bucket_grant(case: Case, statement: Statement) -> None:
    own = case.context.destination_account
    named = {node.value for kind, node in statement.principals("Principal") if kind == "AWS"}
    if statement.for_everybody or not _reaches_bucket(statement) or (own and all(own in name for name in named)):
        return
    for node in statement.strings("Action"):
        hands_over = any(action.name in _OWNER for action in reached(node.value)) and "*" in node.value
        if hands_over or node.value == "*":
            message = _("{action} hands over the bucket itself: its policy may be changed and it may be deleted.")
            case.sheet.about("broad-grant", node, message.format(action=node.value))
            return


def _check_everywhere(case: Case, node: Node, everywhere: Node) -> None:
    """Judge an action that is allowed on every resource without a condition."""
    low = node.value.lower()
    if low in ("*", "*:*"):
        message = _("This allows everything on everything: an administrator's policy.")
        case.sheet.about("full-access", node, message)
    elif low in ("s3:*", "iam:*", "kms:*", "sts:*"):
        message = _("{action} on every resource: name the resources, or the actions.").format(action=node.value)
        case.sheet.about("broad-grant", node, message)
    elif low in ("sts:assumerole", "iam:passrole"):
        kind = "pass-role-to-all" if low == "iam:passrole" else "broad-grant"
        message = _("{action} on every role: name the role.").format(action=node.value)
        case.sheet.about(kind, everywhere, message)


def _check_beyond_the_name(case: Case, node: Node) -> None:
    """Say what a wildcard right after a bucket's name takes in; after a dash or dot it is meant for many buckets."""
    name = _AND_ALL_THAT_BEGINS_SO.fullmatch(node.value)
    if name and case.is_sound(node):
        bucket = node.value.removesuffix("*")
        message = _(
            "Every other bucket whose name begins with {name} matches too, in any account: name the bucket, {bucket}, "
            "and its objects, {objects}."
        ).format(name=name[1], bucket=bucket, objects=f"{bucket}/*")
        case.sheet.about("wildcard-after-bucket", node, message)


def _reaches_bucket(statement: Statement) -> bool:
    """Whether the statement gives somebody the bucket itself, not only objects in it."""
    if not any(kind in ("AWS", "CanonicalUser") for kind, _node in statement.principals("Principal")):
        return False
    for node in statement.strings("Resource"):
        arn = parse(node.value)
        if node.value == "*" or (arn and "/" not in arn.resource):
            return True
    return False


def _check_service(case: Case, statement: Statement) -> None:
    """Advise to say for whom a service may act (the confused deputy)."""
    if case.type not in ("bucket", "key", "trust") or statement.partial:
        return
    if any(test.name in _SOURCES for test in statement.tests):
        return
    if case.type == "trust":
        return
    for kind, node in statement.principals("Principal"):
        if kind == "Service" and case.is_sound(node):
            message = _("The service may act for any account: add aws:SourceAccount or aws:SourceArn.")
            case.sheet.about("service-without-source", node, message)
            return
