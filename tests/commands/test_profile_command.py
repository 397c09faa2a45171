"""`profile write | remove | show` as a person or a script uses them: what is printed, asked, written."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.__main__ import main

ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TWO_LINES = f"{ID}\n{SECRET}\n"
ASSUME_ROLE = """
method = "assume-role"
[source]
account_id = "111111111111"
principals = ["role/app-ec2"]
[destination]
account_id = "222222222222"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
[role]
name = "RoleA"
[profile]
name = "test"
source_profile = "default"
"""
IAM_USER = """
method = "iam-user"
[source]
account_id = "111111111111"
[destination]
account_id = "222222222222"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
[user]
name = "cliuser"
[profile]
name = "crossaccount"
"""
BUCKET_POLICY = """
method = "bucket-policy"
[source]
account_id = "111111111111"
principals = ["root"]
[destination]
account_id = "222222222222"
[bucket]
name = "s3-crossaccount-bucket01"
region = "ap-northeast-1"
"""
WRITTEN = """[profile test]
role_arn = arn:aws:iam::222222222222:role/RoleA
source_profile = default
region = ap-northeast-1
"""


class Terminal(io.StringIO):
    """Standard input that is a terminal, with what a person types."""

    def isatty(self) -> bool:
        return True


class Interrupted(Terminal):
    """A terminal at which a person presses Ctrl-C."""

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]  # as StringIO itself
        raise KeyboardInterrupt


class Place:
    """A person's folder: answers, the two files, and the command."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = folder / "aws" / "config"
        self.credentials = folder / "aws" / "credentials"
        self.answers = folder / "answers.toml"
        self.answers.write_text(ASSUME_ROLE)
        self.keys = folder / "accessKeys.csv"
        self._patch = monkeypatch
        self._capsys = capsys
        monkeypatch.setenv("AWS_CONFIG_FILE", str(self.config))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(self.credentials))
        monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(folder / "state"))

    def run(self, *arguments: str, stdin: io.StringIO | None = None) -> tuple[int, str, str]:
        """Run a command; return its status, standard output and standard error."""
        self._patch.setattr(sys, "stdin", stdin or io.StringIO())
        status = main(["--lang", "en", "profile", *arguments])
        out, err = self._capsys.readouterr()
        return status, out, err

    def write(self, *arguments: str, stdin: io.StringIO | None = None) -> tuple[int, str, str]:
        return self.run("write", str(self.answers), *arguments, stdin=stdin)

    def fill(self, config: str, credentials: str = "") -> None:
        self.config.parent.mkdir(exist_ok=True)
        self.config.write_text(config)
        self.credentials.write_text(credentials)
        self.credentials.chmod(0o600)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    return Place(tmp_path, monkeypatch, capsys)


def test_without_a_terminal_and_yes_the_difference_is_printed_and_nothing_changes(place: Place) -> None:
    status, out, err = place.write()
    assert status == 2
    assert "+[profile test]\n+role_arn = arn:aws:iam::222222222222:role/RoleA\n" in out
    assert "--yes" in err
    assert "default doesn't exist" in err
    assert not place.config.parent.exists()


def test_a_dry_run_prints_the_difference_and_succeeds(place: Place) -> None:
    status, out, _err = place.write("--dry-run", "--yes")
    assert status == 0
    assert "+[profile test]" in out
    assert not place.config.parent.exists()


def test_yes_writes_after_showing_and_again_there_is_nothing_to_change(place: Place) -> None:
    status, out, err = place.write("--yes")
    assert status == 0
    assert out == f"Written: {place.config}\n"
    assert "+[profile test]" in err
    assert place.config.read_text() == WRITTEN
    status, out, _err = place.write()
    assert status == 0
    assert "nothing to change" in out


def test_a_person_says_yes(place: Place) -> None:
    status, out, err = place.write(stdin=Terminal("y\n"))
    assert (status, out) == (0, f"Written: {place.config}\n")
    assert err.index("+[profile test]") < err.index("Write the profile test?")
    assert place.config.read_text() == WRITTEN


@pytest.mark.parametrize("terminal", [Terminal("n\n"), Terminal("\n"), Terminal(""), Interrupted()])
@pytest.mark.parametrize("config", ["", "[profile test]\nregion = x\n"])
def test_a_person_says_no_or_leaves(place: Place, terminal: Terminal, config: str) -> None:
    terminal.seek(0)
    place.fill(config)
    status, out, err = place.write(stdin=terminal)
    assert (status, out) == (130, "")
    assert "nothing was changed" in err
    assert place.config.read_text() == config


