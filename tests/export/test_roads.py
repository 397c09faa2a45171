"""Beyond AWS's limits: the organisation or access points in place of the list of accounts, evaluated and alike."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.export.cloudformation_reader import Template
from tests.export.terraform_reader import module, parsed
from tests.export.test_terraform import misaligned
from wizard.answers.build import build
from wizard.diff import same
from wizard.export.access_points import QUOTA, AccessPoints
from wizard.export.formats import FORMATS, notes, render
from wizard.export.limits import excesses
from wizard.export.roads import roads
from wizard.plan import plan
from wizard.policy.evaluate import ALLOWED, IMPLICITLY_DENIED, UNDECIDED, Case, Policies, Request, evaluate

if TYPE_CHECKING:
    from wizard.export.files import ExportFile
    from wizard.export.roads import Road
    from wizard.plan import Plan

ORG, DST = "o-a1b2c3d4e5", "222222222222"
LONG = "team/" * 40  # a long path makes a fleet of few accounts too large
FIRST, OUTSIDE = "300000000000", "999999999999"
KEY = f"arn:aws:kms:ap-northeast-1:{DST}:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"


@cache
def fleet(
    accounts: int = 60, method: str = "bucket-policy", principals: str = f"role/{LONG}app", kms: str = ""
) -> Plan:
    raw: dict[str, Any] = {
        "name": "reports",
        "method": method,
        "source.accounts": [str(300_000_000_000 + number) for number in range(accounts)],
        "source.principals": principals.split(" "),
        "destination.account_id": DST,
        "buckets": [
            {"name": "bucket-one", "region": "ap-northeast-1", "prefix": "日本 ${x}/", "kms_key_arn": kms},
            {"name": "bucket-two", "region": "us-east-1", "prefix": "日本 ${x}/"},
            {"name": "bucket.three", "region": "us-east-1", "prefix": ""},
        ],
        "access.level": "read-write",
        "role.name": "RoleA",
        "role.external_id": "ticket:42",
        "guards.require_tls": True,
    }
    built = build(raw)
    assert not built.problems, built.problems
    return plan(built.setup)


def road(made: Plan, name: str) -> Road:
    return next(one for one in roads(made) if one.name == name)


def files_of(made: Plan, export_format: str, name: str) -> dict[str, ExportFile]:
    files = {file.path.removeprefix(f"{name}/"): file for file in render(made, export_format) if name in file.path}
    return {path: type(file)(path, file.text, file.executable) for path, file in files.items()}


def document(made: Plan, document_id: str, place: int = 0) -> dict[str, Any]:
    """Return a document with the organisation's id in place of what stands for it."""
    policy = [one.policy for one in made.of(document_id)][place]
    assert policy
    told: dict[str, Any] = json.loads(policy.text().replace("<organization id>", ORG))
    return told


def asked(
    policies: Policies,
    account: str,
    *,
    name: str = f"{LONG}app",
    organization: str = ORG,
    action: str = "s3:GetObject",
    resource: str = "arn:aws:s3:::bucket.three/a",
    **context: str,
) -> str:
    given = {
        "aws:PrincipalArn": f"arn:aws:iam::{account}:role/{name}",
        "aws:PrincipalAccount": account,
        "aws:SecureTransport": "true",
        **({"aws:PrincipalOrgID": organization} if organization else {}),
        **context,
    }
    caller = f"arn:aws:sts::{account}:assumed-role/{name.rpartition('/')[2]}/s"
    return evaluate(Case(Request(caller, action, resource, given), policies, account, DST)).result


FOUR = " ".join(f"role/{LONG}{letter}" for letter in "abcd")
ANY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
BLOCKED = {"RestrictPublicBuckets": True, "BlockPublicPolicy": True}


def test_nothing_that_is_too_large_is_written() -> None:
    made = fleet()
    assert excesses(made)
    for export_format in FORMATS:
        paths = [file.path for file in render(made, export_format)]
        assert paths[0] == "README.md"
        assert {path.partition("/")[0] for path in paths[1:]} <= {"organization", "access-points"}
    for way in roads(made):
        assert not excesses(way.plan)
        assert not way.plan.problems


def test_a_fleet_that_fits_is_exported_as_ever() -> None:
    made = fleet(3)
    assert not notes(made, "json", "", ())
    assert not any("README" in file.path for file in render(made, "json"))


