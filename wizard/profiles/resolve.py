"""Follows a profile to where its credentials come from, in botocore's order, and says where that ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wizard.profiles.read import Files

CREDENTIAL_SOURCES = ("Ec2InstanceMetadata", "EcsContainer", "Environment")
_ACCESS_KEY, _SECRET_KEY = "aws_access_key_id", "aws_secret_access_key"
_SSO = ("sso_account_id", "sso_role_name", "sso_start_url", "sso_region")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain. `kind` is a stable word, `detail` what it names (a role, a key id, a source).

    Kinds: assume-role, keys, credential-source, web-identity, sso, login, process, machine (botocore goes on
    to the container's and the instance's own credentials).
    """

    profile: str
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Chain:
    """How a profile gets its credentials: the roles that are assumed, the source last. `problem`: why it can't."""

    steps: tuple[Step, ...]
    problem: str = ""

    @property
    def first(self) -> str:
        """The kind of the first step, or nothing."""
        return self.steps[0].kind if self.steps else ""


def resolve(files: Files, name: str) -> Chain:
    """Follow a profile through its sources; a problem is what botocore would stop with."""
    settings = files.settings(name)
    if settings is None:
        return Chain((), _("There is no profile {name}.").format(name=name))
    steps: list[Step] = []
    visited = [name]
    # A source's own keys come before its role; the role of the profile itself comes before its keys.
    while _is_role(settings) and (len(visited) == 1 or not _is_static(settings)):
        steps.append(Step(name, "assume-role", settings["role_arn"]))
        problem = _source_problem(files, name, settings, visited)
        if problem:
            return Chain(tuple(steps), problem)
        if "credential_source" in settings:
            steps.append(Step(name, "credential-source", settings["credential_source"]))
            return Chain(tuple(steps))
        name = settings["source_profile"]
        visited.append(name)
        settings = files.settings(name) or {}
    step, problem = _own(files, name, settings)
    if step is None and steps:
        return Chain(tuple(steps), _("The source profile {name} has no credentials.").format(name=name))
    return Chain((*steps, step or Step(name, "machine", "")), problem)


def _is_role(settings: Mapping[str, str]) -> bool:
    return "role_arn" in settings and "web_identity_token_file" not in settings


def _is_static(settings: Mapping[str, str]) -> bool:
    return _ACCESS_KEY in settings or _SECRET_KEY in settings


def _source_problem(files: Files, name: str, settings: Mapping[str, str], visited: Sequence[str]) -> str:
    source, place = settings.get("source_profile"), settings.get("credential_source")
    if source is not None and place is not None:
        return _("The profile {name} has both source_profile and credential_source.").format(name=name)
    if place is not None:
        if place in CREDENTIAL_SOURCES:
            return ""
        return _("{value} is no credential_source: it must be one of {known}.").format(
            value=place, known=", ".join(CREDENTIAL_SOURCES)
        )
    if source is None:
        return _("The profile {name} has neither source_profile nor credential_source.").format(name=name)
    theirs = files.settings(source)
    if theirs is None:
        return _("The source profile {name} doesn't exist.").format(name=source)
    if source in visited and (source != name or not _is_static(theirs)):
        return _("The source profiles lead round in a circle: {path}.").format(path=" → ".join((*visited, source)))
    return ""


def _own(files: Files, name: str, settings: Mapping[str, str]) -> tuple[Step | None, str]:
    """Return where a profile's own credentials come from, and what is wrong there."""
    credentials, config = files.credentials.profile(name) or {}, files.config.profile(name) or {}
    if "role_arn" in settings and "web_identity_token_file" in settings:
        return Step(name, "web-identity", settings["role_arn"]), ""
    if any(key in settings for key in _SSO[:2]):
        return Step(name, "sso", settings.get("sso_role_name", "")), _sso_problem(files, name, settings)
    if _ACCESS_KEY in credentials:
        return _keys(name, credentials)
    if "login_session" in settings:
        return Step(name, "login", settings["login_session"]), ""
    if "credential_process" in settings:
        return Step(name, "process", settings["credential_process"]), ""
    if _ACCESS_KEY in config:
        return _keys(name, config)
    return None, ""


def _keys(name: str, settings: Mapping[str, str]) -> tuple[Step, str]:
    step = Step(name, "keys", settings[_ACCESS_KEY])
    if _SECRET_KEY in settings:
        return step, ""
    return step, _("The profile {name} has an access key id without its secret in one file.").format(name=name)


def _sso_problem(files: Files, name: str, settings: Mapping[str, str]) -> str:
    session = settings.get("sso_session")
    found: Mapping[str, str] = settings
    if session is not None:
        section = files.sso_sessions.get(session)
        if section is None:
            return _("The sso-session {name} doesn't exist.").format(name=session)
        found = {**settings, **files.config.sections[section]}
    missing = [key for key in _SSO if key not in found]
    if not missing:
        return ""
    return _("The profile {name} lacks {keys}.").format(name=name, keys=", ".join(missing))
