"""The sizes that AWS accepts, looked at before a policy is sent."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.plan.found import Json

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html: 20 KB, white space included.
BUCKET = 20 * 1024
# https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
KEY = 32 * 1024
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space doesn't count.
# An identity's inline policies count together; a trust policy's 2,048 can be raised to 4,096.
INLINE = {"role": 10_240, "user": 2_048}
TRUST, TRUST_RAISED = 2_048, 4_096


def compact(policy: Json) -> str:
    """Return a policy as it is sent: white space counts for S3 and KMS."""
    return json.dumps(policy, separators=(",", ":"), ensure_ascii=False)


def too_large(policy: Json, limit: int) -> str:
    """Say by how much a bucket or key policy is too large (bytes), or ""."""
    size = len(compact(policy).encode())
    if policy is None or size <= limit:
        return ""
    return _(
        "The policy would have {size} bytes, and AWS takes at most {limit}: "
        "take out statements that are no longer needed."
    ).format(size=size, limit=limit)


def too_long(policies: Iterable[Json], limit: int) -> str:
    """Say by how much IAM policies are too long together (characters without white space), or ""."""
    size = sum(len(re.sub(r"\s", "", compact(policy))) for policy in policies if policy is not None)
    if size <= limit:
        return ""
    return _(
        "The policies would have {size} characters, and IAM takes at most {limit}: "
        "take out statements that are no longer needed."
    ).format(size=size, limit=limit)
