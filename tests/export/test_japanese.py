"""Exports in Japanese: what people read is Japanese, what machines read is the same, in any locale of the shell."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.export.hostile import hostile_plan
from tests.export.terraform_reader import module, parsed
from tests.export.test_roads import fleet
from tests.export.test_shell_sandbox import ABSENT, AWS
from tests.export.test_terraform import misaligned
from tests.programs import installed
from wizard import text as language
from wizard.export.formats import render
from wizard.export.templates import template, translations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.export.files import ExportFile

TEMPLATES = (
    "shell/script.sh",
    "shell/steps.sh",
    "terraform/header.txt",
    "cloudformation/header.txt",
    "cloudformation/points_header.txt",
)
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z']{2,} [a-z']{2,} [a-z']{2,}")
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"


@pytest.fixture(autouse=True)
def japanese() -> Iterator[None]:
    language.use("ja")
    yield
    language.use("en")


def files_of(export_format: str, **changes: Any) -> dict[str, ExportFile]:
    return {file.path: file for file in render(hostile_plan(**{"bucket.kms_key_arn": KEY, **changes}), export_format)}


# ---- the templates


def test_every_translation_of_a_template_is_used_once_at_least_and_can_be_taken_back() -> None:
    language.use("en")
    english = {name: template(name) for name in TEMPLATES}
    language.use("ja")
    for known, _said in translations("ja"):
        assert any(known in text for text in english.values()), known
    for name in TEMPLATES:
        back = template(name)
        for known, said in reversed(translations("ja")):
            back = back.replace(said, known)
        assert back == english[name]


def test_every_translation_of_a_template_keeps_its_variables() -> None:
    variable = re.compile(r"\$(?:\w+|\{[^}]*\}|\([^)]*\))|@@[A-Z]+@@|--[a-z-]+|\\\$")
    for known, said in translations("ja"):
        # What only explains names nothing that is carried out.
        if known.startswith(("#", "\n#", "\n", "-----")):
            assert set(re.findall(r"@@[A-Z]+@@", known)) == set(re.findall(r"@@[A-Z]+@@", said))
        else:
            assert sorted(variable.findall(known)) == sorted(variable.findall(said)), known


def test_nothing_that_people_read_in_a_script_is_left_in_english() -> None:
    for name in ("shell/script.sh", "shell/steps.sh"):
        for line in template(name).splitlines():
            said = re.findall(r"(?:say|die|title=|-p) ?(\"[^\"]*\"|'[^']*')", line)
            comment = re.search(r"(?:^|\s)# (?!shellcheck)(.*)", line)
            for one in [*said, *([comment[1]] if comment else [])]:
                assert JAPANESE.search(one) or not ENGLISH.search(one), line


# ---- the scripts


@pytest.mark.parametrize("changes", [{}, {"method": "iam-user", "source.principals": [], "user.name": "cli"}])
def test_the_scripts_are_clean_for_shellcheck(changes: dict[str, Any], tmp_path: Path) -> None:
    for path, file in files_of("shell", **changes).items():
        (tmp_path / path).write_text(file.text, encoding="utf-8")
    checker = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([checker, *tmp_path.iterdir()], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "ja_JP.eucJP"])
def test_a_japanese_script_runs_in_any_locale(locale: str, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/aws").write_text(AWS.replace("ACCOUNT", "222222222222").replace("READ_ROLE", ABSENT))
    (tmp_path / "bin/jq").symlink_to(installed("jq"))
    (tmp_path / "bin/aws").chmod(0o755)
    changes = {"bucket.kms_key_arn": "", "method": "bucket-policy"}
    (file,) = [one for path, one in files_of("shell", **changes).items() if "destination" in path]
    (tmp_path / "script.sh").write_text(file.text, encoding="utf-8")
    done = subprocess.run(
        [installed("bash"), tmp_path / "script.sh", "--yes"],
        env={"PATH": str(tmp_path / "bin"), "LANG": locale, "LC_ALL": locale},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    told = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "アカウント 222222222222 での作業が完了しました。" in told
    calls = (tmp_path / "calls").read_bytes().decode()
    assert "put-bucket-policy" in calls
    assert "日本語/" in calls


# ---- what machines read


def test_terraform_is_the_same_but_for_what_people_read() -> None:
    for path, file in files_of("terraform").items():
        assert misaligned(file.text) == [], path
        assert isinstance(parsed(file.text), dict)
    made = module(files_of("terraform"), "modules/destination", {"existing_key_policies": {KEY: "{}"}})
    language.use("en")
    assert made == module(files_of("terraform"), "modules/destination", {"existing_key_policies": {KEY: "{}"}})


def test_cloudformation_is_the_same_but_for_descriptions_and_within_its_limits(tmp_path: Path) -> None:
    told = files_of("cloudformation")
    language.use("en")
    for path, file in files_of("cloudformation").items():
        (tmp_path / path).write_text(told[path].text, encoding="utf-8")
        japanese, english = (yaml.safe_load(one.text) for one in (told[path], file))
        assert japanese["Resources"] == english["Resources"]
        for section in ("Parameters", "Outputs"):
            for name, one in japanese.get(section, {}).items():
                assert JAPANESE.search(one["Description"])
                assert len(one["Description"].encode()) <= 1024
                assert {**one, "Description": ""} == {**english[section][name], "Description": ""}
        assert JAPANESE.search(japanese["Description"])
        # The console and get-template show other bytes than ASCII as question marks, where they aren't escaped.
        body = [line for line in told[path].text.splitlines() if not line.startswith("#")]
        assert all(line.isascii() for line in body)
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([linter, *tmp_path.iterdir()], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_json_is_the_same_but_for_its_reasons() -> None:
    told = {path: file.text for path, file in files_of("json").items() if path != "documents.json"}
    language.use("en")
    assert told == {path: file.text for path, file in files_of("json").items() if path != "documents.json"}


def test_the_readme_of_a_fleet_beyond_the_limits_is_japanese() -> None:
    fleet.cache_clear()
    text = render(fleet(61), "json")[0].text
    fleet.cache_clear()
    assert [line for line in text.splitlines() if line and line[0] != "#" and not JAPANESE.search(line)] == []
