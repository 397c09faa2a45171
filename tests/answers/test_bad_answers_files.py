"""Bad answers files, as they are run: one clear message with place and mend on standard error, exit status 2."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wizard.__main__ import main
from wizard.answers.file import read
from wizard.errors import BadInputError
from wizard.names.profiles import setup_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = """name = "reports"
method = "assume-role"
[source]
account_id = "111111111111"
principals = ["role/app"]
[destination]
account_id = "222222222222"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
[role]
name = "RoleA"
"""

GUARDED = "[guards]\norganization_id = 'o-a1b2c3d4e5'\n"


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Run `documents` on a text as a file that must be refused; return what is said, the folder's name left out."""

    def run(text: str) -> str:
        path = tmp_path / "a.toml"
        path.write_text(text, encoding="utf-8")
        assert main(["documents", str(path)]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "Traceback" not in captured.err
        return captured.err.replace(f"{tmp_path}{os.sep}", "")

    return run


def test_the_good_file_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    assert main(["documents", str(tmp_path / "a.toml")]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("old", "new", "place", "what", "mend"),
    [
        ('"111111111111"', '"11111111111"', "a.toml:4: source.account_id", "11 digits", "exactly 12 digits"),
        ('"111111111111"', '"1111x1111111"', "a.toml:4: source.account_id", "no account id", "exactly 12 digits"),
        (
            '"222222222222"',
            '"111111111111"',
            "a.toml:7: destination.account_id",
            "is the source account as well",
            "no cross-account case",
        ),
        (
            '"222222222222"',
            "222222222222",
            "a.toml:7: destination.account_id",
            "222222222222 is a number.",
            'Put it in quotes: "222222222222"',
        ),
        (
            '"s3-crossaccount-bucket01"',
            '"My_Bucket"',
            "a.toml:9: bucket.name",
            "no bucket name",
            "no upper-case letters",
        ),
        (
            '"ap-northeast-1"',
            '"ap-northeast1"',
            "a.toml:10: bucket.region",
            "no AWS region",
            "Did you mean ap-northeast-1?",
        ),
        ('["role/app"]', "[]", "a.toml:5: source.principals", "No principal is named.", "root for the whole account"),
        ('["role/app"]', '["group/admins"]', "a.toml:5: source.principals", "is a group", "Name its users"),
        ('["role/app"]', '["role/*"]', "a.toml:5: source.principals", "has a wildcard", "matched exactly"),
        ('["role/app"]', '["*"]', "a.toml:5: source.principals", "everybody", "root for the whole source account"),
        (
            '["role/app"]',
            '["arn:aws:sts::111111111111:assumed-role/app/me"]',
            "a.toml:5: source.principals",
            "is a session",
            "Name the role: role/app",
        ),
        (
            '["role/app"]',
            '["root", "role/app"]',
            "a.toml:5: source.principals",
            "root stands beside others",
            "root alone",
        ),
        ('["role/app"]', '"role/app"', "a.toml:5: source.principals", "role/app is a text.", 'Write ["role/app"].'),
        ('["role/app"]', "[1]", "a.toml:5: source.principals", "aren't all texts", "a list of texts"),
        ('"assume-role"', '"assume-rol"', "a.toml:2: method", "not one of the choices", "Did you mean assume-role?"),
        ('"assume-role"', "true", "a.toml:2: method", "true or false", "a text in quotes"),
        ('"RoleA"', '"Role A"', "a.toml:12: role.name", "no name of a role", "letters, digits"),
        ('"reports"', '"Reports!"', "a.toml:1: name", "can't name a setup", "For example: reports."),
    ],
)
def test_a_wrong_value_is_told_with_its_key_its_rule_and_its_mend(
    refused: Callable[[str], str], old: str, new: str, place: str, what: str, mend: str
) -> None:
    said = refused(GOOD.replace(old, new, 1))
    assert place in said
    assert what in said
    assert mend in said


@pytest.mark.parametrize(
    ("more", "place", "what", "mend"),
    [
        ("require_mfa = true\nx = 1\n", "a.toml:14", "role.x is no key", ""),
        ("external_idd = 'x'\n", "a.toml:13", "role.external_idd is no key", "Did you mean role.external_id?"),
        ("[rolle]\nname = 'x'\n", "a.toml:13", "rolle", "role"),
        ("session_seconds = 100\n", "a.toml:13: role.session_seconds", "100 seconds is out of range", "900 to 43200"),
        ("session_seconds = 7200\n", "a.toml:13: role.session_seconds", "too long for role/app", "Write 3600 or less"),
        ("session_seconds = '1h'\n", "a.toml:13: role.session_seconds", "1h is a text", "a whole number"),
        ("session_seconds = '3600'\n", "a.toml:13: role.session_seconds", "3600 is a text", "it without quotes"),
        ("require_mfa = 'yes'\n", "a.toml:13: role.require_mfa", "yes is a text", "true or false"),
        (
            "require_mfa = true\n[profile]\ncredential_source = 'Ec2InstanceMetadata'\n",
            "a.toml:15: profile.credential_source",
            "Ec2InstanceMetadata can't show MFA",
            "use a source_profile",
        ),
        (
            "require_mfa = true\n[profile]\ncredential_source = 'EcsContainer'\n",
            "a.toml:15: profile.credential_source",
            "EcsContainer can't show MFA",
            "use a source_profile",
        ),
        (
            "[profile]\nsource_profile = 'a'\ncredential_source = 'Environment'\n",
            "a.toml:14: profile.source_profile",
            "stand side by side",
            "Keep one of them",
        ),
        (
            "[profile]\ncredential_source = 'ec2'\n",
            "a.toml:14: profile.credential_source",
            "not one of the choices",
            "",
        ),
        ("[profile]\nname = 'a]b'\n", "a.toml:14: profile.name", "can't be a profile's name", "would not be read back"),
        ('[profile]\nname = "a\\nb"\n', "a.toml:14: profile.name", "control character", "without invisible"),
        (
            "[profile]\nname = 'x'\nsource_profile = 'x'\n",
            "a.toml:15: profile.source_profile",
            "would be its own source",
            "another profile",
        ),
        ("[access]\nlevel = 'custom'\n", "access.actions", "No action is chosen", "s3:ListBucket"),
        (
            "[access]\nlevel = 'custom'\nactions = ['s3:ListgBucket']\n",
            "a.toml:15: access.actions",
            "no S3 action s3:ListgBucket",
            "Did you mean s3:ListBucket?",
        ),
        (
            "[access]\nlevel = 'custom'\nactions = ['s3:ListObjectsV2']\n",
            "a.toml:15: access.actions",
            "no S3 action s3:ListObjectsV2",
            "the permission is s3:ListBucket",
        ),
        (
            "[access]\nlevel = 'custom'\nactions = ['ec2:*']\n",
            "a.toml:15: access.actions",
            "ec2:* is no S3 action",
            "only actions that begin with s3:",
        ),
        (
            "[access]\nlevel = 'custom'\nactions = ['s3:ListAllMyBuckets']\n",
            "a.toml:15: access.actions",
            "acts neither on a bucket nor on its objects",
            "list_all_buckets",
        ),
        (
            f"{GUARDED}exempt_principals = ['arn:aws-cn:iam::222222222222:role/Admin']\n",
            "a.toml:15: guards.exempt_principals",
            "of the partition aws-cn",
            "arn:aws:iam::222222222222:role/Admin",
        ),
        (
            "[profile]\nmfa_serial = 'arn:aws-cn:iam::111111111111:mfa/a'\n",
            "a.toml:14: profile.mfa_serial",
            "of the partition aws-cn",
            "arn:aws:iam::111111111111:mfa/a",
        ),
    ],
)
def test_what_is_added_wrongly_is_told_at_its_line(
    refused: Callable[[str], str], more: str, place: str, what: str, mend: str
) -> None:
    said = refused(GOOD + more)
    assert place in said
    assert what in said
    assert mend in said


def test_every_problem_is_told_at_once(refused: Callable[[str], str]) -> None:
    said = refused(
        GOOD.replace('"111111111111"', '"1"').replace('"ap-northeast-1"', '"Tokyo"').replace('"RoleA"', '""')
    )
    for place in ("a.toml:4: source.account_id", "a.toml:10: bucket.region", "role.name"):
        assert place in said


def test_what_is_missing_is_named(refused: Callable[[str], str]) -> None:
    said = refused("")
    for key in ("method", "source.account_id", "destination.account_id", "source.principals", "bucket.name"):
        assert key in said or key == "source.principals"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("method = assume-role\n", "a.toml:1:"),
        ('method = "assume-role"\n[source\n', "a.toml:2:"),
        ("a = 1\na = 2\n", "a.toml:2:"),
        ("[" * 5000, "a.toml"),
        (f"x = {'[' * 5000}", "a.toml"),
        (f"x = {'9' * 5000}", "a.toml"),
    ],
)
def test_broken_toml_is_told_with_its_line(refused: Callable[[str], str], text: str, place: str) -> None:
    assert place in refused(text)


