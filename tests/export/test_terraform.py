"""The Terraform modules: as `terraform fmt` leaves them, one call for a fleet, and what is there is kept."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.export.hcl_values import value
from tests.export.hostile import hostile_plan
from tests.export.practice_setups import planned
from tests.export.terraform_reader import module, parsed
from wizard.answers.file import read
from wizard.errors import BadInputError
from wizard.export.formats import render
from wizard.plan import plan

if TYPE_CHECKING:
    from wizard.plan import Plan

SETUPS = Path(__file__).parents[1] / "data" / "setups"
OPENING, CLOSING = "{[(", "}])"
ASSIGNED = re.compile(r'( *)("(?:[^"\\]|\\.)*"|[\w-]+)( +)= (.+)')


def files_of(made: Plan) -> dict[str, Any]:
    return {file.path: file for file in render(made, "terraform")}


def misaligned(text: str) -> list[str]:
    """Return the lines that `terraform fmt` would change: its rules for indents and for the signs `=`."""
    out, depth, run = [], 0, list[tuple[str, int]]()
    for line in [*text.split("\n"), ""]:
        bare = re.sub(r'"(?:[^"\\]|\\.)*"|#.*', '""', line)
        opened = sum(bare.count(sign) for sign in OPENING) - sum(bare.count(sign) for sign in CLOSING)
        indent = depth - (1 if bare.strip()[:1] in set(CLOSING) else 0)
        if line != line.rstrip() or (line and len(line) - len(line.lstrip()) != 2 * indent):
            out.append(line)
        found = ASSIGNED.fullmatch(line)
        if found and opened == 0:
            run.append((line, len(found[2]) + len(found[3])))
        else:
            widest = max((len(re.sub(r" +=.*", "", one).strip()) for one, _width in run), default=0)
            out += [one for one, width in run if width != widest + 1]
            run = []
        depth += opened
    return out


@pytest.mark.parametrize("number", range(0, 54, 5))
def test_the_files_are_as_terraform_fmt_leaves_them(number: int, tmp_path: Path) -> None:
    for made in (planned(number), hostile_plan()):
        for path, file in files_of(made).items():
            assert misaligned(file.text) == [], path
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(file.text, encoding="utf-8")
    terraform = shutil.which("terraform")
    if terraform:  # its rules are checked above; where it is at hand, it has the last word
        done = subprocess.run(
            [terraform, "fmt", "-check", "-diff", "-recursive", tmp_path], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "")


def test_the_check_of_the_format_sees_what_terraform_fmt_sees() -> None:
    assert misaligned("a {\n  b = 1\n  longer = 2\n}\n") == ["  b = 1"]
    assert misaligned("a {\n   b = 1\n}\n") == ["   b = 1"]
    assert misaligned("a {\n  b      = 1\n  longer = {\n    c = 1\n  }\n}\n") == ["  b      = 1"]


def fleet() -> Plan:
    return hostile_plan(
        **{
            "source.account_id": "",
            "source.accounts": ["111111111111", "333333333333"],
            "method": "bucket-policy",
            "source.principals": ["role/app-ec2", "user/batch/nightly"],
            "buckets": [
                {"name": "bucket-one", "region": "ap-northeast-1", "prefix": "reports/"},
                {"name": "bucket-two", "region": "us-east-1", "prefix": "reports/"},
                {"name": "bucket-three", "region": "us-east-1", "prefix": ""},
            ],
            "bucket.name": None,
            "bucket.region": None,
            "bucket.prefix": None,
        }
    )


def test_one_call_takes_more_accounts_and_more_buckets() -> None:
    files = files_of(fleet())
    given = {
        "source_account_ids": ["444444444444"],
        "buckets": {"bucket-one": "reports/", "another": "reports/"},
    }
    made = module(files, "modules/destination", given)
    policies = made["aws_s3_bucket_policy.buckets_1"]
    assert list(policies) == ["another", "bucket-one"]
    first = policies["another"]["policy"]["Statement"][0]
    assert first["Principal"]["AWS"] == [
        "arn:aws:iam::444444444444:role/app-ec2",
        "arn:aws:iam::444444444444:user/batch/nightly",
    ]
    assert first["Resource"] == "arn:aws:s3:::another"
    assert made["aws_s3_bucket_policy.buckets_2"] == {}


def test_buckets_of_several_regions_are_reached_from_one_call() -> None:
    policies = module(files_of(fleet()), "modules/destination")["aws_s3_bucket_policy.buckets_1"]
    assert {name: policy["region"] for name, policy in policies.items()} == {
        "bucket-one": "ap-northeast-1",
        "bucket-two": "us-east-1",
    }


def test_each_source_account_has_a_provider_and_a_call_of_its_own() -> None:
    root = parsed(files_of(fleet())["main.tf"].text)
    calls = [name.strip('"') for block in root["module"] for name in block]
    aliases = [value(block['"aws"']["alias"], {}) for block in root["provider"]]
    assert calls == ["source_111111111111", "source_333333333333", "destination"]
    assert aliases == calls


def test_it_says_plainly_that_the_whole_policy_is_owned_and_takes_what_is_there() -> None:
    files = files_of(fleet())
    assert "aws_s3_bucket_policy OWNS THE WHOLE POLICY" in files["main.tf"].text
    assert "source_policy_documents = lookup(var.existing_bucket_policies" in files["modules/destination/main.tf"].text
    blocks = parsed(files["imports.tf"].text)["import"]
    chosen = [value(block["for_each"], {"var": {"import_bucket_policies": ["bucket-two"]}}) for block in blocks]
    assert chosen == [["bucket-two"], []]


def test_a_keys_policy_is_left_alone_until_what_is_there_is_given() -> None:
    key = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
    files = files_of(hostile_plan(**{"bucket.kms_key_arn": key}))
    assert module(files, "modules/destination")["aws_kms_key_policy.key_1"] == {}
    given = module(files, "modules/destination", {"existing_key_policies": {key: "{}"}})
    assert list(given["aws_kms_key_policy.key_1"]) == [key]


def test_what_the_provider_would_read_as_a_variable_is_refused() -> None:
    with pytest.raises(BadInputError, match="aws_iam_policy_document"):
        render(hostile_plan(**{"bucket.prefix": "a&{aws:username}/"}), "terraform")


def test_guards_that_can_lock_everybody_out_ask_for_the_buckets_name() -> None:
    files = files_of(hostile_plan(**{"guards.organization_id": "o-a1b2c3d4e5"}))
    variable = next(
        block['"confirm_lockout"']
        for block in parsed(files["main.tf"].text)["variable"]
        if '"confirm_lockout"' in block
    )
    assert "default" not in variable
    for typed, taken in (("s3-crossaccount-bucket01", True), ("yes", False)):
        assert value(variable["validation"][0]["condition"], {"var": {"confirm_lockout": typed}}) is taken
    assert re.search(r"confirm_lockout += var.confirm_lockout", files["main.tf"].text)
    exempt = {"guards.exempt_principals": ["arn:aws:iam::222222222222:role/admin"]}
    spared = files_of(hostile_plan(**{"guards.organization_id": "o-a1b2c3d4e5"}, **exempt))
    assert "confirm_lockout" not in spared["main.tf"].text


def test_each_sides_module_gives_back_what_it_makes() -> None:
    files = files_of(plan(read(SETUPS / "s02.toml").setup))
    outputs = {path: parsed(file.text)["output"] for path, file in files.items() if path.endswith("outputs.tf")}
    named = {path: [name.strip('"') for one in found for name in one] for path, found in outputs.items()}
    assert named == {
        "modules/source/outputs.tf": ["policy"],
        "modules/destination/outputs.tf": ["bucket_policies_1"],
    }
