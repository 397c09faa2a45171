"""Where a profile's values and credentials come from: compared with a botocore session on the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import botocore.exceptions
import botocore.session
import pytest

from wizard.errors import BadInputError
from wizard.profiles.describe import as_json, as_text
from wizard.profiles.read import Files, Paths, read
from wizard.profiles.resolve import Chain, resolve

KEY = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
ROLE = "role_arn = arn:aws:iam::222222222222:role/RoleA\n"
SSO = "sso_account_id = 111111111111\nsso_role_name = Admin\n"
SESSION = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n"
PROCESS = """credential_process = echo '{"Version":1,"AccessKeyId":"AKIAI44QH8DHBEXAMPLE","SecretAccessKey":"x"}'\n"""

# Name: the config file, the credentials file, the kinds of the chain of profile `a`, a word of its problem.
CHAINS: dict[str, tuple[str, str, list[str], str]] = {
    "role from keys": (f"[profile a]\n{ROLE}source_profile = b\n", f"[b]\n{KEY}", ["assume-role", "keys"], ""),
    "keys in the config file": (f"[profile a]\n{KEY}", "", ["keys"], ""),
    "keys in the credentials file": ("", f"[a]\n{KEY}", ["keys"], ""),
    "role chain": (
        f"[profile a]\n{ROLE}source_profile = b\n[profile b]\n{ROLE}source_profile = c\n",
        f"[c]\n{KEY}",
        ["assume-role", "assume-role", "keys"],
        "",
    ),
    "itself": (f"[profile a]\n{ROLE}source_profile = a\n", f"[a]\n{KEY}", ["assume-role", "keys"], ""),
    "itself without keys": (f"[profile a]\n{ROLE}source_profile = a\n", "", ["assume-role"], "circle"),
    "circle": (
        f"[profile a]\n{ROLE}source_profile = b\n[profile b]\n{ROLE}source_profile = a\n",
        "",
        ["assume-role", "assume-role"],
        "circle",
    ),
    "source's keys before its role": (
        f"[profile a]\n{ROLE}source_profile = b\n[profile b]\n{ROLE}source_profile = a\n",
        f"[b]\n{KEY}",
        ["assume-role", "keys"],
        "",
    ),
    "missing source": (f"[profile a]\n{ROLE}source_profile = none\n", "", ["assume-role"], "none"),
    "empty source": (
        f"[profile a]\n{ROLE}source_profile = b\n[profile b]\nregion = x\n",
        "",
        ["assume-role"],
        "no credentials",
    ),
    "no source": (f"[profile a]\n{ROLE}", "", ["assume-role"], "neither"),
    "both sources": (
        f"[profile a]\n{ROLE}source_profile = b\ncredential_source = Environment\n[profile b]\n{KEY}",
        "",
        ["assume-role"],
        "both",
    ),
    "both sources over two files": (
        f"[profile a]\n{ROLE}source_profile = b\n[profile b]\n{KEY}",
        "[a]\ncredential_source = Environment\n",
        ["assume-role"],
        "both",
    ),
    "environment": (
        f"[profile a]\n{ROLE}credential_source = Environment\n",
        "",
        ["assume-role", "credential-source"],
        "",
    ),
    "wrong capitals": (f"[profile a]\n{ROLE}credential_source = environment\n", "", ["assume-role"], "environment"),
    "sso": (f"{SESSION}[profile a]\nsso_session = corp\n{SSO}", "", ["sso"], ""),
    "sso without a session": (f"[profile a]\nsso_session = corp\n{SSO}", "", ["sso"], "corp"),
    "sso that lacks something": (f"[profile a]\n{SSO}", "", ["sso"], "sso_start_url"),
    "sso before keys": (f"{SESSION}[profile a]\nsso_session = corp\n{SSO}", f"[a]\n{KEY}", ["sso"], ""),
    "role from sso": (
        f"{SESSION}[profile a]\n{ROLE}source_profile = b\n[profile b]\nsso_session = corp\n{SSO}",
        "",
        ["assume-role", "sso"],
        "",
    ),
    "process": (f"[profile a]\n{PROCESS}", "", ["process"], ""),
    "keys of the credentials file before the process": (f"[profile a]\n{PROCESS}", f"[a]\n{KEY}", ["keys"], ""),
    "process before keys of the config file": (f"[profile a]\n{PROCESS}{KEY}", "", ["process"], ""),
    "web identity": (f"[profile a]\n{ROLE}web_identity_token_file = /t\n", "", ["web-identity"], ""),
    "half a key": ("", "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n", ["keys"], "secret"),
    "a key over two files": (
        "[profile a]\naws_secret_access_key = x\n",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
        ["keys"],
        "secret",
    ),
    "nothing": ("[profile a]\nregion = x\n", "", ["machine"], ""),
}
METHODS = {
    "assume-role": "assume-role",
    "sso": "sso",
    "custom-process": "process",
    "assume-role-with-web-identity": "web-identity",
    "shared-credentials-file": "keys",
    "config-file": "keys",
}


def _files(folder: Path, config: str, credentials: str) -> Files:
    paths = Paths(folder / "config", folder / "credentials")
    paths.config.write_text(config, encoding="utf-8")
    paths.credentials.write_text(credentials, encoding="utf-8")
    return read(paths)


def _botocore(files: Files, name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the kind of a profile's credentials in botocore's own session, or `problem`."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(files.paths.config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(files.paths.credentials))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    try:
        found = botocore.session.Session(profile=name).get_credentials()
    except botocore.exceptions.BotoCoreError:
        return "problem"
    return METHODS[found.method] if found else "machine"


@pytest.mark.parametrize("label", CHAINS)
def test_the_chain_is_botocores(label: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, credentials, kinds, word = CHAINS[label]
    files = _files(tmp_path, config, credentials)
    chain = resolve(files, "a")
    assert [step.kind for step in chain.steps] == kinds
    assert (word in chain.problem) if word else chain.problem == ""
    assert _botocore(files, "a", monkeypatch) == ("problem" if word else kinds[0])


def test_a_profile_that_is_not_there_has_no_chain(tmp_path: Path) -> None:
    assert resolve(_files(tmp_path, "", ""), "a") == Chain((), "There is no profile a.")


def test_each_value_is_told_with_its_place_and_what_it_overrides(tmp_path: Path) -> None:
    files = _files(
        tmp_path,
        "# mine\n[profile a]\nregion = x\ns3 =\n  max_queue_size = 5\noutput = json\n",
        f"[a]\nregion = y\n{KEY}",
    )
    text = as_text(files, "a")
    config, credentials = files.paths.config, files.paths.credentials
    assert f"region = y    ({credentials}:2, overrides {config}:3)" in text
    assert f"output = json    ({config}:6)" in text
    assert f"s3 =    ({config}:4)\n    max_queue_size = 5" in text
    assert "wJalrXUtnFEMI" not in text
    data: Any = as_json(files, "a")
    assert [value["key"] for value in data["values"]] == [
        "region",
        "s3",
        "output",
        "aws_access_key_id",
        "aws_secret_access_key",
    ]
    assert data["values"][1]["value"] == {"max_queue_size": "5"}
    assert data["values"][4]["value"] == "********"
    assert data["credentials"] == [{"profile": "a", "kind": "keys", "detail": "AKIAIOSFODNN7EXAMPLE"}]
    assert data["problem"] is None


def test_the_values_are_those_of_a_botocore_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = _files(
        tmp_path,
        "[DEFAULT]\noutput = yaml\n[default]\nregion = d\n[profile a]\nregion = x\nrole_arn = r\n",
        "[a]\nrole_arn = s\n[only here]\nregion = z\n",
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(files.paths.config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(files.paths.credentials))
    session = botocore.session.Session()
    assert list(files.names) == list(session.available_profiles)
    for name in files.names:
        assert files.settings(name) == botocore.session.Session(profile=name).get_scoped_config()


def test_what_surprises_is_said(tmp_path: Path) -> None:
    files = _files(
        tmp_path,
        '[DEFAULT]\noutput = yaml\n[a]\nregion = no\n[profile a]\nregion = x\n[profile "a"]\nregion = y\n'
        "[profile b]\nrole_arn = r\nsource_profile = a\n",
        "",
    )
    text = as_text(files, "a")
    assert "[profile a] is replaced whole" in text
    assert "[a] in" in text
    assert "[DEFAULT]" in text
    assert "Used by: b" in text
    assert f"region = y    ({files.paths.config}:8)" in text


def test_the_paths_are_those_of_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("PLACE", "/etc/aws")
    assert Paths.from_environment({}) == Paths(Path("/home/me/.aws/config"), Path("/home/me/.aws/credentials"))
    chosen = {"AWS_CONFIG_FILE": "$PLACE/c", "AWS_SHARED_CREDENTIALS_FILE": "~/c"}
    assert Paths.from_environment(chosen) == Paths(Path("/etc/aws/c"), Path("/home/me/c"))


def test_missing_files_and_what_is_no_file_count_as_empty(tmp_path: Path) -> None:
    assert read(Paths(tmp_path / "none", Path("/dev/null"))).names == ()
    assert read(Paths(tmp_path, tmp_path / "none" / "none")).names == ()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config"
    path.write_text("[default]\n")

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BadInputError) as caught:
        read(Paths(path, tmp_path / "credentials"))
    assert caught.value.where == str(path)
    assert caught.value.why == "Permission denied"