def test_the_readme_has_the_arithmetic_and_what_follows() -> None:
    text = render(fleet(), "terraform")[0].text
    assert "for each of 60 source accounts" in text
    assert "60 accounts × 2 buckets = 120 access points in us-east-1" in text
    assert "60 accounts × 1 buckets = 60 access points in ap-northeast-1" in text
    assert f"{QUOTA:,}" in text
    assert "lets nobody in who wasn't asked for" in text
    assert r"\<organization id\>" in text


# ---- by the organisation


def test_by_the_organization_the_same_callers_come_in_and_nobody_else() -> None:
    way = road(fleet(), "organization")
    policies = Policies(
        identity=[document(way.plan, "source-identity")],
        resource=document(way.plan, "bucket", 2),
        block_public_access=BLOCKED,
    )
    assert asked(policies, FIRST) == ALLOWED
    assert asked(policies, "300000000059") == ALLOWED
    open_to_all = Policies(identity=[ANY], resource=policies.resource, block_public_access=BLOCKED)
    assert asked(open_to_all, OUTSIDE) != ALLOWED
    assert asked(Policies(resource=policies.resource), DST) != ALLOWED
    assert asked(open_to_all, FIRST, organization="o-ffffffffff") != ALLOWED
    assert asked(open_to_all, FIRST, organization="") != ALLOWED
    assert asked(open_to_all, FIRST, name="other") != ALLOWED
    assert asked(Policies(resource=policies.resource), FIRST) != ALLOWED


def test_where_the_accounts_do_not_fit_either_the_whole_organization_is_told_and_the_owner_stays_out() -> None:
    many = fleet(1500)
    way = road(many, "organization")
    assert any("more in than was asked for" in line for line in way.means)
    policies = Policies(identity=[ANY], resource=document(way.plan, "bucket", 2), block_public_access=BLOCKED)
    assert asked(policies, OUTSIDE) == ALLOWED
    assert asked(policies, OUTSIDE, name="other") != ALLOWED
    assert asked(policies, OUTSIDE, organization="o-ffffffffff") != ALLOWED
    # `*` would let a caller of the owner's own account in without an IAM policy.
    assert asked(Policies(resource=policies.resource), DST) != ALLOWED


@pytest.mark.parametrize("principals", ["permission-set/DataReader", "root", "permission-set/A role/app user/u"])
def test_every_kind_of_principal_keeps_its_name(principals: str) -> None:
    many = fleet(300, "bucket-policy", principals)
    way = road(many, "organization")
    text = json.dumps(document(way.plan, "bucket"))
    assert '"Principal": "*"' in text
    assert ":root" not in text
    assert ("aws:PrincipalArn" in text) == (principals != "root")
    if "DataReader" in principals:
        assert "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_DataReader_" in text


def test_a_trust_policy_goes_by_the_organization_with_its_external_id() -> None:
    made = fleet(100, "assume-role")
    (way,) = roads(made)
    trust = document(way.plan, "trust")
    given = {"sts:ExternalId": "ticket:42"}
    arn, role = "arn:aws:iam::222222222222:role/RoleA", "sts:AssumeRole"
    policies = Policies(identity=[ANY], trust=trust)
    assert asked(policies, FIRST, action=role, resource=arn, **given) == ALLOWED
    assert asked(policies, FIRST, action=role, resource=arn) != ALLOWED
    assert asked(policies, FIRST, action=role, resource=arn, organization="o-ffffffffff", **given) != ALLOWED
    assert asked(policies, FIRST, action=role, resource=arn, name="other", **given) != ALLOWED


