"""Becomes the caller of a verification: says who it is, and takes on the role where the method has one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.aws.verify.caller import why_not
from wizard.aws.verify.probe import Calling, What, allowed_yet
from wizard.methods import assume_role
from wizard.methods.registry import METHODS
from wizard.redact import remember
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wizard.aws.clients import Clients
    from wizard.aws.verify.probe import Prober
    from wizard.setup import Setup

ASSUME = "sts:AssumeRole"
_SHORTEST_SESSION = 900


def identity(prober: Prober, clients: Clients, profile: str) -> tuple[str, str, str]:
    """Find out who calls; return ARN and account ("" where AWS doesn't say), and why the setup does not let it in.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: it needs no permission.
    """
    setup = prober.setup
    what = What("sts:GetCallerIdentity", "GetCallerIdentity", profile)
    key = replace(what, links=("access-key",)) if setup.method == "iam-user" else what
    prober.tell(Calling(what.action, what.target))
    outcome = prober.until(what.action, lambda: clients.call("sts", "get_caller_identity"), allowed_yet)
    if not outcome.passed:
        prober.keep(key, outcome)
        return "", "", _("AWS did not say who the caller is.")
    arn, account = str(outcome.response["Arn"]), str(outcome.response["Account"])
    why = why_not(setup, account, arn)
    prober.keep(what if why else key, outcome, arn)  # somebody else's key says nothing about the user's
    return arn, account, why


def assume(prober: Prober, source: Clients, caller_arn: str, ask_mfa: Callable[[str], str] | None) -> Clients | None:
    """Become the role as the setup's profile would; return its clients, or None with the reason kept."""
    setup = prober.setup
    what = assume_what(setup)
    parameters, why = _parameters(setup, caller_arn, ask_mfa)
    if why:
        prober.skip(what, why)
        return None
    outcome = prober.must_pass(
        what,
        lambda: source.call("sts", "assume_role", RoleArn=what.target, **parameters),
        reading=lambda response: str(response["AssumedRoleUser"]["Arn"]),
        again="TokenCode" not in parameters,  # a code works once: a second try would be refused for that
    )
    return _as_role(setup, source, outcome.response["Credentials"]) if outcome.passed else None


def assume_what(setup: Setup) -> What:
    """Return what assuming the role tries, with the links of the path's first hop."""
    links = tuple(link.id for link in METHODS[setup.method].hops(setup)[0].links)
    return What(ASSUME, "AssumeRole", assume_role.role_arn(setup), links)


def _as_role(setup: Setup, source: Clients, credentials: Mapping[str, Any]) -> Clients:
    secret, token = str(credentials["SecretAccessKey"]), str(credentials["SessionToken"])
    remember(secret)
    remember(token)
    return source.with_keys(str(credentials["AccessKeyId"]), secret, setup.bucket.region, token)


def _parameters(setup: Setup, caller_arn: str, ask_mfa: Callable[[str], str] | None) -> tuple[dict[str, Any], str]:
    """Return what AssumeRole is called with, or why it can't be called.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    role = assume_role.role_of(setup)
    # A longer session than the default is part of what is to be proved; else the shortest one will do.
    seconds = role.session_seconds if role.session_seconds != assume_role.DEFAULT_SECONDS else _SHORTEST_SESSION
    out: dict[str, Any] = {
        "RoleSessionName": role.session_name or "s3-crossaccount-verify",
        "DurationSeconds": seconds,
    }
    if role.external_id:
        out["ExternalId"] = role.external_id
    if not role.require_mfa:
        return out, ""
    serial = setup.profile.mfa_serial
    if ":user/" not in caller_arn:
        said = _("The role requires MFA, and {caller} is a session, which can't show it.")
        return {}, said.format(caller=caller_arn)
    if not serial:
        return {}, _("The role requires MFA, and the setup names no device: answer profile.mfa_serial.")
    if ask_mfa is None:
        return {}, _("The role requires MFA, and there is nobody to ask for the code: run it in a terminal.")
    code = ask_mfa(_("MFA code for {device}:").format(device=serial))
    return {**out, "SerialNumber": serial, "TokenCode": code.strip()}, ""
