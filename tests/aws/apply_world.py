"""What the tests of apply and undo share: answers files, the accounts as they are, commands as a person types them."""

from __future__ import annotations

import contextlib
import io
import json
import os
from typing import TYPE_CHECKING, Any

import tomli_w

from wizard.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

SRC, DST = "111111111111", "222222222222"
ENCRYPTED = "s3-crossaccount-encrypted01"
BUCKET = "s3-crossaccount-bucket01"
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
PROFILES = ("--source-profile", "source-admin", "--destination-profile", "destination-admin")
METHODS = ("assume-role", "bucket-policy", "iam-user")
THEIRS: dict[str, Any] = {
    "Version": "2008-10-17",
    "Id": "theirs",
    "Statement": [
        {
            "Sid": "BackupReads",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{DST}:role/ops/backup"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{ENCRYPTED}/*",
        },
        {
            "Sid": "S3xReportsListList",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{DST}:user/analyst"},
            "Action": "s3:ListBucket",
            "Resource": f"arn:aws:s3:::{ENCRYPTED}",
        },
    ],
}


def answers(method: str, name: str = "reports", **tables: Any) -> dict[str, Any]:
    """Return the answers of a setup that needs everything: a key policy, a bucket policy, a guard."""
    out: dict[str, Any] = {
        "name": name,
        "method": method,
        "source": {"account_id": SRC, "principals": ["role/app-ec2", "user/cliuser"]},
        "destination": {"account_id": DST},
        "bucket": {"name": ENCRYPTED, "region": "ap-northeast-1", "kms_key_arn": KEY},
        "access": {"level": "read-write"},
        "guards": {"require_tls": True},
        "profile": {"name": "crossaccount"},
    }
    if method == "assume-role":
        out["role"] = {"name": "wizard/RoleA"}
    elif method == "iam-user":
        del out["source"]["principals"]
        out["user"] = {"name": "wizard/reader", "in_bucket_policy": True}
    return {**out, **tables}


def written(folder: Path, told: dict[str, Any], name: str = "answers.toml") -> str:
    """Write an answers file and return its path."""
    path = folder / name
    path.write_text(tomli_w.dumps(told), encoding="utf-8")
    return str(path)


def run(*argv: str) -> tuple[int, str, str]:
    """Run a command without a terminal; return its exit status, output and error output."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(list(argv))
    return status, out.getvalue(), err.getvalue()


def apply(file: str, *more: str, side: str = "both") -> tuple[int, str, str]:
    """Run apply with the administrators of both practice accounts."""
    return run("apply", file, "--side", side, *PROFILES, "--yes", *more)


def accounts(clients: Clients) -> dict[str, Any]:
    """Return all that a run may change in both accounts."""
    out: dict[str, Any] = {}
    for profile, account in (("source-admin", SRC), ("destination-admin", DST)):
        iam = clients(profile, "iam")
        told = iam.get_account_authorization_details()
        for kind in ("Role", "User"):
            for one in told[f"{kind}DetailList"]:
                out[one["Arn"]] = _identity(iam, kind, one)
        s3 = clients(profile, "s3")
        for bucket in s3.list_buckets()["Buckets"]:
            out[f"{account} {bucket['Name']}"] = _policy(s3, bucket["Name"])
    kms = clients("destination-admin", "kms")
    out[KEY] = json.loads(kms.get_key_policy(KeyId=KEY, PolicyName="default")["Policy"])
    return out


def _policy(s3: Any, bucket: str) -> Any:
    try:
        return json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except s3.exceptions.ClientError:
        return None


def _identity(iam: Any, kind: str, one: dict[str, Any]) -> dict[str, Any]:
    keys = iam.list_access_keys(UserName=one["UserName"])["AccessKeyMetadata"] if kind == "User" else []
    return {
        "trust": one.get("AssumeRolePolicyDocument"),
        "inline": {each["PolicyName"]: each["PolicyDocument"] for each in one.get(f"{kind}PolicyList", [])},
        "attached": [each["PolicyArn"] for each in one.get("AttachedManagedPolicies", [])],
        "keys": sorted(each["AccessKeyId"] for each in keys),
    }


def put_theirs(clients: Clients, policy: dict[str, Any] | None = None) -> None:
    """Give the bucket a policy of others, with an old Version and a statement that only looks like ours."""
    s3 = clients("destination-admin", "s3")
    s3.put_bucket_policy(Bucket=ENCRYPTED, Policy=json.dumps(policy or THEIRS))


def secrets_of(practice: Practice) -> list[str]:
    """Return every secret in the practice accounts' credentials file."""
    lines = (practice.folder / "credentials").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" = ") for line in lines)
    return [value for key, _equals, value in pairs if key in {"aws_secret_access_key", "aws_session_token"}]


def files_with(secrets: list[str], *folders: Path) -> list[Path]:
    """Return the files that hold one of the secrets, but for the credentials file."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path.name != "credentials":
                content = path.read_text(encoding="utf-8", errors="replace")
                found += [path for secret in secrets if secret in content]
    return found


def environment(practice: Practice, state: Path) -> dict[str, str]:
    """Return the variables of a command in the practice accounts."""
    return {**practice.environment, "S3_CROSSACCOUNT_STATE": str(state), "PATH": os.environ["PATH"]}
