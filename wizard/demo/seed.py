"""Fill the emulator with the two practice accounts, and write the files by which they are reached."""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wizard.demo.calls import Root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.demo.calls import Application

_WORLD = Path(__file__).with_name("world.json")
_SESSION_SECONDS = 12 * 60 * 60
_PRIVATE = 0o600


class Seed:
    """Sows the world of `world.json`; again after a reset, with the same credentials."""

    def __init__(self, application: Application, folder: Path, endpoint: str) -> None:
        self._application = application
        self._folder = folder
        self._endpoint = endpoint
        self._world: dict[str, Any] = json.loads(_WORLD.read_text(encoding="utf-8"))
        self._keys: dict[str, dict[str, str]] = {}
        self._profiles: dict[str, dict[str, str]] = {"default": {}}
        self.sessions: dict[str, dict[str, str]] = {}  # by the role's name, as STS names credentials

    async def sow(self) -> None:
        """Make both accounts, then write the config and the credentials file."""
        self._organization()
        for account in self._world["accounts"]:
            root = Root(self._application, account["id"], self._world["region"])
            for user in account.get("users", []):
                await self._user(root, user)
            for role in account.get("roles", []):
                await self._role(root, role)
            for key in account.get("keys", []):
                await _kms_key(root, key)
            for bucket in account.get("buckets", []):
                await _bucket(root, bucket)
            for endpoint in account.get("vpc_endpoints", []):
                _vpc_endpoint(root, endpoint)
        self._write_files()

    async def _user(self, root: Root, user: Mapping[str, Any]) -> None:
        name = user["name"]
        await root.iam("CreateUser", UserName=name, Path=user.get("path", "/"))
        for managed in user.get("managed", []):
            arn = f"arn:aws:iam::aws:policy/{managed}"
            await root.iam("AttachUserPolicy", UserName=name, PolicyArn=arn)
        for policy, document in user.get("inline", {}).items():
            text = json.dumps(document)
            await root.iam("PutUserPolicy", UserName=name, PolicyName=policy, PolicyDocument=text)
        from ministack.services import iam

        key = self._credentials(f"{root.account}/{name}", "AKIA")
        record = {
            "UserName": name,
            "AccessKeyId": key["aws_access_key_id"],
            "SecretAccessKey": key["aws_secret_access_key"],
            "Status": "Active",
            "CreateDate": _moment(time.time()),
        }
        # CreateAccessKey would choose another key at every reset.
        iam._access_keys.set_scoped(root.account, None, record["AccessKeyId"], record)  # noqa: SLF001 -- see above
        self._profiles[user["profile"]] = key

    async def _role(self, root: Root, role: Mapping[str, Any]) -> None:
        name = role["name"]
        await root.iam(
            "CreateRole",
            RoleName=name,
            Path=role.get("path", "/"),
            Description=role["description"],
            AssumeRolePolicyDocument=json.dumps(_trust(role)),
        )
        for policy, document in role.get("inline", {}).items():
            text = json.dumps(document)
            await root.iam("PutRolePolicy", RoleName=name, PolicyName=policy, PolicyDocument=text)
        # A session as AWS hands one to the role's service: nobody else may assume the role.
        from ministack.services import iam, sts

        key = self._credentials(f"{root.account}/{name}", "ASIA")
        role_id = iam._roles.get_scoped(root.account, None, name)["RoleId"]  # noqa: SLF001 -- as GetRole says
        session = {
            "Arn": f"arn:aws:sts::{root.account}:assumed-role/{name}/{role['session']}",
            "UserId": f"{role_id}:{role['session']}",
            "SecretAccessKey": key["aws_secret_access_key"],
            "SessionToken": key["aws_session_token"],
            "Expiration": time.time() + _SESSION_SECONDS,
            "AccountId": root.account,
            "PrincipalType": "AssumedRole",
            "SessionTags": [],
            "SessionPolicies": None,
        }
        sts.register_session(key["aws_access_key_id"], session)
        self.sessions[name] = {
            "AccessKeyId": key["aws_access_key_id"],
            "SecretAccessKey": key["aws_secret_access_key"],
            "Token": key["aws_session_token"],
            "Expiration": _moment(time.time() + _SESSION_SECONDS),
            "LastUpdated": _moment(time.time()),
        }
        for profile in role["profiles"]:
            self._profiles[profile] = key

    def _organization(self) -> None:
        """Make both accounts members of one organization; the emulator has one for each account."""
        from ministack.core.responses import request_scope
        from ministack.services import organizations

        management = self._world["accounts"][-1]["id"]
        chosen = self._world["organization_id"]
        for account in self._world["accounts"]:
            with request_scope(account["id"], self._world["region"]):
                organizations._ensure_org()  # noqa: SLF001 -- no call names the organization's id
                organizations._orgs["self"].update(  # noqa: SLF001 -- the same
                    Id=chosen,
                    Arn=f"arn:aws:organizations::{management}:organization/{chosen}",
                    MasterAccountArn=f"arn:aws:organizations::{management}:account/{chosen}/{management}",
                    MasterAccountId=management,
                )

    def _credentials(self, whose: str, kind: str) -> dict[str, str]:
        if whose not in self._keys:
            self._keys[whose] = {
                "aws_access_key_id": kind + base64.b32encode(secrets.token_bytes(10)).decode(),
                "aws_secret_access_key": base64.b64encode(secrets.token_bytes(30)).decode(),
            }
            if kind == "ASIA":
                self._keys[whose]["aws_session_token"] = base64.b64encode(secrets.token_bytes(96)).decode()
        return self._keys[whose]

    def _write_files(self) -> None:
        places = {"region": self._world["region"], "endpoint_url": self._endpoint}
        sections = {name if name == "default" else f"profile {name}": places for name in self._profiles}
        _write(self._folder / "config", sections)
        _write(self._folder / "credentials", self._profiles)


