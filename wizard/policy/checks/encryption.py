"""S3 actions on an encrypted bucket, and the KMS actions that they need beside them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.policy.checks.arns import ACCOUNT, bucket_of, like, parse
from wizard.policy.checks.known import reached
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement
    from wizard.policy.checks.node import Node

MANAGED = "aws/s3"
_READS = ("s3:GetObject", "s3:GetObjectVersion")
_WRITES = ("s3:PutObject",)


def check_encryption(case: Case) -> None:
    """Find S3 statements that can't work on the bucket of the context because of its key."""
    key = case.context.bucket_kms_key
    if key == MANAGED or key.endswith(f":alias/{MANAGED}"):
        _check_managed(case)
    elif key and case.type in ("identity", "session"):
        _check_identity(case, key)


def _check_managed(case: Case) -> None:
    if case.type != "bucket":
        return
    owner = case.context.destination_account
    for statement in case.statements:
        if statement.effect != "Allow" or not _needs(statement):
            continue
        for kind, node in statement.principals("Principal"):
            account = _account(node.value) if kind == "AWS" else ""
            if account and account != owner and (owner or account == case.context.source_account):
                message = _(
                    "The bucket is encrypted with aws/s3, whose key no other account can use: use a role instead."
                )
                case.sheet.about("managed-key-cross-account", node, message)
                return


def _account(value: str) -> str:
    if ACCOUNT.fullmatch(value):
        return value
    arn = parse(value)
    return arn.account if arn else ""


def _needs(statement: Statement) -> tuple[str, ...]:
    """Return the KMS actions that a statement's S3 actions need."""
    names = {action.name for node in statement.strings("Action") for action in reached(node.value)}
    if any(node.value == "*" for node in statement.strings("Action")):
        return ()
    needed: list[str] = []
    if names & set(_READS):
        needed.append("kms:Decrypt")
    if names & set(_WRITES):
        needed += ["kms:GenerateDataKey"]
        if "kms:Decrypt" not in needed:
            needed.append("kms:Decrypt")
    return tuple(needed)


def _check_identity(case: Case, key: str) -> None:
    granted: set[str] = set()
    for statement in case.statements:
        if statement.effect == "Allow" and any(_reaches_key(node.value, key) for node in statement.strings("Resource")):
            for node in statement.strings("Action"):
                if node.value == "*":
                    return
                granted |= {action.name for action in reached(node.value) if action.name.startswith("kms:")}
    for statement in case.statements:
        if statement.effect != "Allow" or not _about_bucket(case, statement):
            continue
        missing = [action for action in _needs(statement) if action not in granted]
        actions = [node for node in statement.strings("Action") if _is_cause(node)]
        if missing and actions and not granted and _say_other_key(case, key):
            return
        if missing and actions:
            message = _("The bucket is encrypted with a customer key: {actions} on {key} is needed too.")
            text = message.format(actions=", ".join(missing), key=key)
            case.sheet.about("missing-kms-permission", actions[0], text)
            return


def _say_other_key(case: Case, key: str) -> bool:
    """Where the KMS actions are there, on another key: say that; True where it was said."""
    for statement in case.statements:
        if statement.effect != "Allow" or not any(
            node.value.lower().startswith("kms:") for node in statement.strings("Action")
        ):
            continue
        for node in statement.strings("Resource"):
            arn = parse(node.value)
            if arn and arn.service == "kms" and arn.resource.startswith("key/") and case.is_sound(node):
                message = _("This is another key than the bucket's.")
                case.sheet.about("other-key", node, message, suggestion=key)
                return True
    return False


def _is_cause(node: Node) -> bool:
    return any(action.name in (*_READS, *_WRITES) for action in reached(node.value))


def _reaches_key(resource: str, key: str) -> bool:
    return resource == "*" or like(resource, key)


def _about_bucket(case: Case, statement: Statement) -> bool:
    bucket = case.context.bucket
    for node in statement.strings("Resource"):
        arn = parse(node.value)
        if node.value == "*" or (arn and arn.service == "s3" and (not bucket or like(bucket_of(arn.resource), bucket))):
            return True
    return False
