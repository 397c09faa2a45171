"""Switches to a role as a profile asks for it, one AssumeRole at a time, and keeps what came of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wizard.aws.diagnose import identity as diagnose_identity
from wizard.aws.diagnose.call import answer_of
from wizard.aws.diagnose.evidence import SESSION, Assuming, Who
from wizard.aws.errors import UNREACHABLE, CallError
from wizard.plan.found import ABSENT
from wizard.redact import remember
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wizard.aws.clients import Clients
    from wizard.aws.diagnose.identity import Roles
    from wizard.aws.diagnose.start import Switch
    from wizard.aws.verify.reading import Answer


@dataclass(frozen=True, slots=True)
class Assumed:
    """What came of a switch: who calls from there on, and its clients where AWS gave the session."""

    seen: Assuming
    who: Who
    clients: Clients | None


@dataclass(frozen=True, slots=True)
class Known:
    """Who can look, by account id, and the roles whose full ARNs are known without looking."""

    readers: Mapping[str, Sequence[Clients]]
    roles: Roles


def assume(
    switch: Switch,
    who: Who | None,
    clients: Clients,
    known: Known,
    region: str,
    ask_mfa: Callable[[str], str] | None,
    *,
    answer: Answer | None = None,
) -> Assumed:
    """Make the switch, or take `answer` for what AWS said to it (`who` is then read out of it).

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    settings, role_arn = switch.settings, switch.role_arn
    account = role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""  # noqa: PLR2004 -- an ARN's six parts
    readers = known.readers
    theirs = readers.get(account, ())
    trust, exists, likely = diagnose_identity.trust(theirs, role_arn)
    caller = who or _named_in(answer, known)
    seen = Assuming(
        switch.profile,
        role_arn,
        caller,
        region=settings.get("region", region),
        external_id=settings.get("external_id", ""),
        session_name=settings.get("role_session_name", SESSION),
        names_session="role_session_name" in settings,
        mfa_serial=settings.get("mfa_serial", ""),
        mfa_devices=diagnose_identity.mfa_devices(readers.get(caller.account_id, ()), caller.principal_arn),
        trust=trust,
        role_exists=exists,
        likely_role=likely,
        answer=answer,
    )
    expected = _role(role_arn, account, settings, theirs)
    if answer is not None:
        return Assumed(seen, expected, None)
    parameters, why = _parameters(seen, settings, ask_mfa)
    if why:
        return Assumed(replace(seen, made=False, why=why), expected, None)
    try:
        told = clients.call("sts", "assume_role", region=seen.region, RoleArn=role_arn, **parameters)
    except CallError as error:
        if error.code == UNREACHABLE:
            raise
        return Assumed(replace(seen, answer=answer_of(error)), expected, None)
    as_role = _as_role(clients, told["Credentials"], settings.get("region", region))
    acting = {
        "Arn": told["AssumedRoleUser"]["Arn"],
        "Account": account,
        "UserId": told["AssumedRoleUser"]["AssumedRoleId"],
    }
    return Assumed(
        seen,
        diagnose_identity.who(acting, [*theirs, as_role], session=ABSENT, mfa=bool(seen.mfa_serial), roles=known.roles),
        as_role,
    )


def _role(role_arn: str, account: str, settings: Mapping[str, str], readers: Sequence[Clients]) -> Who:
    """Return who would call if the role were given: what comes after can be looked at all the same."""
    partition = role_arn.split(":")[1]
    name = role_arn.rpartition("/")[2]
    session = settings.get("role_session_name", SESSION)
    arn = f"arn:{partition}:sts::{account}:assumed-role/{name}/{session}"
    told = {"Arn": arn, "Account": account}
    named = {(account, name): role_arn}
    return diagnose_identity.who(told, readers, session=ABSENT, mfa=bool(settings.get("mfa_serial")), roles=named)


def _named_in(answer: Answer | None, known: Known) -> Who:
    """Return the caller that AWS's refusal names: `User: ARN is not authorized to perform: …`."""
    arn = answer.message.partition("User: ")[2].partition(" ")[0] if answer else ""
    if arn.count(":") < 5:  # noqa: PLR2004 -- an ARN's six parts
        return Who(arn, arn, "")
    account = arn.split(":")[4]
    # A machine's own credentials have no session policy.
    told = {"Arn": arn, "Account": account}
    readers = known.readers.get(account, ())
    return diagnose_identity.who(told, readers, session=ABSENT, mfa=None, roles=known.roles)


def _parameters(
    seen: Assuming, settings: Mapping[str, str], ask_mfa: Callable[[str], str] | None
) -> tuple[dict[str, Any], str]:
    """Return what the profile asks STS for, or why it can't be asked."""
    out: dict[str, Any] = {"RoleSessionName": seen.session_name}
    if seen.external_id:
        out["ExternalId"] = seen.external_id
    seconds = settings.get("duration_seconds", "")
    if seconds.isdecimal():  # botocore passes over what is no number
        out["DurationSeconds"] = int(seconds)
    if not seen.mfa_serial:
        return out, ""
    if ask_mfa is None:
        return {}, _("The profile asks for an MFA code, and there is nobody to ask: run it in a terminal.")
    code = ask_mfa(_("MFA code for {device}:").format(device=seen.mfa_serial))
    return {**out, "SerialNumber": seen.mfa_serial, "TokenCode": code.strip()}, ""


def _as_role(clients: Clients, credentials: Mapping[str, Any], region: str) -> Clients:
    secret, token = str(credentials["SecretAccessKey"]), str(credentials["SessionToken"])
    remember(secret)
    remember(token)
    return clients.with_keys(str(credentials["AccessKeyId"]), secret, region, token)
