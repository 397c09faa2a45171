"""The rules of single answers that need more than the text itself: they look at the answers before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wizard.errors import BadInputError
from wizard.methods import levels
from wizard.methods.assume_role_questions import CHAINED_SECONDS
from wizard.names import accounts, arns, iam, profiles
from wizard.names.understood import Understood, intention
from wizard.policy.actions import reach, service
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.methods.question import Values

OUTPUTS = ("json", "yaml", "yaml-stream", "text", "table", "off")


def account(raw: Any, _values: Values) -> Understood[str]:
    """Read the source's account id."""
    return accounts.account_id(raw)


def account_list(raw: Any, _values: Values) -> Understood[tuple[str, ...]]:
    """Read a fleet's source accounts."""
    return _each(raw, accounts.account_id)


def destination(raw: Any, values: Values) -> Understood[str]:
    """Read the destination's account id: another one than the source's."""
    found = accounts.account_id(raw)
    if found.value in source_accounts(values):
        raise BadInputError(
            _("{account} is the source account as well.").format(account=found.value),
            why=_("Within one account this is no cross-account case: an IAM policy on the caller is enough."),
            mend=_("Type the account that owns the bucket."),
        )
    return found


def source_accounts(values: Values) -> tuple[str, ...]:
    """Return the source accounts that are known so far."""
    if values.get("source.accounts"):
        return tuple(values["source.accounts"])
    return (values["source.account_id"],) if "source.account_id" in values else ()


def principals(raw: Any, values: Values) -> Understood[tuple[iam.Principal, ...]]:
    """Read the source's principals: at least one, `root` only alone."""
    if values.get("method") == "iam-user":
        if raw:
            raise BadInputError(
                _("The method iam-user has no principals of the source."),
                why=_("Whoever holds the user's access key is the user."),
                mend=_("Take source.principals out, or choose another method."),
            )
        return Understood(())
    known = source_accounts(values)
    found = _each(raw, lambda text: iam.principal(text, known))
    if not found.value:
        raise BadInputError(
            _("No principal is named."),
            why=_("The whole account is never what is left over: it must be named."),
            mend=_("Name roles and users of the source, or root for the whole account."),
        )
    if any(one.kind == "root" for one in found.value) and len(found.value) > 1:
        raise BadInputError(
            _("root stands beside others."),
            why=_("root is the whole account: the others would be in it anyhow."),
            mend=_("Name root alone, or only the others."),
        )
    return found


def _each(raw: Any, read: Callable[[str], Understood[Any]]) -> Understood[tuple[Any, ...]]:
    """Read every member of a list, without repeats."""
    found = [read(one) for one in raw]
    notes = dict.fromkeys(one.note for one in found if one.note)
    return Understood(tuple(dict.fromkeys(one.value for one in found)), " ".join(notes))


def kms_key(raw: Any, values: Values) -> Understood[str]:
    """Read the bucket's KMS key: of the bucket's region; the managed key can't serve other accounts."""
    found = arns.kms_key_arn(raw)
    region = values.get("bucket.region", "")
    arn = arns.parse(found.value)
    if found.value == "aws/s3" and values.get("method") == "bucket-policy":
        raise BadInputError(
            _("aws/s3 can't work with the method bucket-policy."),
            why=_("The AWS managed key serves callers of its own account only, and its key policy can't be changed."),
            mend=_("Choose assume-role, whose callers are in the bucket's account, or a customer managed key."),
        )
    if arn and region:
        arns.in_partition(arn, accounts.partition(region))
        if arn.region != region:
            raise BadInputError(
                _("The key is in {key_region}, the bucket in {region}.").format(key_region=arn.region, region=region),
                why=_("S3 uses KMS keys of the bucket's own region only."),
                mend=_("Give the key of {region}; a multi-region key (mrk-…) has a replica's ARN there.").format(
                    region=region
                ),
            )
    return found


def level(raw: Any, values: Values) -> Understood[str]:
    """Read the access level; the managed policy has no KMS permissions that a caller of another account needs."""
    key = values.get("bucket.kms_key_arn", "")
    if raw == levels.FULL_ACCESS and values.get("method") == "bucket-policy" and key:
        raise BadInputError(
            _("s3-full-access can't read a bucket that is encrypted with a customer key of another account."),
            why=_("AmazonS3FullAccess has no KMS permissions, and the callers need kms:Decrypt in their own policy."),
            mend=_("Choose read-write-delete."),
        )
    return Understood(raw)


