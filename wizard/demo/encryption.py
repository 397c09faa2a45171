"""Let the emulator's S3 ask KMS whether the caller may use an object's key, as S3 does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # Returns what resolve_principal found for the request's caller, or None for nobody and for root.
    CallerOf = Callable[[], Any]

_ALGORITHM = "x-amz-server-side-encryption"
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"
_READ = ("kms:Decrypt",)
_WRITE = ("kms:GenerateDataKey",)
_WRITE_PARTS = ("kms:GenerateDataKey", "kms:Decrypt")


def install(caller_of: CallerOf) -> None:
    """Wrap what reads and writes whole objects.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html says which permission each
    needs; HeadObject needs none.
    """
    from ministack.services import s3

    get_object = s3._get_object  # noqa: SLF001 -- S3's operations have no public names

    def get(bucket: str, key: str, *rest: Any) -> Any:
        answer = get_object(bucket, key, *rest)
        return _refusal(caller_of(), _READ, bucket, key, answer[1]) or answer

    def asking_first(operation: Callable[..., Any], actions: tuple[str, ...]) -> Callable[..., Any]:
        def write(bucket: str, key: str, *rest: Any) -> Any:
            headers = next(value for value in rest if isinstance(value, dict))
            asked = headers if headers.get(_ALGORITHM) else s3._bucket_default_sse_headers(bucket)  # noqa: SLF001 -- see above
            return _refusal(caller_of(), actions, bucket, key, asked) or operation(bucket, key, *rest)

        return write

    s3._get_object = get  # noqa: SLF001 -- see above
    s3._put_object = asking_first(s3._put_object, _WRITE)  # noqa: SLF001 -- see above
    s3._copy_object = asking_first(s3._copy_object, _WRITE)  # noqa: SLF001 -- see above
    s3._create_multipart_upload = asking_first(s3._create_multipart_upload, _WRITE_PARTS)  # noqa: SLF001 -- see above


def _refusal(caller: Any, actions: tuple[str, ...], bucket: str, key: str, encryption: Mapping[str, str]) -> Any:
    """Return S3's answer to a caller who may not use the key, or None."""
    from ministack.core.responses import get_account_id
    from ministack.services import s3

    if caller is None or encryption.get(_ALGORITHM) != "aws:kms":
        return None
    named = encryption.get(_KEY)
    if not named:  # the AWS managed key aws/s3, which can't be shared with another account
        denied = None if caller.account == get_account_id() else (actions[0], "the AWS managed key")
    else:
        place = f"arn:aws:s3:::{bucket}/{key}"
        denied = next(((action, named) for action in actions if not _may_use(caller, action, named, place)), None)
    if denied is None:
        return None
    action, on = denied
    message = f"User: {caller.arn} is not authorized to perform: {action} on resource: {on}"
    return s3._error("AccessDenied", message, 403, f"/{bucket}/{key}")  # noqa: SLF001 -- see above


def _may_use(caller: Any, action: str, named: str, place: str) -> bool:
    from ministack.core.iam_evaluator import EvalContext, combine_resource_policy, evaluate
    from ministack.core.responses import get_region, request_scope
    from ministack.services import kms

    # An id or alias without an account is looked for in the caller's.
    owner = named.split(":")[4] if named.startswith("arn:") else caller.account
    region = named.split(":")[3] if named.startswith("arn:") else get_region()
    with request_scope(owner, region):
        key = kms._resolve_key(named)  # noqa: SLF001 -- what DescribeKey looks up
    if key is None or key["KeyState"] != "Enabled":
        return False
    request = EvalContext(
        principal_arn=caller.arn,
        principal_type=caller.type,
        principal_account=caller.account,
        action=action,
        resource_arn=key["Arn"],
        region=region,
        service_context={
            "kms:viaservice": f"s3.{region}.amazonaws.com",
            "kms:calleraccount": caller.account,
            "kms:encryptioncontext:aws:s3:arn": place,
        },
        principal_keys=caller.keys,
    )
    identity = evaluate(request, caller.policies, *caller.limits)
    both = combine_resource_policy(identity, request, key["Policy"], owner, required=True, limits=caller.limits)
    return bool(both.decision == "Allow")
