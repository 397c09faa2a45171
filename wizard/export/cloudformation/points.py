"""A fleet's access points in CloudFormation: a template for each bucket and so many consumers, by Fn::ForEach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.export import yaml
from wizard.export.files import ExportFile, file_name
from wizard.export.marks import marks_for
from wizard.export.templates import filled, template
from wizard.plan.sizes import compact
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.export.access_points import AccessPoints
    from wizard.setup import Bucket

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (resources, template body)
_RESOURCES, _PROCESSED_BYTES = 500, 900_000
_EACH = "${Account}"


def render(points: AccessPoints, stack: str) -> Iterator[ExportFile]:
    """Yield the templates. A stack has at most 500 resources and a megabyte, so that a bucket may need several."""
    accounts = points.setup.source.account_ids
    for bucket in points.setup.buckets:
        policy = _policy(points, bucket)
        size = min(_RESOURCES, max(1, _PROCESSED_BYTES // (len(compact(policy).encode()) + 300)))
        batches = [accounts[start : start + size] for start in range(0, len(accounts), size)]
        for number, batch in enumerate(batches, start=1):
            stem = f"{stack}-{bucket.name}" + (f"-{number}" if len(batches) > 1 else "")
            name = f"access-points/{file_name(stem)}.yaml"
            values = {"FILE": name, "STACK": file_name(stem.replace(".", "-")), "REGION": bucket.region}
            head = filled(template("cloudformation/points_header.txt"), values)
            lines = "".join(f"# {line}".rstrip() + "\n" for line in head.splitlines())
            yield ExportFile(name, lines + yaml.dump(_template(points, bucket, batch, policy)))


def _policy(points: AccessPoints, bucket: Bucket) -> Any:
    account, name = marks_for(points.setup, "account", "name")
    made = points.policy(bucket, account, name).to_json()
    return _substituted(made, {account: _EACH, name: points.name(_EACH, bucket)})


def _template(points: AccessPoints, bucket: Bucket, accounts: Sequence[str], policy: Any) -> dict[str, Any]:
    said = _("Access points of {bucket} for {count} accounts").format(bucket=bucket.name, count=len(accounts))
    here = {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "AWS::Region"}, bucket.region]},
            {"Fn::Equals": [{"Ref": "AWS::AccountId"}, points.setup.destination_account]},
        ]
    }
    properties = {
        "Name": {"Fn::Sub": points.name(_EACH, bucket)},
        "Bucket": bucket.name,
        "Policy": policy,
    }
    made = {"Type": "AWS::S3::AccessPoint", "Condition": "IsHere", "Properties": properties}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": said,
        "Transform": "AWS::LanguageExtensions",
        "Conditions": {"IsHere": here},
        "Resources": {"Fn::ForEach::Consumers": ["Account", list(accounts), {f"AccessPoint{_EACH}": made}]},
    }


def _substituted(value: Any, marks: dict[str, str]) -> Any:
    """Return a policy in which Fn::Sub puts each account; what is `${` in the policy itself stays plain."""
    if isinstance(value, dict):
        return {key: _substituted(one, marks) for key, one in value.items()}
    if isinstance(value, list):
        return [_substituted(one, marks) for one in value]
    if not isinstance(value, str) or not any(mark in value for mark in marks):
        return value
    text = value.replace("${", "${!")
    for mark, stands in marks.items():
        text = text.replace(mark, stands)
    return {"Fn::Sub": text}
