"""The program in a real terminal: a dumb one, one for a screen reader, and an ordinary one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plain.plain_person import Person


pytestmark = pytest.mark.terminal
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
IAM_USER = """
name = "reports"
method = "iam-user"
[source]
account_id = "111111111111"
[destination]
account_id = "222222222222"
[user]
name = "cliuser"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
[profile]
name = "crossaccount"
"""


def test_a_dumb_terminal_gets_numbered_choices_and_no_escape_sequences(person: Person) -> None:
    screen = person.terminal(TERM="dumb")
    screen.answer("How should the source account reach the bucket? [1]:", "5")
    screen.answer("Type a number from 1 to 4.", "bucket-policy")
    screen.answer("(source account)", "1111")
    screen.wait_for("Not accepted: 1111 has 4 digits.")
    screen.answer("(source account)", "1111-2222-3333")
    screen.answer("(destination account)", "<")
    screen.answer("(source account) [1111-2222-3333]:", "")
    screen.answer("(destination account)", "444455556666")
    screen.answer("is to have access?", "role/app")
    screen.answer("Which bucket of 444455556666?", "my-bucket01")
    screen.answer("In which region is the bucket?", "ap-northeast-1")
    screen.answer("Only objects under a prefix? [none]:", "reports/")
    screen.answer("Answer now? (y/N)", "<")
    screen.answer('("" for none) [reports/]:', '""')
    screen.answer("Answer now? (y/N)", "maybe")
    screen.answer("Type y for yes or n for no.", "n")
    screen.answer("What may they do in the bucket? [2]:", "")
    screen.answer("Answer now? (y/N)", "")
    screen.answer("Refuse requests without TLS? (y/N)", "y")
    screen.answer("Answer now? (y/N)", "")
    screen.wait_for("Prefix: none (default)")
    screen.answer("What now? [1]:", "6")
    screen.answer("As which file?", "mine.toml")
    screen.answer("What now? [6]:", "quit")
    assert screen.status() == 0
    assert "\x1b" not in screen.text
    assert 'account_id = "111122223333"' in Path("mine.toml").read_text()


def test_a_secret_is_not_echoed_in_a_dumb_terminal(person: Person) -> None:
    Path("a.toml").write_text(IAM_USER)
    screen = person.terminal("--answers", "a.toml", TERM="dumb")
    screen.answer("What now?", "6")
    screen.answer("Where is the user's access key?", "1")
    screen.answer("Access key id:", "AKIAIOSFODNN7EXAMPLE")
    screen.answer("(not shown):", SECRET)
    screen.answer("Write the profile crossaccount? (y/N)", "y")
    screen.answer("What now?", "quit")
    assert screen.status() == 0
    assert SECRET not in screen.text
    assert SECRET in person.credentials.read_text()


def test_accessible_asks_with_numbers_in_any_terminal(person: Person) -> None:
    screen = person.terminal(TERM="xterm-256color", ACCESSIBLE="1")
    screen.wait_for("2. Bucket policy")
    screen.wait_for("How should the source account reach the bucket? [1]:")
    assert screen.status(stop="\x03") == 130
    assert "Stopped: every file is as it was." in screen.text
    assert "\x1b" not in screen.text


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("kind", ["dumb", "xterm-256color"])
def test_stopping_in_a_terminal_ends_with_130_and_no_traceback(person: Person, kind: str, key: str) -> None:
    screen = person.terminal("--plain", TERM=kind)
    screen.wait_for("[1]:" if kind == "dumb" else "4) Compare the methods")
    screen.type("\n" if kind == "dumb" else "\r")
    screen.wait_for("(source account)")
    assert screen.status(stop=key) == 130
    assert "Stopped: every file is as it was." in screen.text
    assert "Traceback" not in screen.text
