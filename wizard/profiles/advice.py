"""What a person should know before a profile is written or removed: what overrides it, what depends on it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from wizard.profiles.ini import Kind
from wizard.profiles.resolve import resolve
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from wizard.profiles.read import Files


def for_writing(
    name: str, wanted: Mapping[str, str], then: Files, *, rules: Collection[str], writes_keys: bool
) -> tuple[str, ...]:
    """Say what would keep a profile from working as it is wanted, in the files as they will be.

    `rules` are the keys that decide whose credentials it gets.
    """
    out = [*_overridden(name, wanted, then, rules), *then.remarks(name)]
    chain = resolve(then, name)
    expected = "keys" if writes_keys else "assume-role" if "role_arn" in wanted else ""
    if chain.problem:
        out.append(chain.problem)
    elif expected and chain.first != expected:
        out.append(_other_source(name, chain.first))
    elif not expected and chain.first == "machine":
        out.append(_("The profile {name} has no access key yet.").format(name=name))
    if writes_keys:
        out.extend(_readable_by_others(then.paths.credentials))
    return tuple(out)


def for_removing(name: str, now: Files) -> tuple[str, ...]:
    """Say which profiles take their credentials from the one that goes."""
    dependents = now.using(name)
    if not dependents:
        return ()
    return (
        _("Without {name} these profiles have no credentials, for it is their source_profile: {profiles}.").format(
            name=name, profiles=", ".join(dependents)
        ),
    )


def _overridden(name: str, wanted: Mapping[str, str], then: Files, rules: Collection[str]) -> list[str]:
    theirs = then.credentials.profile(name) or {}
    keys = [
        key
        for key, value in theirs.items()
        if (key in wanted and wanted[key] != value) or (key in rules and key not in wanted)
    ]
    if not keys or not wanted:
        return []
    lines = [f"{key} ({then.credentials.layout.line_of(name, key)})" for key in keys]
    return [
        _(
            "[{name}] in {file} overrides what is written here: the credentials file wins for every key. "
            "It sets, with the line: {keys}."
        ).format(name=name, file=then.path(Kind.CREDENTIALS), keys=", ".join(lines))
    ]


def _other_source(name: str, kind: str) -> str:
    keys = {
        "web-identity": "web_identity_token_file",
        "sso": "sso_account_id, sso_role_name",
        "login": "login_session",
        "process": "credential_process",
        "assume-role": "role_arn",
    }
    return _("{keys} in the profile {name} comes first: botocore will not use what is written here.").format(
        keys=keys.get(kind, kind), name=name
    )


def _readable_by_others(path: Path) -> list[str]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return []
    if not mode & 0o077:
        return []
    return [
        _("Other users may read {file} (mode {mode:04o}); its mode is kept. To close it: chmod 600 {file}").format(
            file=path, mode=mode
        )
    ]
