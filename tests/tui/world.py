"""The practice accounts as a test compares them: everything of IAM and S3 that an apply could change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILES = ("source-admin", "destination-admin")


def world(clients: Callable[[str, str], Any]) -> dict[str, Any]:
    """Return roles and users with their inline policies, trust policies and keys, and the bucket's policy."""
    out: dict[str, Any] = {}
    for profile in PROFILES:
        iam = clients(profile, "iam")
        for role in iam.list_roles()["Roles"]:
            names = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
            out[role["Arn"]] = (json.dumps(role["AssumeRolePolicyDocument"], sort_keys=True), sorted(names))
        for user in iam.list_users()["Users"]:
            names = iam.list_user_policies(UserName=user["UserName"])["PolicyNames"]
            keys = iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]
            out[user["Arn"]] = (sorted(names), sorted(key["AccessKeyId"] for key in keys))
    s3 = clients("destination-admin", "s3")
    try:
        out["bucket"] = json.loads(s3.get_bucket_policy(Bucket="s3-crossaccount-bucket01")["Policy"])
    except s3.exceptions.ClientError:
        out["bucket"] = None
    return out
