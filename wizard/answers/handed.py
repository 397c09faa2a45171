"""A Setup back to answers, and the answers file that goes to the other side with a hand-over.

What belongs to the sender's machine stays there. The destination has no profile to write, and gets no `[profile]`.
The source gets the profile's name, region, output and credential_source, because its callers use the profile;
source_profile and mfa_serial name what is on somebody's own machine, and are asked for, or defaulted, there.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from wizard.answers.file import SIDES, write
from wizard.methods.registry import METHODS
from wizard.text import _

if TYPE_CHECKING:
    from wizard.setup import Bucket, Setup

_LOCAL = frozenset(("profile.source_profile", "profile.mfa_serial"))
_FIELDS = ("name", "region", "prefix", "kms_key_arn")


def answers_of(setup: Setup) -> dict[str, Any]:
    """Return the raw answers that make this very Setup, with every default said."""
    raw: dict[str, Any] = {
        "name": setup.name,
        "method": setup.method,
        "source.principals": [str(principal) for principal in setup.source.principals],
        "destination.account_id": setup.destination_account,
        "guards.vpc_endpoint_ids": list(setup.guards.vpc_endpoint_ids),
        "guards.require_tls": setup.guards.require_tls,
        "guards.organization_id": setup.guards.organization_id,
        "guards.exempt_principals": list(setup.guards.exempt_principals),
    }
    accounts = setup.source.account_ids
    raw |= {"source.accounts": list(accounts)} if len(accounts) > 1 else {"source.account_id": accounts[0]}
    if len(setup.buckets) > 1:
        raw["buckets"] = [_bucket(bucket) for bucket in setup.buckets]
    else:
        raw |= {f"bucket.{key}": value for key, value in _bucket(setup.bucket).items()}
    parts = ("level", "list_all_buckets", "tags", "acls", "resource_account")
    raw |= {f"access.{part}": getattr(setup.access, part) for part in parts}
    raw["access.actions"] = list(setup.access.actions)
    for question in METHODS[setup.method].questions:
        value = getattr(setup.own, question.key.partition(".")[2])
        raw[question.key] = value if isinstance(value, bool | int) else str(value)
    raw |= {f"profile.{field.name}": getattr(setup.profile, field.name) for field in fields(setup.profile)}
    return _said(raw)


def _bucket(bucket: Bucket) -> dict[str, str]:
    return {field: getattr(bucket, field) for field in _FIELDS if getattr(bucket, field) or field in _FIELDS[:2]}


def _said(raw: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: empty answers, and those that this setup doesn't ask for."""
    if raw["profile.credential_source"]:
        raw["profile.source_profile"] = ""
    if raw["method"] == "iam-user":
        raw["source.principals"] = []
    return {key: value for key, value in raw.items() if value not in ("", [])}


def handed_over(setup: Setup, side: str) -> str:
    """Return the answers file for a side (`source` or `destination`): what it is asked, and how to see that."""
    if side not in SIDES:
        raise ValueError(side)
    raw = answers_of(setup)
    raw = {
        key: value
        for key, value in raw.items()
        if key not in _LOCAL and (side == "source" or not key.startswith("profile."))
    }
    accounts = setup.source.account_ids if side == "source" else (setup.destination_account,)
    whose = accounts[0] if len(accounts) == 1 else _("{count} accounts").format(count=len(accounts))
    lines = (
        _("What the setup {name} asks of the {side} ({account}).").format(
            name=setup.name, side=_("source") if side == "source" else _("destination"), account=whose
        ),
        _("To see it in one screen, and to narrow it: s3-crossaccount --answers FILE"),
        _("Nothing in this file is executed, and there is no secret in it."),
    )
    head = "".join(f"# {line}\n" for line in lines)
    return f'{head}\n{write(raw)}\n[handover]\nside = "{side}"\n'
