"""The sizes that AWS accepts, looked at before a policy is sent."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from wizard.policy.checks.limits import LIMITS
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.plan.found import Json

BUCKET, KEY, TRUST = (LIMITS[name].most for name in ("bucket", "key", "trust"))
# An identity's inline policies count together.
INLINE = {"role": LIMITS["role-inline"].most, "user": LIMITS["user-inline"].most}
TRUST_RAISED = 4_096  # on request: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html


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
