"""The three methods from the first question to a written profile, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.answers.build import build
from wizard.answers.file import read
from wizard.plan import plan
from wizard.profiles.read import Paths
from wizard.profiles.read import read as read_profiles

if TYPE_CHECKING:
    from tests.plain.plain_person import Person


ENTER, QUIT = "\r", "0\r"
ASSUME_ROLE = (
    ENTER,
    "1111-2222-3333\r",
    "444455556666\r",
    "RoleA\r",
    "role/app\r",
    ENTER,  # nothing optional about the callers
    "my-bucket01\r",
    "ap-northeast-1\r",
    "reports\r",
    ENTER,
    "3\r",  # read-write
    ENTER,
    "y\r",  # TLS
    ENTER,
    "crossaccount\r",
    ENTER,
    ENTER,
    ENTER,
)
WRITE, ANSWERS = "6\r", "7\r"


def test_assume_role_from_the_first_question_to_a_profile_and_an_answers_file(person: Person) -> None:
    done = person.talk(*ASSUME_ROLE, "1\r", "3\r", WRITE, "y\r", ANSWERS, "reports.toml\r", QUIT)
    assert done.status == 0
    assert "Note: The account id 111122223333 was taken out of what you typed." in done.text
    assert "Note: A slash was added: reports/" in done.text
    answers = read(Path("reports.toml"))
    assert answers.raw["role.name"] == "RoleA"
    assert answers.raw["bucket.prefix"] == "reports/"
    assert answers.raw["guards.require_tls"] is True
    for document in plan(answers.setup).needed():
        assert document.policy is not None
        assert document.policy.text() in done.text
    assert "From role/app (account 111122223333) to RoleA (account 444455556666):" in done.text
    words = " ".join(done.text.split())
    assert "proven: trust policy names it, in account 444455556666 (S3xMyBucket01X" in words
    assert "Stays out: objects outside of reports/" in words
    found = read_profiles(Paths(person.config, person.credentials)).settings("crossaccount")
    assert found == {
        "role_arn": "arn:aws:iam::444455556666:role/RoleA",
        "source_profile": "default",
        "region": "ap-northeast-1",
    }
    assert "aws sts get-caller-identity --profile crossaccount" in done.text


def test_every_value_is_reviewed_with_where_it_came_from(person: Person) -> None:
    done = person.talk(*ASSUME_ROLE, QUIT)
    review = done.text[done.text.index("\nReview\n") :]
    for line in (
        "Method: assume-role (Switch role (sts:AssumeRole)) (typed)",
        "Source account: 111122223333 (typed)",
        "Session duration: 3600 (default)",
        "Access level: read-write (Read and write) (typed)",
        "TLS only: yes (typed)",
        "Source profile: default (default)",
        "Warning: With a prefix HeadBucket is denied",
    ):
        assert line in review


def test_bucket_policy_with_chosen_actions_has_no_profile_to_write(person: Person) -> None:
    done = person.talk(
        "2\r",
        "111111111111\r",
        "222222222222\r",
        "role/xxxxxxxxxx-ec2, role/other\r",
        "s3-crossaccount-bucket01\r",
        "ap-northeast-1\r",
        "XXX/\r",
        ENTER,
        "5\r",  # chosen actions
        "s3:ListBucket s3:GetObject s3:DeleteObject\r",
        ENTER,
        ENTER,
        ENTER,
        "1\r",
        "2\r",
        "6\r",  # the answers file: writing a profile isn't offered
        ENTER,
        "9\r",
    )
    assert done.status == 0
    assert "No profile is needed: the caller's own works." in done.text
    written = list(Path().glob("*.toml"))
    assert len(written) == 1
    bucket = plan(read(written[0]).setup).of("bucket")[0].policy
    assert bucket is not None
    statements = bucket.to_json()["Statement"]
    assert statements[0]["Condition"] == {"StringLike": {"s3:prefix": ["XXX/", "XXX/*"]}}
    assert statements[1]["Action"] == ["s3:GetObject", "s3:DeleteObject"]
    assert bucket.text() in done.text


SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
IAM_USER = (
    "3\r",
    "111111111111\r",
    "222222222222\r",
    "cliuser\r",
    ENTER,
    "s3-crossaccount-bucket01\r",
    "ap-northeast-1\r",
    ENTER,
    ENTER,
    ENTER,
    ENTER,
    ENTER,
    ENTER,
    "crossaccount\r",
    ENTER,
)


def test_iam_user_warns_and_writes_the_key_without_ever_showing_it(person: Person) -> None:
    done = person.talk(*IAM_USER, WRITE, "1\r", "AKIAIOSFODNN7EXAMPLE\r", f"{SECRET}\r", "y\r", QUIT)
    assert done.status == 0
    assert "Warning: Long-lived access keys leak" in done.text
    credentials = person.credentials
    assert credentials.stat().st_mode & 0o777 == 0o600
    assert f"aws_secret_access_key = {SECRET}" in credentials.read_text()
    assert "aws_access_key_id" not in person.config.read_text()
    assert "aws_secret_access_key = ********" in done.text
    assert SECRET not in done.text
    state = credentials.parent.parent / "state"
    assert all(SECRET not in path.read_text(errors="replace") for path in state.rglob("*") if path.is_file())


def test_the_key_of_an_iam_user_may_come_from_a_file(person: Person) -> None:
    Path("keys.csv").write_text(f"Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,{SECRET}\n")
    done = person.talk(*IAM_USER, WRITE, "2\r", "missing.csv\r", "2\r", "keys.csv\r", "y\r", QUIT)
    assert "missing.csv: The file of the access key can't be read." in done.text
    assert SECRET in person.credentials.read_text()
    assert SECRET not in done.text


def test_the_answers_give_the_documents_that_the_core_gives(person: Person) -> None:
    person.talk(*ASSUME_ROLE, ANSWERS, "a.toml\r", QUIT)
    raw = {
        "method": "assume-role",
        "source.account_id": "111122223333",
        "destination.account_id": "444455556666",
        "role.name": "RoleA",
        "source.principals": ["role/app"],
        "bucket.name": "my-bucket01",
        "bucket.region": "ap-northeast-1",
        "bucket.prefix": "reports/",
        "access.level": "read-write",
        "guards.require_tls": True,
        "profile.name": "crossaccount",
    }
    expected = [document.to_json() for document in plan(build(raw).setup).documents]
    assert json.dumps([one.to_json() for one in plan(read(Path("a.toml")).setup).documents]) == json.dumps(expected)
