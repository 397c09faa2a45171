"""What somebody meant who wrote something that is nearly an ARN, or names a bucket in another way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.policy.checks.arns import FULL_WIDTH, partition_of

if TYPE_CHECKING:
    from wizard.policy.checks.case import Case

_URL = re.compile(
    r"s3://(?P<a>[^/]+)(?P<b>/.*)?"
    r"|https?://(?P<c>[a-z0-9.-]+?)\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?(?P<d>/.*)?"
    r"|https?://s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?/(?P<e>[^/]+)(?P<f>/.*)?",
    re.DOTALL,
)
_PLAIN_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/.*)?", re.DOTALL)
_ALMOST = re.compile(r"\s*(?:arn|ARN|Arn|am|anr|ran|rn|arm)[:;,.：](?=[a-z-]*[:;,：])")


def mend_arn(case: Case, value: str) -> str | None:
    """Return the ARN that was probably meant, where that is sure."""
    partition = case.context.partition or (partition_of(case.context.region) if case.context.region else "aws")
    url = _URL.fullmatch(value.strip())
    if url:
        parts = url.groupdict()
        bucket = parts["a"] or parts["c"] or parts["e"]
        return f"arn:{partition}:s3:::{bucket}{parts['b'] or parts['d'] or parts['f'] or ''}"
    plain = re.sub(r"\s", "", value).translate(FULL_WIDTH).strip("'\"`“”‘’")
    almost = _ALMOST.match(plain)
    if almost:
        plain = "arn:" + plain[almost.end() :]
    if plain.startswith("arn:"):
        return _mend_parts(plain)
    if plain.startswith(":::"):
        return f"arn:{partition}:s3{plain}"
    if plain.startswith(("aws:", "s3:::")):
        return _mend_parts(f"arn:{plain}" if plain.startswith("aws:") else f"arn:{partition}:{plain}")
    uses_s3 = case.type == "bucket" or "s3:" in case.sheet.text
    if uses_s3 and _PLAIN_BUCKET.fullmatch(plain) and plain.partition("/")[0].count(":") == 0:
        return f"arn:{partition}:s3:::{plain}"
    return None


def _mend_parts(text: str) -> str | None:
    """Mend the number of colons of an S3 or IAM ARN."""
    parts = [part for part in text.split(":") if part]
    colons = re.sub(r":+", ":", text).split(":")
    if len(colons) < 3:  # noqa: PLR2004 -- arn, partition, service
        return None
    partition, service, rest = colons[1], colons[2], parts[3:]
    if service == "s3" and len(rest) == 1:
        return f"arn:{partition}:s3:::{rest[0].lstrip('/')}" if rest[0].strip("/") else None
    if service == "iam" and len(rest) == 2:  # noqa: PLR2004 -- account and resource
        return f"arn:{partition}:iam::{rest[0]}:{rest[1]}"
    if service == "kms" and len(rest) == 3:  # noqa: PLR2004 -- region, account and resource
        return f"arn:{partition}:kms:{rest[0]}:{rest[1]}:{rest[2]}"
    return None
