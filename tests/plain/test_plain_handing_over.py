"""What leaves the review: copies, files, the profile; and what keeps it from leaving."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wizard import clipboard
from wizard.answers.build import build
from wizard.export.formats import render
from wizard.plan import plan
from wizard.state import drafts

if TYPE_CHECKING:
    from tests.plain.plain_person import Person


ENTER, QUIT = "\r", "0\r"
COPY, SAVE, WRITE, ANSWERS = "4\r", "5\r", "6\r", "7\r"
WHOLE: dict[str, Any] = {
    "name": "reports",
    "method": "assume-role",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "source.principals": ["role/app", "user/alice"],
    "role.name": "RoleA",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "profile.name": "crossaccount",
}
GUARDED = {**WHOLE, "guards.vpc_endpoint_ids": ["vpce-0123456789abcdef0"]}


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reaches the clipboard."""
    texts: list[str] = []

    def copy(text: str, **_options: object) -> clipboard.Copied:
        texts.append(text)
        return clipboard.Copied(certain=True, how=clipboard.How.SYSTEM)

    monkeypatch.setattr(clipboard, "copy", copy)
    return texts


def test_a_document_is_copied_as_plain_json(person: Person, copied: list[str]) -> None:
    done = person.talk(COPY, "1\r", QUIT, raw=WHOLE)
    trust = plan(build(WHOLE).setup).of("trust")[0]
    assert trust.policy is not None
    assert copied == [trust.policy.text()]
    assert "Copied." in done.text


def test_profile_snippet_and_everything_are_copied(person: Person, copied: list[str]) -> None:
    person.talk(COPY, "5\r", COPY, "6\r", COPY, "8\r", QUIT, raw=WHOLE)
    made = plan(build(WHOLE).setup)
    assert copied[0].startswith("[profile crossaccount]\nrole_arn = arn:aws:iam::222222222222:role/RoleA\n")
    assert copied[1] == made.snippet
    for document in made.needed():
        assert document.policy is not None
        assert document.policy.text() in copied[2]
    assert made.snippet in copied[2]


def test_without_a_clipboard_that_is_said(person: Person) -> None:
    done = person.talk(COPY, "1\r", QUIT, raw=WHOLE)
    assert "Nothing could be copied here" in done.text
    assert "Copied" not in done.text


def test_documents_are_saved_in_the_formats_of_export(person: Person) -> None:
    done = person.talk(SAVE, ENTER, "out\r", SAVE, "2\r", "page\r", QUIT, raw=WHOLE)
    made = plan(build(WHOLE).setup)
    for folder, name in (("out", "json"), ("page", "runbook")):
        for file in render(made, name):
            assert Path(folder, file.path).read_text() == file.text
            assert f"Written: {Path(folder, file.path)}" in done.text


def test_saved_documents_are_replaced_only_after_their_difference_was_shown(person: Person) -> None:
    trust = next(file.path for file in render(plan(build(WHOLE).setup), "json") if "trust" in file.path)
    person.talk(SAVE, ENTER, "out\r", QUIT, raw=WHOLE)
    assert "just like this" in person.talk(SAVE, ENTER, "out\r", QUIT, raw=WHOLE).text
    Path("out", trust).write_text("{}\n")
    done = person.talk(SAVE, ENTER, "out\r", ENTER, QUIT, raw=WHOLE)
    assert "-{}" in done.text
    assert Path("out", trust).read_text() == "{}\n"


def test_a_document_over_awss_limit_is_not_handed_out(person: Person, copied: list[str]) -> None:
    raw = {**WHOLE, "method": "bucket-policy", "source.principals": [f"role/{'x' * 60}{n:03}" for n in range(250)]}
    done = person.talk(COPY, "1\r", SAVE, "9\r", raw=raw)
    assert "Not possible: Bucket policy: " in " ".join(done.text.split())
    assert copied == []
    assert list(Path().iterdir()) == []


def test_of_a_fleet_beyond_awss_limits_the_ways_on_are_saved(person: Person) -> None:
    accounts = [f"{300000000000 + number}" for number in range(400)]
    raw = {key: value for key, value in WHOLE.items() if key not in {"source.account_id", "role.name", "profile.name"}}
    raw |= {"method": "bucket-policy", "source.accounts": accounts, "source.principals": ["role/app"]}
    done = person.talk(SAVE, "json\r", "out\r", QUIT, raw=raw)
    assert "organization/: By the organization" in " ".join(done.text.split())
    assert {path.name for path in Path("out").iterdir()} >= {"README.md", "organization", "access-points"}