KMS = "kms_key_arn = '{}'\n[role]\n"


@pytest.mark.parametrize(
    ("key", "what", "mend"),
    [
        (
            "arn:aws:kms:us-east-1:222222222222:key/12345678-1234-1234-1234-123456789012",
            "The key is in us-east-1",
            "own region",
        ),
        (
            "arn:aws-cn:kms:ap-northeast-1:222222222222:key/12345678-1234-1234-1234-123456789012",
            "partition aws-cn",
            "arn:aws:kms",
        ),
        ("alias/mine", "is an alias", "Give the key's ARN"),
    ],
)
def test_a_kms_key_of_another_region_or_partition_or_an_alias_is_refused(
    refused: Callable[[str], str], key: str, what: str, mend: str
) -> None:
    said = refused(GOOD.replace("[role]\n", KMS.format(key)))
    assert "a.toml:11: bucket.kms_key_arn" in said
    assert what in said
    assert mend in said


def test_the_managed_key_is_refused_for_bucket_policies_with_the_way_out(refused: Callable[[str], str]) -> None:
    text = GOOD.replace('"assume-role"', '"bucket-policy"').replace(
        '[role]\nname = "RoleA"\n', "kms_key_arn = 'aws/s3'\n"
    )
    said = refused(text)
    assert "aws/s3 can't work with the method bucket-policy." in said
    assert "Choose assume-role" in said


