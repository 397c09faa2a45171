"""ARNs: their six parts, and the ones that an answers file takes (KMS keys, exempt principals, MFA devices)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.errors import BadInputError
from wizard.names.accounts import PARTITIONS, printable
from wizard.names.understood import Understood, half_width
from wizard.text import _

_PARTS = 6
_KEY = r"key/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`."""

    partition: str
    service: str
    region: str
    account_id: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account_id}:{self.resource}"


def parse(text: str) -> Arn | None:
    """Return the parts of an ARN, or None for a text that is none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    parts = text.split(":", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
        return None
    return Arn(*parts[1:])


def in_partition(arn: Arn, partition: str) -> None:
    """Refuse an ARN of another partition: an access path never leaves its partition."""
    if arn.partition != partition:
        raise BadInputError(
            _("{arn} is of the partition {partition}.").format(
                arn=printable(str(arn)), partition=printable(arn.partition)
            ),
            why=_("The bucket's region is in the partition {partition}: access never crosses partitions.").format(
                partition=partition
            ),
            mend=_("Write it as {arn}.").format(arn=str(arn).replace(arn.partition, partition, 1))
            if arn.partition in PARTITIONS
            else "",
        )


def kms_key_arn(text: str) -> Understood[str]:
    """Read a KMS key's ARN (not an alias), or `aws/s3` for the managed key; empty means none.

    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN
    """
    plain = half_width(text)
    value = plain.value
    if value in {"", "aws/s3"}:
        return plain
    if value == "alias/aws/s3" or value.endswith(":alias/aws/s3"):
        return Understood("aws/s3", _("alias/aws/s3 is the AWS managed key: taken as aws/s3."))
    arn = parse(value)
    if arn and arn.service == "kms" and re.fullmatch(_KEY, arn.resource):
        if re.fullmatch(r"[0-9]{12}", arn.account_id) and arn.region:
            return plain
    elif "alias/" in value:
        raise BadInputError(
            _("{value} is an alias.").format(value=printable(value)),
            why=_("An alias resolves in the account of whoever calls, so that across accounts it names another key."),
            mend=_("Give the key's ARN: `aws kms describe-key --key-id {alias} --query KeyMetadata.Arn`.").format(
                alias=printable(value[value.index("alias/") :])
            ),
        )
    raise BadInputError(
        _("{value} is no ARN of a KMS key.").format(value=printable(value)),
        why=_("It is written as arn:aws:kms:REGION:ACCOUNT:key/KEY-ID, or aws/s3 for the AWS managed key."),
    )


def exempt_principal(text: str) -> Understood[str]:
    """Read the ARN of a principal that a guard spares: compared with aws:PrincipalArn by ArnNotLike.

    A role's ARN stands for its sessions; wildcards are allowed after the account id.
    """
    plain = half_width(text)
    arn = parse(plain.value)
    why = _("A guard compares aws:PrincipalArn: the ARN of a role (for its sessions), a user, or the root user.")
    if arn is None or arn.service not in {"iam", "sts"} or not re.fullmatch(r"[0-9]{12}", arn.account_id):
        raise BadInputError(_("{value} is no principal's ARN.").format(value=printable(plain.value) or "''"), why=why)
    if arn.service == "sts" and arn.resource.startswith("assumed-role/"):
        raise BadInputError(
            _("{value} is a session.").format(value=printable(plain.value)),
            why=_("aws:PrincipalArn of a role's session is the ARN of the role."),
            mend=_("Give the role's ARN, with its path."),
        )
    if arn.service != "iam" or not re.fullmatch(r"root|(?:role|user)/[!-~]+", arn.resource):
        raise BadInputError(_("{value} is no role, user or root user.").format(value=printable(plain.value)), why=why)
    return plain


def mfa_serial(text: str) -> Understood[str]:
    """Read an MFA device: the ARN of a virtual or FIDO one, or a hardware device's serial number; empty: none.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    plain = half_width(text)
    arn = parse(plain.value)
    if not plain.value or (arn is None and re.fullmatch(r"[A-Za-z0-9]{9,256}", plain.value)):
        return plain
    if arn and arn.service == "iam" and re.fullmatch(r"mfa/[\w+=,.@/-]+", arn.resource, re.ASCII):
        return plain
    raise BadInputError(
        _("{value} is no MFA device.").format(value=printable(plain.value)),
        why=_("It is written as arn:aws:iam::ACCOUNT:mfa/NAME, or as the serial number of a hardware device."),
        mend=_("List them with `aws iam list-mfa-devices`."),
    )
