"""Whatever the format, it leads to the documents of the plan: over generated setups of every method and variant."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.export.cloudformation_reader import Template
from tests.export.terraform_reader import module, parsed
from tests.generated_setups import DST, SRC, raw_answers
from wizard.answers.build import build
from wizard.diff import same
from wizard.export.formats import FORMATS, render
from wizard.plan import plan

if TYPE_CHECKING:
    from wizard.export.files import ExportFile
    from wizard.plan import Plan
    from wizard.policy.document import Document

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def made(raw: dict[str, Any]) -> Plan:
    built = build(raw)
    assert not built.problems
    return plan(built.setup)


def files_of(planned: Plan, export_format: str) -> dict[str, ExportFile]:
    return {file.path: file for file in render(planned, export_format)}


def ours(document: Document) -> dict[str, Any]:
    """Return a document without the statement of a key's owner, which is never added by us."""
    assert document.policy
    policy = document.policy.to_json()
    return {**policy, "Statement": [one for one in policy["Statement"] if one["Sid"] != "Enable IAM User Permissions"]}


def expect(found: Any, documents: list[Document]) -> None:
    assert documents
    for document in documents:
        assert same(found, ours(document)), (found, ours(document))


@MANY
@given(raw_answers())
def test_json_has_each_document_in_a_file_of_its_own(raw: dict[str, Any]) -> None:
    planned = made(raw)
    files = files_of(planned, "json")
    index = json.loads(files["documents.json"].text)["documents"]
    assert [entry["id"] for entry in index] == [document.id for document in planned.documents]
    for entry, document in zip(index, planned.documents, strict=True):
        if document.policy:
            assert json.loads(files[entry["file"]].text) == document.policy.to_json()
    assert len(files) == len({path.lower() for path in files})


@MANY
@given(raw_answers())
def test_the_scripts_hold_the_documents_of_the_plan(raw: dict[str, Any]) -> None:
    planned = made(raw)
    held = [json.loads(text) for file in files_of(planned, "shell").values() for text in quoted_documents(file.text)]
    policies = [one for one in held if isinstance(one, dict)]
    statements = [statement for one in held if isinstance(one, list) for statement in one]
    for document in planned.needed():
        if document.id in {"bucket", "key"}:
            for statement in ours(document)["Statement"]:
                assert statement in statements
        elif not document.managed_policy_arn:
            assert any(same(one, ours(document)) for one in policies)


def quoted_documents(script: str) -> list[str]:
    """Return the values of the script's variables document_N, unquoted as bash does."""
    found = re.findall(r"^document_\d+=((?:'[^']*'|\"'\")+)$", script, re.MULTILINE)
    return [re.sub(r"'([^']*)'|\"'\"", lambda part: part[1] if part[1] is not None else "'", one) for one in found]


@MANY
@given(raw_answers())
def test_the_templates_lead_to_the_documents_of_the_plan(raw: dict[str, Any]) -> None:
    planned = made(raw)
    region = planned.setup.bucket.region
    files = files_of(planned, "cloudformation")
    documents = {one.id: [two for two in planned.needed() if two.id == one.id] for one in planned.documents}
    for side, account in (("source", SRC), ("destination", DST)):
        file = files.get(f"{planned.setup.name}-{side}.yaml")
        if file is None:
            continue
        template = Template(file.text, account, region, {"ConfirmLockout": planned.setup.bucket.name})
        for resource in template.resources().values():
            own = resource["Properties"]
            match resource["Type"]:
                case "AWS::S3::BucketPolicy":
                    expect(own["PolicyDocument"], documents["bucket"])
                case "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy":
                    expect(own["PolicyDocument"], documents["source-identity"])
                case _:
                    expect(own["Policies"][0]["PolicyDocument"], documents["destination-identity"])
                    if "AssumeRolePolicyDocument" in own:
                        expect(own["AssumeRolePolicyDocument"], documents["trust"])
        for left in template.by_hand():
            if ":key/" in left.get("Target", ""):
                expect(left["Document"], documents["key"])
    kinds = [
        one["Type"] for file in files.values() for one in Template(file.text, DST, region).raw["Resources"].values()
    ]
    assert kinds.count("AWS::S3::BucketPolicy") == len(documents["bucket"])
    if documents["destination-identity"]:
        assert {"AWS::IAM::Role", "AWS::IAM::User"} & set(kinds)


@MANY
@given(raw_answers())
def test_the_terraform_modules_render_to_the_documents_of_the_plan(raw: dict[str, Any]) -> None:
    planned = made(raw)
    files = files_of(planned, "terraform")
    documents = {one.id: [two for two in planned.needed() if two.id == one.id] for one in planned.documents}
    for path, file in files.items():
        assert isinstance(parsed(file.text), dict), path
    for folder in {path.rpartition("/")[0] for path in files if path.startswith("modules/")}:
        keys = {document.attach_to: "{}" for document in documents["key"]}
        bucket = planned.setup.bucket.name
        made_here = module(files, folder, {"existing_key_policies": keys, "confirm_lockout": bucket})
        for address, found in made_here.items():
            instances = list(found.values()) if "policy" not in found and "name" not in found else [found]
            for one in instances:
                check_resource(address, one, documents)
        if folder.endswith("destination"):
            assert ("aws_s3_bucket_policy.buckets_1" in made_here) == bool(documents["bucket"])


def check_resource(address: str, found: dict[str, Any], documents: dict[str, list[Document]]) -> None:
    kind, _dot, name = address.partition(".")
    side = "source-identity" if name == "callers" or kind == "aws_iam_policy" else "destination-identity"
    if kind == "aws_s3_bucket_policy":
        expect(found["policy"], documents["bucket"])
    elif kind == "aws_kms_key_policy":
        expect(found["policy"], documents["key"])
    elif kind in {"aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_policy"}:
        expect(found["policy"], documents[side])
    elif kind == "aws_iam_role":
        expect(found["assume_role_policy"], documents["trust"])


@MANY
@given(raw_answers())
def test_the_runbook_shows_the_documents_of_the_plan(raw: dict[str, Any]) -> None:
    planned = made(raw)
    text = next(file.text for path, file in files_of(planned, "runbook").items() if path.endswith(".md"))
    shown = [json.loads(one) for one in re.findall(r"^(?:`{3,})json\n(.*?)\n`{3,}$", text, re.MULTILINE | re.DOTALL)]
    statements = [statement for one in shown for statement in one["Statement"]]
    for document in planned.needed():
        for statement in ours(document)["Statement"]:
            assert statement in statements


@pytest.mark.parametrize("export_format", FORMATS)
def test_rendering_twice_gives_the_same(export_format: str) -> None:
    raw = {
        "method": "assume-role",
        "source.account_id": SRC,
        "source.principals": ["role/app-ec2"],
        "destination.account_id": DST,
        "bucket.name": "s3-crossaccount-bucket01",
        "bucket.region": "ap-northeast-1",
        "role.name": "RoleA",
    }
    assert render(made(raw), export_format) == render(made(raw), export_format)
