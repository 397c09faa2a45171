"""What the practice accounts hold, read back, and what a plan says must be there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from wizard.diff import same
from wizard.names import arns
from wizard.setup import policy_name, sid_prefix

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.plan import Plan

PROFILES = {"111111111111": "source-admin", "222222222222": "destination-admin"}


def snapshot(clients: Callable[[str, str], Any], planned: Plan) -> dict[str, Any]:
    """Return every policy that a plan is about, None where there is none, by what it is."""
    out: dict[str, Any] = {}
    name = policy_name(planned.setup.name)
    for document in planned.needed():
        profile = PROFILES[document.account_id]
        iam, arn = clients(profile, "iam"), arns.parse(document.attach_to or "")
        if document.attach_to is None or arn is None:
            managed = f"arn:aws:iam::{document.account_id}:policy/{name}"
            out[managed] = _managed(iam, managed)
            continue
        kind, called = arn.resource.partition("/")[0], arn.resource.rpartition("/")[2]
        if document.id == "bucket":
            found = _ask(clients(profile, "s3"), "get_bucket_policy", Bucket=arn.resource)
            out[document.attach_to] = json.loads(found["Policy"]) if found else None
        elif document.id == "key":
            found = _ask(clients(profile, "kms"), "get_key_policy", KeyId=document.attach_to, PolicyName="default")
            out[document.attach_to] = json.loads(found["Policy"])
        elif document.id == "trust":
            found = _ask(iam, "get_role", RoleName=called)
            out[document.attach_to] = found["Role"]["AssumeRolePolicyDocument"] if found else None
        else:
            words = {f"{kind.title()}Name": called, "PolicyName": name}
            found = _ask(iam, f"get_{kind}_policy", **words)
            out[f"{document.attach_to}#{name}"] = found["PolicyDocument"] if found else None
    return out


def _managed(iam: Any, arn: str) -> Any:
    found = _ask(iam, "get_policy", PolicyArn=arn)
    if not found:
        return None
    version = found["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def _ask(client: Any, method: str, **words: str) -> Any:
    try:
        return getattr(client, method)(**words)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchEntity", "NoSuchBucketPolicy"}:
            return None
        raise


def expected(planned: Plan, before: dict[str, Any], *, by_script: bool) -> dict[str, Any]:
    """Return what must be there: the plan's documents, and in bucket and key policies the others' statements too."""
    out = dict(before)
    name, prefix = policy_name(planned.setup.name), sid_prefix(planned.setup.name)
    for document in planned.needed():
        assert document.policy
        policy = document.policy.to_json()
        if document.attach_to is None:
            root = any(one.kind == "root" for one in planned.setup.source.principals)
            managed = f"arn:aws:iam::{document.account_id}:policy/{name}"
            out[managed] = policy if root else None
        elif document.id in {"bucket", "key"}:
            if document.id == "key" and not by_script:
                continue
            old = (before[document.attach_to] or {}) if by_script else {}
            own = [one for one in policy["Statement"] if one["Sid"].startswith(prefix)]
            statements = [*old.get("Statement", []), *own]
            out[document.attach_to] = {"Version": "2012-10-17", **old, "Statement": statements}
        elif document.id == "trust":
            out[document.attach_to] = policy
        else:
            out[f"{document.attach_to}#{name}"] = policy
    return out


def assert_same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert found.keys() == wanted.keys()
    for what, policy in wanted.items():
        assert same(found[what], policy), f"{what}\nfound  {found[what]}\nwanted {policy}"
