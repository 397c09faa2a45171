"""Finds whose credentials a call begins with, and what the environment puts in their place, as botocore does."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.aws.diagnose.evidence import Start
from wizard.errors import BadInputError
from wizard.names import arns
from wizard.profiles.resolve import Chain, Step, resolve
from wizard.redact import redact
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.profiles.read import Files

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_TOKEN = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
_DEFAULT = "default"
_ROLE = re.compile(r"iam:[0-9]{12}:role/[!-~]+")


@dataclass(frozen=True, slots=True)
class Switch:
    """A profile that switches to a role, with what it asks STS for; `settings` are the profile's."""

    profile: str
    role_arn: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """How the credentials come about: the profile of the first ones ("": AWS's own default), then each switch.

    `by_botocore`: the first switch takes a machine's credentials, which only botocore itself finds, so that it
    makes that switch too (with `first` as its profile).
    """

    start: Start
    first: str
    switches: tuple[Switch, ...] = ()
    by_botocore: bool = False


def way(files: Files, environ: Mapping[str, str], *, profile: str, region: str, endpoint_url: str) -> Way:
    """Follow the profile that was asked for, or what the environment says. BadInputError: there is no such profile.

    A profile that is asked for comes before the environment's keys; one that AWS_PROFILE names comes after.
    https://docs.aws.amazon.com/cli/latest/topic/config-vars.html
    """
    # botocore's own order of the two variables.
    named = profile or environ.get("AWS_DEFAULT_PROFILE") or environ.get("AWS_PROFILE") or ""
    settings = files.settings(named or _DEFAULT)
    if settings is None and named:
        raise BadInputError(
            _("There is no profile {profile}.").format(profile=named),
            where="--profile" if profile else "AWS_PROFILE",
            mend=_("List them with `aws configure list-profiles`."),
        )
    overriding = () if profile else _overriding(environ)
    found_region, region_from = _region(region, environ, settings or {}, named)
    chain = resolve(files, named or _DEFAULT) if settings is not None else Chain((Step("", "machine", ""),))
    start = Start(
        named,
        asked=bool(profile),
        overriding=overriding,
        problem="" if overriding else chain.problem,
        login=any(step.kind in {"sso", "login"} for step in chain.steps),
        region=found_region,
        region_from=region_from,
        endpoint_url=endpoint_url or _endpoint(environ, settings or {}),
        profiles=tuple(files.names),
    )
    if overriding or settings is None:
        return Way(start, "" if overriding else named)
    return _followed(files, start, chain)


def _followed(files: Files, start: Start, chain: Chain) -> Way:
    steps = list(chain.steps)
    switches = [
        Switch(step.profile, step.detail, files.settings(step.profile) or {})
        for step in reversed(steps)
        if step.kind == "assume-role"
    ]
    for one in switches:
        role = arns.parse(one.role_arn)
        if role is None or not _ROLE.fullmatch(f"{role.service}:{role.account_id}:{role.resource}"):
            said = _("role_arn of the profile {profile} is no role's ARN: {value}")
            return Way(replace(start, problem=said.format(profile=one.profile, value=redact(one.role_arn))), "")
    last = steps[-1] if steps else Step(start.profile, "machine", "")
    if last.kind == "credential-source":
        # botocore knows the machine's credentials, so it makes the first switch by that profile.
        return Way(start, last.profile, tuple(switches), by_botocore=True)
    return Way(start, last.profile or start.profile, tuple(switches))


def _overriding(environ: Mapping[str, str]) -> tuple[str, ...]:
    if environ.get(_KEYS[0]):
        return tuple(name for name in _KEYS if environ.get(name))
    return _TOKEN if all(environ.get(name) for name in _TOKEN) else ()


def _region(asked: str, environ: Mapping[str, str], settings: Mapping[str, str], named: str) -> tuple[str, str]:
    """Return the region that the calls go to, and where it comes from; botocore doesn't read AWS_REGION."""
    if asked:
        return asked, "--region"
    if environ.get("AWS_DEFAULT_REGION"):
        return environ["AWS_DEFAULT_REGION"], "AWS_DEFAULT_REGION"
    if settings.get("region"):
        return settings["region"], _("the profile {name}").format(name=named or _DEFAULT)
    return "", ""


def _endpoint(environ: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """Return the endpoint that S3 calls are sent to in place of AWS's own, "" for AWS's own."""
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        if environ.get(name):
            return environ[name]
    return settings.get("endpoint_url", "")
