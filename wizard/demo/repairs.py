"""Mend, in the child process, what the pinned emulator gets wrong about calls between accounts."""

from __future__ import annotations

import dataclasses
from contextvars import ContextVar
from typing import Any

from wizard.demo import encryption, stacks

PINNED = "1.5.33"
"""The one version of ministack whose inside is known: the repairs reach into what has no promise."""

# Both are kept per request: asyncio gives every connection's task a context of its own.
_caller: ContextVar[Any] = ContextVar("practice_caller", default=None)
_in_foreign_bucket: ContextVar[bool] = ContextVar("practice_in_foreign_bucket", default=False)


def install() -> None:
    """Repair the imported emulator.

    A bucket policy that names a role or user of another account never matched it; two condition keys had
    wrong values; ListBuckets was judged on another resource than IAM's guide names; ExpectedBucketOwner,
    which every S3 call of ours sends, was not looked at; S3 never asked KMS; and a stack's conditions didn't
    know its account and region.
    """
    _remember_the_caller()
    _judge_the_caller_itself()
    _resolve_condition_keys()
    _name_what_list_buckets_reads()
    _look_at_the_expected_owner()
    encryption.install(_caller_with_policies)
    stacks.install()


def _caller_with_policies() -> Any:
    """Return the request's caller, or None for root, whom policies don't bind, and for nobody."""
    caller = _caller.get()
    return None if caller is None or caller.policies is None else caller


def _remember_the_caller() -> None:
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id
    from ministack.core.router import extract_access_key_id

    pin_request_caller = iam_evaluator.pin_request_caller

    def pin(headers: dict[str, str], query_params: dict[str, Any] | None = None) -> None:
        pin_request_caller(headers, query_params)
        # The account is the caller's own here: only later is the request moved to the bucket's owner.
        access_key = extract_access_key_id(headers, query_params or {})
        found = iam_evaluator.resolve_principal(access_key, get_account_id()) if access_key else None
        _caller.set(found if isinstance(found, iam_evaluator.PrincipalInfo) else None)

    iam_evaluator.pin_request_caller = pin


def _judge_the_caller_itself() -> None:
    from ministack.core import iam_evaluator
    from ministack.services import s3

    foreign_bucket_allows = s3._foreign_bucket_allows  # noqa: SLF001 -- the defect sits inside
    evaluate_resource_policy = iam_evaluator.evaluate_resource_policy

    def allows(*arguments: Any, **options: Any) -> bool:
        token = _in_foreign_bucket.set(True)
        try:
            return bool(foreign_bucket_allows(*arguments, **options))
        finally:
            _in_foreign_bucket.reset(token)

    def evaluate(document: Any, request: Any, *arguments: Any, **options: Any) -> Any:
        caller = _caller.get()
        if _in_foreign_bucket.get() and caller is not None and request.principal_type == "Root":
            request = dataclasses.replace(
                request, principal_arn=caller.arn, principal_type=caller.type, principal_keys=caller.keys
            )
        return evaluate_resource_policy(document, request, *arguments, **options)

    s3._foreign_bucket_allows = allows  # noqa: SLF001 -- see above
    iam_evaluator.evaluate_resource_policy = evaluate


def _resolve_condition_keys() -> None:
    from ministack.core import iam_evaluator
    from ministack.services import iam, s3

    resolve = iam_evaluator._resolve_condition_key  # noqa: SLF001 -- the defect sits inside

    def resolve_condition_key(key: str, request: Any) -> Any:
        name = key.lower()
        if name == "aws:principalarn" and request.principal_type == "AssumedRole":
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html:
            # for a role's session the key holds the role's ARN, with its path.
            role_name = request.principal_arn.split(":assumed-role/", 1)[-1].split("/", 1)[0]
            role = iam._roles.get_scoped(request.principal_account, None, role_name)  # noqa: SLF001 -- see above
            if role is not None:
                return role["Arn"]
        if name in {"aws:resourceaccount", "s3:resourceaccount"} and request.resource_arn.startswith("arn:aws:s3:::"):
            # A bucket's ARN carries no account: ask who owns the bucket.
            bucket = request.resource_arn.removeprefix("arn:aws:s3:::").split("/", 1)[0]
            owner = s3._bucket_owner_account(bucket)  # noqa: SLF001 -- see above
            if owner is not None:
                return owner
        return resolve(key, request)

    iam_evaluator._resolve_condition_key = resolve_condition_key  # noqa: SLF001 -- see above


def _name_what_list_buckets_reads() -> None:
    from ministack.core import iam_actions

    extract_resource_arn = iam_actions.extract_resource_arn

    def extract(service: str, *request: Any) -> Any:
        # IAM's example policies grant s3:ListAllMyBuckets on this ARN.
        found = extract_resource_arn(service, *request)
        return "arn:aws:s3:::*" if service == "s3" and found == "*" else found

    iam_actions.extract_resource_arn = extract


def _look_at_the_expected_owner() -> None:
    from ministack.services import s3

    apply_bucket_scope = s3._apply_bucket_scope  # noqa: SLF001 -- where S3 finds whose bucket is meant

    def apply(method: str, bucket: str, key: str, headers: dict[str, str], *rest: Any) -> Any:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
        expected = headers.get("x-amz-expected-bucket-owner")
        owner = s3._bucket_owner_account(bucket) if expected and bucket else None  # noqa: SLF001 -- see above
        if owner is not None and owner != expected:
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}".rstrip("/"))  # noqa: SLF001 -- see above
        return apply_bucket_scope(method, bucket, key, headers, *rest)

    s3._apply_bucket_scope = apply  # noqa: SLF001 -- see above
