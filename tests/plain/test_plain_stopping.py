"""Ctrl-C and Ctrl-D, at every kind of prompt: files stay as they are, and that is said; drafts are gone on with."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wizard.state import drafts

if TYPE_CHECKING:
    from tests.plain.plain_person import Person

CTRL_C, CTRL_D, ENTER, QUIT = "\x03", "\x04", "\r", "0\r"
WHOLE: dict[str, Any] = {
    "name": "reports",
    "method": "iam-user",
    "source.account_id": "111111111111",
    "destination.account_id": "222222222222",
    "user.name": "cliuser",
    "bucket.name": "s3-crossaccount-bucket01",
    "bucket.region": "ap-northeast-1",
    "profile.name": "crossaccount",
}
CONFIG = "# mine\n[profile crossaccount]\nregion = us-east-1\n"
WRITE, ANSWERS = "6\r", "7\r"
PLACES = {
    "a list": ("", {}),
    "a line": (ENTER, {}),
    "yes or no": (f"eu-west-1\r{ENTER}", {key: value for key, value in WHOLE.items() if key != "bucket.region"}),
    "the menu": ("", WHOLE),
    "the access key's place": (WRITE, WHOLE),
    "the secret": (f"{WRITE}1\rAKIAIOSFODNN7EXAMPLE\r", WHOLE),
    "before writing the profile": (f"{WRITE}3\r", WHOLE),
    "before replacing a file": (f"{ANSWERS}a.toml\r", WHOLE),
}


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("place", PLACES)
def test_stopping_anywhere_leaves_every_file_and_says_so(person: Person, place: str, key: str) -> None:
    config = person.config
    config.write_text(CONFIG)
    Path("a.toml").write_text("# mine too\n")
    keys, raw = PLACES[place]
    done = person.talk(keys, key, QUIT, raw=raw, origin="x.toml")
    assert done.status == 130
    assert done.stopped.splitlines()[0] == "Stopped: every file is as it was."
    assert config.read_text() == CONFIG
    assert list(config.parent.iterdir()) == [config]
    assert [path.name for path in Path().iterdir()] == ["a.toml"]
    assert Path("a.toml").read_text() == "# mine too\n"


def test_what_was_written_before_stopping_is_named(person: Person) -> None:
    done = person.talk(ANSWERS, "b.toml\r", CTRL_C, raw=WHOLE)
    assert done.stopped == "Stopped. Written before: b.toml. Every other file is as it was."


def test_files_that_were_written_when_ctrl_c_came_are_named(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.export import write

    put, calls = write._put, []

    def interrupted(target: write.Target) -> None:
        calls.append(target)
        if len(calls) > 1:
            raise KeyboardInterrupt
        put(target)

    monkeypatch.setattr(write, "_put", interrupted)
    done = person.talk("5\r", ENTER, "out\r", raw=WHOLE)
    assert done.status == 130
    assert done.stopped == f"Stopped. Written before: {calls[0].path}. Every other file is as it was."
    assert [path for path in Path("out").rglob("*") if path.is_file()] == [calls[0].path]


def test_the_next_start_goes_on_with_the_answers_of_one_that_was_stopped(person: Person) -> None:
    stopped = person.talk("2\r", "111111111111\r", "222222222222\r", CTRL_C)
    assert "the next start offers to go on with them" in stopped.stopped
    done = person.talk("1\r", "y\r", "role/app\r", CTRL_C)
    assert "Answers of an earlier run are kept: bucket-policy, no bucket yet" in done.text
    assert done.text.count("the people and programs are that need the bucket") == 0
    gc.collect()
    kept = drafts.latest()
    assert kept is not None
    assert kept.answers["method"] == "bucket-policy"
    assert kept.answers["source.principals"] == "role/app"
    assert len(list((Path.cwd().parent / "state" / "drafts").glob("*.json"))) == 1


def test_answers_of_an_earlier_run_may_be_left_alone(person: Person) -> None:
    person.talk("2\r", "111111111111\r", CTRL_C)
    done = person.talk("1\r", ENTER, CTRL_C)
    assert "Step 2 of 8: Accounts" in done.text


def test_a_useless_state_folder_costs_the_draft_only(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_text("")
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(Path("file").absolute()))
    done = person.talk(ENTER, "111111111111\r", CTRL_C)
    assert " ".join(done.text.split()).count("This is a file where a folder should be.") == 1
    assert done.stopped == "Stopped: every file is as it was."


_FIRST_QUESTION = """
import sys
from wizard.plain.app import converse
from wizard.plain.questionary_prompts import QuestionaryPrompts

class First(QuestionaryPrompts):
    def choose(self, *arguments):
        sys.stderr.write(" ".join(sys.modules))
        raise SystemExit

converse({}, origin="", environ={}, prompts=First())
"""


def test_the_first_question_waits_for_nothing_that_it_does_not_need() -> None:
    done = subprocess.run([sys.executable, "-c", _FIRST_QUESTION], capture_output=True, text=True, check=False)
    loaded = set(done.stderr.split())
    assert "questionary" in loaded
    assert not loaded & {"textual", "boto3", "botocore", "wizard.clipboard", "wizard.answers.build", "wizard.plan"}
    assert not [name for name in loaded if name.startswith(("wizard.state", "wizard.profiles", "wizard.tui"))]


def test_in_the_practice_accounts_no_draft_is_promised(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(Path.cwd().parent / "s3-crossaccount-demo-x" / "state"))
    done = person.talk(ENTER, "111111111111\r", CTRL_C)
    assert done.stopped.splitlines()[1] == "The practice ends, and its answers with it: only saved files stay."
    ended = person.talk(QUIT, raw=WHOLE)
    assert ended.status == 0
    assert "the next start" not in ended.text
