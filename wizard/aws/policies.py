"""Reading and writing what a change is about, always whole: a policy, a role, a user, an attachment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wizard.aws.errors import CallError
from wizard.names import arns
from wizard.plan import Kind
from wizard.plan.sizes import compact
from wizard.setup import tag_of
from wizard.text import _

if TYPE_CHECKING:
    from wizard.aws.clients import Clients
    from wizard.plan import Change
    from wizard.plan.found import Json


def entity_of(arn: str) -> tuple[str, str, str]:
    """Return kind (`role` or `user`), path and name of an IAM ARN."""
    parsed = arns.parse(arn)
    kind, _slash, rest = (parsed.resource if parsed else "").partition("/")
    path, _slash, name = rest.rpartition("/")
    return kind, f"/{path}/" if path else "/", name


def named(arn: str) -> dict[str, Any]:
    """Return the parameter that names a role or user: `{"RoleName": …}` or `{"UserName": …}`."""
    kind, _path, name = entity_of(arn)
    return {"RoleName" if kind == "role" else "UserName": name}


def read(clients: Clients, change: Change) -> Json:
    """Return what is there now, in the form of `change.now`; None for nothing. Raises CallError."""
    try:
        return _READERS[change.kind](clients, change)
    except CallError as error:
        if error.missing and error.code != "NoSuchBucket":
            return None
        raise


def write(clients: Clients, change: Change, value: Json, *, setup_name: str) -> str:
    """Put `value` (of the form of `change.then`; None: nothing) in its place; return a made thing's unique id.

    Access keys are none of its business (`wizard.aws.keys`). Raises CallError.
    """
    if change.kind in {Kind.ROLE, Kind.USER}:
        return _make(clients, change, value, setup_name) if value is not None else _unmake(clients, change)
    _WRITERS[change.kind](clients, change, value)
    return ""


def unique_id(clients: Clients, arn: str) -> str:
    """Return a role's or user's unique id, "" when it isn't there: made again, it would be another."""
    kind, _path, _name = entity_of(arn)
    try:
        answer = clients.call("iam", f"get_{kind}", **named(arn))
    except CallError as error:
        if error.missing:
            return ""
        raise
    found = answer[kind.capitalize()]
    return str(found[f"{kind.capitalize()}Id"]) if found["Arn"] == arn else ""


def _read_trust(clients: Clients, change: Change) -> Json:
    role = clients.call("iam", "get_role", **named(change.target))["Role"]
    if role["Arn"] != change.target:
        raise _other_path(change, role["Arn"])
    return decoded(role["AssumeRolePolicyDocument"])


def _read_session(clients: Clients, change: Change) -> Json:
    role = clients.call("iam", "get_role", **named(change.target))["Role"]
    return {"MaxSessionDuration": role.get("MaxSessionDuration", 3600)}


def _read_user(clients: Clients, change: Change) -> Json:
    user = clients.call("iam", "get_user", **named(change.target))["User"]
    if user["Arn"] != change.target:
        raise _other_path(change, user["Arn"])
    return {"UserName": user["UserName"], "Path": user["Path"]}


def _other_path(change: Change, found: str) -> CallError:
    return CallError(
        _("{found} has the name, with another path than {wanted}: names are unique in an account.").format(
            found=found, wanted=change.target
        ),
        code="EntityAlreadyExists",
        operation="",
        maybe_done=False,
        where=change.target,
        mend=_("Write its path in the answers file, or choose another name."),
    )


def _read_inline(clients: Clients, change: Change) -> Json:
    kind, _path, _name = entity_of(change.target)
    answer = clients.call("iam", f"get_{kind}_policy", **named(change.target), PolicyName=change.name)
    return decoded(answer["PolicyDocument"])


def _read_attached(clients: Clients, change: Change) -> Json:
    kind, _path, _name = entity_of(change.target)
    found = clients.pages("iam", f"list_attached_{kind}_policies", "AttachedPolicies", **named(change.target))
    return {"PolicyArn": change.name} if any(one["PolicyArn"] == change.name for one in found) else None


def _read_bucket_policy(clients: Clients, change: Change) -> Json:
    answer = clients.call(
        "s3", "get_bucket_policy", region=change.region, Bucket=change.name, ExpectedBucketOwner=change.account_id
    )
    return decoded(answer["Policy"])


def _read_key_policy(clients: Clients, change: Change) -> Json:
    answer = clients.call("kms", "get_key_policy", region=change.region, KeyId=change.target, PolicyName="default")
    return decoded(answer["Policy"])


