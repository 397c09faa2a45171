"""Account ids, regions, VPC endpoints and organisations: what is taken, how it is understood, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import BadInputError
from wizard.names import accounts


@pytest.mark.parametrize(
    "text",
    [
        "111122223333",
        " 111122223333\n",
        "1111-2222-3333",
        "1111 2222 3333",
        "arn:aws:iam::111122223333:role/apps/etl",
        "arn:aws:sts::111122223333:assumed-role/RoleA/me",
        "https://111122223333.signin.aws.amazon.com/console",
        "https://111122223333-abcdefgh.ap-northeast-1.console.aws.amazon.com/s3/home",
        "Account ID: 1111-2222-3333",
        "アカウント:1111-2222-3333",
        "１１１１２２２２３３３３",
        "１１１１－２２２２－３３３３",
        "111122223333 (111122223333)",
    ],
)
def test_an_account_id_is_taken_out_of_what_is_pasted(text: str) -> None:
    found = accounts.account_id(text)
    assert found.value == "111122223333"
    assert bool(found.note) == (text.strip() != "111122223333")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("11112222333", "11 digits"),
        ("1111222233334", "13 digits"),
        ("1111-2222-333", "11 digits"),
        ("1111x2223333", "no account id"),
        ("111122223333 444455556666", "More than one account id: 111122223333, 444455556666"),
        ("٣٣٣٣٣٣٣٣٣٣٣٣", "no account id"),
        ("१११११११११११११", "no account id"),
        ("my-account", "no account id"),
        ("arn:aws:s3:::bucket", "no account id"),
    ],
)
def test_what_is_no_account_id_is_refused_with_what_it_is(text: str, what: str) -> None:
    with pytest.raises(BadInputError, match=what) as caught:
        accounts.account_id(text)
    assert caught.value.mend


@given(st.text())
def test_an_account_id_has_twelve_ascii_digits_or_is_refused(text: str) -> None:
    with suppress(BadInputError):
        found = accounts.account_id(text).value
        assert len(found) == 12
        assert found.isascii()
        assert found.isdigit()


@pytest.mark.parametrize(
    "text", ["ap-northeast-1", " AP-NORTHEAST-1 ", "us-gov-west-1", "cn-north-1", "ap-northeast-１"]
)
def test_a_region_is_taken_by_its_code(text: str) -> None:
    assert accounts.region(text).value in accounts.REGIONS


def test_a_region_of_tomorrow_is_taken_and_said_to_be_unknown() -> None:
    found = accounts.region("eu-west-9")
    assert found.value == "eu-west-9"
    assert "not among the regions known" in found.note


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("Tokyo", ""),
        ("", ""),
        ("ap-northeast1", "Did you mean ap-northeast-1?"),
        ("ap-northeast-1a", "Did you mean ap-northeast-1?"),
        ("ap-northest-1", "Did you mean ap-northeast-1?"),
        ("ap-northeast-١", ""),
        ("xx-north-1", ""),
        ("ap-northeast-1\u202e", "Did you mean ap-northeast-1?"),
    ],
)
def test_what_is_no_region_is_refused_with_the_likely_one(text: str, mend: str) -> None:
    with pytest.raises(BadInputError, match="no AWS region") as caught:
        accounts.region(text)
    assert mend in caught.value.mend


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("ap-northeast-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-east-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_the_partition_follows_from_the_region(region: str, partition: str, suffix: str) -> None:
    assert accounts.partition(region) == partition
    assert accounts.dns_suffix(region) == suffix


@pytest.mark.parametrize("text", ["vpce-0123456789abcdef0", "vpce-0123abcd", " vpce-0123abcd "])
def test_a_vpc_endpoint_is_taken_by_its_id(text: str) -> None:
    assert accounts.vpc_endpoint_id(text).value == text.strip()


@pytest.mark.parametrize("text", ["", "vpc-0123abcd", "vpce-", "vpce-0123", "vpce-0123456789ABCDEF0", "vpce-*", "*"])
def test_what_is_no_vpc_endpoint_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="no VPC endpoint id"):
        accounts.vpc_endpoint_id(text)


@pytest.mark.parametrize("text", ["", "o-a1b2c3d4e5", f"o-{'a' * 32}"])
def test_an_organization_is_taken_by_its_id(text: str) -> None:
    assert accounts.organization_id(text).value == text


@pytest.mark.parametrize("text", ["o-short", "O-A1B2C3D4E5", "r-a1b2", f"o-{'a' * 33}", "o-a1b2c3d4e5/r-ab12"])
def test_what_is_no_organization_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="no organization id"):
        accounts.organization_id(text)


@given(st.text())
def test_shown_texts_have_no_control_characters(text: str) -> None:
    shown = accounts.printable(text, 40)
    assert all(char == " " or char.isprintable() for char in shown)
