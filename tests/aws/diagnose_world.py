"""Breaks the practice accounts by plain calls, one fault at a time, and diagnoses what comes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.aws.verify_world import BUCKET, DST, KEY, SRC
from wizard.aws.diagnose.run import Ask, diagnose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wizard.access_path import State
    from wizard.aws.diagnose.result import Diagnosis

    Clients = Callable[[str, str], Any]

__all__ = ["BUCKET", "DST", "KEY", "SRC"]

SUMMARY = "reports/2026/10/summary.csv"
ARN = f"arn:aws:s3:::{BUCKET}"
CLIUSER = f"arn:aws:iam::{SRC}:user/cliuser"
ROLE = f"arn:aws:iam::{DST}:role/wizard/RoleA"
READERS = {"source_profile": "source-admin", "destination_profile": "destination-admin"}
READS = [("s3:GetObject", f"{ARN}/reports/*"), ("s3:ListBucket", ARN)]


def allow(action: str | list[str], resource: str | list[str] = "", **more: Any) -> dict[str, Any]:
    """Return an Allow; `more` are further elements (Principal, Condition, Sid)."""
    return statement("Allow", action, resource, **more)


def deny(action: str | list[str], resource: str | list[str] = "", **more: Any) -> dict[str, Any]:
    """Return a Deny."""
    return statement("Deny", action, resource, **more)


def statement(effect: str, action: str | list[str], resource: str | list[str], **more: Any) -> dict[str, Any]:
    """Return a statement; without a resource it is one of a trust policy."""
    return {"Effect": effect, "Action": action, **({"Resource": resource} if resource else {}), **more}


def policy(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


class World:
    """The practice accounts, as an administrator of both changes them."""

    def __init__(self, clients: Clients, credentials: Path) -> None:
        self.clients = clients
        self.credentials = credentials

    def identity(self, *statements: Mapping[str, Any], user: str = "cliuser") -> None:
        """Put the one inline policy of a user of the source."""
        iam = self.clients("source-admin", "iam")
        iam.put_user_policy(UserName=user, PolicyName="own-bucket", PolicyDocument=json.dumps(policy(*statements)))

    def bucket(self, *statements: Mapping[str, Any], name: str = BUCKET, public: bool = False) -> None:
        """Put the bucket policy; `public` lets a public one be stored."""
        s3 = self.clients("destination-admin", "s3")
        if public:
            settings = {"BlockPublicPolicy": False, "RestrictPublicBuckets": True}
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=settings)
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy(*statements)))

    def role(self, trust: Mapping[str, Any], *statements: Mapping[str, Any], name: str = "RoleA") -> None:
        """Make a role of the destination, with what it may do."""
        iam = self.clients("destination-admin", "iam")
        iam.create_role(RoleName=name, Path="/wizard/", AssumeRolePolicyDocument=json.dumps(policy(trust)))
        if statements:
            document = json.dumps(policy(*statements))
            iam.put_role_policy(RoleName=name, PolicyName="access", PolicyDocument=document)

    def boundary(self, *statements: Mapping[str, Any]) -> None:
        """Put a permissions boundary on cliuser."""
        iam = self.clients("source-admin", "iam")
        made = iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(policy(*statements)))
        iam.put_user_permissions_boundary(UserName="cliuser", PermissionsBoundary=made["Policy"]["Arn"])

    def profile(self, name: str, **values: str) -> None:
        """Write a profile into the config file."""
        config = self.credentials.with_name("config")
        lines = "".join(f"{key} = {value}\n" for key, value in values.items())
        config.write_text(f"{config.read_text()}\n[profile {name}]\n{lines}")

    def switching(self, **values: str) -> None:
        """Write the profile that switches to the role."""
        self.profile("crossaccount", **({"role_arn": ROLE, "source_profile": "cliuser"} | values))

    def both_sides(self) -> None:
        """Let cliuser read under reports/, on both sides."""
        self.identity(*(allow(action, resource) for action, resource in READS))
        self.bucket(*(allow(action, resource, Principal={"AWS": CLIUSER}) for action, resource in READS))


def why(key: str = SUMMARY, profile: str = "cliuser", bucket: str = BUCKET, **ask: Any) -> Diagnosis:
    """Diagnose with administrators' profiles of both sides, unless told otherwise."""
    return diagnose(Ask(bucket, key, profile=profile, **(READERS | ask)))


def kinds(found: Diagnosis) -> list[str]:
    """Return the causes' words, in their order."""
    return [cause.kind for cause in found.causes]


def states(found: Diagnosis) -> dict[str, State]:
    """Return the state of each link of the path."""
    return {part.id: part.state for part in found.path}


def apply_changes(found: Diagnosis, clients: Clients) -> None:
    """Make every policy change that a diagnosis proposes, as its administrators would."""
    for change in (change for cause in found.causes for change in cause.changes):
        side = "source" if change.account_id == SRC else "destination"
        iam, text = clients(f"{side}-admin", "iam"), json.dumps(change.after)
        kind, _slash, rest = change.target.rpartition(":")[2].partition("/")
        name = rest.rpartition("/")[2]
        match change.document:
            case "bucket":
                clients(f"{side}-admin", "s3").put_bucket_policy(Bucket=kind, Policy=text)
            case "trust":
                iam.update_assume_role_policy(RoleName=name, PolicyDocument=text)
            case "key":
                kms = clients(f"{side}-admin", "kms")
                kms.put_key_policy(KeyId=change.target, PolicyName="default", Policy=text)
            case "boundary":
                iam.create_policy_version(PolicyArn=change.name, PolicyDocument=text, SetAsDefault=True)
            case "identity" if change.after is None:
                getattr(iam, f"delete_{kind}_policy")(**{f"{kind.capitalize()}Name": name}, PolicyName=change.name)
            case "identity":
                put = getattr(iam, f"put_{kind}_policy")
                put(**{f"{kind.capitalize()}Name": name}, PolicyName=change.name, PolicyDocument=text)