def _make(clients: Clients, change: Change, value: Json, setup_name: str) -> str:
    kind, path, _name = entity_of(change.target)
    key, tag = tag_of(setup_name)
    more: dict[str, Any] = {}
    if change.kind is Kind.ROLE:
        more = {"AssumeRolePolicyDocument": compact(value), "MaxSessionDuration": change.session_seconds or 3600}
        more["Description"] = f"Made by s3-crossaccount for the setup {setup_name}"
    try:
        answer = clients.call(
            "iam", f"create_{kind}", **named(change.target), Path=path, Tags=[{"Key": key, "Value": tag}], **more
        )
    except CallError as error:
        # botocore sends a request again after a lost answer: then the first one made it.
        if error.code != "EntityAlreadyExists" or not made_by(clients, change.target, setup_name):
            raise
        return unique_id(clients, change.target)
    found = answer[kind.capitalize()]
    return str(found[f"{kind.capitalize()}Id"])


def made_by(clients: Clients, arn: str, setup_name: str) -> bool:
    """Whether the role or user that is there carries a setup's tag: else it is somebody else's. Raises CallError."""
    kind, _path, _name = entity_of(arn)
    key, value = tag_of(setup_name)
    found = clients.call("iam", f"get_{kind}", **named(arn))[kind.capitalize()]
    tags = {one["Key"]: one["Value"] for one in found.get("Tags", [])}
    return found["Arn"] == arn and tags.get(key) == value


def _unmake(clients: Clients, change: Change) -> str:
    kind, _path, _name = entity_of(change.target)
    try:
        clients.call("iam", f"delete_{kind}", **named(change.target))
    except CallError as error:
        if not error.missing:
            raise
    return ""


def _write_trust(clients: Clients, change: Change, value: Json) -> None:
    clients.call("iam", "update_assume_role_policy", **named(change.target), PolicyDocument=compact(value))


def _write_session(clients: Clients, change: Change, value: Json) -> None:
    clients.call("iam", "update_role", **named(change.target), MaxSessionDuration=value["MaxSessionDuration"])


def _write_inline(clients: Clients, change: Change, value: Json) -> None:
    kind, _path, _name = entity_of(change.target)
    where = {**named(change.target), "PolicyName": change.name}
    if value is None:
        _gone(clients, "iam", f"delete_{kind}_policy", **where)
    else:
        clients.call("iam", f"put_{kind}_policy", **where, PolicyDocument=compact(value))


def _write_attached(clients: Clients, change: Change, value: Json) -> None:
    kind, _path, _name = entity_of(change.target)
    where = {**named(change.target), "PolicyArn": change.name}
    if value is None:
        _gone(clients, "iam", f"detach_{kind}_policy", **where)
    else:
        clients.call("iam", f"attach_{kind}_policy", **where)


def _write_bucket_policy(clients: Clients, change: Change, value: Json) -> None:
    where: dict[str, Any] = {"region": change.region, "Bucket": change.name, "ExpectedBucketOwner": change.account_id}
    if value is None:
        _gone(clients, "s3", "delete_bucket_policy", **where)
    else:
        clients.call("s3", "put_bucket_policy", **where, Policy=compact(value))


def _write_key_policy(clients: Clients, change: Change, value: Json) -> None:
    clients.call(
        "kms", "put_key_policy", region=change.region, KeyId=change.target, PolicyName="default", Policy=compact(value)
    )


def _gone(clients: Clients, service: str, operation: str, **parameters: Any) -> None:
    """Delete; what is gone already (a request that was sent twice) is as good."""
    try:
        clients.call(service, operation, **parameters)
    except CallError as error:
        if not error.missing or error.code == "NoSuchBucket":
            raise


def decoded(document: Any) -> Json:
    """Return a policy as JSON values; a text that is no JSON, or has a key twice, stays a text."""
    if not isinstance(document, str):
        return document
    try:
        return json.loads(document, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key stands there twice")
    return out


_READERS = {
    Kind.ROLE: _read_trust,
    Kind.TRUST: _read_trust,
    Kind.SESSION: _read_session,
    Kind.USER: _read_user,
    Kind.INLINE: _read_inline,
    Kind.ATTACHED: _read_attached,
    Kind.KEY: _read_key_policy,
    Kind.BUCKET: _read_bucket_policy,
    Kind.GUARDS: _read_bucket_policy,
}
_WRITERS = {
    Kind.TRUST: _write_trust,
    Kind.SESSION: _write_session,
    Kind.INLINE: _write_inline,
    Kind.ATTACHED: _write_attached,
    Kind.KEY: _write_key_policy,
    Kind.BUCKET: _write_bucket_policy,
    Kind.GUARDS: _write_bucket_policy,
}
