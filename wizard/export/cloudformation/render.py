"""The format cloudformation: one YAML template a side, with parameters, outputs, and how to use it as a StackSet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.export import yaml
from wizard.export.cloudformation.values import Parameters
from wizard.export.files import ExportFile, file_name
from wizard.export.handover import who
from wizard.export.templates import filled, template
from wizard.methods.guards import needs_typed_confirmation
from wizard.names import arns
from wizard.plan import Kind
from wizard.plan.sizes import compact
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wizard.export.handover import Handover
    from wizard.plan import Change

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
BODY_BYTES, S3_BYTES = 51_200, 1_000_000
_NOT_MADE = (Kind.KEY, Kind.ACCESS_KEY, Kind.PERMISSION_SET)


def render(handover: Handover) -> tuple[ExportFile, ...]:
    """Return a template for each side that CloudFormation can make something of. Raises BadInputError."""
    if any("{{resolve:" in compact(change.then) for change in handover.changes):
        raise BadInputError(
            _("CloudFormation would read {{resolve:…}} as a reference, and look something else up."),
            mend=_("Choose another prefix, or export shell or terraform."),
        )
    out = []
    for side, accounts, changes in handover.parts():
        made = _template(handover, side, accounts, changes)
        if made is not None:
            name = f"{file_name(f'{handover.name}-{side}')}.yaml"
            out.append(ExportFile(name, _header(handover, name, accounts, made["Parameters"]) + yaml.dump(made)))
    if handover.points and "destination" in handover.sides:
        from wizard.export.cloudformation import points as cloudformation_points

        out += cloudformation_points.render(handover.points, f"s3-crossaccount-{handover.name}")
    return tuple(out)


def _header(handover: Handover, name: str, accounts: Sequence[str], parameters: Mapping[str, Any]) -> str:
    targets = " ".join(accounts[:3]) + (" …" if len(accounts) > 3 else "")  # noqa: PLR2004 -- what fits a line
    values = {
        "FILE": name,
        "STACK": f"s3-crossaccount-{handover.name}",
        "REGION": handover.plan.setup.bucket.region,
        "REGIONS": " ".join(dict.fromkeys(bucket.region for bucket in handover.plan.setup.buckets)),
        "ACCOUNTS": targets,
        "OVERRIDES": "".join(_given(parameters, " \\\n    --parameter-overrides", "{name}={value}")),
        "PARAMETERS": "".join(
            _given(parameters, " \\\n    --parameters", "ParameterKey={name},ParameterValue={value}")
        ),
    }
    text = filled(template("cloudformation/header.txt"), values)
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def _given(parameters: Mapping[str, Any], option: str, form: str) -> Iterator[str]:
    """Yield the option that gives the parameters without a default, each with what is to be put there."""
    required = [name for name, one in parameters.items() if "Default" not in one]
    if required:
        yield option
    values = {"ConfirmLockout": "BUCKET", "OrganizationId": "o-…"}
    yield from (" " + form.format(name=name, value=values[name]) for name in required)


def _template(
    handover: Handover, side: str, accounts: Sequence[str], changes: Sequence[Change]
) -> dict[str, Any] | None:
    parts = _Parts(handover, Parameters(handover.plan.setup, side), accounts[0] if side == "destination" else "")
    for change in changes:
        parts.add(change)
    parts.bucket_policies()
    if not parts.resources:
        return None
    by_hand = [_by_hand(change) for change in changes if change.kind in _NOT_MADE or change.id in parts.left]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _description(side).format(name=handover.name, accounts=_few(accounts)),
        **({"Metadata": {"ByHand": by_hand}} if by_hand else {}),
        "Parameters": parts.parameters.declared(),
        "Conditions": parts.conditions,
        "Resources": parts.resources,
        "Outputs": parts.outputs,
    }


def _description(side: str) -> str:
    if side == "source":
        return _("Cross-account S3 access {name}: the half of the source ({accounts})")
    return _("Cross-account S3 access {name}: the half of the destination ({accounts})")


def _few(accounts: Sequence[str]) -> str:
    return accounts[0] if len(accounts) == 1 else _("{count} accounts").format(count=len(accounts))


def _by_hand(change: Change) -> dict[str, Any]:
    out = {"Who": who(change), "What": change.what}
    if change.target:
        out["Target"] = change.target
    if change.kind is Kind.ACCESS_KEY:
        out["Command"] = f"aws iam create-access-key --user-name {change.resource.rpartition('/')[2]}"
        return out
    return {**out, "Document": change.name if arns.parse(change.name) else change.then}


class _Parts:
    """A template's sections while they are gathered. `left`: ids of changes that CloudFormation can't make."""

    def __init__(self, handover: Handover, parameters: Parameters, account: str) -> None:
        self.handover = handover
        self._account = account
        self.parameters = parameters
        self.resources: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.conditions: dict[str, Any] = {}
        self.left: set[str] = set()
        self._buckets: list[Change] = []
        self._tags = [{"Key": handover.tag[0], "Value": handover.tag[1]}]

    def add(self, change: Change) -> None:
        """Add what makes one change."""
        kind, _slash, resource = change.resource.partition("/")
        path, _slash, name = f"/{resource}".rpartition("/")
        path += "/"
        match change.kind:
            case Kind.ROLE:
                seconds = self.parameters.number("MaxSessionDuration", change.session_seconds, 3600, 43_200)
                properties = {
                    "RoleName": self.parameters.name("RoleName", name),
                    "Path": path,
                    "MaxSessionDuration": seconds,
                    "AssumeRolePolicyDocument": self.parameters.document(change.then),
                    "Tags": self._tags,
                }
                self._identity("Role", change.target, properties)
            case Kind.USER:
                properties = {"UserName": self.parameters.name("UserName", name), "Path": path, "Tags": self._tags}
                self._identity("User", change.target, properties)
            case Kind.INLINE if change.by.value == "other-side" and change.side == "destination":
                policy = {"PolicyName": change.name, "PolicyDocument": self.parameters.document(change.then)}
                self.resources[kind.title()]["Properties"]["Policies"] = [policy]
            case Kind.ATTACHED if change.side == "destination":
                self.resources[kind.title()]["Properties"]["ManagedPolicyArns"] = [change.name]
            case Kind.INLINE if change.by.value == "other-side":
                self._callers(change, kind, name)
            case Kind.MANAGED if not arns.parse(change.name):
                document = self.parameters.document(change.then)
                properties = {"ManagedPolicyName": change.name, "PolicyDocument": document}
                self._made("ManagedPolicy", "AWS::IAM::ManagedPolicy", properties)
                self._output("ManagedPolicyArn", _("Attach it to whoever is to have access"), {"Ref": "ManagedPolicy"})
            case Kind.BUCKET | Kind.GUARDS:
                self._buckets.append(change)
            case _:
                self.left.add(change.id)

    def _home(self) -> str:
        """Return the condition under which what is global is made: in one region, and never in another account."""
        self.conditions["IsHome"] = self._in(self.parameters.home_region())
        return "IsHome"

    def _in(self, region: Any, *others: dict[str, Any]) -> dict[str, Any]:
        asked = [{"Fn::Equals": [{"Ref": "AWS::Region"}, region]}, *others]
        if self._account:
            asked.append({"Fn::Equals": [{"Ref": "AWS::AccountId"}, self._account]})
        return asked[0] if len(asked) == 1 else {"Fn::And": asked}

    def _made(self, name: str, kind: str, properties: dict[str, Any], condition: str = "") -> None:
        condition = condition or self._home()
        self.resources[name] = {"Type": kind, "Condition": condition, "Properties": properties}

    def _identity(self, name: str, arn: str, properties: dict[str, Any]) -> None:
        self._made(name, f"AWS::IAM::{name}", properties)
        self.parameters.made[arn] = name
        said = _("The role to assume") if name == "Role" else _("The user whose access key is handed over")
        self._output(f"{name}Arn", said, {"Fn::GetAtt": [name, "Arn"]})

    def _output(self, name: str, description: str, value: Any, condition: str = "") -> None:
        condition = condition or self._home()
        self.outputs[name] = {"Description": description, "Condition": condition, "Value": value}

    def _callers(self, change: Change, kind: str, name: str) -> None:
        """Embed the inline policy in a role or user that is there: one resource names them all."""
        policy = self.resources.get("CallersPolicy")
        if policy is None:
            document = self.parameters.document(change.then)
            self._made("CallersPolicy", "AWS::IAM::Policy", {"PolicyName": change.name, "PolicyDocument": document})
            self._output("CallersPolicyName", _("The inline policy of the callers"), change.name)
            policy = self.resources["CallersPolicy"]
        policy["Properties"].setdefault(f"{kind.title()}s", []).append(name)

    def bucket_policies(self) -> None:
        """Add each bucket's policy, whole: its grants and its guards."""
        names = list(dict.fromkeys(change.name for change in self._buckets))
        locks = needs_typed_confirmation(self.handover.plan.setup)
        for number, name in enumerate(names, start=1):
            own = [change for change in self._buckets if change.name == name]
            policy = {**own[0].then, "Statement": [one for change in own for one in change.then["Statement"]]}
            logical = "BucketPolicy" if len(names) == 1 else f"BucketPolicy{number}"
            bucket = self.parameters.bucket(name)
            condition = self._in_region(own[0].region, names[0] if locks else "")
            properties = {"Bucket": bucket, "PolicyDocument": self.parameters.document(policy)}
            self._made(logical, "AWS::S3::BucketPolicy", properties, condition)
            arn = self.parameters.text(own[0].target)
            self._output(f"{logical}BucketArn", _("The bucket that is opened"), arn, condition)

    def _in_region(self, region: str, lockout: str) -> str:
        """Return the condition under which a bucket of a region gets its policy: a stack acts in its region only."""
        name = "BucketsIn" + "".join(word.title() for word in region.split("-"))
        others = [{"Fn::Equals": [self.parameters.manage_bucket_policies(), "true"]}]
        if lockout:
            others.append({"Fn::Equals": [self.parameters.confirm_lockout(lockout), lockout]})
        self.conditions[name] = self._in(region, *others)
        return name
