"""What the values of particular condition keys look like: ids, accounts, regions, ARNs, closed sets."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.policy.checks.accounts import check_account
from wizard.policy.checks.arns import ACCOUNT, FULL_WIDTH, parse, partition_of
from wizard.policy.checks.keys import key_type
from wizard.policy.checks.nearest import nearest
from wizard.policy.checks.regions import check_region
from wizard.policy.checks.resources import FIXED_ACCOUNTS
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.policy.checks.case import Case, Test
    from wizard.policy.checks.node import Node

_IDS: dict[str, tuple[re.Pattern[str], str]] = {
    "aws:sourcevpce": (re.compile(r"vpce-(?:[0-9a-f]{8}|[0-9a-f]{17})"), "vpce-0123456789abcdef0"),
    "aws:sourcevpc": (re.compile(r"vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})"), "vpc-0123456789abcdef0"),
    "aws:ec2instancesourcevpc": (re.compile(r"vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})"), "vpc-0123456789abcdef0"),
    "aws:principalorgid": (re.compile(r"o-[a-z0-9]{10,32}"), "o-a1b2c3d4e5"),
    "aws:resourceorgid": (re.compile(r"o-[a-z0-9]{10,32}"), "o-a1b2c3d4e5"),
    "aws:sourceorgid": (re.compile(r"o-[a-z0-9]{10,32}"), "o-a1b2c3d4e5"),
    "aws:vpceorgid": (re.compile(r"o-[a-z0-9]{10,32}"), "o-a1b2c3d4e5"),
}
_ORG_PATH = re.compile(r"o-[a-z0-9*?]{1,32}(?:/(?:r-[a-z0-9*?]{1,32}|\*)(?:/(?:ou-[a-z0-9*?-]{1,68}|\*))*)?/?\*?")
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_ORG_PATHS = ("aws:principalorgpaths", "aws:resourceorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths")
_ACCOUNTS = (
    "aws:sourceaccount", "aws:principalaccount", "aws:resourceaccount", "aws:vpceaccount", "aws:sourceowner",
    "s3:resourceaccount", "s3:dataaccesspointaccount", "kms:calleraccount",
)  # fmt: skip
_VIA_SERVICE = re.compile(r"[a-z0-9-]+\.[a-z0-9*?-]+\.amazonaws\.com(?:\.cn)?|\*.*")
_GRANTS = tuple(f"s3:x-amz-grant-{name}" for name in ("full-control", "read", "read-acp", "write", "write-acp"))
_PREFIXES = ("s3:prefix", "s3:annotation-prefix")


@cache
def closed_sets() -> Mapping[str, tuple[str, ...]]:
    """Return the keys (in lower case) that have a closed set of values."""
    raw = json.loads((Path(__file__).parent / "data" / "values.json").read_text(encoding="utf-8"))
    return {key: tuple(values) for key, values in raw["values"].items()}


def wrong(case: Case, node: Node, message: str, meant: str | None = None, kind: str = "bad-condition-value") -> None:
    """Say what is wrong with a value, and what it should be where that is certain."""
    case.give_up(node)
    case.sheet.about(kind, node, message, suggestion=meant)
    if meant and node.kind == "string":
        case.sheet.edit_string(node, meant)


def check_for_key(case: Case, test: Test, node: Node) -> None:
    """Check a value by what its key can have."""
    if test.operator.family == "Null":
        return
    check = _BY_KEY.get(test.name)
    if check is not None:
        check(case, test, node)
    elif test.name in closed_sets():
        _check_set(case, test, node)
    elif _is_arn_key(test.name):
        _check_arn_value(case, node)


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


def _is_arn_key(name: str) -> bool:
    found = key_type(name)
    return found is not None and found.type == "ARN"


def _check_id(case: Case, test: Test, node: Node) -> None:
    pattern, example = _IDS[test.name]
    if _has_wildcard(node.value) or pattern.fullmatch(node.value):
        return
    plain = node.value.strip().lower()
    meant = plain if pattern.fullmatch(plain) else None
    message = _("{value} is no such id: it is written like {example}.")
    wrong(case, node, message.format(value=quoted(node.value), example=example), meant, "malformed-id")


def _check_org_path(case: Case, _test: Test, node: Node) -> None:
    if not _ORG_PATH.fullmatch(node.value) and node.value != "*":
        message = _("{value} is no path of an organization: o-id/r-id/ou-id/.").format(value=quoted(node.value))
        wrong(case, node, message, None, "malformed-id")


def _check_prefix(case: Case, test: Test, node: Node) -> None:
    if node.value.startswith(("s3://", "arn:")):
        message = _("{key} is what keys begin with, without the bucket: {value} never is.")
        text = message.format(key=test.key.key, value=quoted(node.value))
        wrong(case, node, text, re.sub(r"\A(?:s3://|arn:[^:]*:s3:::)[^/]*/?", "", node.value) or None)
    elif node.value.startswith("/"):
        message = _("A key doesn't begin with a slash, so this prefix finds nothing.")
        case.sheet.about("prefix-leading-slash", node, message, suggestion=node.value.lstrip("/"))


def _check_kms_key(case: Case, _test: Test, node: Node) -> None:
    """S3 compares with the key's ARN, never with its id or an alias."""
    arn = parse(node.value)
    if (arn and arn.resource.startswith("alias/")) or (arn is None and not _has_wildcard(node.value)):
        message = _("S3 compares with the key's ARN (arn:…:kms:…:key/…): {value} never matches.")
        wrong(case, node, message.format(value=quoted(node.value)))
    elif arn:
        _check_arn_value(case, node)


