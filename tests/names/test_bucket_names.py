"""Bucket names and prefixes: every rule of S3's naming page, and what is understood of pasted text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import BadInputError
from wizard.names import buckets


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "my-bucket01",
        "my.bucket.01",
        "0-9",
        "a" * 63,
        "xn-bucket",
        "s3-crossaccount-bucket01",
        "s3://my-bucket/reports/x.csv",
        "s3://my-bucket",
        "arn:aws:s3:::my-bucket",
        "arn:aws-cn:s3:::my-bucket/*",
        "ｍｙ-ｂｕｃｋｅｔ",
        " my-bucket ",
    ],
)
def test_a_bucket_name_is_taken_also_out_of_an_address_or_arn(text: str) -> None:
    found = buckets.bucket_name(text)
    assert re.fullmatch(r"[a-z0-9.-]{3,63}", found.value)
    assert bool(found.note) == (found.value != text.strip())


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "3 to 63 characters; this has 0"),
        ("ab", "3 to 63 characters; this has 2"),
        ("a" * 64, "3 to 63 characters; this has 64"),
        ("MyBucket", "no upper-case letters"),
        ("my_bucket", "no underscores"),
        ("my bucket", "lower-case letters, digits, periods and hyphens"),
        ("バケット名", "lower-case letters, digits, periods and hyphens"),
        ("-bucket", "begins and ends with a letter or a digit"),
        ("bucket-", "begins and ends with a letter or a digit"),
        (".bucket", "begins and ends with a letter or a digit"),
        ("bucket.", "begins and ends with a letter or a digit"),
        ("my..bucket", "no two periods in a row"),
        ("192.168.5.4", "not written like an IP address"),
        ("xn--bucket", "does not begin with xn--"),
        ("sthree-bucket", "does not begin with sthree-"),
        ("amzn-s3-demo-bucket", "does not begin with amzn-s3-demo-"),
        ("bucket-s3alias", "does not end with -s3alias"),
        ("bucket--ol-s3", "does not end with --ol-s3"),
        ("bucket.mrap", "does not end with .mrap"),
        ("bucket--usw2-az1--x-s3", "does not end with --x-s3"),
        ("bucket--table-s3", "does not end with --table-s3"),
        ("bucket\u200b", "lower-case letters, digits, periods and hyphens"),
    ],
)
def test_a_name_that_breaks_a_rule_is_refused_with_that_rule(text: str, rule: str) -> None:
    with pytest.raises(BadInputError, match="no bucket name") as caught:
        buckets.bucket_name(text)
    assert rule in caught.value.why


@pytest.mark.parametrize(
    ("text", "prefix", "note"),
    [
        ("", "", ""),
        ("reports/", "reports/", ""),
        ("reports", "reports/", "A slash was added: reports/"),
        ("a/b", "a/b/", "A slash was added: a/b/"),
        ("reports/*", "reports/", "The wildcard at the end"),
        ("*", "", "The wildcard at the end"),
        ("s3://my-bucket/reports/", "reports/", "taken out of what you typed"),
        ("s3://my-bucket", "", "taken out of what you typed"),
        ("日本語/", "日本語/", ""),
    ],
)
def test_a_prefix_ends_with_a_slash_and_what_was_changed_is_said(text: str, prefix: str, note: str) -> None:
    found = buckets.prefix(text)
    assert found.value == prefix
    assert note in found.note
    assert bool(found.note) == bool(note)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("/reports/", "begins with a slash"),
        ("re\nports/", "control character"),
        ("re\x00ports/", "control character"),
        ("re\u202eports/", "control character"),
        ("x" * 1025, "longer than an object's key"),
        ("あ" * 342, "longer than an object's key"),
    ],
)
def test_what_is_no_prefix_is_refused(text: str, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        buckets.prefix(text)


@given(st.text(max_size=60))
def test_a_prefix_that_is_taken_is_empty_or_ends_with_a_slash_and_settles_at_once(text: str) -> None:
    try:
        found = buckets.prefix(text).value
    except BadInputError:
        return
    assert found == "" or found.endswith("/")
    assert not found.startswith("/")
    assert buckets.prefix(found).value == found


@given(st.text(max_size=40))
def test_a_literal_has_no_wildcard_and_no_variable_left(text: str) -> None:
    escaped = buckets.literal(text)
    assert re.sub(r"\$\{[$*?]\}", lambda match: match[0][2], escaped) == text
    assert not re.search(r"[*?]", re.sub(r"\$\{[$*?]\}", "", escaped))