async def _kms_key(root: Root, key: Mapping[str, Any]) -> None:
    from ministack.services import kms

    new_uuid = kms.new_uuid
    kms.new_uuid = lambda: key["id"]  # the same ARN every time: answers files and guides can name it
    try:
        await root.kms("CreateKey", Description=key["description"])
    finally:
        kms.new_uuid = new_uuid
    await root.kms("CreateAlias", AliasName=key["alias"], TargetKeyId=key["id"])


async def _bucket(root: Root, bucket: Mapping[str, Any]) -> None:
    """Make a bucket; what isn't said is as S3 makes it: private, owner enforced, AES256."""
    name = bucket["name"]
    place = f"<LocationConstraint>{root.region}</LocationConstraint>"
    await root.s3_put(f"/{name}", f"<CreateBucketConfiguration>{place}</CreateBucketConfiguration>")
    if bucket.get("versioning"):
        on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        await root.s3_put(f"/{name}?versioning", on)
    if "kms_key" in bucket:
        key = f"arn:aws:kms:{root.region}:{root.account}:key/{bucket['kms_key']}"
        rule = f"<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>{key}</KMSMasterKeyID>"
        rule = f"<Rule><ApplyServerSideEncryptionByDefault>{rule}</ApplyServerSideEncryptionByDefault></Rule>"
        configuration = f"<ServerSideEncryptionConfiguration>{rule}</ServerSideEncryptionConfiguration>"
        await root.s3_put(f"/{name}?encryption", configuration)
    if "policy" in bucket:
        await root.s3_put(f"/{name}?policy", json.dumps(bucket["policy"]))
    for key, text in bucket["objects"].items():
        await root.s3_put(f"/{name}/{quote(key)}", text)


def _vpc_endpoint(root: Root, endpoint: Mapping[str, str]) -> None:
    from ministack.core.responses import request_scope
    from ministack.services import ec2

    with request_scope(root.account, root.region):
        ec2._vpc_endpoints[endpoint["id"]] = {  # noqa: SLF001 -- CreateVpcEndpoint chooses an id by chance
            "VpcEndpointId": endpoint["id"],
            "VpcEndpointType": "Gateway",
            "VpcId": endpoint["vpc"],
            "ServiceName": f"com.amazonaws.{root.region}.s3",
            "State": "available",
            "RouteTableIds": [],
            "SubnetIds": [],
            "OwnerId": root.account,
        }


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _trust(role: Mapping[str, Any]) -> dict[str, Any]:
    if "service" in role:
        statement = {"Effect": "Allow", "Principal": {"Service": role["service"]}, "Action": "sts:AssumeRole"}
    else:
        actions = ["sts:AssumeRoleWithSAML", "sts:TagSession"]
        statement = {"Effect": "Allow", "Principal": {"Federated": role["federated"]}, "Action": actions}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _write(path: Path, sections: Mapping[str, Mapping[str, str]]) -> None:
    blocks = [
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())
        for name, lines in sections.items()
    ]
    part = path.with_name(path.name + ".part")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(number, "w", encoding="utf-8") as out:
        out.write("\n".join(blocks))
    part.replace(path)