def _check_copy_source(case: Case, _test: Test, node: Node) -> None:
    if node.value.startswith(("s3://", "arn:")):
        message = _("A copy's source is written bucket/key, not {value}.").format(value=quoted(node.value))
        wrong(case, node, message, re.sub(r"\A(?:s3://|arn:[^:]*:s3:::)", "", node.value))


def _check_grantee(case: Case, test: Test, node: Node) -> None:
    if "=" not in node.value and not _has_wildcard(node.value):
        message = _("A grantee is written id=…, uri=… or emailAddress=…, not {value}: {key} has it as in the header.")
        meant = f"id={node.value}" if re.fullmatch(r"[0-9a-f]{64}", node.value) else None
        wrong(case, node, message.format(value=quoted(node.value), key=test.key.key), meant)


def _check_location(case: Case, _test: Test, node: Node) -> None:
    if node.value not in ("", "EU") and not _has_wildcard(node.value):
        check_region(case, node, node.value)


def _check_source_arn(case: Case, _test: Test, node: Node) -> None:
    """Check what a service calls for: S3 for a bucket, never for objects; CloudFront for a global distribution."""
    arn = parse(node.value)
    if arn and arn.service == "s3" and not arn.account and "/" in arn.resource:
        message = _("aws:SourceArn of S3 is the bucket's ARN, never an object's: this never matches.")
        meant = str(arn._replace(resource=arn.resource.partition("/")[0]))
        case.sheet.about("condition-never-true", node, message, suggestion=meant, severity="warning")
    elif arn and arn.service == "cloudfront" and (arn.region not in ("", "*") or not arn.account):
        message = _("A distribution's ARN has an account and no region: arn:aws:cloudfront::account:distribution/id.")
        wrong(case, node, message, str(arn._replace(region="")) if arn.account else None)
    else:
        _check_arn_value(case, node)


def _check_external_id(case: Case, test: Test, node: Node) -> None:
    if not node.value.strip("*?") and node.value and "Like" in test.operator.name:
        message = _("{value} is any external id: this doesn't keep others out. Name the id that was agreed on.")
        case.sheet.about("any-external-id", node, message.format(value=quoted(node.value)))
    elif not _has_wildcard(node.value) and not _EXTERNAL_ID.fullmatch(node.value):
        message = _("{value} can't be an external id: 2 to 1,224 letters, digits and +=,.@:/-_.")
        wrong(case, node, message.format(value=quoted(node.value)))


def _check_account(case: Case, _test: Test, node: Node) -> None:
    value = node.value
    if _has_wildcard(value):
        return
    if ACCOUNT.fullmatch(value):
        if node.kind == "string":
            check_account(case, node, value)
        return
    plain = re.sub(r"[\s-]", "", value.translate(FULL_WIDTH))
    meant = plain if ACCOUNT.fullmatch(plain) else None
    message = _("{account} is no account id: twelve digits, without hyphens.").format(account=quoted(value))
    wrong(case, node, message, meant, "malformed-account-id")


