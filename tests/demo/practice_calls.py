"""Arrange a scenario of the matrix in the practice accounts, and make its calls as its callers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3

    from wizard.demo import Practice

BUCKET = "s3-crossaccount-bucket01"
ENCRYPTED = "s3-crossaccount-encrypted01"
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
DENIED = {"AccessDenied", "AccessDeniedException", "InvalidAccessKeyId", "403"}
ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=10)


class World:
    """The practice accounts with one scenario's users, roles and policies in place."""

    def __init__(
        self,
        practice: Practice,
        clients: Callable[[str, str], Any],
        session: boto3.Session,
        scenario: dict[str, Any],
    ) -> None:
        self._practice = practice
        self._clients = clients
        self._scenario = scenario
        self._session = session
        self._made: dict[tuple[str, str], Any] = {}
        self._keys: dict[str, dict[str, str]] = {}
        practice.reset()
        self._arrange()

    def call(self, caller: str, call: str) -> str:
        """Make `call` as `caller`; return `allowed`, `denied`, or the error's code."""
        verb, *words = call.split()
        try:
            self._verbs()[verb](caller, *words)
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            return "denied" if code in DENIED else code
        return "allowed"

    def close(self) -> None:
        """Close the clients that were made for this scenario."""
        for client in self._made.values():
            client.close()

    def _arrange(self) -> None:
        scenario = self._scenario
        for user in scenario.get("users", []):
            self._user(user)
        if "role" in scenario:
            role = scenario["role"]
            self._iam("destination").create_role(
                RoleName=role["name"],
                Path=role["path"],
                AssumeRolePolicyDocument=_document(role["trust"]),
                MaxSessionDuration=scenario.get("role_seconds", 3600),
            )
        for who, statements in scenario.get("identity", {}).items():
            self._put_identity(who, statements)
        for who, statements in scenario.get("boundaries", {}).items():
            self._put_boundary(who, statements)
        for bucket, statements in scenario.get("bucket_policies", {}).items():
            self._put_bucket_policy(bucket, statements)
        if "key_policy" in scenario:
            kms = self._clients("destination-admin", "kms")
            kms.put_key_policy(KeyId=KEY, PolicyName="default", Policy=_document(scenario["key_policy"]))

    def _user(self, who: str) -> None:
        side, name = who.split(":user/")
        iam = self._iam(side)
        iam.create_user(UserName=name)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        self._keys[who] = {
            "aws_access_key_id": made["AccessKeyId"],
            "aws_secret_access_key": made["SecretAccessKey"],
        }
        for policy in self._scenario.get("managed", {}).get(who, []):
            iam.attach_user_policy(UserName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
        if who in self._scenario.get("inactive", []):
            iam.update_access_key(UserName=name, AccessKeyId=made["AccessKeyId"], Status="Inactive")

    def _put_identity(self, who: str, statements: list[Any]) -> None:
        side, thing = who.split(":")
        kind, name = thing.split("/")
        text = _document(statements)
        if kind == "user":
            self._iam(side).put_user_policy(UserName=name, PolicyName="scenario", PolicyDocument=text)
        else:
            self._iam(side).put_role_policy(RoleName=name, PolicyName="scenario", PolicyDocument=text)

    def _put_boundary(self, who: str, statements: list[Any]) -> None:
        side, name = who.split(":user/")
        policy = self._iam(side).create_policy(PolicyName="boundary", PolicyDocument=_document(statements))
        self._iam(side).put_user_permissions_boundary(UserName=name, PermissionsBoundary=policy["Policy"]["Arn"])

    def _put_bucket_policy(self, bucket: str, statements: list[Any]) -> None:
        side = "source" if bucket == "s3-crossaccount-source01" else "destination"
        s3 = self._clients(f"{side}-admin", "s3")
        if self._scenario.get("public_policy"):
            s3.put_public_access_block(
                Bucket=bucket,
                PublicAccessBlockConfiguration={"BlockPublicPolicy": False, "RestrictPublicBuckets": True},
            )
        s3.put_bucket_policy(Bucket=bucket, Policy=_document(statements))

    def _iam(self, side: str) -> Any:
        return self._clients(f"{side}-admin", "iam")

    def _client(self, caller: str, service: str) -> Any:
        """Return the client of a profile, of a user that was made, of `PROFILE>ROLE`, or of nobody."""
        if caller not in {"anonymous", *self._keys} and ">" not in caller:
            return self._clients(caller, service)
        if (caller, service) not in self._made:
            config = ONCE.merge(Config(signature_version=UNSIGNED)) if caller == "anonymous" else ONCE
            self._made[caller, service] = self._session.client(  # type: ignore[call-overload] # any service
                service,
                endpoint_url=self._practice.endpoint_url,
                config=config,
                **({} if caller == "anonymous" else self._credentials(caller)),
            )
        return self._made[caller, service]

    def _credentials(self, caller: str) -> dict[str, str]:
        if caller not in self._keys:
            profile, role = caller.split(">")
            role, narrowed, _ = role.partition("|session-policy")
            options = {"Policy": _document(self._scenario["session_policy"])} if narrowed else {}
            given = self._assume(profile, role, options)["Credentials"]
            self._keys[caller] = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        return self._keys[caller]

    def _assume(self, caller: str, role: str, options: dict[str, Any]) -> Any:
        arn = f"arn:aws:iam::{self._practice.destination_account}:role/{role}"
        options = {"RoleSessionName": "matrix", **options}
        return self._client(caller, "sts").assume_role(RoleArn=arn, **options)

    def _verbs(self) -> dict[str, Callable[..., object]]:
        def s3(caller: str) -> Any:
            return self._client(caller, "s3")

        def assume(caller: str, role: str, *words: str) -> object:
            names = {"external-id": "ExternalId", "session": "RoleSessionName", "seconds": "DurationSeconds"}
            options: dict[str, Any] = {}
            for name, _, value in (word.partition("=") for word in words):
                if name == "mfa":
                    serial = f"arn:aws:iam::{self._practice.source_account}:mfa/{caller}"
                    options |= {"SerialNumber": serial, "TokenCode": "123456"}
                else:
                    options[names[name]] = int(value) if name == "seconds" else value
            return self._assume(caller, role, options)

        return {
            "assume": assume,
            "list": lambda who, prefix="": s3(who).list_objects_v2(Bucket=BUCKET, Prefix=prefix),
            "list-versions": lambda who, prefix="": s3(who).list_object_versions(Bucket=BUCKET, Prefix=prefix),
            "list-buckets": lambda who: s3(who).list_buckets(),
            "head-bucket": lambda who: s3(who).head_bucket(Bucket=BUCKET),
            "get": lambda who, key, bucket=BUCKET: s3(who).get_object(Bucket=bucket, Key=key)["Body"].read(),
            "head": lambda who, key: s3(who).head_object(Bucket=BUCKET, Key=key),
            "get-tags": lambda who, key: s3(who).get_object_tagging(Bucket=BUCKET, Key=key),
            "put-tags": lambda who, key: s3(who).put_object_tagging(
                Bucket=BUCKET, Key=key, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
            ),
            "put": lambda who, key, bucket=BUCKET: s3(who).put_object(Bucket=bucket, Key=key, Body=b"new"),
            "delete": lambda who, key: s3(who).delete_object(Bucket=BUCKET, Key=key),
            "delete-many": lambda who, *keys: _delete_many(s3(who), keys),
            "multipart": lambda who, key: _multipart(s3(who), key),
            "copy": lambda who, source, target: s3(who).copy_object(
                CopySource=source, Bucket=target.split("/")[0], Key=target.split("/", 1)[1]
            ),
            "get-policy": lambda who: s3(who).get_bucket_policy(Bucket=BUCKET),
            "put-policy": lambda who: s3(who).put_bucket_policy(Bucket=BUCKET, Policy=_document([])),
            "get-lifecycle": lambda who: _lifecycle(s3(who)),
            "decrypt": self._decrypt,
        }

    def _decrypt(self, caller: str) -> object:
        sealed = self._clients("destination-admin", "kms").encrypt(KeyId=KEY, Plaintext=b"x")["CiphertextBlob"]
        return self._client(caller, "kms").decrypt(CiphertextBlob=sealed, KeyId=KEY)


def _document(statements: list[Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _delete_many(s3: Any, keys: tuple[str, ...]) -> None:
    answer = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys]})
    for error in answer.get("Errors", []):
        raise ClientError({"Error": error}, "DeleteObjects")


def _multipart(s3: Any, key: str) -> None:
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    part = {"Bucket": BUCKET, "Key": key, "UploadId": upload}
    tag = s3.upload_part(**part, PartNumber=1, Body=b"part")["ETag"]
    s3.list_parts(**part)
    s3.complete_multipart_upload(**part, MultipartUpload={"Parts": [{"ETag": tag, "PartNumber": 1}]})


def _lifecycle(s3: Any) -> None:
    try:
        s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)
    except ClientError as error:  # there is none: who learns that may read it
        if error.response["Error"]["Code"] != "NoSuchLifecycleConfiguration":
            raise