@pytest.mark.parametrize(("typed", "status"), [("u\n", 0), ("update\n", 0), ("x\n\nq\n", 130), ("s\n", 130)])
def test_an_existing_profile_is_updated_or_left(place: Place, typed: str, status: int) -> None:
    place.fill("[profile test]\nregion = x\nsource_profile = default\n")
    found, _out, err = place.write(stdin=Terminal(typed))
    assert found == status
    assert "The profile test exists already." in err
    assert "-region = x" in err
    assert ("role_arn" in place.config.read_text()) is (status == 0)


def test_an_existing_profile_can_be_kept_by_giving_another_name(place: Place) -> None:
    old = "[profile test]\nregion = x\n[profile other]\nregion = y\n"
    place.fill(old)
    status, _out, err = place.write(stdin=Terminal("n\nbad\tname\nother\nn\nmy prof\ny\n"))
    assert status == 0
    assert "can't be a profile's name" in err
    assert "The profile other exists already." in err
    assert place.config.read_text() == old + "\n" + WRITTEN.replace("[profile test]", '[profile "my prof"]')


def test_yes_updates_an_existing_profile(place: Place) -> None:
    place.fill("[profile test]\n# mine\noutput = yaml\ncredential_source = Environment\n")
    assert place.write("--yes")[0] == 0
    text = place.config.read_text()
    assert "# mine\noutput = yaml\n" in text
    assert "credential_source" not in text


@pytest.mark.parametrize("how", ["file", "stdin"])
def test_keys_go_into_the_credentials_file_only_and_are_never_shown(place: Place, how: str) -> None:
    place.answers.write_text(IAM_USER)
    place.keys.write_text(f"Access key ID,Secret access key\n{ID},{SECRET}\n")
    stdin = io.TextIOWrapper(io.BytesIO(TWO_LINES.encode()))
    chosen = str(place.keys) if how == "file" else "-"
    status, out, err = place.write("--keys", chosen, "--yes", stdin=stdin)  # type: ignore[arg-type]  # text all the same
    assert status == 0, err
    assert (
        place.credentials.read_text() == f"[crossaccount]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
    )
    assert place.config.read_text() == "[profile crossaccount]\nregion = ap-northeast-1\n"
    assert SECRET not in out + err
    assert f"+aws_access_key_id = {ID}\n+aws_secret_access_key = ********" in err
    assert (str(place.keys) in err) is (how == "file")


