"""IAM names: principals of the source account, roles and users with their paths, external ids, session names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.errors import BadInputError
from wizard.names import arns
from wizard.names.accounts import printable
from wizard.names.understood import Understood, half_width, intention
from wizard.text import _

_NAME = r"[\w+=,.@-]{1,64}"
_PATH = r"/(?:[!-~]+/)*"
_MAX_PATH = 512
_SSO_ROLE = r"aws-reserved/sso\.amazonaws\.com/(?:[a-z0-9-]+/)?AWSReservedSSO_(.+)_[0-9a-f]{16}"
KINDS = ("role", "user", "permission-set", "root")


@dataclass(frozen=True, slots=True)
class Named:
    """A role's or a user's name with its path: `wizard/RoleA` is path `/wizard/`, name `RoleA`."""

    path: str
    name: str

    @property
    def resource(self) -> str:
        """What stands behind `role` or `user` in the ARN: `/wizard/RoleA`."""
        return f"{self.path}{self.name}"

    def __str__(self) -> str:
        return self.resource.removeprefix("/")


@dataclass(frozen=True, slots=True)
class Principal:
    """A principal of the source account, as an answers file names it: `role/PATH/NAME`, …, or `root`."""

    kind: str
    path: str = "/"
    name: str = ""

    def __str__(self) -> str:
        return "root" if self.kind == "root" else f"{self.kind}{self.path}{self.name}"

    def arn(self, partition: str, account_id: str) -> str:
        """Return its ARN; a permission set has none, but a pattern (see `arn_pattern`)."""
        resource = "root" if self.kind == "root" else f"{self.kind}{self.path}{self.name}"
        return f"arn:{partition}:iam::{account_id}:{resource}"

    def arn_pattern(self, partition: str, account_id: str) -> str:
        """Return the ArnLike pattern of the roles that Identity Center makes of a permission set.

        https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
        """
        role = f"role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_{self.name}_{'?' * 16}"
        return f"arn:{partition}:iam::{account_id}:{role}"


def named(text: str, what: str, account_id: str = "") -> Understood[Named]:
    """Read a role's or a user's name (`what`: "role" or "user"), with an optional path before it, or its ARN.

    `account_id` is the account that it must be in, where that is known.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    plain = half_width(text)
    value, note = plain.value, plain.note
    arn = arns.parse(value)
    if arn and arn.service == "iam" and arn.resource.startswith(f"{what}/"):
        if account_id and arn.account_id != account_id:
            raise BadInputError(
                _("{value} is in the account {account}.").format(
                    value=printable(value), account=printable(arn.account_id)
                ),
                why=_("It must be in the account that owns the bucket: {account}.").format(account=account_id),
            )
        value = arn.resource[len(what) + 1 :]
        note = _("The name {name} was taken out of the ARN.").format(name=value)
    elif value.startswith(f"{what}/"):
        value = value[len(what) + 1 :]
        note = _("The name is {name}; the word before it is not part of it.").format(name=value)
    path, _slash, name = value.strip("/").rpartition("/") if not value.endswith("/") else (value, "", "")
    path = f"/{path}/" if path else "/"
    _check(name, path, value)
    return Understood(Named(path, name), note)


def _check(name: str, path: str, value: str) -> None:
    if not re.fullmatch(_NAME, name, re.ASCII):
        raise BadInputError(
            _("{value} is no name of a role or user.").format(value=printable(value) or "''"),
            why=_("A name has 1 to 64 letters, digits or any of + = , . @ - _"),
        )
    if not re.fullmatch(_PATH, path) or "//" in path or len(path) > _MAX_PATH or re.search(r"[*?$]", path):
        raise BadInputError(
            _("{path} is no IAM path.").format(path=printable(path)),
            why=_("A path is made of ASCII characters without blanks and wildcards, at most 512, as in wizard/RoleA."),
        )


