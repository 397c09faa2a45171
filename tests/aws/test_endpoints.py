"""An endpoint that is no URL: the flag, the variable or the profile's line is named, and what was likely meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aws.apply_world import answers, run, written
from wizard.aws.clients import Clients, Place
from wizard.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

KEY = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "credentials").write_text(f"[default]\n{KEY}[services]\n{KEY}", encoding="utf-8")
    (tmp_path / "config").write_text(
        "[profile bad]\nregion = eu-west-1\nendpoint_url = local.host\n"
        "[profile services]\nservices = mine\n[services mine]\nsts =\n  endpoint_url = my.sts\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "verify FILE --wait 0 --endpoint-url localhost:4566",
        "apply FILE --side both --dry-run --endpoint-url localhost:4566",
        "diagnose s3://reports/x --endpoint-url localhost:4566",
        "rotate-keys default --endpoint-url localhost:4566",
    ],
)
def test_every_command_names_the_flag_the_rule_and_what_was_meant(world: Path, line: str) -> None:
    file = written(world, answers("assume-role"))
    status, _out, err = run(*line.replace("FILE", file).split())
    assert status == 2
    assert err.splitlines()[0].startswith("--endpoint-url: The endpoint localhost:4566 is no URL")
    assert "begins with http:// or https://" in err
    assert "Did you mean http://localhost:4566?" in err


@pytest.mark.usefixtures("world")
def test_check_names_it_too_where_aws_is_asked(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text('{"Version": "2012-10-17", "Statement": []}', encoding="utf-8")
    _status, _out, err = run("check", str(policy), "--access-analyzer", "--endpoint-url", "foo")
    assert "--endpoint-url: The endpoint foo is no URL" in err


def refused(place: Place) -> BadInputError:
    clients = Clients(place)
    with pytest.raises(BadInputError, match="is no URL") as caught:
        clients.call("sts", "get_caller_identity")
    clients.close()
    return caught.value


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("foo", "https://foo"),
        ("ftp://s3.example.com", "https://s3.example.com"),
        ("http://localhost:port", ""),
        ("http://[::1", ""),
        ("http://", ""),
        ("http://a b", ""),
    ],
)
def test_what_no_client_can_call_is_refused_and_only_a_whole_url_is_proposed(value: str, meant: str) -> None:
    error = refused(Place(endpoint_url=value))
    assert error.where == "--endpoint-url"
    assert error.mend == (f"Did you mean {meant}?" if meant else "")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"])
def test_a_variable_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "foo")
    assert refused(Place()).where == name


def test_a_profiles_line_is_named(world: Path) -> None:
    assert refused(Place("bad")).where == f"{world / 'config'}:3: endpoint_url of the profile bad"
    assert refused(Place("services")).where == f"{world / 'config'}: endpoint_url in [services mine]"
