"""Accounts as they may be found, and setups, for the tests of what a plan changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wizard.answers.build import build
from wizard.answers.file import flatten
from wizard.plan import ABSENT, Change, Choices, Found, Kind, changes, plan
from wizard.plan.found import BucketFound, Caller, Identity
from wizard.setup import Setup, tag_of

SRC, DST = "111111111111", "222222222222"
BUCKET = "s3-crossaccount-bucket01"
KEY = f"arn:aws:kms:ap-northeast-1:{DST}:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
APP = f"arn:aws:iam::{SRC}:role/app-ec2"
ROLE = f"arn:aws:iam::{DST}:role/RoleA"
USER = f"arn:aws:iam::{DST}:user/reader"
CALLERS = {account: Caller(account, f"arn:aws:iam::{account}:user/admin", "") for account in (SRC, DST)}
TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
THEIRS: dict[str, Any] = {
    "Version": "2008-10-17",
    "Id": "theirs",
    "Statement": {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": DST}, "Action": "s3:*", "Resource": "*"},
}


def setup_of(method: str, **tables: Any) -> Setup:
    values: dict[str, Any] = {
        "name": "reports",
        "method": method,
        "source": {"account_id": SRC, "principals": ["role/app-ec2"]},
        "destination": {"account_id": DST},
        "bucket": {"name": BUCKET, "region": "ap-northeast-1"},
    }
    values |= {"role": {"name": "RoleA"}} if method == "assume-role" else {}
    if method == "iam-user":
        values |= {"user": {"name": "reader"}, "source": {"account_id": SRC}}
    built = build(flatten({**values, **tables}, "", "answers.toml"))
    assert built.problems == ()
    return built.setup


def identity(arn: str, **more: Any) -> Identity:
    members: dict[str, Any] = {"trust": TRUST, "inline": {}, "attached": (), "tags": {}, "max_session_seconds": 3600}
    return Identity(arn=arn, unique_id="AROAEXAMPLE", **{**members, **more})


def bucket(policy: Any = ABSENT) -> BucketFound:
    return BucketFound(policy, ABSENT, "BucketOwnerEnforced", ("AES256", ""), "ap-northeast-1")


def found(**more: Any) -> Found:
    members: dict[str, Any] = {
        "callers": CALLERS,
        "identities": {APP: identity(APP), ROLE: ABSENT, USER: ABSENT},
        "buckets": {BUCKET: bucket()},
        "keys": {KEY: {"Version": "2012-10-17", "Statement": [{"Sid": "Enable IAM User Permissions"}]}},
    }
    return Found(**{**members, **more})


def of(setup: Setup, there: Found, choices: Choices | None = None) -> tuple[Change, ...]:
    return changes(plan(setup), there, choices or Choices())


def done(there: Found, made: tuple[Change, ...], setup: Setup) -> Found:
    """Return the accounts as they are when the changes were made."""
    identities: dict[str, Any] = dict(there.identities)
    buckets, keys = dict(there.buckets), dict(there.keys)
    tags = dict([tag_of(setup.name)])
    for change in made:
        if change.kind in {Kind.BUCKET, Kind.GUARDS}:
            buckets[change.name] = bucket(ABSENT if change.then is None else change.then)
        elif change.kind is Kind.KEY:
            keys[change.target] = change.then
        else:
            identities[change.target] = _identity_after(change, identities.get(change.target), tags)
    return replace(there, identities=identities, buckets=buckets, keys=keys)


def _identity_after(change: Change, one: Any, tags: dict[str, str]) -> Any:
    match change.kind:
        case Kind.ROLE:
            return identity(change.target, trust=change.then, tags=tags, max_session_seconds=change.session_seconds)
        case Kind.USER:
            return identity(change.target, trust=None, tags=tags)
        case Kind.TRUST:
            return replace(one, trust=change.then)
        case Kind.SESSION:
            return replace(one, max_session_seconds=change.then["MaxSessionDuration"])
        case Kind.INLINE:
            return replace(one, inline={**one.inline, change.name: change.then})
        case Kind.ATTACHED:
            return replace(one, attached=(*one.attached, change.name))
        case _:
            return replace(one, access_keys=("AKIAEXAMPLE",))
