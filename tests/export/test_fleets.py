"""Fleets: many accounts and buckets in every format; what is beyond AWS's limits is told with the arithmetic."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from wizard.answers.build import build
from wizard.export.formats import FORMATS, notes, render
from wizard.plan import Found, changes, plan

if TYPE_CHECKING:
    from wizard.plan import Plan


def fleet(accounts: int, buckets: int, method: str = "bucket-policy") -> Plan:
    raw: dict[str, Any] = {
        "name": "reports",
        "method": method,
        "source.accounts": [str(300_000_000_000 + number) for number in range(accounts)],
        "source.principals": ["role/app-ec2"],
        "destination.account_id": "222222222222",
        "buckets": [
            {"name": f"s3-crossaccount-bucket{number:02}", "region": "ap-northeast-1", "prefix": "reports/"}
            for number in range(buckets)
        ],
        "role.name": "RoleA",
        "guards.require_tls": True,
    }
    built = build(raw)
    assert not built.problems, built.problems
    return plan(built.setup)


def test_a_bucket_policy_names_its_own_bucket_alone() -> None:
    for document in fleet(3, 3).of("bucket"):
        assert document.policy
        resources = [one for statement in document.policy.statements for one in statement.resources or ()]
        assert all(one.partition("/")[0] == document.attach_to for one in resources)


def test_every_account_and_bucket_has_its_changes() -> None:
    made = changes(fleet(3, 2), Found())
    assert len({change.id for change in made}) == len(made) == 3 + 2 + 2


@pytest.mark.parametrize("export_format", FORMATS)
@pytest.mark.parametrize("method", ["bucket-policy", "assume-role"])
def test_every_format_takes_a_fleet(export_format: str, method: str) -> None:
    made = fleet(3, 2, method)
    text = "".join(file.text for file in render(made, export_format))
    assert "s3-crossaccount-bucket00" in text
    assert "s3-crossaccount-bucket01" in text
    if not (export_format == "cloudformation" and method == "assume-role"):
        assert "300000000002" in text


def test_beyond_the_limit_the_arithmetic_is_told() -> None:
    said = notes(fleet(500, 20), "json", "", ())[0]
    found = re.search(r"([\d,]+) bytes for each of 500 source accounts \+ ([\d,]+) = ([\d,]+), and AWS", said)
    assert found
    each, rest, size = (int(one.replace(",", "")) for one in found.groups())
    assert each == 2 * len('"arn:aws:iam::300000000000:role/app-ec2",')
    assert each * 500 + rest == size
    assert "×20" in said
    assert "at most 20,480" in said
    fit = int(said.partition("at most 20,480: ")[2].partition(" ")[0])
    assert not notes(fleet(fit, 1), "json", "", ())
    assert notes(fleet(fit + 1, 1), "json", "", ())
    assert each * fit + rest <= 20_480 < each * (fit + 1) + rest


def test_what_is_counted_is_what_is_sent() -> None:
    made = fleet(243, 1)
    document = made.of("bucket")[0]
    assert document.policy
    sent = json.dumps(document.policy.to_json(), separators=(",", ":"))
    said = notes(made, "json", "", ())[0]
    assert f"= {len(sent.encode()):,}, and" in said
    assert made.problems
    # With the white space of the indented text it is larger, and yet what is sent fits.
    fits = fleet(240, 1)
    policy = fits.of("bucket")[0].policy
    assert policy
    assert len(policy.text()) > 20_480
    assert not fits.problems
    assert any("white space" in one for one in fits.warnings)
    file = next(one for one in render(fits, "json") if "bucket-policy" in one.path)
    assert len(file.text.encode()) <= 20_480


def test_a_trust_policy_between_the_default_and_the_raised_quota_says_so() -> None:
    made = fleet(60, 1, "assume-role")
    assert not made.problems
    assert any("only where the quota was raised" in one for one in made.warnings)
    (said,) = notes(made, "json", "", ())
    assert "at most 2,048" in said
    assert "Up to 4,096" in said
    assert any(one.path.endswith("trust.json") for one in render(made, "json"))
    assert fleet(110, 1, "assume-role").problems


@pytest.mark.parametrize("export_format", FORMATS)
def test_500_accounts_and_20_buckets_are_rendered_quickly(export_format: str) -> None:
    made = fleet(500, 20)
    start = time.process_time()
    files = render(made, export_format)
    assert time.process_time() - start < 2
    if export_format == "runbook":
        assert all(len(file.text.encode()) <= 300_000 for file in files)
