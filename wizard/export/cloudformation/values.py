"""A template's parameters, and the documents' values in which they stand in for what the setup says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wizard.export.organization import PLACEHOLDER
from wizard.methods.assume_role import Role
from wizard.text import _

if TYPE_CHECKING:
    from wizard.setup import Setup

_NAME = r"^[\w+=,.@-]{1,64}$"
_BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
_ACCOUNT = r"^\d{12}$"
_REGION = r"^[a-z]{2}(-[a-z]+)+-\d$"
_EXTERNAL_ID = r"^[\w+=,.@:/-]{2,1224}$"


class Parameters:
    """Declares a parameter where it is first used; each has the setup's value as its default."""

    def __init__(self, setup: Setup, side: str) -> None:
        self._setup = setup
        self._side = side
        self._declared: dict[str, dict[str, Any]] = {}
        self._rules = self._replaceable()
        # The template's own roles and users by ARN: who names one waits for it.
        self.made: dict[str, str] = {}

    def declared(self) -> dict[str, dict[str, Any]]:
        """Return the parameters that are used."""
        return self._declared

    def home_region(self) -> dict[str, str]:
        """Return the region whose stack makes what is global (IAM)."""
        return self._use(
            "HomeRegion",
            _("IAM is global: roles, users and policies are made by the stack of this region only"),
            self._setup.bucket.region,
            _REGION,
        )

    def manage_bucket_policies(self) -> dict[str, str]:
        """Return whether the stack owns the bucket policies."""
        said = _("AWS::S3::BucketPolicy owns the whole policy: say false where a bucket has one, and merge it by hand")
        declared = {"Type": "String", "Description": said, "Default": "true", "AllowedValues": ["true", "false"]}
        self._declared["ManageBucketPolicies"] = declared
        return {"Ref": "ManageBucketPolicies"}

    def confirm_lockout(self, bucket: str) -> dict[str, str]:
        """Return the bucket's name as somebody has to type it where guards can lock everybody out."""
        said = _(
            "The guards can lock everybody out, and nobody of this account is exempt: type {bucket} if that is meant"
        ).format(bucket=bucket)
        self._declared["ConfirmLockout"] = {"Type": "String", "Description": said, "AllowedPattern": _BUCKET}
        return {"Ref": "ConfirmLockout"}

    def name(self, parameter: str, value: str) -> dict[str, str]:
        """Return a role's or user's name."""
        role = _("The name of the role; the other half has to say the same")
        user = _("The name of the user; the other half has to say the same")
        return self._use(parameter, role if parameter == "RoleName" else user, value, _NAME)

    def organization(self) -> dict[str, str]:
        """Return the organisation's id, which has no default."""
        said = _("The organization of the source accounts (aws organizations describe-organization)")
        pattern = r"^o-[a-z0-9]{10,32}$"
        self._declared["OrganizationId"] = {"Type": "String", "Description": said, "AllowedPattern": pattern}
        return {"Ref": "OrganizationId"}

    def number(self, parameter: str, value: int, least: int, most: int) -> dict[str, str]:
        """Return a number between two bounds."""
        said = _("Seconds that a session may last, {least} to {most}").format(least=least, most=most)
        self._declared[parameter] = {
            "Type": "Number",
            "Description": said,
            "Default": value,
            "MinValue": least,
            "MaxValue": most,
        }
        return {"Ref": parameter}

    def bucket(self, name: str) -> Any:
        """Return a bucket's name: a parameter where there is one bucket."""
        if len(self._setup.buckets) > 1:
            return name
        return self._use("BucketName", _("The bucket"), name, _BUCKET)

    def document(self, value: Any) -> Any:
        """Return a policy with parameters in place of what they stand for."""
        if isinstance(value, dict):
            return {key: self._condition(key, member) for key, member in value.items()}
        if isinstance(value, list):
            return [self.document(member) for member in value]
        return self.text(value) if isinstance(value, str) else value

    def _condition(self, key: str, value: Any) -> Any:
        if key == "sts:ExternalId" and isinstance(value, str):
            return self._use(
                "ExternalId", _("What the callers must send when they assume the role"), value, _EXTERNAL_ID
            )
        if key == "aws:PrincipalOrgID" and value == PLACEHOLDER:
            return self.organization()
        return self.document(value)

    def text(self, value: str) -> Any:
        """Return a text, or Fn::Sub of it where a parameter stands in it; `${` that is meant is escaped then."""
        if value in self.made:
            return {"Fn::If": ["IsHome", {"Fn::GetAtt": [self.made[value], "Arn"]}, value]}
        for pattern, parameter, declare in self._rules:
            found = pattern.match(value)
            if found:
                reference = declare(self)["Ref"]
                start, end = found.span(1)
                before, after = (part.replace("${", "${!") for part in (value[:start], value[end:]))
                return {"Fn::Sub": f"{before}${{{reference or parameter}}}{after}"}
        return value

    def _replaceable(self) -> list[tuple[re.Pattern[str], str, Any]]:
        """Return where the setup's values stand in ARNs: at most one parameter stands in one ARN."""
        setup, rules = self._setup, []
        partition = re.escape(setup.partition)
        if len(setup.buckets) == 1:
            name = setup.bucket.name
            pattern = re.compile(rf"arn:{partition}:s3:::({re.escape(name)})(?=/|\Z)")
            rules.append((pattern, "BucketName", lambda own: own.bucket(name)))
        if self._side == "destination" and len(setup.source.account_ids) == 1:
            account = setup.source.account_ids[0]
            pattern = re.compile(rf"arn:{partition}:iam::({account}):")
            rules.append((pattern, "SourceAccountId", lambda own: own.account("SourceAccountId", account)))
        if self._side == "source" and isinstance(setup.own, Role):
            role = setup.own.name
            arn = rf"arn:{partition}:iam::{setup.destination_account}:role{re.escape(role.path)}"
            pattern = re.compile(rf"{arn}({re.escape(role.name)})\Z")
            rules.append((pattern, "RoleName", lambda own: own.name("RoleName", role.name)))
        return rules

    def account(self, parameter: str, value: str) -> dict[str, str]:
        """Return an account id."""
        return self._use(parameter, _("The account whose callers are let in"), value, _ACCOUNT)

    def _use(self, name: str, description: str, default: str, pattern: str) -> dict[str, str]:
        declared = {"Type": "String", "Description": description, "Default": default, "AllowedPattern": pattern}
        self._declared.setdefault(name, declared)
        return {"Ref": name}
