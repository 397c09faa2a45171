"""The ARNs of buckets and objects: no region, no account, a bucket's name, and a key that doesn't end in a slash.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.arns import bucket_of, is_open, without_variables
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.arns import Arn
    from wizard.policy.checks.case import Case
    from wizard.policy.checks.node import Node

_S3_WITH_ACCOUNT = ("accesspoint/", "job/", "storage-lens/", "storage-lens-group/", "access-grants/", "async-request/")
_MORE_THAN_A_NAME = re.compile(
    r"[0-9]{12}:([a-z0-9][a-z0-9.-]+)|([a-z0-9][a-z0-9.-]+?)\.s3[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?"
)
# What S3's rules forbid beside other characters: names that it keeps to itself, and what reads as an address.
_FORBIDDEN = re.compile(
    r".*\.\..*|[0-9]+(?:\.[0-9]+){3}|(?:xn--|sthree-).*|.*(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)"
)
_BUCKET_NAME = re.compile(r"[a-z0-9*?][a-z0-9.*?-]{1,61}[a-z0-9*?]")


def wrong_arn(case: Case, node: Node, message: str, meant: Arn | None, kind: str = "malformed-arn") -> bool:
    """Say what is wrong with an ARN, and which is certainly right; always False."""
    case.give_up(node)
    case.sheet.about(kind, node, message, suggestion=str(meant) if meant else None)
    if meant:
        case.sheet.edit_string(node, str(meant))
    return False


def check_s3_fields(case: Case, node: Node, arn: Arn) -> bool:
    """Check the parts of an S3 ARN; False where one is wrong."""
    resource = arn.resource
    special = resource.startswith(_S3_WITH_ACCOUNT) or "*" in resource.partition("/")[0][:3]
    if (arn.region.strip("*") or arn.account.strip("*")) and not special and not is_open(arn.region + arn.account):
        message = _("The ARN of a bucket or object has no region and no account: both stay empty.")
        return wrong_arn(case, node, message, arn._replace(region="", account=""), "s3-arn-fields")
    if arn.region or arn.account:
        return True
    if resource.startswith("/"):
        message = _("The bucket's name is missing before the slash.")
        meant = arn._replace(resource=resource.lstrip("/")) if resource.strip("/*") else None
        return wrong_arn(case, node, message, meant)
    _bucket, slash, key = without_variables(resource).partition("/")
    if not _check_bucket_name(case, node, arn):
        return False
    if slash and not key:
        message = _("The ARN ends after the slash: objects are {objects}, the bucket itself {bucket}.")
        text = message.format(objects=f"{arn}*", bucket=str(arn).rstrip("/"))
        case.give_up(node)
        case.sheet.about("arn-ends-with-slash", node, text, suggestion=f"{arn}*", severity="error")
        return False
    if key.endswith("/"):
        message = _("This names the one object {key}; what is under it is {objects}.")
        text = message.format(key=quoted(key), objects=f"{arn}*")
        case.sheet.about("arn-ends-with-slash", node, text, suggestion=f"{arn}*")
    elif key.startswith("/") or "//" in key:
        message = _("A double slash: S3 takes keys as they are, and few have one.")
        case.sheet.about("double-slash", node, message, suggestion=str(arn).replace("//", "/"))
    return True


def _bucket_meant(bucket: str) -> str | None:
    """Return the name in what has more than a name: an account before it, an endpoint after it."""
    found = _MORE_THAN_A_NAME.fullmatch(bucket)
    return next((name for name in found.groups() if name), None) if found else None


def _check_bucket_name(case: Case, node: Node, arn: Arn) -> bool:
    """Check the form of a bucket's name; False where no bucket ever had such a one."""
    bucket = bucket_of(arn.resource)
    endpoints = (".amazonaws.com", ".amazonaws.com.cn")
    is_name = _BUCKET_NAME.fullmatch(bucket) and not _FORBIDDEN.fullmatch(bucket) and not bucket.endswith(endpoints)
    if is_name or node.start in case.likely or is_open(bucket) or bucket.startswith("DOC-EXAMPLE-"):
        return True
    if _FORBIDDEN.fullmatch(bucket):
        message = _(
            "{bucket} is no name that S3 gives to a bucket: no two dots side by side, no IP address, and no beginning "
            "or end that it keeps to itself."
        )
        case.sheet.about("bucket-name", node, message.format(bucket=quoted(bucket)))
        return True
    meant = _bucket_meant(bucket)
    if meant:
        message = _("The bucket's name alone stands here: {bucket}.").format(bucket=meant)
        return wrong_arn(case, node, message, arn._replace(resource=arn.resource.replace(bucket, meant, 1)))
    if re.fullmatch(r"[A-Za-z0-9._-]{3,255}", bucket):
        message = _("{bucket} is no name that S3 gives today: 3 to 63 small letters, digits, dots and hyphens.")
        case.sheet.about("bucket-name", node, message.format(bucket=quoted(bucket)))
        return True
    case.give_up(node)
    message = _("{bucket} is no bucket's name: 3 to 63 small letters, digits, dots and hyphens.")
    case.sheet.about("bucket-name", node, message.format(bucket=quoted(bucket)), severity="error")
    return False
