"""A setup's name in Sids: by it a setup's statements are told from those of all others, whatever they are called."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wizard.names.profiles import setup_name
from wizard.plan.merge import WHATS, what_of
from wizard.setup import default_name, sid_prefix

# Words that look like other parts of a Sid, and names that differ only where a hyphen, a digit or an x stands.
WORDS = st.sampled_from(
    [*(what.lower() for what in WHATS), "sso", "a", "b", "x", "xx", "x1", "1", "12", "0", "2x", "a1"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map("-".join) | st.from_regex(
    r"[a-z0-9]{1,8}(?:-[a-z0-9]{1,8}){0,3}", fullmatch=True
)


@given(one=NAMES, other=NAMES)
def test_different_names_have_different_prefixes_of_letters_and_digits(one: str, other: str) -> None:
    assert re.fullmatch(r"S3x[A-Z0-9][A-Za-z0-9]*", sid_prefix(one))
    assert (sid_prefix(one) == sid_prefix(other)) == (one == other)


@given(one=NAMES, other=NAMES, what=st.sampled_from(WHATS), suffix=st.sampled_from(["", "Sso", "2", "Sso12"]))
def test_a_statement_of_one_setup_is_never_taken_for_one_of_another(
    one: str, other: str, what: str, suffix: str
) -> None:
    assume(one != other)
    sid = f"{sid_prefix(one)}{what}{suffix}"
    assert what_of(sid, one) == what
    assert what_of(sid, other) == ""


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("reports", "S3xReports"),
        ("my-bucket", "S3xMyBucket"),
        ("a1b", "S3xA1b"),
        ("a-1b", "S3x0AX1b"),
        ("x-x1", "S3xXX1"),
        ("x-1", "S3x0XxX1"),
        ("2024-reports", "S3x0X2024Reports"),
    ],
)
def test_the_name_stays_readable(name: str, prefix: str) -> None:
    assert sid_prefix(name) == prefix


@given(
    st.sampled_from(["bucket-policy", "iam-user", "assume-role"]),
    st.from_regex(r"\d{12}", fullmatch=True),
    st.from_regex(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", fullmatch=True),
)
def test_the_default_name_is_a_valid_one(method: str, account: str, bucket: str) -> None:
    name = default_name(method, (account,), bucket)
    assert setup_name(name).value == name


def test_the_default_name_tells_setups_apart() -> None:
    accounts, buckets = (("111111111111",), ("333333333333",)), ("bucket-a", "bucket-b")
    names = {default_name(*each) for each in product(("bucket-policy", "assume-role"), accounts, buckets)}
    assert len(names) == 8