def test_a_key_policy_that_is_too_large_goes_by_the_organization_on_both_ways() -> None:
    made = fleet(200, kms=KEY)
    assert {one.document_id for one in excesses(made)} == {"bucket", "key"}
    for way in roads(made):
        statement = document(way.plan, "key")["Statement"]
        assert statement[0]["Principal"] == "*"
        assert statement[0]["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == ORG
        assert statement[0]["Condition"]["StringEquals"]["kms:ViaService"] == "s3.ap-northeast-1.amazonaws.com"
        assert statement[1]["Principal"] == {"AWS": f"arn:aws:iam::{DST}:root"}


# ---- by access points


def test_the_bucket_lets_in_what_comes_by_an_access_point_of_the_setup_and_nothing_else() -> None:
    made = fleet()
    way = road(made, "access-points")
    points = AccessPoints(made.setup)
    bucket = made.setup.buckets[2]
    arn = points.arn(bucket.region, points.name(FIRST, bucket))
    policies = Policies(identity=[ANY], resource=document(way.plan, "bucket", 2), block_public_access=BLOCKED)
    by_point = {"s3:DataAccessPointAccount": DST, "s3:DataAccessPointArn": arn}
    # The evaluator models no access points: Unknown says that nothing but the access point's policy is in the way.
    assert asked(policies, FIRST, **by_point) == UNDECIDED
    assert asked(policies, FIRST) == IMPLICITLY_DENIED
    # So that it judges the conditions, keys that it does model stand in for the access point's.
    text = json.dumps(policies.resource)
    for key, stands in (("s3:DataAccessPointAccount", "aws:SourceAccount"), ("s3:DataAccessPointArn", "aws:SourceArn")):
        text = text.replace(key, stands)
    modelled = Policies(identity=[ANY], resource=text, block_public_access=BLOCKED)
    assert asked(modelled, FIRST, **{"aws:SourceAccount": DST, "aws:SourceArn": arn}) == ALLOWED
    assert asked(modelled, FIRST, **{"aws:SourceAccount": OUTSIDE, "aws:SourceArn": arn}) == IMPLICITLY_DENIED
    other = f"arn:aws:s3:us-east-1:{DST}:accesspoint/of-somebody-else"
    assert asked(modelled, FIRST, **{"aws:SourceAccount": DST, "aws:SourceArn": other}) == IMPLICITLY_DENIED


def test_an_access_point_names_one_consumer_whose_own_policy_reaches_it() -> None:
    made = fleet()
    points = AccessPoints(made.setup)
    own = document(road(made, "access-points").plan, "source-identity")
    for bucket in made.setup.buckets:
        name, theirs = (points.name(account, bucket) for account in (FIRST, "300000000001"))
        assert 3 <= len(name) <= 50
        arn = points.arn(bucket.region, name)

        def stood_in(policy: Any, arn: str = arn) -> Any:
            # The evaluator models no access points: a bucket stands in for one, and its objects for theirs.
            text = json.dumps(policy, ensure_ascii=False).replace("${aws:PrincipalAccount}", FIRST)
            digits = arn.rpartition("-")[2]
            text = text.replace(f"{FIRST}-{'?' * len(digits)}", f"{FIRST}-{digits}")
            return json.loads(text.replace(f"{arn}/object", "arn:aws:s3:::point").replace(arn, "arn:aws:s3:::point"))

        reached = {"resource": f"arn:aws:s3:::point/{bucket.prefix}a"}
        identity = [stood_in(own)]
        policies = Policies(identity=identity, resource=stood_in(points.policy(bucket, FIRST, name).to_json()))
        assert asked(policies, FIRST, **reached) == ALLOWED
        assert asked(policies, FIRST, action="s3:DeleteObject", **reached) == IMPLICITLY_DENIED
        listed = {"resource": "arn:aws:s3:::point", "action": "s3:ListBucket", "s3:prefix": bucket.prefix}
        assert asked(policies, FIRST, **listed) == ALLOWED
        of_another = stood_in(points.policy(bucket, "300000000001", name).to_json())
        assert asked(Policies(identity=identity, resource=of_another), FIRST, **reached) == IMPLICITLY_DENIED
        assert theirs not in json.dumps(identity)


def test_what_no_access_point_takes_is_left_out_and_said() -> None:
    raw = {"access.level": "custom", "access.actions": ["s3:GetLifecycleConfiguration", "s3:GetObject", "s3:List*"]}
    built = build(
        {
            "name": "reports",
            "method": "bucket-policy",
            "source.accounts": [str(300_000_000_000 + number) for number in range(60)],
            "source.principals": [f"role/{LONG}app"],
            "destination.account_id": DST,
            "bucket.name": "bucket-one",
            "bucket.region": "ap-northeast-1",
            **raw,
        }
    )
    way = road(plan(built.setup), "access-points")
    assert any("s3:GetLifecycleConfiguration" in line for line in way.means)
    assert "Lifecycle" not in json.dumps(document(way.plan, "bucket"))
    assert way.points
    bucket = built.setup.bucket
    assert "Lifecycle" not in way.points.policy(bucket, FIRST, way.points.name(FIRST, bucket)).text()


# ---- the formats lead to the same documents


@pytest.mark.parametrize("name", ["organization", "access-points"])
def test_terraform_renders_to_the_documents_of_the_way(name: str) -> None:
    made = fleet()
    way = road(made, name)
    files = files_of(made, "terraform", name)
    for path, file in files.items():
        assert misaligned(file.text) == [], path
        assert isinstance(parsed(file.text), dict), path
    found = module(files, "modules/destination", {"organization_id": ORG})
    policies = {one: two for group in (1, 2) for one, two in found[f"aws_s3_bucket_policy.buckets_{group}"].items()}
    for place, bucket in enumerate(made.setup.buckets):
        assert same(policies[bucket.name]["policy"], document(way.plan, "bucket", place))
    points = AccessPoints(made.setup)
    made_points = {
        one: two for group in (1, 2) for one, two in found.get(f"aws_s3_access_point.access_points_{group}", {}).items()
    }
    assert len(made_points) == (0 if name == "organization" else 60 * 3)
    for bucket in made.setup.buckets if made_points else ():
        point = made_points[f"{FIRST}/{bucket.name}"]
        called = points.name(FIRST, bucket)
        assert (point["name"], point["bucket"], point["region"]) == (called, bucket.name, bucket.region)
        assert same(point["policy"], points.policy(bucket, FIRST, called).to_json())
    root = files["main.tf"].text
    assert ('variable "organization_id"' in root) == (name == "organization")


def test_cloudformation_renders_to_the_documents_of_the_way() -> None:
    made = fleet()
    points = AccessPoints(made.setup)
    for name in ("organization", "access-points"):
        files = files_of(made, "cloudformation", name)
        way = road(made, name)
        for place, bucket in enumerate(made.setup.buckets):
            template = Template(files["reports-destination.yaml"].text, DST, bucket.region, {"OrganizationId": ORG})
            (one,) = [
                each["Properties"]
                for each in template.resources().values()
                if each["Properties"].get("Bucket") == bucket.name
            ]
            assert same(one["PolicyDocument"], document(way.plan, "bucket", place))
    for bucket in made.setup.buckets:
        (text,) = [file.text for path, file in files.items() if bucket.name in path]
        variable, accounts, body = yaml.safe_load(text)["Resources"]["Fn::ForEach::Consumers"]
        assert (variable, len(accounts)) == ("Account", 60)
        template = Template("Resources: {}", DST, bucket.region)
        template.values["Account"] = FIRST
        template.raw["Conditions"] = yaml.safe_load(text)["Conditions"]
        properties = template.resolved(body["AccessPoint${Account}"]["Properties"])
        called = points.name(FIRST, bucket)
        assert (properties["Name"], properties["Bucket"]) == (called, bucket.name)
        assert same(properties["Policy"], points.policy(bucket, FIRST, called).to_json())


def test_the_templates_are_clean_for_cfn_lint(tmp_path: Path) -> None:
    for place, file in enumerate(render(fleet(12, principals=FOUR), "cloudformation")[1:]):
        (tmp_path / f"{place}.yaml").write_text(file.text, encoding="utf-8")
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([linter, *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_json_has_every_access_point_with_its_policy() -> None:
    made = fleet()
    points = AccessPoints(made.setup)
    entries = json.loads(files_of(made, "json", "access-points")["destination/access-points.json"].text)
    assert len(entries) == len({entry["name"] for entry in entries}) == 60 * 3
    buckets = {bucket.name: bucket for bucket in made.setup.buckets}
    for entry in entries[::17]:
        assert entry["policy"] == points.policy(buckets[entry["bucket"]], entry["consumer"], entry["name"]).to_json()


def test_the_script_asks_for_the_organization_and_puts_it_in(tmp_path: Path) -> None:
    (script,) = [file for file in render(fleet(), "shell") if "destination" in file.path]
    assert script.path.startswith("organization/")
    body = script.text.replace('main "$@"', "")
    ask = 'undoing=0 organization=$1\norganization\nprintf "%s" "$document_1"\n'
    (tmp_path / "script.sh").write_text(body + ask, encoding="utf-8")
    done = subprocess.run(["bash", tmp_path / "script.sh", ORG], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == ORG
    done = subprocess.run(["bash", tmp_path / "script.sh", "o-x"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("name", ["organization", "access-points"])
def test_the_runbook_has_the_consequences_and_the_documents(name: str) -> None:
    made = fleet()
    files = files_of(made, "runbook", name)
    text = next(file.text for path, file in files.items() if path.endswith(".md"))
    assert "lets nobody in who wasn't asked for" in text
    if name == "access-points":
        assert "aws s3control create-access-point --account-id 222222222222 --name reports-300000000000-" in text
    assert all(len(file.text.encode()) <= 300_000 for file in files.values())
