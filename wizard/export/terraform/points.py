"""A fleet's access points in Terraform: one resource and one document for each consumer and bucket, by for_each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.export.access_points import DIGITS
from wizard.export.hcl import Block, Code, text
from wizard.export.marks import marks_for
from wizard.export.terraform.documents import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.export.access_points import AccessPoints


def local(points: AccessPoints, number: int, names: Sequence[str]) -> Code:
    """Return the map of a group's access points: by ACCOUNT/BUCKET, with account, bucket, region and name."""
    regions = {bucket.name: bucket.region for bucket in points.setup.buckets if bucket.name in names}
    region = text(points.setup.bucket.region)
    if set(regions.values()) != {points.setup.bucket.region}:
        listed = ", ".join(f"{text(name)} = {text(one)}" for name, one in regions.items())
        region = f"lookup({{ {listed} }}, pair[1], {region})"
    digits = f'substr(sha256(join("/", [{text(points.setup.name)}, pair[1]])), 0, {DIGITS})'
    return Code(
        "{\n"
        f'  for pair in setproduct(var.source_account_ids, local.buckets_{number}) : join("/", pair) => {{\n'
        "    account = pair[0]\n"
        "    bucket  = pair[1]\n"
        f"    region  = {region}\n"
        f'    name    = join("-", [{text(points.stem)}, pair[0], {digits}])\n'
        "  }\n"
        "}"
    )


def blocks(points: AccessPoints, provider: str, number: int, names: Sequence[str]) -> Iterator[Block]:
    """Yield the document and the access point of each consumer of a group of buckets that share a prefix."""
    account, name, region = marks_for(points.setup, "account", "name", "region")
    bucket = next(one for one in points.setup.buckets if one.name == names[0])
    policy = points.policy(replace(bucket, region=region), account, name)
    marks = {account: "each.value.account", name: "each.value.name", region: "each.value.region"}
    writer = Writer(points.setup, provider, {}, marks)
    called = f"access_points_{number}"
    each = Code(f"local.{called}")
    document = Block(f'data "aws_iam_policy_document" "{called}"').set("provider", Code(provider))
    yield document.set("for_each", each).add(*(writer.statement(one) for one in policy.statements))
    made = Block(f'resource "aws_s3_access_point" "{called}"').set("provider", Code(provider)).set("for_each", each)
    for key in ("region", "bucket", "name"):
        made.set(key, Code(f"each.value.{key}"))
    yield made.set("policy", Code(f"data.aws_iam_policy_document.{called}[each.key].json"))
