"""Puts a setup's documents into the practice accounts by plain calls, so that verifying is tested by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.answers.build import build
from wizard.answers.file import flatten
from wizard.aws.verify.run import Clock, Options, verify
from wizard.plan import plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pytest

    from wizard.access_path import State
    from wizard.aws.verify.result import Tried, Verification
    from wizard.demo import Practice
    from wizard.setup import Setup

    Clients = Callable[[str, str], Any]

SRC, DST = "111111111111", "222222222222"
BUCKET = "s3-crossaccount-bucket01"
ADMIN = "destination-admin"
PREFIXED = {"name": BUCKET, "region": "ap-northeast-1", "prefix": "reports/"}
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
ENCRYPTED = {"name": "s3-crossaccount-encrypted01", "region": "ap-northeast-1", "kms_key_arn": KEY}
METHODS = ("bucket-policy", "assume-role", "iam-user")
BASE: dict[str, Any] = {
    "source": {"account_id": SRC, "principals": ["user/cliuser"]},
    "destination": {"account_id": DST},
    "bucket": {"name": BUCKET, "region": "ap-northeast-1"},
    "access": {"level": "read"},
    "profile": {"name": "crossaccount"},
}
OWN: dict[str, dict[str, Any]] = {
    "bucket-policy": {},
    "assume-role": {"role": {"name": "wizard/RoleA"}, "profile": {"name": "crossaccount", "source_profile": "cliuser"}},
    "iam-user": {"user": {"name": "wizard/reader"}},
}


def setup_of(method: str, **tables: Any) -> Setup:
    """Make a setup of the practice accounts; `tables` replace those of BASE."""
    values = {"method": method, **BASE, **OWN[method], **tables}
    if method == "iam-user":
        values["source"] = {"account_id": SRC}
    flat = flatten(values, "", "test")
    built = build(flat)
    assert not built.problems, built.problems
    return built.setup


def arrange(setup: Setup, clients: Clients) -> None:
    """Make what the setup's documents are attached to, and attach them."""
    for document in plan(setup).needed():
        assert document.policy is not None
        text = document.policy.text()
        side = "source" if document.account_id == SRC else "destination"
        iam = clients(f"{side}-admin", "iam")
        kind, _slash, rest = (document.attach_to or "").rpartition(":")[2].partition("/")
        path, _slash, name = rest.rpartition("/")
        where = f"/{path}/" if path else "/"
        match document.id:
            case "trust":
                iam.create_role(RoleName=name, Path=where, AssumeRolePolicyDocument=text)
            case "bucket":
                clients("destination-admin", "s3").put_bucket_policy(Bucket=kind.rpartition(":")[2], Policy=text)
            case "key":
                clients("destination-admin", "kms").put_key_policy(
                    KeyId=document.attach_to, PolicyName="default", Policy=text
                )
            case _ if kind == "role":
                iam.put_role_policy(RoleName=name, PolicyName="setup", PolicyDocument=text)
            case _:
                if side == "destination":
                    iam.create_user(UserName=name, Path=where)
                iam.put_user_policy(UserName=name, PolicyName="setup", PolicyDocument=text)


def own_files(practice: Practice, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a test config and credentials files of its own, and a state folder; return the credentials file."""
    folder.mkdir(exist_ok=True)
    for name, variable in (("config", "AWS_CONFIG_FILE"), ("credentials", "AWS_SHARED_CREDENTIALS_FILE")):
        copy = folder / name
        copy.write_bytes((practice.folder / name).read_bytes())
        copy.chmod(0o600)
        monkeypatch.setenv(variable, str(copy))
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(folder / "state"))
    return folder / "credentials"


def hand_over_key(credentials: Path, clients: Clients, user: str, profile: str) -> Mapping[str, str]:
    """Make an access key for a user of the destination, and write it as a profile."""
    made = clients("destination-admin", "iam").create_access_key(UserName=user)["AccessKey"]
    with credentials.open("a", encoding="utf-8") as file:
        file.write(
            f"\n[{profile}]\naws_access_key_id = {made['AccessKeyId']}\n"
            f"aws_secret_access_key = {made['SecretAccessKey']}\n"
        )
    return dict(made)


def go(setup: Setup, patience: float = 0.0, **options: Any) -> Verification:
    """Verify, without waiting."""
    if setup.method == "bucket-policy":
        options.setdefault("source_profile", "cliuser")
    return verify(setup, Options(clock=Clock(patience=patience), **options))


def states(found: Verification) -> dict[str, State]:
    """Return the state of each link of the access path."""
    return {one.link.id: one.state for hop in found.path.hops for one in hop.links}


def of(found: Verification, action: str, expected: str = "allowed") -> list[Tried]:
    """Return what was tried of an action."""
    return [one for one in found.tried if one.action == action and one.expected == expected]


def objects(clients: Clients, bucket: str = BUCKET) -> list[tuple[str, str]]:
    """Return every version, delete marker and unfinished upload of a bucket."""
    told = clients(ADMIN, "s3").list_object_versions(Bucket=bucket)
    uploads = clients(ADMIN, "s3").list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    versions = [(one["Key"], one["VersionId"]) for one in (*told.get("Versions", []), *told.get("DeleteMarkers", []))]
    return [*versions, *((one["Key"], one["UploadId"]) for one in uploads)]
