"""The resources of a statement: are they ARNs, of this document, of the setup's bucket, account and region."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from wizard.policy.checks.accounts import check_account, malformed_account
from wizard.policy.checks.arn_mends import mend_arn
from wizard.policy.checks.arns import (
    ACCOUNT,
    FULL_WIDTH,
    PARTITIONS,
    Arn,
    bucket_of,
    is_open,
    like,
    parse,
    partition_of,
    without_variables,
)
from wizard.policy.checks.buckets import check_s3_fields, wrong_arn
from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.regions import check_region, is_region
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case, Statement
    from wizard.policy.checks.finding import Severity
    from wizard.policy.checks.node import Node

_KEY_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}")
_ODD = re.compile(r"\A\s+(?=arn:)|\s+\Z|[\u00a0\u200b-\u200d\u2060\ufeff：／＊？]")
# What the last part of an IAM ARN begins with, and whether a name follows.
_IAM_HEADS = (
    "role", "user", "group", "policy", "root", "mfa", "sms-mfa", "instance-profile", "oidc-provider", "saml-provider",
    "server-certificate", "access-report", "assumed-role", "federated-user", "delegation-request", "role-template",
    "contextProvider",
)  # fmt: skip
FIXED_ACCOUNTS = ("aws", "cloudfront", "partner")
# The services whose ARNs are known here in every part.
_OWN = ("s3", "iam", "sts", "kms")


def check_resources(case: Case, statement: Statement) -> None:
    """Check each resource of a statement by itself."""
    for node in statement.strings("Resource", "NotResource"):
        if not case.is_sound(node) or not node.value.strip() or node.value == "*" or case.sheet.full:
            continue
        if _ODD.search(node.value):
            _odd(case, node)
            continue
        arn = parse(node.value)
        if arn is None or not _is_whole(arn):
            _malformed(case, node)
            continue
        if check_fields(case, node, arn):
            _check_document(case, node, arn)


def _odd(case: Case, node: Node) -> None:
    """Say that a blank or a full-width character stands where none is meant."""
    meant = _ODD.sub("", node.value.translate(FULL_WIDTH))
    message = _("A blank at an edge, an invisible character, or a full-width colon, slash or star stands in it.")
    wrong_arn(case, node, message, parse(meant))


def _is_whole(arn: Arn) -> bool:
    # "arn:aws:iam:111111111111:role/x:y" has six parts, too, with one missing.
    misplaced = ACCOUNT.fullmatch(arn.region) is not None
    if misplaced or not arn.partition or not arn.service:
        return False
    return arn.service not in _OWN or (arn.resource != "" and not re.match(r":+[^:*]", arn.resource))


def _malformed(case: Case, node: Node) -> None:
    case.give_up(node)
    meant = mend_arn(case, node.value)
    if node.value.startswith("arn:"):
        message = _("{value} is no whole ARN: arn:partition:service:region:account:resource, empty parts too.")
    else:
        message = _('{value} is no ARN: Resource is "*" or begins with arn:.')
    case.sheet.about("malformed-arn", node, message.format(value=quoted(node.value)), suggestion=meant)
    if meant:
        case.sheet.edit_string(node, meant)


def check_fields(case: Case, node: Node, arn: Arn) -> bool:
    """Check partition, service, region and account of an ARN; False where one is wrong."""
    if not _check_partition(case, node, arn):
        return False
    if arn.service != arn.service.lower() and not is_open(arn.service):
        return wrong_arn(
            case, node, _("The service of an ARN is in small letters."), arn._replace(service=arn.service.lower())
        )
    if arn.service == "s3" and not check_s3_fields(case, node, arn):
        return False
    if arn.service == "iam" and arn.region and not is_open(arn.region):
        return wrong_arn(case, node, _("IAM's ARNs have no region: that part stays empty."), arn._replace(region=""))
    account = arn.account
    if account and account not in FIXED_ACCOUNTS and not is_open(account) and not ACCOUNT.fullmatch(account):
        return malformed_account(case, node, account)
    if arn.service == "iam":
        return _check_iam(case, node, arn)
    return _check_kms(case, node, arn) if arn.service == "kms" else True


def _check_iam(case: Case, node: Node, arn: Arn) -> bool:
    """Check that an IAM ARN names an account, a sort of thing, and its name."""
    if not arn.account:
        case.give_up(node)
        case.sheet.about("malformed-account-id", node, _("The account id is missing."))
        return False
    head, slash, name = arn.resource.partition("/")
    if is_open(head) or (head in _IAM_HEADS and (name or head == "root")):
        return True
    if head in _IAM_HEADS:
        return wrong_arn(case, node, _("The name is missing after {head}/.").format(head=head), None)
    meant = nearest(head, _IAM_HEADS)
    message = _("{head} is nothing that IAM has.").format(head=quoted(head))
    return wrong_arn(case, node, message, arn._replace(resource=f"{meant}{slash}{name}") if meant and name else None)


def _check_partition(case: Case, node: Node, arn: Arn) -> bool:
    if is_open(arn.partition):
        return True
    if arn.partition not in PARTITIONS:
        meant = nearest(arn.partition, PARTITIONS)
        message = _("There is no partition {partition}.").format(partition=quoted(arn.partition))
        return wrong_arn(case, node, message, arn._replace(partition=meant) if meant else None, "unknown-partition")
    context = case.context
    wanted = context.partition or (partition_of(context.region) if context.region else "")
    if wanted and arn.partition != wanted:
        message = _("The ARN is of the partition {partition}; the setup is in {wanted}.")
        text = message.format(partition=arn.partition, wanted=wanted)
        return wrong_arn(case, node, text, arn._replace(partition=wanted), "wrong-partition")
    if not wanted and is_region(arn.region) and partition_of(arn.region) != arn.partition:
        meant = partition_of(arn.region)
        message = _("The region {region} is in the partition {partition}.")
        text = message.format(region=arn.region, partition=meant)
        return wrong_arn(case, node, text, arn._replace(partition=meant), "wrong-partition")
    return True


def _check_kms(case: Case, node: Node, arn: Arn) -> bool:
    if not arn.region or not arn.account:
        return wrong_arn(case, node, _("The ARN of a key names its region and its account."), None)
    if not is_open(arn.resource) and not arn.resource.startswith(("key/", "alias/")):
        meant = arn._replace(resource=f"key/{arn.resource}") if _KEY_ID.fullmatch(arn.resource) else None
        return wrong_arn(case, node, _("The ARN of a key ends with key/ and its id."), meant)
    if not is_open(arn.region) and not check_region(case, node, arn.region):
        return False
    region = case.context.region
    if region and not is_open(arn.region) and arn.region != region:
        message = _("The key is in {found}; the bucket and its key are in {region}.")
        text = message.format(found=arn.region, region=region)
        return wrong_arn(case, node, text, None, "other-region")
    return True


def _check_document(case: Case, node: Node, arn: Arn) -> None:
    """Check a resource against what the document is about, and against the setup."""
    if (
        case.type == "bucket"
        and arn.service not in ("s3", "s3express", "s3-object-lambda")
        and not is_open(arn.service)
    ):
        message = _("A bucket policy is about its bucket and the objects in it only.")
        case.give_up(node)
        case.sheet.about("resource-not-in-document", node, message)
    elif case.type == "key" and not is_open(arn.service):
        _check_key_resource(case, node, arn)
    elif arn.service == "s3" and case.context.bucket and not arn.account:
        if not like(bucket_of(arn.resource), case.context.bucket):
            _other_bucket(case, node, case.context.bucket, arn)
    elif arn.service == "iam" and not case.attached:
        return
    elif arn.service in ("iam", "kms"):
        check_account(case, node, arn.account)


def _other_bucket(case: Case, node: Node, bucket: str, arn: Arn) -> None:
    meant = str(arn._replace(resource=bucket + arn.resource[len(bucket_of(arn.resource)) :]))
    message = _("This is another bucket than {bucket}.").format(bucket=bucket)
    if case.type == "bucket":
        case.give_up(node)
    severity: Severity = "error" if case.type == "bucket" else "warning"
    case.sheet.about("other-bucket", node, message, suggestion=meant, severity=severity)


def _check_key_resource(case: Case, node: Node, arn: Arn) -> None:
    if arn.service != "kms":
        case.give_up(node)
        message = _('A key policy is about its key: its Resource is "*".')
        case.sheet.about("resource-not-in-document", node, message, suggestion="*")
    elif case.context.bucket_kms_key.startswith("arn:") and not like(node.value, case.context.bucket_kms_key):
        message = _('This is another key; in a key policy Resource is "*".')
        case.sheet.about("other-key", node, message, suggestion="*")


def check_role(case: Case, statement: Statement) -> None:
    """Find another role than the setup's where roles are assumed."""
    wanted = case.context.role_arn
    roles = [node for node in statement.strings("Resource") if ":iam:" in node.value and case.is_sound(node)]
    assumes = any(node.value.lower() in ("sts:assumerole", "sts:*") for node in statement.strings("Action"))
    if not wanted or not case.attached or not roles or not assumes:
        return
    if not any(like(without_variables(node.value), wanted) for node in roles):
        message = _("This is another role than {role}.").format(role=wanted)
        case.sheet.about("other-role", roles[0], message, suggestion=wanted)


def check_buckets(case: Case) -> None:
    """In a bucket policy that names several buckets, find those that aren't its own."""
    if case.type != "bucket" or case.context.bucket:
        return
    named: list[tuple[Node, Arn]] = []
    for statement in case.statements:
        for node in statement.strings("Resource", "NotResource"):
            arn = parse(node.value)
            if (
                arn
                and arn.service == "s3"
                and not arn.account
                and case.is_sound(node)
                and not is_open(bucket_of(arn.resource))
            ):
                named.append((node, arn))
    counts = Counter(bucket_of(arn.resource) for _node, arn in named)
    if len(counts) > 1:
        own = counts.most_common(1)[0][0]
        for node, arn in named:
            if bucket_of(arn.resource) != own:
                _other_bucket(case, node, own, arn)