def _check_via(case: Case, _test: Test, node: Node) -> None:
    value = node.value
    region = case.context.region
    if not _VIA_SERVICE.fullmatch(value):
        end = ".amazonaws.com"
        meant = value.replace(end, f".{region}{end}") if region and value.count(".") == end.count(".") else None
        message = _("{value} names no region: kms:ViaService is written s3.ap-northeast-1.amazonaws.com.")
        wrong(case, node, message.format(value=quoted(value)), meant)
        return
    found = value.split(".")[1]
    if region and "*" not in found and "?" not in found and found != region:
        message = _("The bucket is in {region}, not in {found}: this never matches.")
        text = message.format(region=region, found=found)
        wrong(case, node, text, value.replace(found, region), "other-region")


def _check_principal_arn(case: Case, _test: Test, node: Node) -> None:
    arn = parse(node.value)
    if arn is None:
        if "*" not in node.value:
            message = _("aws:PrincipalArn is an ARN, not {value}.").format(value=quoted(node.value))
            wrong(case, node, message)
    elif arn.service == "sts" and arn.resource.startswith("assumed-role/"):
        role = arn.resource.split("/")[1]
        meant = str(arn._replace(service="iam", resource=f"role/{role}"))
        message = _("aws:PrincipalArn of a session is the role's ARN: this never matches.")
        wrong(case, node, message, meant, "condition-never-true")
    else:
        _check_arn_value(case, node)


def _check_arn_value(case: Case, node: Node) -> None:
    """Check the partition and the account of an ARN that a condition compares with."""
    arn = parse(node.value)
    if arn is None and not _has_wildcard(node.value):
        message = _("{value} is no whole ARN: arn:partition:service:region:account:resource, empty parts too.")
        wrong(case, node, message.format(value=quoted(node.value)))
    if arn is None or "*" in arn.partition:
        return
    if (
        arn.account
        and not ACCOUNT.fullmatch(arn.account)
        and not set(arn.account) & set("*?$")
        and arn.account not in FIXED_ACCOUNTS
    ):
        plain = re.sub(r"[\s-]", "", arn.account.translate(FULL_WIDTH))
        meant = str(arn._replace(account=plain)) if ACCOUNT.fullmatch(plain) else None
        message = _("{account} is no account id: twelve digits, without hyphens.")
        wrong(case, node, message.format(account=quoted(arn.account)), meant, "malformed-account-id")
        return
    wanted = case.context.partition or (partition_of(case.context.region) if case.context.region else "")
    if wanted and arn.partition != wanted:
        message = _("The ARN is of the partition {partition}; the setup is in {wanted}.")
        text = message.format(partition=arn.partition, wanted=wanted)
        wrong(case, node, text, str(arn._replace(partition=wanted)), "wrong-partition")


def _check_region(case: Case, _test: Test, node: Node) -> None:
    if not _has_wildcard(node.value):
        check_region(case, node, node.value)


def _check_set(case: Case, test: Test, node: Node) -> None:
    allowed = closed_sets()[test.name]
    value = node.value
    if value in allowed or _has_wildcard(value):
        return
    meant = nearest(value, allowed)
    message = _("{key} is never {value}: it is one of {values}.")
    text = message.format(key=test.key.key, value=quoted(value), values=", ".join(allowed))
    case.sheet.about("bad-condition-value", node, text, suggestion=meant, severity="warning")
    case.give_up(node)


_BY_KEY: dict[str, Callable[[Case, Test, Node], None]] = {
    **dict.fromkeys(_IDS, _check_id),
    **dict.fromkeys(_ORG_PATHS, _check_org_path),
    **dict.fromkeys(_ACCOUNTS, _check_account),
    **dict.fromkeys(_PREFIXES, _check_prefix),
    **dict.fromkeys(_GRANTS, _check_grantee),
    "sts:externalid": _check_external_id,
    "kms:viaservice": _check_via,
    "aws:sourcearn": _check_source_arn,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": _check_kms_key,
    "s3:x-amz-copy-source": _check_copy_source,
    "s3:locationconstraint": _check_location,
    "aws:principalarn": _check_principal_arn,
    "aws:requestedregion": _check_region,
}