def test_a_file_that_is_there_is_replaced_only_after_its_difference_was_shown(person: Person) -> None:
    Path("a.toml").write_text('method = "bucket-policy"\n')
    done = person.talk(ANSWERS, "a.toml\r", "n\r", QUIT, raw=WHOLE)
    assert '-method = "bucket-policy"' in done.text
    assert Path("a.toml").read_text() == 'method = "bucket-policy"\n'
    person.talk(ANSWERS, "a.toml\r", "y\r", QUIT, raw=WHOLE)
    assert 'method = "assume-role"' in Path("a.toml").read_text()
    assert "just like this" in person.talk(ANSWERS, "a.toml\r", QUIT, raw=WHOLE).text


def test_what_cannot_be_written_is_told_and_the_menu_goes_on(person: Person) -> None:
    Path("closed").mkdir(mode=0o500)
    Path("dangling.toml").symlink_to("nowhere/x.toml")
    done = person.talk(ANSWERS, "closed/a.toml\r", ANSWERS, "dangling.toml\r", QUIT, raw=WHOLE)
    assert done.status == 0
    words = " ".join(done.text.split())
    assert "The folder is read-only." in words
    assert "The symlink leads nowhere." in words
    assert list(Path("closed").iterdir()) == []


def test_a_guard_that_can_lock_out_takes_typing_the_buckets_name(person: Person, copied: list[str]) -> None:
    done = person.talk(COPY, "2\r", "yes\r", COPY, "1\r", QUIT, raw=GUARDED)
    assert "Shut out: everybody who does not come through vpce-0123456789abcdef0" in " ".join(done.text.split())
    assert "That is not the bucket's name: nothing was handed over." in done.text
    assert len(copied) == 1  # the trust policy locks nobody out
    person.talk(COPY, "2\r", "s3-crossaccount-bucket01\r", SAVE, ENTER, "out\r", QUIT, raw=GUARDED)
    assert "vpce-0123456789abcdef0" in copied[1]
    assert Path("out/documents.json").is_file()


def test_an_exempt_administrator_of_the_destination_makes_typing_needless(person: Person, copied: list[str]) -> None:
    raw = {**GUARDED, "guards.exempt_principals": ["arn:aws:iam::222222222222:role/Admin"]}
    person.talk(COPY, "2\r", QUIT, raw=raw)
    assert len(copied) == 1


def test_the_guards_say_whom_they_shut_out_when_they_are_answered(person: Person) -> None:
    raw = {key: value for key, value in WHOLE.items() if key != "bucket.region"}
    before_guards = ("eu-west-1\r", ENTER, ENTER, ENTER, ENTER, ENTER)
    done = person.talk(*before_guards, "y\r", "vpce-0123456789abcdef0\r", ENTER, ENTER, raw=raw, origin="a.toml")
    words = " ".join(done.text.split())
    assert "Warning: The way out: the root user of 222222222222" in words
    assert "Whom do the guards spare?" not in words  # the prompt itself is questionary's
    assert "Without an exempt administrator of the destination nobody can mend" in words


EXISTING = "# mine\n[profile crossaccount]\nregion = us-east-1\noutput = json\n\n[profile other]\nregion = eu-west-1\n"


@pytest.fixture
def config(person: Person) -> Path:
    """A config file that has the profile already, and another."""
    path = person.config
    path.write_text(EXISTING)
    return path


def test_an_existing_profile_is_updated_after_its_difference_was_shown(person: Person, config: Path) -> None:
    done = person.talk(WRITE, "1\r", QUIT, raw=WHOLE)
    assert "-region = us-east-1" in done.text
    assert "+region = ap-northeast-1" in done.text
    text = config.read_text()
    assert text.startswith("# mine\n[profile crossaccount]\nregion = ap-northeast-1\noutput = json\n")
    assert text.endswith("\n[profile other]\nregion = eu-west-1\n")
    assert "just like this" in person.talk(WRITE, QUIT, raw=WHOLE).text


def test_an_existing_profile_is_left_alone_and_another_name_taken(person: Person, config: Path) -> None:
    done = person.talk(WRITE, "2\r", "\x15second\r", "y\r", QUIT, raw=WHOLE)
    assert config.read_text().startswith(EXISTING)
    assert "[profile second]\nrole_arn = arn:aws:iam::222222222222:role/RoleA\n" in config.read_text()
    assert "aws sts get-caller-identity --profile second" in done.text