FLEET = """method = "bucket-policy"
[source]
accounts = ["111111111111", "333333333333"]
principals = ["role/app"]
[destination]
account_id = "222222222222"
[[buckets]]
name = "bucket-a"
region = "eu-west-1"
[[buckets]]
name = "bucket-b"
region = "us-east-1"
"""


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"333333333333"', '"33333333333"', "11 digits"),
        ('"333333333333"', '"222222222222"', "is the source account as well"),
        ('"bucket-b"', '"bucket-a"', "stands there twice"),
        ('"us-east-1"', '"cn-north-1"', "different partitions"),
        ('"us-east-1"', '"Tokyo"', "buckets[2].region: Tokyo is no AWS region"),
        ('name = "bucket-b"\n', "", "buckets[2].name is missing"),
        ('name = "bucket-b"\n', "nam = 'bucket-b'\n", "buckets[2].nam is no key"),
        ("accounts =", 'account_id = "444444444444"\naccounts =', "stand side by side"),
        ("[[buckets]]\n", "[bucket]\nname = 'x-y-z'\n[[buckets]]\n", "[bucket] and [[buckets]] stand side by side"),
    ],
)
def test_a_fleet_is_read_by_the_same_rules(refused: Callable[[str], str], old: str, new: str, what: str) -> None:
    assert what in refused(FLEET.replace(old, new, 1))


def test_an_empty_file_is_told_what_it_lacks_and_nothing_that_has_a_default(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        read(path)
    told = [line.removeprefix(f"{path}: ") for line in str(caught.value).splitlines() if line.startswith(str(path))]
    assert told == [
        "method is missing.",
        "source.account_id is missing.",
        "destination.account_id is missing.",
        "source.principals: No principal is named.",
        "bucket.name is missing.",
        "bucket.region is missing.",
        "Some methods need an answer of their own: role.name (assume-role), user.name (iam-user).",
    ]


@pytest.mark.parametrize(
    ("name", "proposed"),
    [("r" * 500, "reports"), ("The monthly reports of the sales department", "the-monthly-reports-of-the-sales")],
)
def test_a_name_that_is_too_long_is_shortened_by_whole_words(name: str, proposed: str) -> None:
    with pytest.raises(BadInputError) as caught:
        setup_name(name)
    assert caught.value.mend == f"For example: {proposed}."
