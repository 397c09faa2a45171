"""The evaluator's small parts, each against the plainest other way of doing it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.policy.evaluate import Case, Policies, Request, evaluate
from wizard.policy.evaluation.caller import caller
from wizard.policy.evaluation.grammar import IDENTITY, RESOURCE
from wizard.policy.evaluation.library import compiled
from wizard.policy.evaluation.patterns import glob
from wizard.policy.evaluation.public import public
from wizard.policy.evaluation.quantities import base64, date, network, number

if TYPE_CHECKING:
    from decimal import Decimal

some = settings(max_examples=300, deadline=None)


@some
@given(st.text("ab*?", max_size=9), st.text("ab*?", max_size=12))
def test_a_wildcard_pattern_matches_what_the_same_regular_expression_matches(pattern: str, text: str) -> None:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    assert glob(pattern)(text) == bool(re.fullmatch("".join(parts), text, re.DOTALL))


@some
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.decimals(-5, 5, places=2))
def test_numbers_compare_exactly(one: Decimal, other: Decimal) -> None:
    read = [number(format(item, "f")) for item in (one, other)]
    assert read[0] is not None
    assert read[1] is not None
    (a, scale_a), (b, scale_b) = read[0], read[1]
    assert (a * 10**scale_b < b * 10**scale_a) == (one < other)


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1e3", "0x1", "1.", ".5", "１", "1_0", "inf", "nan", "--1", "9" * 101]
)
def test_what_is_no_number(text: str) -> None:
    assert number(text) is None


@some
@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 -- the zone is drawn
def test_dates_are_read_as_iso_8601_writes_them(moment: datetime, minutes: int) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    read = date(there.isoformat(timespec="microseconds"))
    assert read == ((there - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000, 0)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13-01", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "soon", "1e9"]
)
def test_what_is_no_date(text: str) -> None:
    assert date(text) is None


@some
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.integers(0, 128), st.data())
def test_an_address_is_in_a_block_where_pythons_own_says_so(block: object, length: int, data: st.DataObject) -> None:
    prefix = min(length, ip_address(str(block)).max_prefixlen)
    own = ip_network(f"{block}/{prefix}", strict=False)
    inside = own[data.draw(st.integers(0, own.num_addresses - 1))]
    assert network(f"{block}/{prefix}") == (own.version, int(own.network_address), prefix)
    assert network(str(inside)) == (own.version, int(inside), own.max_prefixlen)


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/255.0.0.0", "10.0.0/8", "fe80::1%eth0", "::/129", "10.0.0.1/-1", "x"],
)
def test_what_is_no_address(text: str) -> None:
    assert network(text) is None


def test_base64_is_read_strictly() -> None:
    assert base64("QQ==") == b"A"
    assert base64("QQ=") is None
    assert base64("Q Q = =") is None


@pytest.mark.parametrize(
    ("principal", "kind", "role"),
    [
        ("arn:aws:iam::111111111111:user/a/b/ann", "user", ""),
        ("arn:aws:iam::111111111111:root", "root", ""),
        ("arn:aws:sts::111111111111:assumed-role/app/s", "session", "arn:aws:iam::111111111111:role/app"),
        ("arn:aws:iam::111111111111:role/x/app", "session", "arn:aws:iam::111111111111:role/app"),
        ("arn:aws-us-gov:sts::111111111111:federated-user/f", "federated-user", ""),
        ("arn:aws:iam::111111111111:saml-provider/p", "provider", ""),
        ("logs.eu-west-1.amazonaws.com", "service", ""),
        ("anonymous", "anonymous", ""),
    ],
)
def test_who_calls(principal: str, kind: str, role: str) -> None:
    assert (caller(principal).kind, caller(principal).role) == (kind, role)


@pytest.mark.parametrize(
    "principal",
    [
        "",
        "*",
        "ann",
        "Anonymous",
        "arn:aws:iam::111111111111:group/g",
        "arn:aws:iam::111111111111:user/",
        "arn:aws:iam::11111111111:user/ann",
        "arn:aws:iam::*:user/ann",
        "arn:aws:sts::111111111111:assumed-role/app",
        "arn:aws:sts::111111111111:assumed-role/app/s/t",
        "arn:aws:sts::111111111111:root",
        "arn:aws:s3:::b",
        "arn:azure:iam::111111111111:user/ann",
    ],
)
def test_who_can_not_call(principal: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        caller(principal)


def test_a_document_that_comes_again_is_not_read_again_and_one_that_does_not_is_not_kept() -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:a", "Resource": "once"}]}
    first = compiled(document, IDENTITY)
    second = compiled(document, IDENTITY)
    assert second is not first
    assert compiled(document, IDENTITY) is second
    assert compiled(document, RESOURCE) is not second


def test_a_document_may_be_changed_after_it_was_evaluated() -> None:
    def made(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::changed/*"}
        return {"Version": "2012-10-17", "Statement": [statement]}

    def result(document: dict[str, Any], action: str) -> str:
        request = Request("arn:aws:iam::111111111111:user/ann", action, "arn:aws:s3:::changed/k")
        return evaluate(Case(request, Policies(identity=[document]), "111111111111", "111111111111")).result

    document = made("s3:PutObject")
    for _ in range(3):
        assert result(document, "s3:PutObject") == "Allowed"
    document["Statement"][0]["Action"] = "s3:GetObject"
    assert result(document, "s3:PutObject") == "ImplicitlyDenied"
    assert result(made("s3:PutObject"), "s3:GetObject") == "ImplicitlyDenied"


def test_whether_a_policy_is_public_is_worked_out_once() -> None:
    document = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}}
    read = compiled(document, RESOURCE)
    assert (public(read), read.public) == (2, 2)


@pytest.mark.parametrize("variable", ["${aws:username}", "${*}", "${?}", "${$}"])
def test_a_variable_is_its_value_and_never_its_own_letters(variable: str) -> None:
    resource = f"arn:aws:s3:::b/{variable}"

    def result(effect: str, **elements: Any) -> str:
        own = {"Effect": effect, "Action": "s3:GetObject", **elements}
        everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}
        document = {"Version": "2012-10-17", "Statement": [own, *([everything] if effect == "Deny" else [])]}
        request = Request("arn:aws:iam::111111111111:user/al", "s3:GetObject", resource, {"aws:username": "al"})
        return evaluate(Case(request, Policies(identity=[document]), "111111111111", "111111111111")).result

    assert result("Allow", Resource=resource) != "Allowed"
    assert result("Deny", NotResource=resource) == "ExplicitlyDenied"
