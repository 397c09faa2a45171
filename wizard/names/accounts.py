"""AWS account ids, regions, partitions and organisation-wide ids."""

from __future__ import annotations

import re
import unicodedata

from wizard.errors import BadInputError
from wizard.names.understood import Understood, half_width, intention, is_unseen
from wizard.text import _

ACCOUNT_DIGITS = 12
PARTITIONS = ("aws", "aws-cn", "aws-us-gov")

# The regions of today are for suggestions only: a region opened tomorrow must be accepted.
REGIONS = (
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
)
_AREAS = "af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov"
_DIRECTIONS = "central|north|south|east|west|northeast|northwest|southeast|southwest"
# Patterns are compiled when they are first used: the wizard's first question doesn't wait for them.
_REGION = rf"(?:{_AREAS})-(?:{_DIRECTIONS})-[0-9]{{1,2}}"
_LOOSE_ID = r"(?<![0-9A-Za-z-])\d{4}[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])(?!-\d)"
_IN_ARN = r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):"


def account_id(text: str) -> Understood[str]:
    """Read a 12-digit account id: bare, as `1111-2222-3333`, full-width, or inside an ARN or a console URL.

    Raises BadInputError where there is none, or more than one.
    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
    """
    plain = half_width(text)
    if re.fullmatch(r"\d{12}", plain.value, re.ASCII):
        return plain
    in_arn = re.match(_IN_ARN, plain.value, re.ASCII)
    loose = [in_arn[1]] if in_arn else re.findall(_LOOSE_ID, plain.value, re.ASCII)
    found = sorted({re.sub(r"\D", "", match) for match in loose})
    if len(found) == 1:
        note = _("The account id {id} was taken out of what you typed.").format(id=found[0])
        return Understood(found[0], note)
    if len(found) > 1:
        raise BadInputError(
            _("More than one account id: {ids}.").format(ids=", ".join(found)),
            mend=_("Type the one that is meant."),
        )
    raise _no_account_id(plain.value)


def _no_account_id(plain: str) -> BadInputError:
    digits = re.sub(r"[-\s]", "", plain)
    why = _("An AWS account id has exactly 12 digits, as in 111122223333.")
    mend = _("Look it up with `aws sts get-caller-identity`, or in the console under the account's name.")
    if not plain:
        return BadInputError(_("The account id is empty."), why=why, mend=mend)
    if digits.isdecimal() and digits.isascii():
        count = len(digits)
        return BadInputError(_("{value} has {count} digits.").format(value=plain, count=count), why=why, mend=mend)
    return BadInputError(_("{value} is no account id.").format(value=printable(plain)), why=why, mend=mend)


def printable(text: str, limit: int = 80) -> str:
    """Return a text fit for a message: control characters escaped, shortened to `limit` characters."""
    shown = "".join(
        char.encode("unicode_escape").decode()
        if is_unseen(char) or (unicodedata.category(char)[0] in "CZ" and char != " ")
        else char
        for char in text[: limit + 1]
    )
    return shown if len(text) <= limit else shown[:limit] + "…"


def region(text: str) -> Understood[str]:
    """Read a region's code, such as `ap-northeast-1`; one that is new since this release is accepted.

    https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    """
    plain = half_width(text)
    value = plain.value.lower()
    if re.fullmatch(_REGION, value):
        if value not in REGIONS:
            return Understood(value, _("{region} is not among the regions known to this release.").format(region=value))
        return Understood(value, plain.note)
    raise BadInputError(
        _("{value} is no AWS region.").format(value=printable(plain.value) or "''"),
        why=_("A region is written as its code, as in ap-northeast-1."),
        mend=intention(value, REGIONS),
    )


def partition(region_code: str) -> str:
    """Return the partition of a region: `aws`, `aws-cn` or `aws-us-gov`."""
    if region_code.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region_code.startswith("us-gov-") else "aws"


def dns_suffix(region_code: str) -> str:
    """Return the domain under which a region's endpoints are."""
    return "amazonaws.com.cn" if partition(region_code) == "aws-cn" else "amazonaws.com"


def vpc_endpoint_id(text: str) -> Understood[str]:
    """Read a VPC endpoint's id: `vpce-` and 8 or 17 hexadecimal digits."""
    plain = half_width(text)
    if re.fullmatch(r"vpce-(?:[0-9a-f]{8}|[0-9a-f]{17})", plain.value):
        return plain
    raise BadInputError(
        _("{value} is no VPC endpoint id.").format(value=printable(plain.value) or "''"),
        why=_("It is written as vpce- and 17 (older ones: 8) hexadecimal digits, as in vpce-0123456789abcdef0."),
        mend=_("List them with `aws ec2 describe-vpc-endpoints` in the source account."),
    )


def organization_id(text: str) -> Understood[str]:
    """Read an organisation's id: `o-` and 10 to 32 lower-case letters or digits; empty means none.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
    """
    plain = half_width(text)
    if not plain.value or re.fullmatch(r"o-[a-z0-9]{10,32}", plain.value):
        return plain
    raise BadInputError(
        _("{value} is no organization id.").format(value=printable(plain.value)),
        why=_("It is written as o- and 10 to 32 lower-case letters or digits, as in o-a1b2c3d4e5."),
        mend=_("Look it up with `aws organizations describe-organization`."),
    )
