"""Describes how a profile resolves, for people and as JSON: every value's place, and the credentials' source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.diff.lines import visible
from wizard.profiles.ini import nested
from wizard.profiles.read import is_secret
from wizard.profiles.resolve import resolve
from wizard.redact import MASK, redact
from wizard.text import _, mark

if TYPE_CHECKING:
    from wizard.profiles.read import Files, Value
    from wizard.profiles.resolve import Step

_STEPS = {
    "assume-role": mark("{profile} assumes the role {detail}"),
    "keys": mark("{profile} has the access key {detail}"),
    "credential-source": mark("{profile} takes the credentials of {detail}"),
    "web-identity": mark("{profile} assumes the role {detail} with a web identity token"),
    "sso": mark("{profile} signs in with IAM Identity Center (permission set {detail})"),
    "login": mark("{profile} signs in with the console ({detail})"),
    "process": mark("{profile} gets credentials from a program: {detail}"),
    "machine": mark("{profile} has no credentials of its own: those of the container or the instance are used"),
}


def as_text(files: Files, name: str) -> str:
    """Return a profile's values with their places, then its chain and what is wrong with it."""
    profile = files.profile(name)
    values = profile.values if profile else ()
    lines = [_("Profile {name}").format(name=visible(name))]
    for value in values:
        lines.extend(_lines(value))
    lines.append(_("Credentials:"))
    chain = resolve(files, name)
    lines.extend(f"  {number}. {_sentence(step)}" for number, step in enumerate(chain.steps, start=1))
    if chain.problem:
        lines.append("  " + _("Problem: {text}").format(text=chain.problem))
    lines.extend(_("Note: {text}").format(text=remark) for remark in files.remarks(name))
    if files.using(name):
        lines.append(_("Used by: {profiles}").format(profiles=", ".join(files.using(name))))
    return "\n".join(lines)


def as_json(files: Files, name: str) -> dict[str, Any]:
    """Return the same as JSON values; secrets are masked."""
    profile = files.profile(name)
    chain = resolve(files, name)
    return {
        "profile": name,
        "values": [_value(value) for value in (profile.values if profile else ())],
        "credentials": [
            {"profile": step.profile, "kind": step.kind, "detail": redact(step.detail)} for step in chain.steps
        ],
        "problem": chain.problem or None,
        "notes": list(files.remarks(name)),
        "used_by": list(files.using(name)),
    }


def _lines(value: Value) -> list[str]:
    said = str(value.place)
    if value.overrides is not None:
        said = _("{place}, overrides {other}").format(place=said, other=value.overrides)
    shown = _shown(value)
    if isinstance(shown, str):
        return [f"  {value.key} = {visible(shown)}    ({said})"]
    inner = (f"    {key} = {visible(text)}" for key, text in shown.items())
    return [f"  {value.key} =    ({said})", *inner]


def _value(value: Value) -> dict[str, Any]:
    return {
        "key": value.key,
        "value": _shown(value),
        "file": str(value.place.file),
        "line": value.place.line,
        "section": value.place.section,
        "overrides": str(value.overrides) if value.overrides is not None else None,
    }


def _shown(value: Value) -> str | dict[str, str]:
    """Return a value as it may be shown: a nested one key by key."""
    if value.is_secret or not value.text.startswith("\n"):
        return value.shown
    return {key: MASK if is_secret(key) else redact(text) for key, text in nested(value.text).items()}


def _sentence(step: Step) -> str:
    return _(_STEPS[step.kind]).format(profile=step.profile, detail=redact(step.detail))
