"""Asking: what isn't accepted says why, `<` goes back, `?` explains, and an answers file spares questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wizard.answers.file import read
from wizard.errors import BadInputError
from wizard.methods.registry import METHODS

if TYPE_CHECKING:
    from tests.plain.plain_person import Person


ENTER, QUIT, CLEAR = "\r", "0\r", "\x15"
WHOLE: dict[str, Any] = {
    "method": "assume-role",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "source.principals": ["role/app"],
    "role.name": "RoleA",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
}
ANSWERS, CHANGE = "7\r", "9\r"
ROLE, MFA, LEVEL = "4", "7", "d"  # their rows in the list of what can be changed


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in WHOLE.items() if key not in keys}


@pytest.mark.parametrize(
    ("key", "wrong", "what", "mend"),
    [
        ("source.account_id", "11111111111", "11111111111 has 11 digits.", "exactly 12 digits"),
        ("source.account_id", "1111x1111111", "1111x1111111 is no account id.", "exactly 12 digits"),
        ("destination.account_id", "111111111111", "is the source account as well", "no cross-account case"),
        ("bucket.name", "My_Bucket", "My_Bucket is no bucket name.", "no upper-case letters"),
        ("source.principals", "group/admins", "group/admins is a group.", "Name its users"),
        ("source.principals", "role/*", "role/* has a wildcard.", "matched exactly"),
        ("source.principals", "root role/app", "root stands beside others.", "Name root alone"),
        ("bucket.region", "ap-northeast1", "ap-northeast1 is no AWS region.", "Did you mean ap-northeast-1?"),
    ],
)
def test_what_breaks_a_rule_is_said_with_its_mend_and_asked_again(
    person: Person, key: str, wrong: str, what: str, mend: str
) -> None:
    right = WHOLE[key] if isinstance(WHOLE[key], str) else WHOLE[key][0]
    done = person.talk(f"{wrong}\r", f"{CLEAR}{right}\r", raw=without(key), origin="a.toml")
    words = " ".join(done.text.split())
    assert f"Not accepted: {what}" in words or (what in words and "Not accepted:" in words)
    assert mend in words


def test_full_width_digits_are_converted_and_that_is_said(person: Person) -> None:
    raw = without("source.account_id")
    done = person.talk("１１１１１１１１１１１１\r", raw=raw, origin="a.toml")
    assert "Note: Full-width characters were converted: 111111111111" in done.text


def test_the_way_back_leads_through_the_questions_that_were_asked(person: Person) -> None:
    forth = (ENTER, "111111111111\r", "<\r", f"{CLEAR}333333333333\r", "222222222222\r")
    done = person.talk(*forth, "<\r", "<\r", "<\r", "<")
    assert done.text.count("the people and programs are that need the bucket") == 3
    assert done.text.count("Three ways lead to a bucket of another account.") == 3
    assert "There is nothing before this." in done.text


def test_going_back_keeps_the_answers_for_enter(person: Person) -> None:
    raw = without("role.name", "bucket.name", "bucket.region")
    person.talk(
        "RoleA\r", "<\r", ENTER, ENTER, "a-bucket\r", "eu-west-1\r", *[ENTER] * 10, ANSWERS, "a.toml\r", QUIT, raw=raw
    )
    assert read(Path("a.toml")).raw["role.name"] == "RoleA"


def test_help_explains_a_question_and_compares_the_methods(person: Person) -> None:
    done = person.talk("?", ENTER, "?\r", "111111111111\r")
    for method in METHODS.values():
        assert f"{method.title} ({method.id})" in done.text
    words = " ".join(done.text.split())
    assert f"Costs: {METHODS['iam-user'].comparison.costs}" in words
    assert f"It can't do: {METHODS['bucket-policy'].comparison.cannot}" in words
    assert "For example: 111122223333" in words


def test_the_help_of_the_access_levels_names_their_actions(person: Person) -> None:
    raw = without("bucket.region")
    done = person.talk("eu-west-1\r", ENTER, ENTER, "?", raw=raw)
    assert "  list: s3:ListBucket" in done.text
    assert "s3:AbortMultipartUpload" in done.text


def test_a_whole_answers_file_leads_straight_to_the_review(person: Person) -> None:
    done = person.talk(QUIT, raw=WHOLE, origin="reports.toml")
    assert done.status == 0
    assert "Step " not in done.text
    assert "Role: RoleA (answers file reports.toml)" in done.text
    assert "Access level: read (Read) (default)" in done.text


def test_only_what_an_answers_file_leaves_open_is_asked(person: Person) -> None:
    done = person.talk("\x15RoleB\r", ENTER, *[ENTER] * 10, QUIT, raw=without("role.name"), origin="a.toml")
    assert "Which account connects" not in done.text
    assert "Step 3 of 8: Callers" in done.text
    assert "Role: RoleB (typed)" in done.text
    assert "Bucket: s3-crossaccount-bucket01 (answers file a.toml)" in done.text


def test_enter_on_a_default_is_a_default_and_on_what_a_file_says_the_files(person: Person) -> None:
    raw = without("role.name")
    keys = (f"{CLEAR}RoleB\r", *[ENTER] * 10)
    done = person.talk(*keys, CHANGE, f"{ROLE}\r", ENTER, CHANGE, f"{MFA}\r", "n\r", QUIT, raw=raw, origin="a.toml")
    review = done.text[done.text.rindex("\nReview\n") :]
    assert "Access level: read (Read) (default)" in review
    assert "Require MFA: no (default)" in review
    assert "Role: RoleB (typed)" in review
    done = person.talk(CHANGE, f"{ROLE}\r", ENTER, QUIT, raw=WHOLE, origin="a.toml")
    assert "Role: RoleA (answers file a.toml)" in done.text[done.text.rindex("\nReview\n") :]


def test_a_default_that_is_chosen_in_place_of_another_answer_is_typed(person: Person) -> None:
    raw = {**WHOLE, "access.level": "read-write"}
    done = person.talk(CHANGE, f"{LEVEL}\r", "2\r", QUIT, raw=raw, origin="a.toml")
    assert "Access level: read (Read) (typed)" in done.text[done.text.rindex("\nReview\n") :]


def test_an_answer_of_the_file_that_breaks_a_rule_is_asked_for(person: Person) -> None:
    done = person.talk(
        f"{CLEAR}eu-west-1\r", *[ENTER] * 10, QUIT, raw={**WHOLE, "bucket.region": "Tokyo"}, origin="a.toml"
    )
    assert "Region: eu-west-1 (typed)" in done.text


def test_what_no_question_can_mend_ends_with_the_problem(person: Person) -> None:
    with pytest.raises(BadInputError, match="account_id and accounts stand side by side"):
        person.talk(raw={**WHOLE, "source.accounts": ["111111111111"]}, origin="a.toml")


def test_an_answers_file_that_contradicts_itself_is_refused_at_its_key(person: Person) -> None:
    raw = {**WHOLE, "profile.source_profile": "default", "profile.credential_source": "Environment"}
    with pytest.raises(BadInputError) as caught:
        person.talk(raw=raw, origin="a.toml")
    assert caught.value.where == "a.toml: profile.source_profile"


def test_a_digit_added_to_an_answer_that_was_not_accepted_mends_it(person: Person) -> None:
    done = person.talk("11111111111\r", "1\r", *[ENTER] * 10, QUIT, raw=without("source.account_id"), origin="a.toml")
    assert "Source account: 111111111111 (typed)" in done.text


def test_a_fleet_is_reviewed_with_its_buckets(person: Person) -> None:
    raw = without("source.account_id", "bucket.name", "bucket.region")
    raw |= {
        "source.accounts": ["111111111111", "333333333333"],
        "buckets": [{"name": "bucket-a", "region": "eu-west-1"}, {"name": "bucket-b", "region": "us-east-1"}],
        "name": "fleet",
    }
    done = person.talk(QUIT, raw=raw, origin="fleet.toml")
    assert "Source accounts: 111111111111, 333333333333 (answers file fleet.toml)" in done.text
    assert "s3://bucket-b/ (us-east-1)" in done.text


def test_optional_questions_are_offered_in_one_line_and_asked_on_request(person: Person) -> None:
    raw = without("role.name")
    done = person.talk(
        "RoleA\r", "y\r", "id-42\r", "y\r", ENTER, "batch\r", *[ENTER] * 10, ANSWERS, "a.toml\r", QUIT, raw=raw
    )
    answers = read(Path("a.toml"))
    assert answers.raw["role.external_id"] == "id-42"
    assert answers.raw["role.require_mfa"] is True
    assert answers.raw["role.session_name"] == "batch"
    assert "Warning: The role requires MFA, and the profile has no mfa_serial" in done.text


def test_a_changed_method_asks_what_the_new_one_needs(person: Person) -> None:
    done = person.talk(CHANGE, "1\r", "3\r", "cliuser\r", QUIT, raw=WHOLE, origin="a.toml")
    review = done.text[done.text.rindex("\nReview\n") :]
    assert "Method: iam-user" in review
    assert "User: cliuser (typed)" in review
    assert "Role:" not in review


def test_a_change_that_leads_to_unwanted_questions_is_taken_back_whole(person: Person) -> None:
    done = person.talk(CHANGE, "1\r", "3\r", "<\r", QUIT, raw=WHOLE, origin="a.toml")
    assert "Taken back: the answers are as they were." in done.text
    assert "Role: RoleA (answers file a.toml)" in done.text[done.text.rindex("\nReview\n") :]


def test_the_source_profile_is_chosen_among_those_that_are_there(person: Person) -> None:
    config = person.config
    config.write_text("[profile work]\nregion = eu-west-1\n[default]\nregion = eu-west-1\n")
    done = person.talk(CHANGE, "\x1b[A\x1b[A\x1b[A\x1b[A\r", "later\r", QUIT, raw=WHOLE, origin="a.toml")
    assert "Profiles that are there: work, default" in done.text
    assert "Note: there is no profile later yet" in done.text


def test_the_first_step_has_its_heading_too(person: Person) -> None:
    done = person.talk(ENTER)
    assert "Step 1 of 8: Method" in done.text


def test_an_empty_answer_where_one_is_needed_is_told_as_that(person: Person) -> None:
    done = person.talk(ENTER, ENTER)
    assert "An answer is needed here.\n  For example: 111122223333" in done.text
    assert "source.account_id" not in done.text
