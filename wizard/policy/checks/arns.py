"""ARNs as they stand in policies: with wildcards, and with mistakes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f")
ACCOUNT = re.compile(r"[0-9]{12}")
FULL_WIDTH = str.maketrans("０１２３４５６７８９：／＊．－", "0123456789:/*.-")
_PARTS = 6
_REGION_PARTITIONS = (
    ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc"), ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"), ("us-iso-", "aws-iso"), ("eu-isoe-", "aws-iso-e"),
)  # fmt: skip
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_LONGEST = 2048


class Arn(NamedTuple):
    """The six parts of an ARN: `arn:partition:service:region:account:resource`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return ":".join(("arn", *self))


def parse(text: str) -> Arn | None:
    """Return the parts of an ARN; None where one is missing, or it doesn't begin with `arn:`."""
    parts = text.split(":", _PARTS - 1)
    if len(parts) < _PARTS or parts[0] != "arn":
        return None
    return Arn(*parts[1:])


def partition_of(region: str) -> str:
    """Return the partition that a region is in."""
    return next((partition for start, partition in _REGION_PARTITIONS if region.startswith(start)), "aws")


def is_open(text: str) -> bool:
    """Whether a part of an ARN has a wildcard or a variable: it isn't known what it stands for."""
    return "*" in text or "?" in text or "${" in text


def like(pattern: str, text: str) -> bool:
    """Whether a pattern (`*`, `?`; the case of letters counts) matches a text, in time that many stars can't blow up.

    A NUL in the text stands for "anything": only a `*` matches it.
    """
    if max(len(pattern), len(text)) > _LONGEST:
        return pattern == text
    at = spot = mark = 0
    star = -1
    while spot < len(text):
        char = pattern[at] if at < len(pattern) else ""
        if char == "*":
            star, mark = at, spot
            at += 1
        elif char and (char == text[spot] or (char == "?" and text[spot] != "\0")):
            at += 1
            spot += 1
        elif star >= 0:
            at = star + 1
            mark += 1
            spot = mark
        else:
            return False
    return not pattern[at:].strip("*")


def covers(wide: str, narrow: str) -> bool:
    """Whether whatever the pattern `narrow` matches, `wide` matches too (a sufficient test, not a necessary one)."""
    if wide in ("*", narrow):
        return True
    if "*" not in wide and "?" not in wide:
        return False
    return like(wide, narrow.replace("*", "\0").replace("?", "\0"))


def heads_meet(pattern: str, head: str) -> bool:
    """Whether a pattern may match something that begins with `head`."""
    match = re.search(r"[*?]|\$\{", pattern)
    literal = pattern[: match.start()] if match else pattern
    if len(literal) >= len(head):
        return literal.startswith(head)
    return match is not None and head.startswith(literal)


def without_variables(text: str) -> str:
    """Return a pattern with `*` in place of each policy variable: whatever it may stand for."""
    return _VARIABLE.sub("*", text) if "${" in text else text


def bucket_of(resource: str) -> str:
    """Return the bucket's name (or pattern) in the last part of an S3 ARN."""
    return without_variables(resource).partition("/")[0]