def principal(text: str, account_ids: tuple[str, ...]) -> Understood[Principal]:
    """Read one principal of the source: `role/PATH/NAME`, `user/PATH/NAME`, `permission-set/NAME`, `root`, an ARN.

    `account_ids` are the source's accounts that are known so far: an ARN of another one is refused.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    plain = half_width(text)
    value, note = plain.value, plain.note
    if value.startswith("arn:"):
        value = _out_of_arn(value, account_ids)
        note = _("{principal} was taken out of the ARN.").format(principal=value)
    kind, slash, rest = value.partition("/")
    kind = kind.lower()
    if kind == "root" and not slash:
        return Understood(Principal("root"), note)
    if kind not in KINDS or not rest or kind == "root":
        raise _no_principal(value)
    if "*" in rest or "?" in rest:
        raise BadInputError(
            _("{value} has a wildcard.").format(value=printable(value)),
            why=_("A Principal is matched exactly: a wildcard inside an ARN never matches anybody."),
            mend=_("Name each role or user, a permission set, or root for the whole account."),
        )
    sso = re.fullmatch(_SSO_ROLE, rest) if kind == "role" else None
    if sso:
        kind, rest = "permission-set", sso[1]
        note = _("An Identity Center role changes its name when it is made again: taken as {value}.").format(
            value=f"permission-set/{rest}"
        )
    if kind == "permission-set":
        return Understood(_permission_set(rest), note)
    path, _slash, name = rest.rpartition("/")
    path = f"/{path}/" if path else "/"
    _check(name, path, rest)
    return Understood(Principal(kind, path, name), note)


def _permission_set(name: str) -> Principal:
    if not re.fullmatch(r"[\w+=,.@-]{1,32}", name, re.ASCII):
        raise BadInputError(
            _("{value} is no name of a permission set.").format(value=printable(name)),
            why=_("It has 1 to 32 letters, digits or any of + = , . @ - _"),
        )
    return Principal("permission-set", "/", name)


def _out_of_arn(text: str, account_ids: tuple[str, ...]) -> str:
    arn = arns.parse(text)
    if arn is None:
        raise _no_principal(text)
    if arn.service == "sts" and arn.resource.startswith("assumed-role/"):
        role = arn.resource.split("/")[1]
        raise BadInputError(
            _("{value} is a session, which ends.").format(value=printable(text)),
            why=_("A session's ARN names one session of the role, and leaves out the role's path."),
            mend=_("Name the role: role/{role}, with its path if it has one.").format(role=role),
        )
    if arn.service != "iam":
        raise _no_principal(text)
    if account_ids and arn.account_id not in account_ids:
        raise BadInputError(
            _("{value} is in the account {account}.").format(value=printable(text), account=printable(arn.account_id)),
            why=_("The principals are those of the source account {accounts}.").format(accounts=", ".join(account_ids)),
        )
    return arn.resource


def _no_principal(value: str) -> BadInputError:
    kind = value.partition("/")[0].lower()
    shown = printable(value) or "''"
    if kind == "group":
        return BadInputError(
            _("{value} is a group.").format(value=shown),
            why=_("A group can't be a principal of a policy."),
            mend=_("Name its users (user/NAME), or a role that they assume (role/NAME)."),
        )
    if value == "*":
        return BadInputError(
            _("'*' is everybody, also outside of your accounts."),
            mend=_("Name roles and users, or root for the whole source account."),
        )
    return BadInputError(
        _("{value} is no principal.").format(value=shown),
        why=_("Write role/PATH/NAME, user/PATH/NAME, permission-set/NAME, or root for the whole account."),
        mend=intention(kind, KINDS) if "/" in value else _("A role is written role/{name}.").format(name=shown),
    )


def external_id(text: str) -> Understood[str]:
    """Read an external id; empty means none.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (ExternalId)
    """
    plain = half_width(text)
    if not plain.value or re.fullmatch(r"[\w+=,.@:/-]{2,1224}", plain.value, re.ASCII):
        return plain
    raise BadInputError(
        _("{value} is no external id.").format(value=printable(plain.value)),
        why=_("It has 2 to 1,224 letters, digits or any of + = , . @ : / - _"),
    )


def session_name(text: str) -> Understood[str]:
    """Read a role session's name; empty leaves it to the caller's tool.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (RoleSessionName)
    """
    plain = half_width(text)
    if not plain.value or re.fullmatch(r"[\w+=,.@-]{2,64}", plain.value, re.ASCII):
        return plain
    raise BadInputError(
        _("{value} is no session name.").format(value=printable(plain.value)),
        why=_("It has 2 to 64 letters, digits or any of + = , . @ - _"),
    )
