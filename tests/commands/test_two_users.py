"""Two people with a home, a state and credentials of their own: one asks, the other narrows, both do their half."""

from __future__ import annotations

import shutil
from configparser import RawConfigParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.export.conftest import Script, shell  # noqa: F401 -- the fixture
from tests.plain.plain_person import Person
from wizard.__main__ import main
from wizard.answers.file import read, read_raw

if TYPE_CHECKING:
    from tests.export.conftest import Shell
    from wizard.demo import Practice

SRC, DST, BUCKET = "111111111111", "222222222222", "s3-crossaccount-bucket01"
SETUP = f"""name = "reports"
method = "{{method}}"
[source]
account_id = "{SRC}"
{{principals}}
[destination]
account_id = "{DST}"
[bucket]
name = "{BUCKET}"
region = "ap-northeast-1"
[access]
level = "read-write"
{{own}}
"""
CALLERS = 'principals = ["user/cliuser"]'
METHODS = {
    "assume-role": (
        CALLERS,
        '[role]\nname = "wizard/RoleA"\n[profile]\nname = "shared"\nsource_profile = "alices-own"',
    ),
    "bucket-policy": (CALLERS, ""),
    "iam-user": ("", '[user]\nname = "wizard/reader"\n[profile]\nname = "shared"'),
}
# Their rows in the list of what can be changed, and the numbers of the review's actions.
ROWS = {"assume-role": ("d", "b"), "bucket-policy": ("9", "7"), "iam-user": ("0", "8")}
ACTIONS = {
    "assume-role": ("9\r", "7\r", "0\r"),
    "bucket-policy": ("8\r", "6\r", "9\r"),
    "iam-user": ("9\r", "7\r", "0\r"),
}


class User(Person):
    """Somebody with credentials of one side only."""

    def __init__(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, practice: Practice, profiles: dict[str, str]
    ) -> None:
        home.mkdir()
        super().__init__(home, monkeypatch)
        self.home, self.work = home, home / "work"
        self._monkeypatch = monkeypatch
        for name, target in (("config", self.config), ("credentials", self.credentials)):
            known, own = RawConfigParser(), RawConfigParser(default_section="none of them")
            known.read(practice.folder / name)
            for profile, taken_from in profiles.items():
                section = f"profile {profile}" if name == "config" and profile != "default" else profile
                source = f"profile {taken_from}" if name == "config" and taken_from != "default" else taken_from
                own[section] = dict(known[source])
            with target.open("w", encoding="utf-8") as out:
                own.write(out)

    def act(self) -> None:
        """Sit down at this one's machine."""
        self._monkeypatch.chdir(self.work)
        self._monkeypatch.setenv("HOME", str(self.home))
        self._monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(self.state))
        self._monkeypatch.setenv("AWS_CONFIG_FILE", str(self.config))
        self._monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(self.credentials))

    def send(self, name: str, other: User) -> Path:
        """Send a file to the other one: nothing else goes from machine to machine."""
        target = other.work / Path(name).name
        shutil.copy(self.work / name, target)
        return target


@pytest.fixture
def alice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_practice: Practice, practice_environment: Any) -> User:
    """The one who connects."""
    assert practice_environment
    profiles = {"default": "cliuser", "alices-own": "cliuser", "source-admin": "source-admin"}
    return User(tmp_path / "alice", monkeypatch, fresh_practice, profiles)


@pytest.fixture
def bob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_practice: Practice, alice: User) -> User:
    """The one who owns the bucket."""
    assert alice.work.is_dir()
    return User(tmp_path / "bob", monkeypatch, fresh_practice, {"destination-admin": "destination-admin"})


def run(*words: str) -> None:
    assert main([*words]) == 0, words


@pytest.mark.parametrize("method", METHODS)
def test_one_asks_the_other_narrows_and_both_do_their_half(
    method: str,
    alice: User,
    bob: User,
    shell: Shell,  # noqa: F811 -- the fixture
    capsys: pytest.CaptureFixture[str],
) -> None:
    alice.act()
    principals, own = METHODS[method]
    Path("answers.toml").write_text(SETUP.format(method=method, principals=principals, own=own), encoding="utf-8")
    run("export", "answers.toml", "--format", "shell", "--side", "destination", "-o", "out")
    asked = alice.send("out/reports-destination.toml", bob)
    assert "alices-own" not in asked.read_text(encoding="utf-8")

    bob.act()
    capsys.readouterr()
    run("--answers", asked.name)
    told = capsys.readouterr().out
    assert f"{SRC} asks you, who administer {DST}" in told
    assert "They can overwrite objects" in told
    assert f"No prefix: every object of {BUCKET}" in told
    level, prefix = ROWS[method]
    change, save, end = ACTIONS[method]
    narrowing = (change, level, "\r", "2\r", change, prefix, "\r", "reports/\r", save, "mine.toml\r", end)
    said = bob.talk(*narrowing, raw=read_raw(asked), origin=asked.name)
    assert said.status == 0, said.text
    mine = read(Path("mine.toml")).setup
    assert (mine.access.level, mine.bucket.prefix) == ("read", "reports/")
    run("export", "mine.toml", "--format", "shell", "-o", "out")
    if method == "bucket-policy":
        done = Script(Path("out/reports-destination.sh").absolute(), "destination", shell.environment).run("--yes")
        assert done.returncode == 0, done.stderr
    else:
        keys = ("--keys-to", "keys.txt") if method == "iam-user" else ()
        profile = ("--destination-profile", "destination-admin")
        run("apply", "mine.toml", "--side", "destination", *profile, "--yes", *keys)
    back = bob.send("out/reports-source.toml", alice)
    if method == "iam-user":
        bob.send("keys.txt", alice)

    alice.act()
    if method == "iam-user":
        run("profile", "write", back.name, "--keys", "keys.txt", "--yes")
    else:
        run("apply", back.name, "--side", "source", "--source-profile", "source-admin", "--yes")
    if method == "assume-role":
        run("profile", "write", back.name, "--yes")
    capsys.readouterr()
    words = ["verify", back.name, *(("--source-profile", "alices-own") if method == "bucket-policy" else ())]
    status = main(words)
    assert status == 0, capsys.readouterr()
    assert read(Path(back.name)).setup.access.level == "read"
