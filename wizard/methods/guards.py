"""Guards: optional Denies in the bucket policy (VPC endpoint only, TLS only, organisation only)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.methods.grants import bucket_arn, merge
from wizard.policy.document import Statement
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.document import Condition
    from wizard.setup import Bucket, Setup


def statements(setup: Setup, bucket: Bucket) -> tuple[Statement, ...]:
    """Return the Denies of the bucket policy, in the order: TLS, VPC endpoint, organisation."""
    guards = setup.guards
    out = []
    if guards.require_tls:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
        out.append(_deny(setup, bucket, "RequireTls", {"Bool": {"aws:SecureTransport": "false"}}))
    if guards.vpc_endpoint_ids:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
        outside: Condition = {"StringNotEquals": {"aws:SourceVpce": guards.vpc_endpoint_ids}}
        spared = merge(outside, _exempt(setup), _not_a_service(via_service=True))
        out.append(_deny(setup, bucket, "VpcEndpointOnly", spared))
    if guards.organization_id:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (PrincipalOrgID)
        outside = {"StringNotEquals": {"aws:PrincipalOrgID": guards.organization_id}}
        spared = merge(outside, _exempt(setup), _not_a_service(via_service=False))
        out.append(_deny(setup, bucket, "OrganizationOnly", spared))
    return tuple(out)


def _deny(setup: Setup, bucket: Bucket, what: str, condition: Condition | None) -> Statement:
    name = bucket_arn(setup, bucket)
    return Statement(setup.sid(what), "Deny", ("s3:*",), (name, f"{name}/*"), ("*",), condition)


def _exempt(setup: Setup) -> Condition | None:
    exempt = setup.guards.exempt_principals
    return {"ArnNotLike": {"aws:PrincipalArn": exempt}} if exempt else None


def _not_a_service(*, via_service: bool) -> Condition:
    # A service that acts for itself, or with the caller's credentials, does not come through the endpoint.
    keys = {"aws:PrincipalIsAWSService": "false"}
    if via_service:
        keys["aws:ViaAWSService"] = "false"
    return {"BoolIfExists": keys}


def shut_out(setup: Setup) -> tuple[str, ...]:
    """Say who loses access by the guards, and the way out. Empty without a guard that can lock out."""
    guards = setup.guards
    if not guards.can_lock_out:
        return ()
    dst = setup.destination_account
    lines = []
    if guards.vpc_endpoint_ids:
        lines.append(
            _(
                "Shut out: everybody who does not come through {endpoints}, administrators and the "
                "console of {account} too."
            ).format(endpoints=", ".join(guards.vpc_endpoint_ids), account=dst)
        )
    if guards.organization_id:
        lines.append(_("Shut out: every principal outside of the organization {id}.").format(id=guards.organization_id))
    exempt = ", ".join(guards.exempt_principals)
    lines.append(
        _("Exempt: {principals}.").format(principals=exempt)
        if exempt
        else _("Exempt: nobody. Name an administrator of {account} as an exempt principal.").format(account=dst)
    )
    lines.append(
        _("The way out: the root user of {account} can always read, put and delete the bucket policy.").format(
            account=dst
        )
    )
    return tuple(lines)


def needs_typed_confirmation(setup: Setup) -> bool:
    """Whether a guard can lock out and no principal of the destination is exempt (root alone is no administrator)."""
    own = f"::{setup.destination_account}:"
    spared = [arn for arn in setup.guards.exempt_principals if own in arn and not arn.endswith(":root")]
    return setup.guards.can_lock_out and not spared
