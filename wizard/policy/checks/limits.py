"""The size limits of policies, and what counts towards each.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html (20 KB)
https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html (32 KB)
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html (SCPs)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from wizard.policy.checks.finding import Finding
from wizard.text import _, mark

Limited = Literal[
    "managed", "user-inline", "role-inline", "group-inline", "trust", "session", "bucket", "key", "scp"
]  # fmt: skip
# In a string everything counts; outside of strings, white space is what can be left out.
_COUNTED = re.compile(r'"(?:[^"\\]|\\.)*"?|[^\s"]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: so many characters (`unit` "bytes": so many bytes of UTF-8), with or without white space."""

    most: int
    white_space: bool
    unit: Literal["characters", "bytes"]
    name: str


LIMITS: dict[Limited, Limit] = {
    "managed": Limit(6144, white_space=False, unit="characters", name=mark("a managed policy")),
    "user-inline": Limit(2048, white_space=False, unit="characters", name=mark("all inline policies of a user")),
    "role-inline": Limit(10240, white_space=False, unit="characters", name=mark("all inline policies of a role")),
    "group-inline": Limit(5120, white_space=False, unit="characters", name=mark("all inline policies of a group")),
    "trust": Limit(2048, white_space=False, unit="characters", name=mark("a trust policy (4,096 on request)")),
    "session": Limit(2048, white_space=True, unit="characters", name=mark("a session policy")),
    "bucket": Limit(20480, white_space=True, unit="bytes", name=mark("a bucket policy")),
    "key": Limit(32768, white_space=True, unit="bytes", name=mark("a key policy")),
    "scp": Limit(5120, white_space=True, unit="characters", name=mark("a service control policy")),
}


def counted(kind: Limited, text: str) -> int:
    """Return how much of the limit a document takes, in the limit's own unit."""
    limit = LIMITS[kind]
    if limit.unit == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) if limit.white_space else compact(text)


def compact(text: str) -> int:
    """Return how many characters a document has without the white space between its values."""
    return sum(match.end() - match.start() for match in _COUNTED.finditer(text))


def size_findings(kind: Limited, text: str) -> tuple[Finding, ...]:
    """Say that a document is too large: which limit, by how much, and what counts. Empty where it fits.

    For the inline policies the limit is that of all of an entity's inline policies together: this is what one
    document alone takes of it.
    """
    limit = LIMITS[kind]
    size = counted(kind, text)
    if size <= limit.most:
        return ()
    message = _("{size} {unit} are {over} too many for {name}: at most {most}, white space {counts}.").format(
        size=f"{size:,}",
        unit=_("bytes") if limit.unit == "bytes" else _("characters"),
        over=f"{size - limit.most:,}",
        name=_(limit.name),
        most=f"{limit.most:,}",
        counts=_("counted") if limit.white_space else _("not counted"),
    )
    fits = limit.white_space and _compact_size(limit, text) <= limit.most
    if fits:
        message += " " + _("Without white space between its values it fits.")
    severity: Literal["error", "warning"] = "warning" if fits and kind in ("session", "scp") else "error"
    return (Finding("too-large", severity, message, path="", line=1, column=1),)


def _compact_size(limit: Limit, text: str) -> int:
    if limit.unit == "characters":
        return compact(text)
    return sum(len(match.group().encode("utf-8", "surrogatepass")) for match in _COUNTED.finditer(text))
