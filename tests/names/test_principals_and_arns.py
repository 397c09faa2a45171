"""Principals, role and user names, ARNs of keys, exempt principals and MFA devices, profile and setup names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import BadInputError
from wizard.names import arns, iam, profiles

SRC = ("111111111111",)


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("role/app-ec2", "arn:aws:iam::111111111111:role/app-ec2"),
        ("role/apps/data/etl", "arn:aws:iam::111111111111:role/apps/data/etl"),
        ("user/alice", "arn:aws:iam::111111111111:user/alice"),
        ("user/batch/x+y=z,a.b@c-d", "arn:aws:iam::111111111111:user/batch/x+y=z,a.b@c-d"),
        ("root", "arn:aws:iam::111111111111:root"),
        ("ROLE/App", "arn:aws:iam::111111111111:role/App"),
        ("arn:aws:iam::111111111111:role/apps/etl", "arn:aws:iam::111111111111:role/apps/etl"),
        ("arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:root"),
        ("ｒｏｌｅ/app", "arn:aws:iam::111111111111:role/app"),
        (
            "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
            "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
        ),
    ],
)
def test_a_principal_is_named_by_kind_path_and_name_or_by_its_arn(text: str, arn: str) -> None:
    assert iam.principal(text, SRC).value.arn("aws", SRC[0]) == arn


def test_an_identity_center_role_is_taken_as_its_permission_set() -> None:
    role = "role/aws-reserved/sso.amazonaws.com/ap-northeast-1/AWSReservedSSO_Data_Reader_0123456789abcdef"
    found = iam.principal(role, SRC)
    assert str(found.value) == "permission-set/Data_Reader"
    assert "permission-set/Data_Reader" in found.note
    pattern = found.value.arn_pattern("aws", SRC[0])
    assert pattern.endswith(f":role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_Data_Reader_{'?' * 16}")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no principal"),
        ("*", "everybody"),
        ("role/*", "has a wildcard"),
        ("user/a?", "has a wildcard"),
        ("group/admins", "is a group"),
        ("arn:aws:iam::111111111111:group/admins", "is a group"),
        ("arn:aws:sts::111111111111:assumed-role/app/session", "is a session"),
        ("arn:aws:iam::222222222222:role/app", "is in the account 222222222222"),
        ("arn:aws:s3:::bucket", "no principal"),
        ("app-ec2", "no principal"),
        ("role/", "no principal"),
        ("role", "no principal"),
        ("root/x", "no principal"),
        ("roles/app", "no principal"),
        ("role/a b", "no name"),
        ("role/日本", "no name"),
        (f"role/{'a' * 65}", "no name"),
        ("role/a//app", "no IAM path"),
        ("permission-set/a/b", "no name of a permission set"),
        (f"permission-set/{'a' * 33}", "no name of a permission set"),
        ("role/app\u202e", "no name"),
    ],
)
def test_what_is_no_principal_is_refused_with_the_reason(text: str, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        iam.principal(text, SRC)


@given(st.text() | st.from_regex(r"(role|user|root|permission-set)/?[\w+=,.@/-]{0,70}", fullmatch=True))
def test_a_principal_that_is_taken_reads_back_as_it_is(text: str) -> None:
    try:
        found = iam.principal(text, SRC).value
    except BadInputError:
        return
    again = iam.principal(str(found), SRC)
    assert again.value == found
    assert str(found).isascii()


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("RoleA", "/RoleA"),
        ("wizard/RoleA", "/wizard/RoleA"),
        ("role/wizard/RoleA", "/wizard/RoleA"),
        ("arn:aws:iam::222222222222:role/wizard/RoleA", "/wizard/RoleA"),
        ("/RoleA", "/RoleA"),
    ],
)
def test_a_role_is_named_with_its_path(text: str, resource: str) -> None:
    assert iam.named(text, "role").value.resource == resource


@pytest.mark.parametrize("text", ["", "a b", "a/", "a//b", "a*", "*/a", "ロール", "a" * 65, f"{'p' * 512}/a", "a\nb"])
def test_what_is_no_role_name_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        iam.named(text, "role")


KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize(
    "text", ["", "aws/s3", KEY, KEY.replace("12345678-1234-1234-1234-123456789012", f"mrk-{'0a' * 16}")]
)
def test_a_kms_key_is_named_by_its_arn(text: str) -> None:
    assert arns.kms_key_arn(text).value == text


@pytest.mark.parametrize("text", ["alias/aws/s3", "arn:aws:kms:ap-northeast-1:222222222222:alias/aws/s3"])
def test_the_managed_key_is_known_by_its_alias(text: str) -> None:
    found = arns.kms_key_arn(text)
    assert found.value == "aws/s3"
    assert found.note


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("alias/mine", "is an alias"),
        ("arn:aws:kms:ap-northeast-1:222222222222:alias/mine", "is an alias"),
        ("12345678-1234-1234-1234-123456789012", "no ARN of a KMS key"),
        ("arn:aws:kms::222222222222:key/12345678-1234-1234-1234-123456789012", "no ARN of a KMS key"),
        ("arn:aws:kms:ap-northeast-1:22222222222:key/12345678-1234-1234-1234-123456789012", "no ARN of a KMS key"),
        ("arn:aws:kms:ap-northeast-1:٢٢٢٢٢٢٢٢٢٢٢٢:key/12345678-1234-1234-1234-123456789012", "no ARN of a KMS key"),
        (f"arn:aws:kms:ap-northeast-1:222222222222:key/{'-' * 36}", "no ARN of a KMS key"),
        ("arn:aws:s3:::bucket", "no ARN of a KMS key"),
    ],
)
def test_what_names_no_kms_key_is_refused(text: str, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        arns.kms_key_arn(text)


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::222222222222:role/Admin",
        "arn:aws:iam::222222222222:role/admins/*",
        "arn:aws:iam::222222222222:user/alice",
        "arn:aws:iam::222222222222:root",
    ],
)
def test_an_exempt_principal_is_an_arn(text: str) -> None:
    assert arns.exempt_principal(text).value == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "role/Admin",
        "222222222222",
        "arn:aws:iam::*:role/Admin",
        "arn:aws:iam::222222222222:group/admins",
        "arn:aws:iam::222222222222:role/",
        "arn:aws:sts::222222222222:assumed-role/Admin/me",
        "arn:aws:s3:::bucket",
    ],
)
def test_what_can_not_be_exempt_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        arns.exempt_principal(text)


@pytest.mark.parametrize("text", ["", "arn:aws:iam::111111111111:mfa/alice", "GAHT12345678"])
def test_an_mfa_device_is_an_arn_or_a_serial_number(text: str) -> None:
    assert arns.mfa_serial(text).value == text


@pytest.mark.parametrize(
    "text", ["alice", "arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:mfa/a b", "123"]
)
def test_what_is_no_mfa_device_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="no MFA device"):
        arns.mfa_serial(text)


@pytest.mark.parametrize("text", ["", "id-42", "a:b/c@d,e=f+g.h"])
def test_an_external_id_is_taken(text: str) -> None:
    assert iam.external_id(text).value == text


@pytest.mark.parametrize("text", ["a", "a b", "日本", "a" * 1225, "a*b"])
def test_what_is_no_external_id_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="no external id"):
        iam.external_id(text)


@pytest.mark.parametrize("text", ["a", "a b", "a/b", "a" * 65, "a:b"])
def test_what_is_no_session_name_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="no session name"):
        iam.session_name(text)


@pytest.mark.parametrize("text", ["a", "my prof", "日本語", "a.b_c-d@e+f", "default"])
def test_a_profile_may_be_called_what_botocore_reads_back(text: str) -> None:
    assert profiles.profile_name(text).value == text


@pytest.mark.parametrize(
    "text", ["", " ", " a", "a ", "a\u3000", "a]b", "[a", "a'b", 'a"b', "a\\b", "a\nb", "a\u2028b", "DEFAULT"]
)
def test_what_botocore_would_not_read_back_is_no_profile_name(text: str) -> None:
    with pytest.raises(BadInputError):
        profiles.profile_name(text)


@pytest.mark.parametrize("text", ["a", "reports", "a-b-c", "2024-x", "a" * 32])
def test_a_setup_may_be_called_by_lower_case_words(text: str) -> None:
    assert profiles.setup_name(text).value == text


@pytest.mark.parametrize("text", ["", "A", "a_b", "a--b", "-a", "a-", "a b", "日本", "a" * 33])
def test_what_is_no_setup_name_is_refused_with_a_near_one(text: str) -> None:
    with pytest.raises(BadInputError, match="can't name a setup") as caught:
        profiles.setup_name(text)
    near = caught.value.mend.removeprefix("For example: ").removesuffix(".")
    assert profiles.setup_name(near).value == near
