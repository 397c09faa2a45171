"""A setup whose every name is legal and as odd as a name can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.answers.build import build
from wizard.plan import plan

if TYPE_CHECKING:
    from wizard.plan import Plan

PREFIX = "it's \"a\" $(touch pwned) `touch pwned` ${HOME} \\ ; & | < > # %{x} * ? ' 日本語/"
ROLE_PATH = "x'y\"`touch`;(a)&b|c<d>e\\{f}~#/"
SETUP: dict[str, Any] = {
    "name": "reports",
    "method": "assume-role",
    "source.account_id": "111111111111",
    "source.principals": [f"role/{ROLE_PATH}-rf", "user/a=b+c,d.e@f-g", "permission-set/Data,Reader"],
    "destination.account_id": "222222222222",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "bucket.prefix": PREFIX,
    "access.level": "read-write",
    "role.name": f"{ROLE_PATH}-Role,A=b",
    "role.external_id": "=,.@:/-",
    "guards.require_tls": True,
    "profile.name": "$(touch pwned) `touch pwned` ${HOME} 日本語",
}


def hostile_plan(**changes: Any) -> Plan:
    built = build({**SETUP, **changes})
    assert not built.problems, built.problems
    return plan(built.setup)
