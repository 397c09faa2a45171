"""A hand-over read in line by line: what it asks comes first, less is taken, more is asked about and never assumed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wizard.__main__ import main
from wizard.answers.build import build
from wizard.answers.file import read_raw
from wizard.answers.handed import handed_over

if TYPE_CHECKING:
    from tests.plain.plain_person import Person

ENTER, QUIT = "\r", "0\r"
RAW: dict[str, Any] = {
    "name": "reports",
    "method": "assume-role",
    "source.account_id": "111111111111",
    "source.principals": ["role/app"],
    "destination.account_id": "222222222222",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "bucket.prefix": "reports/",
    "access.level": "read-write",
    "role.name": "RoleA",
}
ANSWERS, VALUES, CHANGE = "7\r", "8\r", "9\r"
LEVEL, PREFIX = "d", "b"  # their rows in the list of what can be changed


@pytest.fixture
def handed(person: Person) -> Path:
    """The file that the source handed to the destination."""
    assert person is not None  # its home is where the file goes
    path = Path("reports-destination.toml")
    path.write_text(handed_over(build(RAW).setup, "destination"), encoding="utf-8")
    return path


def level_of(path: str) -> str:
    return str(tomllib.loads(Path(path).read_text(encoding="utf-8"))["access"]["level"])


def change(row: str, *answers: str) -> list[str]:
    return [CHANGE, f"{row}\r", *answers]


def test_what_is_asked_is_printed_first_and_nothing_is_asked_again(person: Person, handed: Path) -> None:
    done = person.talk(QUIT, raw=read_raw(handed), origin=str(handed))
    assert done.status == 0
    words = " ".join(done.text.split())
    assert words.startswith("111111111111 asks you, who administer 222222222222, the owner of the bucket: Who:")
    assert done.text.index("Risk:") < done.text.index("Review")
    assert "- !! They can overwrite objects that are there" in words


def test_less_is_taken_at_once_and_shown_as_narrowed(person: Person, handed: Path) -> None:
    done = person.talk(
        *change(LEVEL, "2\r"),
        *change(PREFIX, "\x15reports/2026/\r"),
        ANSWERS,
        "mine.toml\r",
        QUIT,
        raw=read_raw(handed),
        origin=str(handed),
    )
    assert done.status == 0, done.text
    assert "This is more than the file asks" not in done.text
    review = " ".join(done.text[done.text.rindex("\nReview\n") :].split())
    assert "Access level: read (Read) (typed, narrowed)" in review
    assert "Prefix: reports/2026/ (typed, narrowed)" in review
    assert level_of("mine.toml") == "read"


def test_more_is_said_at_once_and_a_mere_enter_does_not_take_it(person: Person, handed: Path) -> None:
    done = person.talk(
        *change(LEVEL, "4\r", ENTER, ENTER),  # read-write-delete; no; as it stands
        ANSWERS,
        "mine.toml\r",
        QUIT,
        raw=read_raw(handed),
        origin=str(handed),
    )
    assert done.status == 0, done.text
    assert "This is more than the file asks:" in done.text
    assert "- more actions: s3:DeleteObject" in done.text
    assert "Not taken: the answer stays as it was." in done.text
    assert level_of("mine.toml") == "read-write"


def test_more_is_taken_after_a_yes_and_shown_as_more(person: Person, handed: Path) -> None:
    done = person.talk(
        *change(LEVEL, "4\r", "y\r"),
        ANSWERS,
        "mine.toml\r",
        QUIT,
        raw=read_raw(handed),
        origin=str(handed),
    )
    assert done.status == 0, done.text
    assert "Access level: read-write-delete (Read, write and delete) (typed, more than asked)" in " ".join(
        done.text.split()
    )
    assert level_of("mine.toml") == "read-write-delete"


def test_the_ceiling_outlives_a_closed_terminal(person: Person, handed: Path) -> None:
    first = person.talk(*change(LEVEL, "2\r"), raw=read_raw(handed), origin=str(handed))
    assert first.status == 130
    done = person.talk(ENTER, "y\r", *change(LEVEL, "4\r", "y\r"), QUIT)
    assert "This is more than the file asks:" in done.text


def test_without_a_terminal_what_is_asked_stands_before_the_documents(
    handed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["documents", str(handed)]) == 0
    plain = capsys.readouterr()
    assert "came with a hand-over to the destination" in plain.err
    assert main(["--answers", str(handed)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("111111111111 asks you")
    assert told.out.endswith(plain.out)
    assert "came with a hand-over" not in told.err
