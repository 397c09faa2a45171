"""What a person finds in the practice accounts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

BUCKET = "s3-crossaccount-bucket01"
CALLERS = {
    "default": "arn:aws:sts::111111111111:assumed-role/app-ec2/i-0a1b2c3d4e5f60718",
    "source-admin": "arn:aws:iam::111111111111:user/admin",
    "cliuser": "arn:aws:iam::111111111111:user/cliuser",
    "nightly": "arn:aws:iam::111111111111:user/batch/nightly",
    "etl": "arn:aws:sts::111111111111:assumed-role/etl/nightly-load",
    "destination-admin": "arn:aws:iam::222222222222:user/admin",
    "analyst": "arn:aws:iam::222222222222:user/analyst",
}


@pytest.mark.parametrize(("profile", "arn"), CALLERS.items())
def test_each_profile_is_the_caller_it_says(clients: Clients, profile: str, arn: str) -> None:
    assert clients(profile, "sts").get_caller_identity()["Arn"] == arn


def test_the_bucket_is_found_with_everything_that_discovery_asks_for(clients: Clients) -> None:
    s3 = clients("destination-admin", "s3")
    here = {"Bucket": BUCKET, "ExpectedBucketOwner": "222222222222"}

    keys = [found["Key"] for found in s3.list_objects_v2(**here)["Contents"]]
    blocked = s3.get_public_access_block(**here)["PublicAccessBlockConfiguration"]
    owned = s3.get_bucket_ownership_controls(**here)["OwnershipControls"]["Rules"]

    assert s3.get_bucket_location(**here)["LocationConstraint"] == "ap-northeast-1"
    assert {key.split("/")[0] for key in keys} == {"README.txt", "incoming", "logs", "reports"}
    assert all(blocked.values())
    assert len(blocked) == 4
    assert owned == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert s3.get_bucket_versioning(**here)["Status"] == "Enabled"


def test_the_encrypted_bucket_names_its_key(clients: Clients) -> None:
    rules = clients("destination-admin", "s3").get_bucket_encryption(Bucket="s3-crossaccount-encrypted01")
    default = rules["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    key = clients("destination-admin", "kms").describe_key(KeyId="alias/s3-crossaccount")["KeyMetadata"]

    assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}


def test_both_accounts_are_in_one_organization(clients: Clients) -> None:
    ids = {
        clients(profile, "organizations").describe_organization()["Organization"]["Id"]
        for profile in ("source-admin", "destination-admin")
    }

    assert ids == {"o-practice01"}


def test_the_source_has_a_vpc_endpoint_for_s3(clients: Clients) -> None:
    found = clients("source-admin", "ec2").describe_vpc_endpoints()["VpcEndpoints"]

    assert [one["VpcEndpointId"] for one in found] == ["vpce-0a1b2c3d4e5f60718"]
    assert clients("destination-admin", "ec2").describe_vpc_endpoints()["VpcEndpoints"] == []


def test_nobody_of_the_source_gets_in_at_the_start(clients: Clients) -> None:
    for profile in ("default", "source-admin", "cliuser", "etl"):
        s3 = clients(profile, "s3")
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.list_objects_v2(Bucket=BUCKET)


def test_a_reset_gives_the_same_world_to_the_same_credentials(fresh_practice: Practice, clients: Clients) -> None:
    admin = clients("destination-admin", "s3")
    before = (fresh_practice.folder / "credentials").read_bytes()
    admin.put_object(Bucket=BUCKET, Key="mine.txt", Body=b"")
    clients("source-admin", "iam").delete_role_policy(RoleName="app-ec2", PolicyName="own-bucket")
    (fresh_practice.folder / "config").write_text("[profile mine]\n", encoding="utf-8")

    fresh_practice.reset()

    assert "mine.txt" not in [found["Key"] for found in admin.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert clients("source-admin", "iam").list_role_policies(RoleName="app-ec2")["PolicyNames"] == ["own-bucket"]
    assert (fresh_practice.folder / "credentials").read_bytes() == before
    assert "[profile source-admin]" in (fresh_practice.folder / "config").read_text(encoding="utf-8")


@pytest.mark.parametrize(("source", "caller"), [("Ec2InstanceMetadata", "app-ec2"), ("EcsContainer", "etl")])
def test_a_profile_can_take_its_credentials_from_the_machine(
    fresh_practice: Practice, practice_environment: dict[str, str], clients: Clients, source: str, caller: str
) -> None:
    anybody = {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    clients("destination-admin", "iam").create_role(
        RoleName="RoleA", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    )
    clients("source-admin", "iam").put_role_policy(
        RoleName=caller,
        PolicyName="assume",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}),
    )
    with (fresh_practice.folder / "config").open("a", encoding="utf-8") as config:
        config.write("\n[profile machine]\nrole_arn = arn:aws:iam::222222222222:role/RoleA\n")
        config.write(f"credential_source = {source}\nregion = ap-northeast-1\n")
    sts = boto3.Session(profile_name="machine").client("sts")

    assert practice_environment["AWS_CONFIG_FILE"] == str(fresh_practice.folder / "config")
    assert sts.get_caller_identity()["Arn"].startswith("arn:aws:sts::222222222222:assumed-role/RoleA/")
    sts.close()
