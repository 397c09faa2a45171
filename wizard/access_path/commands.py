"""The commands that people run, and the permissions that each of them needs.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html (multipart upload with KMS).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.methods.parts import location
from wizard.text import mark

if TYPE_CHECKING:
    from wizard.setup import Bucket

EXAMPLE_KEY = "example.txt"


@dataclass(frozen=True, slots=True)
class Need:
    """One permission: an action `on` the bucket (a listing of the prefix), an object, or the KMS key."""

    action: str
    on: str


_LIST = Need("s3:ListBucket", "bucket")
_GET, _PUT, _DELETE = (Need(f"s3:{name}", "object") for name in ("GetObject", "PutObject", "DeleteObject"))
_DECRYPT, _DATA_KEY = Need("kms:Decrypt", "key"), Need("kms:GenerateDataKey", "key")


@dataclass(frozen=True, slots=True)
class Command:
    """A command as people type it (`{place}` is bucket and prefix), what it does (marked), what it needs."""

    id: str
    line: str
    does: str
    needs: tuple[Need, ...]

    def shown(self, bucket: Bucket) -> str:
        """Return the command line for a bucket."""
        return (
            self.line.replace("{place}", location(bucket))
            .replace("{bucket}", bucket.name)
            .replace("{prefix}", bucket.prefix)
        )


COMMANDS = (
    Command("ls", "aws s3 ls {place}", mark("list"), (_LIST,)),
    Command("cp-down", "aws s3 cp {place}KEY .", mark("download"), (_GET, _DECRYPT)),
    Command("cp-up", "aws s3 cp FILE {place}", mark("upload"), (_PUT, _DATA_KEY)),
    Command("cp-up-parts", "aws s3 cp BIG_FILE {place}", mark("upload in parts"), (_PUT, _DATA_KEY, _DECRYPT)),
    Command("sync-down", "aws s3 sync {place} .", mark("download what is new"), (_LIST, _GET, _DECRYPT)),
    Command("sync-up", "aws s3 sync . {place}", mark("upload what is new"), (_LIST, _PUT, _DATA_KEY, _DECRYPT)),
    Command("rm", "aws s3 rm {place}KEY", mark("delete"), (_DELETE,)),
    Command("rm-recursive", "aws s3 rm --recursive {place}", mark("delete all"), (_LIST, _DELETE)),
    Command("presign", "aws s3 presign {place}KEY", mark("share a link for a while"), (_GET, _DECRYPT)),
    Command(
        "head-object",
        "aws s3api head-object --bucket {bucket} --key {prefix}KEY",
        mark("read an object's headers"),
        (_GET, _DECRYPT),
    ),
)


def object_arn(partition: str, bucket: Bucket, key: str = EXAMPLE_KEY) -> str:
    """Return the ARN of an object under the bucket's prefix."""
    return f"arn:{partition}:s3:::{bucket.name}/{bucket.prefix}{key}"