def test_keys_are_asked_for_with_the_secret_hidden(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.answers.write_text(IAM_USER)
    asked: list[str] = []

    def hidden(prompt: str, *, stream: object) -> str:
        assert stream is sys.stderr
        asked.append(prompt)
        return SECRET

    monkeypatch.setattr("getpass.getpass", hidden)
    status, _out, err = place.write("--keys", "-", stdin=Terminal(f"{ID}\ny\n"))
    assert status == 0
    assert len(asked) == 1
    assert SECRET in place.credentials.read_text()
    assert SECRET not in err


def test_without_keys_a_users_profile_says_what_is_missing(place: Place) -> None:
    place.answers.write_text(IAM_USER)
    status, _out, err = place.write("--yes")
    assert status == 0
    assert "no access key yet" in err
    assert not place.credentials.exists()


def test_keys_for_a_method_without_keys_are_refused(place: Place) -> None:
    place.keys.write_text(TWO_LINES)
    status, _out, err = place.write("--keys", str(place.keys), "--yes")
    assert status == 2
    assert "--keys" in err
    assert not place.config.exists()


def test_bad_keys_are_refused_without_showing_them(place: Place) -> None:
    place.answers.write_text(IAM_USER)
    place.keys.write_text(TWO_LINES[:-4])
    status, out, err = place.write("--keys", str(place.keys), "--yes")
    assert status == 2
    assert "not whole" in err
    assert SECRET[:20] not in out + err
    assert not place.config.exists()


def test_a_method_without_a_profile_says_so(place: Place) -> None:
    place.answers.write_text(BUCKET_POLICY)
    status, out, _err = place.write("--yes")
    assert status == 0
    assert "needs no profile" in out
    assert not place.config.exists()


def test_a_config_file_that_botocore_cannot_read_is_left_alone(place: Place) -> None:
    place.fill("[default]\nregion = x\nregion = y\n")
    status, out, err = place.write("--yes")
    assert (status, out) == (2, "")
    assert f"{place.config}, line 3" in err
    assert WRITTEN in err
    assert place.config.read_text() == "[default]\nregion = x\nregion = y\n"


def test_a_file_that_may_not_be_written_gets_the_text_to_add(place: Place) -> None:
    place.fill("[default]\n")
    place.config.chmod(0o400)
    status, _out, err = place.write("--yes")
    assert status == 2
    assert "read-only" in err
    assert WRITTEN in err


def test_remove_shows_asks_and_removes_from_both_files(place: Place) -> None:
    place.fill(f"[default]\nregion = x\n{WRITTEN}", f"[test]\naws_secret_access_key = {SECRET}\n")
    status, out, err = place.run("remove", "test")
    assert status == 2
    assert "-[profile test]" in out
    assert "-[test]\n-aws_secret_access_key = ********" in out
    status, out, err = place.run("remove", "test", stdin=Terminal("y\n"))
    assert status == 0
    assert f"Written: {place.config}\nWritten: {place.credentials}\n" in out
    assert place.config.read_text() == "[default]\nregion = x\n"
    assert place.credentials.read_text() == ""
    assert SECRET not in out + err


def test_removing_a_source_profile_warns_of_those_that_depend_on_it(place: Place) -> None:
    place.fill(f"[default]\nregion = x\n{WRITTEN}")
    status, _out, err = place.run("remove", "default", "--dry-run")
    assert status == 0
    assert "test" in err


def test_removing_what_is_not_there_is_nothing_to_change(place: Place) -> None:
    place.fill(WRITTEN + "[tset]\nregion = x\n")
    status, out, _err = place.run("remove", "tset")
    assert status == 0
    assert "nothing to change" in out
    assert "[tset] in" in out
    assert "Did you mean test?" in out


def test_show_tells_each_value_and_the_chain(place: Place) -> None:
    place.fill(WRITTEN, f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n")
    status, out, _err = place.run("show", "test")
    assert status == 0
    assert f"region = ap-northeast-1    ({place.config}:4)" in out
    assert "1. test assumes the role arn:aws:iam::222222222222:role/RoleA" in out
    assert f"2. default has the access key {ID}" in out
    status, out, _err = place.run("show", "default", "--json")
    assert SECRET not in out
    assert json.loads(out)["credentials"] == [{"profile": "default", "kind": "keys", "detail": ID}]


def test_show_says_when_the_environment_comes_first(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.fill(WRITTEN)
    assert place.run("show", "test")[2] == ""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ID)
    assert "AWS_ACCESS_KEY_ID is set" in place.run("show", "test")[2]


def test_show_of_an_unknown_profile_names_the_nearest(place: Place) -> None:
    place.fill(WRITTEN)
    status, out, err = place.run("show", "tets")
    assert (status, out) == (2, "")
    assert "Did you mean test?" in err


@pytest.mark.terminal
def test_ctrl_c_in_a_real_terminal_changes_nothing(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(ASSUME_ROLE)
    config = tmp_path / "config"
    config.write_text("[default]\nregion = x\n")
    settings = {
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "S3_CROSSACCOUNT_STATE": str(tmp_path / "state"),
    }
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "wizard", "--lang", "en", "profile", "write", str(answers)],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **settings},
            start_new_session=True,
            preexec_fn=lambda: os.close(os.open(os.ttyname(theirs), os.O_RDWR)),  # noqa: PLW1509 -- the pty becomes its terminal
        ) as command:
            assert command.stderr is not None
            said = b""
            while b"Write the profile test?" not in said:
                said += os.read(command.stderr.fileno(), 1000)
            os.write(ours, b"\x03")
            rest = command.stderr.read()
            assert command.wait(10) == 130
    finally:
        os.close(ours)
        os.close(theirs)
    assert b"nothing was changed" in rest
    assert config.read_text() == "[default]\nregion = x\n"


def test_an_empty_variable_is_told_without_a_place_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "")
    monkeypatch.chdir(tmp_path)
    setup = Path(__file__).parents[1] / "data" / "setups" / "s09.toml"
    assert main(["profile", "write", str(setup), "--yes"]) == 2
    said = "AWS_CONFIG_FILE is empty: there is no file to write.\nUnset it, or give it a path.\n"
    assert capsys.readouterr().err == said
    assert not list(tmp_path.iterdir())