def chosen_actions(raw: Any, values: Values) -> Understood[tuple[str, ...]]:
    """Read chosen S3 actions, wildcards allowed, kept as they are written."""
    if values.get("access.level") != "custom":
        return Understood(())
    found = _each(raw, _action)
    owners = [action for action in found.value if action in levels.OWNER_ONLY]
    if owners and values.get("method") == "bucket-policy":
        raise BadInputError(
            _("{action} never works from another account.").format(action=owners[0]),
            why=_("Only identities of the bucket owner's account can read or change its bucket policy."),
            mend=_("Take it out, or choose assume-role, whose callers are in the bucket's account."),
        )
    if not found.value:
        raise BadInputError(
            _("No action is chosen."),
            why=_("The level custom needs at least one S3 action."),
            mend=_('For example: actions = ["s3:ListBucket", "s3:GetObject"].'),
        )
    return found


def _action(text: str) -> Understood[str]:
    value, note = text.strip(), ""
    if ":" not in value and value:
        value = f"s3:{value}"
        note = _("s3: was added: {action}").format(action=value)
    prefix = value.partition(":")[0].lower()
    if prefix != "s3" or re.search(r"[^\w*?:]", value, re.ASCII):
        raise BadInputError(
            _("{action} is no S3 action.").format(action=accounts.printable(value) or "''"),
            why=_("The access is to a bucket: only actions that begin with s3: stand here."),
        )
    reached = reach(value)
    if not reached:
        table = service("s3")
        names = [action.name for action in table.actions.values()] if table else []
        raise BadInputError(
            _("There is no S3 action {action}.").format(action=accounts.printable(value)),
            why=_("AWS's list: {page}").format(
                page="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html"
            ),
            mend=_really(value) or intention(value, names),
        )
    if not levels.reaches_bucket(value) and not levels.reaches_object(value):
        mend = _("Say yes to listing buckets (access.list_all_buckets).") if reached[0].name == levels.LIST_ALL else ""
        raise BadInputError(
            _("{action} acts neither on a bucket nor on its objects.").format(action=value),
            why=_("Every statement here is about one bucket: the action would never match."),
            mend=mend,
        )
    return Understood(value, note)


def _really(value: str) -> str:
    """Say which permission is meant where an API's name was written, by the table that `check` has."""
    from wizard.policy.checks.known import operations  # read only where something is wrong

    actions = operations()["s3"].get(value.partition(":")[2].lower(), ())
    if not actions:
        return ""
    real = ", ".join("access.list_all_buckets" if action == levels.LIST_ALL else action for action in actions)
    return _("That is an API's name; the permission is {action}.").format(action=real)


def endpoints(raw: Any, _values: Values) -> Understood[tuple[str, ...]]:
    """Read VPC endpoint ids."""
    return _each(raw, accounts.vpc_endpoint_id)


def exempt(raw: Any, values: Values) -> Understood[tuple[str, ...]]:
    """Read the ARNs of principals that the guards spare, in the bucket's partition."""
    found = _each(raw, arns.exempt_principal)
    region = values.get("bucket.region", "")
    for value in found.value:
        arn = arns.parse(value)
        if arn and region:
            arns.in_partition(arn, accounts.partition(region))
    return found


def mfa_serial(raw: Any, values: Values) -> Understood[str]:
    """Read the MFA device: of the bucket's partition."""
    found = arns.mfa_serial(raw)
    arn, region = arns.parse(found.value), values.get("bucket.region", "")
    if arn and region:
        arns.in_partition(arn, accounts.partition(region))
    return found


def credential_source(raw: Any, values: Values) -> Understood[str]:
    """Read where the first credentials come from: machines can't show MFA, and chain roles for an hour at most."""
    machine = raw in {"Ec2InstanceMetadata", "EcsContainer"}
    if machine and values.get("role.require_mfa"):
        raise BadInputError(
            _("{source} can't show MFA, which the role requires.").format(source=raw),
            why=_("The credentials of EC2 and ECS never carry aws:MultiFactorAuthPresent."),
            mend=_("Set role.require_mfa to false, or use a source_profile."),
        )
    if machine and values.get("role.session_seconds", 0) > CHAINED_SECONDS:
        raise BadInputError(
            _("{source} is itself a role: its sessions of another role last at most 3600 seconds.").format(source=raw),
            why=_("AWS limits role chaining to one hour."),
            mend=_("Set role.session_seconds to 3600 or less."),
        )
    return Understood(raw)


def source_profile(raw: Any, values: Values) -> Understood[str]:
    """Read the profile that holds the first credentials: another one, and not beside a credential_source."""
    if values.get("profile.credential_source"):
        return Understood("")
    found = profiles.profile_name(raw)
    if found.value == values.get("profile.name"):
        raise BadInputError(
            _("The profile {name} would be its own source.").format(name=found.value),
            why=_("source_profile names another profile, which holds the first credentials."),
            mend=_("Name another profile here, or give this one another name."),
        )
    return found


def optional_region(raw: Any, _values: Values) -> Understood[str]:
    """Read a region, or nothing."""
    return accounts.region(raw) if raw.strip() else Understood("")
