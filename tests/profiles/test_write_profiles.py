"""Planning, showing and writing a profile: what stays, what goes, what is said before, and both files or neither."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

from wizard.errors import BadInputError
from wizard.profiles import keys
from wizard.profiles.read import Paths
from wizard.profiles.write import ProfileEntry, apply, plan, plan_removal
from wizard.state import backups, update

ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ROLE = (
    ("role_arn", "arn:aws:iam::222222222222:role/RoleA"),
    ("source_profile", "default"),
    ("region", "ap-northeast-1"),
)
FROM_EC2 = (ROLE[0], ("credential_source", "Ec2InstanceMetadata"), ROLE[2])
BASE = "[default]\nregion = us-east-1\n"
BASE_KEYS = f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    found = Paths(tmp_path / "aws" / "config", tmp_path / "aws" / "credentials")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(found.config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(found.credentials))
    return found


def _fill(paths: Paths, config: str = BASE, credentials: str = BASE_KEYS) -> None:
    paths.config.parent.mkdir(exist_ok=True)
    paths.config.write_text(config)
    paths.credentials.write_text(credentials)
    paths.credentials.chmod(0o600)


def _key() -> keys.AccessKey:
    return keys.access_key("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY")


def _reads(name: str) -> dict[str, str]:
    found: dict[str, str] = botocore.session.Session(profile=name).get_scoped_config()
    return found


def test_the_first_profile_ever_makes_both_files_for_the_owner_alone(paths: Paths) -> None:
    applied = apply(plan(ProfileEntry("crossaccount", (("region", "ap-northeast-1"),), _key()), paths))
    assert [each.created for each in applied.written] == [True, True]
    assert paths.config.read_text() == "[profile crossaccount]\nregion = ap-northeast-1\n"
    assert stat.S_IMODE(paths.credentials.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.config.parent.stat().st_mode) == 0o700
    found = botocore.session.Session(profile="crossaccount").get_credentials()
    assert found is not None
    assert found.access_key == "AKIAI44QH8DHBEXAMPLE"
    assert found.secret_key == "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
    assert "je7MtGb" not in paths.config.read_text()


@pytest.mark.parametrize("name", ["default", "my prof", "本番", "O'Brien", "a]b", "team:x/y"])
def test_any_legal_name_is_read_back_from_both_files(paths: Paths, name: str) -> None:
    apply(plan(ProfileEntry(name, (("region", "ap-northeast-1"),), _key()), paths))
    assert _reads(name)["region"] == "ap-northeast-1"
    assert _reads(name)["aws_access_key_id"] == "AKIAI44QH8DHBEXAMPLE"
    apply(plan_removal(name, paths))
    assert (paths.config.read_bytes(), paths.credentials.read_bytes()) == (b"", b"")


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a\tb\x07", "\u2028", "DEFAULT", "a\rb", "\x85"])
def test_names_that_botocore_would_not_read_back_are_refused(paths: Paths, name: str) -> None:
    with pytest.raises(BadInputError) as caught:
        plan(ProfileEntry(name, ROLE), paths)
    assert caught.value.why
    assert "\n" not in caught.value.what
    assert not paths.config.exists()


@pytest.mark.parametrize("value", ["", " x", "x ", "a\nb", "arn # prod", "x #", "x\r", "x\u2028y", "x ; y"])
def test_values_that_would_be_read_otherwise_are_refused_with_the_text_to_add(paths: Paths, value: str) -> None:
    with pytest.raises(BadInputError) as caught:
        plan(ProfileEntry("a", (("role_arn", value),)), paths)
    assert "role_arn" in caught.value.what
    assert not paths.config.exists()


def test_writing_again_changes_nothing(paths: Paths) -> None:
    _fill(paths)
    apply(plan(ProfileEntry("a", ROLE, _key()), paths))
    before = paths.config.stat().st_ino, paths.credentials.stat().st_ino
    again = plan(ProfileEntry("a", ROLE, _key()), paths)
    assert again.existed
    assert not again.changed
    assert again.diff == ""
    assert apply(again).written == ()
    assert (paths.config.stat().st_ino, paths.credentials.stat().st_ino) == before


def test_an_update_takes_away_what_contradicts_and_keeps_the_rest(paths: Paths) -> None:
    _fill(
        paths,
        BASE + "[profile a]\n# mine\nrole_arn = old\nsource_profile = default\nmfa_serial = m\nexternal_id = e\n"
        "duration_seconds = 900\noutput = yaml\ns3 =\n  max_queue_size = 5\ncli_pager =\n",
    )
    planned = plan(ProfileEntry("a", FROM_EC2), paths)
    assert planned.existed
    assert "-mfa_serial = m\n" in planned.diff
    assert "-source_profile = default\n" in planned.diff
    assert "+credential_source = Ec2InstanceMetadata\n" in planned.diff
    apply(planned)
    assert _reads("a") == {
        "role_arn": "arn:aws:iam::222222222222:role/RoleA",
        "output": "yaml",
        "s3": {"max_queue_size": "5"},
        "cli_pager": "",
        "credential_source": "Ec2InstanceMetadata",
        "region": "ap-northeast-1",
    }
    assert "# mine\n" in paths.config.read_text()


def test_keys_of_a_user_end_an_old_role_and_an_old_session(paths: Paths) -> None:
    old = BASE + "[profile a]\nrole_arn = r\nsource_profile = default\n"
    _fill(paths, old, "[a]\naws_session_token = t\nrole_arn = s\n")
    apply(plan(ProfileEntry("a", (("region", "x"),), _key()), paths))
    assert _reads("a") == {
        "region": "x",
        "aws_access_key_id": "AKIAI44QH8DHBEXAMPLE",
        "aws_secret_access_key": "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    }


def test_the_difference_never_shows_a_secret(paths: Paths) -> None:
    old = "abcdefghijklmnopqrstuvwxyz/+0123456789AB"
    _fill(
        paths,
        f"[profile a]\naws_secret_access_key = {old}\n",
        f"# aws_secret_access_key = {old}\n[a]\naws_access_key_id = {ID}\naws_secret_access_key = x\n  {old}\n  more\n"
        "aws_session_token = tttttttttttttttt\n",
    )
    diff = plan(ProfileEntry("a", (("region", "x"),), _key()), paths).diff
    for secret in (old, "je7MtGb", "tttttt", "more"):
        assert secret not in diff
    assert f"-aws_access_key_id = {ID}\n" in diff
    assert "+aws_access_key_id = AKIAI44QH8DHBEXAMPLE\n" in diff
    assert "+aws_secret_access_key = ********\n" in diff
    assert "-  ********\n" in diff or "-********\n" in diff


def test_the_values_that_the_credentials_file_overrides_are_said_before(paths: Paths) -> None:
    _fill(
        paths,
        BASE,
        BASE_KEYS + "[a]\nregion = eu-west-1\nrole_arn = arn:aws:iam::222222222222:role/RoleA\nmfa_serial = m\n",
    )
    (warning,) = plan(ProfileEntry("a", ROLE), paths).warnings
    assert "region (5), mfa_serial (7)" in warning
    assert "role_arn" not in warning
    assert str(paths.credentials) in warning


@pytest.mark.parametrize(
    ("entry", "config", "credentials", "word"),
    [
        (ROLE, "", "", "default doesn't exist"),
        ((*ROLE[:1], ("source_profile", "a")), "", "", "circle"),
        (ROLE, BASE, "", "default has no credentials"),
        (FROM_EC2, "[profile a]\nweb_identity_token_file = /t\n", "", "web_identity_token_file"),
        (FROM_EC2, "[DEFAULT]\noutput = x\n", "", "[DEFAULT]"),
        ((("region", "x"),), "", "", "no access key yet"),
    ],
)
def test_what_keeps_a_profile_from_working_is_said_before(
    paths: Paths, entry: tuple[tuple[str, str], ...], config: str, credentials: str, word: str
) -> None:
    _fill(paths, config, credentials)
    assert word in "\n".join(plan(ProfileEntry("a", entry), paths).warnings)


def test_a_sound_profile_warns_of_nothing(paths: Paths) -> None:
    _fill(paths)
    assert plan(ProfileEntry("a", ROLE), paths).warnings == ()
    assert plan(ProfileEntry("a", FROM_EC2), paths).warnings == ()
    assert plan(ProfileEntry("a", (("region", "x"),), _key()), paths).warnings == ()


def test_a_credentials_file_that_others_may_read_is_said(paths: Paths) -> None:
    _fill(paths)
    paths.credentials.chmod(0o644)
    planned = plan(ProfileEntry("a", (("region", "x"),), _key()), paths)
    assert "0644" in planned.warnings[0]
    apply(planned)
    assert stat.S_IMODE(paths.credentials.stat().st_mode) == 0o644


def test_a_profile_is_taken_away_from_both_files_whoever_wrote_it(paths: Paths) -> None:
    _fill(
        paths,
        BASE + '[profile a]\nregion = x\n# of b\n[profile b]\nsource_profile = a\n[profile "a"]\nregion = y\n',
        BASE_KEYS + "[a]\nregion = z\n",
    )
    planned = plan_removal("a", paths)
    assert "b" in planned.warnings[0]
    apply(planned)
    assert paths.config.read_text() == BASE + "# of b\n[profile b]\nsource_profile = a\n"
    assert paths.credentials.read_text() == BASE_KEYS
    assert not plan_removal("a", paths).changed


def test_a_file_that_botocore_cannot_read_is_left_alone_and_the_text_to_add_is_given(paths: Paths) -> None:
    _fill(paths, "[default]\nregion\n")
    with pytest.raises(BadInputError) as caught:
        plan(ProfileEntry("my prof", ROLE, _key()), paths)
    assert caught.value.where == f"{paths.config}, line 2"
    assert '[profile "my prof"]\nrole_arn = arn:aws:iam::222222222222:role/RoleA\nsource_profile' in caught.value.mend
    assert "[my prof]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\n" in caught.value.mend
    assert "je7MtGb" not in str(caught.value)
    assert paths.config.read_text() == "[default]\nregion\n"
    assert paths.credentials.read_text() == BASE_KEYS


@pytest.mark.parametrize("broken", ["config", "credentials"])
def test_when_one_file_cannot_be_written_neither_is(paths: Paths, broken: str) -> None:
    _fill(paths)
    planned = plan(ProfileEntry("a", ROLE, _key()), paths)
    (paths.config if broken == "config" else paths.credentials).chmod(0o400)
    with pytest.raises(BadInputError) as caught:
        apply(planned)
    assert "[profile a]" in caught.value.mend
    assert (paths.config.read_text(), paths.credentials.read_text()) == (BASE, BASE_KEYS)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("exists", [True, False])
def test_ctrl_c_between_the_files_puts_the_first_back(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, moment: str, *, exists: bool
) -> None:
    if exists:
        _fill(paths)
    real = Path.replace
    calls: list[Path] = []

    def interrupted(self: Path, target: Path) -> Path:
        if target == paths.config and not calls:
            calls.append(target)
            if moment == "after":
                real(self, target)
            raise KeyboardInterrupt
        return real(self, target)

    planned = plan(ProfileEntry("a", ROLE, _key()), paths)
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        apply(planned)
    if exists:
        assert (paths.config.read_text(), paths.credentials.read_text()) == (BASE, BASE_KEYS)
        assert backups.backups_of(paths.config) == ()
    else:
        assert list(paths.config.parent.iterdir()) == []


def test_a_file_that_cannot_be_put_back_is_named(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(paths)
    real = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target == paths.config or b"AKIAI44QH8DHBEXAMPLE" not in self.read_bytes():
            raise OSError(28, "No space left on device")
        return real(self, target)

    planned = plan(ProfileEntry("a", ROLE, _key()), paths)
    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(BadInputError, match="changed already") as caught:
        apply(planned, back_up_secrets=False)
    assert caught.value.where == str(paths.credentials)
    assert "No space left" in caught.value.why
    assert "backups" in caught.value.mend


def test_somebody_elses_change_of_another_profile_is_kept(paths: Paths) -> None:
    _fill(paths)
    planned = plan(ProfileEntry("a", ROLE), paths)
    paths.config.write_text(BASE + "[profile theirs]\nregion = y\n")
    apply(planned)
    assert _reads("theirs") == {"region": "y"}
    assert _reads("a") == dict(ROLE)


def test_somebody_elses_change_of_the_same_profile_is_not_written_over(paths: Paths) -> None:
    _fill(paths)
    planned = plan(ProfileEntry("a", ROLE, _key()), paths)
    paths.config.write_text(BASE + "[profile a]\nregion = theirs\n")
    with pytest.raises(BadInputError, match="meanwhile"):
        apply(planned)
    assert paths.config.read_text() == BASE + "[profile a]\nregion = theirs\n"
    assert paths.credentials.read_text() == BASE_KEYS


def test_a_backup_is_made_unless_it_would_outlive_a_secret(paths: Paths) -> None:
    _fill(paths)
    applied = apply(plan(ProfileEntry("a", ROLE, _key()), paths))
    assert [backup.read() for backup in backups.backups_of(paths.config)] == [BASE.encode()]
    assert backups.backups_of(paths.credentials) == ()
    assert any(str(paths.credentials) in note for note in applied.notes)
    apply(plan_removal("a", paths), back_up_secrets=True)
    (kept,) = backups.backups_of(paths.credentials)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    update.restore(kept)
    assert _reads("a")["aws_access_key_id"] == "AKIAI44QH8DHBEXAMPLE"


def test_through_a_symlink_to_the_dotfiles(paths: Paths, tmp_path: Path) -> None:
    _fill(paths)
    real = tmp_path / "dotfiles"
    paths.config.rename(real)
    paths.config.symlink_to(real)
    apply(plan(ProfileEntry("a", ROLE), paths))
    assert paths.config.is_symlink()
    assert "[profile a]" in real.read_text()


def test_both_names_for_one_file(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(paths.config))
    one = Paths(paths.config, paths.config)
    apply(plan(ProfileEntry("a", (("region", "x"),), _key()), one))
    assert _reads("a")["region"] == "x"
    assert _reads("a")["aws_access_key_id"] == "AKIAI44QH8DHBEXAMPLE"
    apply(plan_removal("a", one))
    assert paths.config.read_bytes().strip() == b""


def test_an_empty_variable_names_no_file_to_write() -> None:
    paths = Paths.from_environment({"AWS_CONFIG_FILE": "", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"})
    with pytest.raises(BadInputError, match="AWS_CONFIG_FILE is empty"):
        plan(ProfileEntry("a", ROLE), paths)


def test_nothing_wanted_is_nothing_to_write(paths: Paths) -> None:
    planned = plan(ProfileEntry("a", ()), paths)
    assert not planned.changed
    assert planned.changes == ()


_WRITER = """
import sys
from pathlib import Path
from wizard.profiles.read import Paths
from wizard.profiles.write import ProfileEntry, apply, plan
folder, writer = Path(sys.argv[1]), sys.argv[2]
for number in range(25):
    entry = ProfileEntry(f"p-{writer}-{number}", (("region", f"r{number}"), ("source_profile", "default")))
    apply(plan(entry, Paths(folder / "config", folder / "credentials")))
"""


def test_eight_processes_write_25_profiles_each_and_all_200_are_there(paths: Paths) -> None:
    _fill(paths)
    folder = str(paths.config.parent)
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, folder, str(number)]) for number in range(8)]
    assert [writer.wait(100) for writer in writers] == [0] * 8
    written = set(botocore.session.Session().available_profiles)
    assert written == {"default"} | {f"p-{writer}-{number}" for writer in range(8) for number in range(25)}
    assert paths.config.read_text().startswith(BASE)
    assert sorted(path.name for path in paths.config.parent.iterdir()) == ["config", "credentials"]


def test_writers_killed_at_random_moments_damage_nothing() -> None:
    bench = Path(__file__).parent.parent / "bench" / "killed_writes.py"
    done = subprocess.run([sys.executable, str(bench), "20"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "20 writers killed: 0 files damaged" in done.stdout