def test_stopping_at_an_existing_profile_changes_nothing(person: Person, config: Path) -> None:
    done = person.talk(WRITE, ENTER, WRITE, "<", QUIT, raw=WHOLE)
    assert done.text.count("Nothing was written.") == 2
    assert config.read_text() == EXISTING


def test_a_config_file_that_botocore_cannot_read_is_not_touched(person: Person, config: Path) -> None:
    config.write_text("[profile a]\nregion\n")
    done = person.talk(WRITE, QUIT, raw=WHOLE)
    assert "line 2" in " ".join(done.text.split())
    by_hand = "\n[profile crossaccount]\nrole_arn = arn:aws:iam::222222222222:role/RoleA\nsource_profile = default\n"
    assert by_hand in done.text
    assert config.read_text() == "[profile a]\nregion\n"


def test_a_backup_of_secrets_is_made_only_on_request(person: Person) -> None:
    credentials = person.credentials
    old = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1"
    credentials.write_text(f"[other]\naws_access_key_id = AKIAIOSFODNN7EXAMPL2\naws_secret_access_key = {old}\n")
    credentials.chmod(0o600)
    raw = {**WHOLE, "method": "iam-user", "user.name": "cliuser"}
    key = ("1\r", "AKIAIOSFODNN7EXAMPLE\r", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\r")
    person.talk(WRITE, *key, "y\r", ENTER, QUIT, raw=raw)
    kept = [path for path in person.state.rglob("*") if path.is_file() and old in path.read_text(errors="replace")]
    assert kept == []
    person.talk(WRITE, "2\r", "AKIAIOSFODNN7EXAMPL3\r", key[2], "1\r", "y\r", QUIT, raw=raw)
    kept = [path for path in person.state.rglob("*") if path.is_file() and old in path.read_text(errors="replace")]
    assert len(kept) == 1


def test_answers_that_were_handed_over_leave_no_draft(person: Person) -> None:
    raw = {key: value for key, value in WHOLE.items() if key != "role.name"}
    person.talk("RoleA\r", *[ENTER] * 10, QUIT, raw=raw)
    left = drafts.latest()
    assert left is not None
    assert left.answers["role.name"] == "RoleA"
    drafts.discard(left)
    person.talk("RoleA\r", *[ENTER] * 10, ANSWERS, ENTER, QUIT, raw=raw)
    assert drafts.latest() is None


def test_a_key_that_the_profile_has_is_kept_with_enter_and_another_one_can_be_given(person: Person) -> None:
    raw = {**WHOLE, "method": "iam-user", "user.name": "cliuser"}
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    person.talk(WRITE, "1\r", "AKIAIOSFODNN7EXAMPLE\r", f"{secret}\r", "y\r", QUIT, raw=raw)
    before = person.credentials.read_text()
    assert "AKIAIOSFODNN7EXAMPLE" in before
    person.config.write_text(person.config.read_text().replace("ap-northeast-1", "eu-west-1"))
    done = person.talk(WRITE, ENTER, "1\r", QUIT, raw=raw)
    assert "The profile has an access key already, AKIAIOSFODNN7EXAMPLE: it stays." in done.text
    assert person.credentials.read_text() == before
    assert "ap-northeast-1" in person.config.read_text()
    done = person.talk(WRITE, ENTER, QUIT, raw=raw)
    assert "is there already, just like this" in done.text
    person.talk(WRITE, "2\r", "AKIAIOSFODNN7EXAMPL3\r", f"{secret}\r", "1\r", ENTER, QUIT, raw=raw)
    assert "AKIAIOSFODNN7EXAMPL3" in person.credentials.read_text()


def test_another_name_than_that_of_the_kept_key_asks_for_its_own(person: Person) -> None:
    raw = {**WHOLE, "method": "iam-user", "user.name": "cliuser"}
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    person.talk(WRITE, "1\r", "AKIAIOSFODNN7EXAMPLE\r", f"{secret}\r", "y\r", QUIT, raw=raw)
    person.config.write_text(person.config.read_text().replace("ap-northeast-1", "eu-west-1"))
    other = ("2\r", "\x15another\r", "1\r", "AKIAIOSFODNN7EXAMPL3\r", f"{secret}\r", "y\r", ENTER, QUIT)
    done = person.talk(WRITE, ENTER, *other, raw=raw)
    assert "it stays" in done.text
    written = person.credentials.read_text()
    assert "[another]\naws_access_key_id = AKIAIOSFODNN7EXAMPL3" in written
    assert "AKIAIOSFODNN7EXAMPLE" in written
