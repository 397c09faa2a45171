"""Makes the call that is denied, if it is harmless: what could destroy something, or be seen by others, isn't made."""

from __future__ import annotations

import re
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose.evidence import CallSeen
from wizard.aws.errors import EXPIRED, UNKNOWN_KEY, UNREACHABLE, CallError
from wizard.aws.verify.plan import On, probe
from wizard.aws.verify.probe import message_of
from wizard.aws.verify.reading import Answer
from wizard.errors import BadInputError
from wizard.policy.actions import reach
from wizard.policy.checks.known import operations
from wizard.policy.checks.nearest import nearest
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.aws.clients import Clients

LIST, GET, PUT = "s3:ListBucket", "s3:GetObject", "s3:PutObject"
# What S3 needs of the KMS key for each. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
READS_WITH_KEY = frozenset({GET, "s3:GetObjectVersion"})
# What S3 carries out on a key where there is nothing: writes, deletes (answered 204), uploads in parts, copies that
# replication makes. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
_NEEDS_NO_OBJECT = re.compile(
    r"s3:(?:PutObject|DeleteObject|DeleteObjectVersion|AbortMultipartUpload|ListMultipartUploadParts"
    r"|BypassGovernanceRetention|ObjectOwnerOverrideToBucketOwner|Replicate\w+)"
)


def action_of(asked: str, key: str) -> str:
    """Return the S3 action to diagnose: the one asked for, else what reading the target needs.

    Raises BadInputError for what is no single action on a bucket or object, with the one that is meant.
    """
    if not asked:
        return LIST if not key or key.endswith("/") else GET
    name = asked if ":" in asked else f"s3:{asked}"
    found = [one for one in reach(name) if one.resources & {"bucket", "object"}]
    if len(found) == 1:
        return found[0].name
    plain = name.partition(":")[2]
    known = operations()["s3"]
    by_operation = known.get(plain.lower())
    if by_operation:
        mend = _("{name} is an operation of the API; it needs {actions}.").format(
            name=plain, actions=", ".join(by_operation)
        )
    else:
        likely = nearest(name, (one.name for one in reach("s3:*")))
        mend = _("Did you mean {action}?").format(action=likely) if likely else ""
    raise BadInputError(
        _("{action} is not one action on a bucket or an object.").format(action=asked), where="--action", mend=mend
    )


def is_on_bucket(action: str) -> bool:
    """Whether an action is evaluated on the bucket, and not on an object."""
    return "bucket" in reach(action)[0].resources


def needs_object(action: str) -> bool:
    """Whether an action is on an object that has to be there already, so that a missing one is why it fails."""
    return not is_on_bucket(action) and _NEEDS_NO_OBJECT.fullmatch(action) is None


def kms_actions(action: str) -> tuple[str, ...]:
    """Return what S3 asks of the object's KMS key on the caller's behalf."""
    if action in READS_WITH_KEY:
        return ("kms:Decrypt",)
    # Uploads in parts need kms:Decrypt as well: AWS's answer names it where it is that which lacks.
    return ("kms:GenerateDataKey",) if action == PUT else ()


def make(
    clients: Clients, bucket: str, key: str, action: str, version: str, region: str, helpers: Sequence[Clients]
) -> CallSeen:
    """Make the action's cheapest call, as a person's own command would: no owner is expected.

    Writing is tried by beginning an upload in parts on the key, which changes nothing there, and ending it at
    once (`helpers` may have to). What could destroy something isn't made. Raises CallError without credentials.
    """
    one = probe(action)
    parameters: dict[str, Any] = dict(one.parameters)
    if action == PUT:
        return _begin_upload(clients, bucket, key, region, helpers)
    if one.on in {On.WRITE, On.NOTHING} or not one.call:
        return CallSeen(action, "", made=False, why=_("No harmless call proves it: it is evaluated only."))
    if one.on is On.VERSION and not version:
        return CallSeen(action, one.call, made=False, why=_("No version of the object is known: evaluated only."))
    if one.on is On.LISTING:
        parameters |= {"Prefix": key, "Delimiter": "/"} if action == LIST else {"Prefix": key}
    elif one.on in {On.OBJECT, On.VERSION}:
        parameters |= {"Key": key} | ({"VersionId": version} if one.on is On.VERSION else {})
    seen = CallSeen(action, one.call, made=True)
    answer = _answered(clients, one.call, Bucket=bucket, region=region, **parameters)[1]
    return replace(seen, answer=answer, absent=answer is not None and answer.code in one.absent)


def _answered(clients: Clients, call: str, **parameters: Any) -> tuple[Any, Answer | None]:
    from botocore import xform_name

    try:
        response = clients.call("s3", xform_name(call), **parameters)
    except CallError as error:
        if error.code == UNREACHABLE:
            raise
        return {}, answer_of(error)
    body = response.get("Body")
    if body is not None and hasattr(body, "close"):
        body.close()
    return response, None


def answer_of(error: CallError) -> Answer:
    """Return AWS's refusal as evidence."""
    return Answer(error.code, message_of(error))


def is_about_credentials(answer: Answer | None) -> bool:
    """Whether AWS refused the credentials themselves, whatever the call."""
    return answer is not None and answer.code in EXPIRED | UNKNOWN_KEY


def _begin_upload(clients: Clients, bucket: str, key: str, region: str, helpers: Sequence[Clients]) -> CallSeen:
    where = {"Bucket": bucket, "Key": key, "region": region}
    seen = CallSeen(PUT, "CreateMultipartUpload", made=True)
    response, answer = _answered(clients, "CreateMultipartUpload", **where)
    if answer is not None:
        return replace(seen, answer=answer)
    upload = str(response["UploadId"])
    for one in (clients, *helpers):
        if _answered(one, "AbortMultipartUpload", UploadId=upload, **where)[1] is None:
            return seen
    command = f"aws s3api abort-multipart-upload --bucket {bucket} --key {quote(key)} --upload-id {quote(upload)}"
    said = _("An upload in parts was begun, and the caller may not end it. As the bucket's administrator: {command}")
    return replace(seen, left_behind=(said.format(command=command),))
