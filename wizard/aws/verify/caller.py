"""Who makes the calls of a verification: which profile plays which part, and whether the setup names its caller."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.methods import assume_role, iam_user
from wizard.plan.found import role_of_session
from wizard.text import _
from wizard.ways import Way, how

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.names.iam import Principal
    from wizard.setup import Setup

_SSO_ROLE = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Part:
    """The profile that makes the first call, None for AWS's own default; `why` says how it was chosen."""

    profile: str | None
    why: str

    @property
    def shown(self) -> str:
        """The profile as it is told: AWS's default chain has no name."""
        return self.profile or _("(AWS's default)")


def part(setup: Setup, asked: str, profiles: Mapping[str, Mapping[str, str]]) -> Part:
    """Choose the profile of the source: the one asked for, else the one that the setup itself leads to.

    `profiles` are the settings of the files' profiles. One that switches to the setup's role is taken for where it
    starts from: assuming the role is what is to be seen.
    """
    if setup.method == "assume-role":
        return _before_the_role(setup, asked, profiles)
    if asked:
        return Part(asked, _("as it was chosen"))
    if setup.method == "iam-user":
        return Part(setup.profile.name, _("the setup's profile, which holds the user's access key"))
    return Part(None, _("AWS_PROFILE, or the default profile: this method needs no profile of its own"))


def _before_the_role(setup: Setup, asked: str, profiles: Mapping[str, Mapping[str, str]]) -> Part:
    name = asked or setup.profile.name
    settings = profiles.get(name, {})
    if settings.get("role_arn") == assume_role.role_arn(setup):
        source, machine = settings.get("source_profile", ""), settings.get("credential_source", "")
    elif asked:
        return Part(asked, _("as it was chosen"))
    else:
        source, machine = setup.profile.source_profile, setup.profile.credential_source
    if source and not machine:
        return Part(source, _("source_profile of the profile {name}").format(name=name))
    return Part(None, _("the machine's own credentials ({source})").format(source=machine))


def not_tried_as(setup: Setup, account_id: str, arn: str) -> tuple[str, ...]:
    """Return whom else the setup lets in: one profile is one caller, and says nothing about the others."""
    here = [one for one in setup.source.principals if not _is(one, setup, account_id, arn)]
    others = [account for account in setup.source.account_ids if account != account_id]
    if setup.method == "iam-user":
        return ()
    return (*(str(principal) for principal in here), *(_("account {id}").format(id=account) for account in others))


def why_not(setup: Setup, account_id: str, arn: str) -> str:
    """Say why a caller is not one that the setup lets in, and what to use; empty when it is one."""
    if setup.method == "iam-user":
        wanted = iam_user.user_arn(setup)
        if arn == wanted:
            return ""
        said = _("{arn} is not the setup's user {user}. Use a profile with that user's access key: {how}.")
        return said.format(arn=arn, user=wanted, how=how(Way.CALLER))
    if account_id not in setup.source.account_ids:
        said = _("{arn} is in the account {account}, and the setup lets in {accounts}. Use a profile of there: {how}.")
        accounts = ", ".join(setup.source.account_ids)
        return said.format(arn=arn, account=account_id, accounts=accounts, how=how(Way.CALLER))
    if any(_is(principal, setup, account_id, arn) for principal in setup.source.principals):
        return ""
    said = _("{arn} is not among those whom the setup lets in. Use a profile of: {principals} ({how}).")
    names = ", ".join(str(principal) for principal in setup.source.principals)
    return said.format(arn=arn, principals=names, how=how(Way.CALLER))


def _is(principal: Principal, setup: Setup, account_id: str, arn: str) -> bool:
    if principal.kind == "root":
        return True
    session = role_of_session(arn)
    if principal.kind == "user":
        return arn == principal.arn(setup.partition, account_id)
    if session is None:
        return False
    if principal.kind == "permission-set":
        match = _SSO_ROLE.fullmatch(session[1])
        return match is not None and match[1] == principal.name
    return session[1] == principal.name
