"""The CloudFormation templates: clean for cfn-lint, parameters that hold, and what they don't make is said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.export.cloudformation_reader import Template
from tests.export.hostile import hostile_plan
from tests.export.practice_setups import planned
from wizard.errors import BadInputError
from wizard.export.formats import render
from wizard.export.yaml import dump

if TYPE_CHECKING:
    from wizard.plan import Plan

KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"


def template(plan: Plan, side: str, **given: str) -> Template:
    file = next(file for file in render(plan, "cloudformation") if side in file.path)
    account = "111111111111" if side == "source" else "222222222222"
    return Template(file.text, account, "ap-northeast-1", given)


def test_the_templates_are_clean_for_cfn_lint(tmp_path: Path) -> None:
    for place, plan in enumerate([hostile_plan(**{"bucket.kms_key_arn": KEY}), *map(planned, range(0, 54, 3))]):
        for file in render(plan, "cloudformation"):
            (tmp_path / f"{place}-{file.path}").write_text(file.text, encoding="utf-8")
    linter = Path(sys.executable).with_name("cfn-lint")
    templates = sorted(tmp_path.iterdir())
    done = subprocess.run([linter, *templates], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_parameters_stand_in_for_what_the_setup_says() -> None:
    made = template(hostile_plan(), "destination", BucketName="another-bucket", SourceAccountId="333333333333")
    resources = made.resources()
    assert resources["BucketPolicy"]["Properties"]["Bucket"] == "another-bucket"
    trust = resources["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    named = [one["Principal"]["AWS"] for one in trust]
    assert [arn.split(":")[4] for one in named for arn in ([one] if isinstance(one, str) else one)] == [
        "333333333333"
    ] * 3


def test_nothing_is_made_in_another_account_or_region() -> None:
    file = next(file for file in render(hostile_plan(), "cloudformation") if "destination" in file.path)
    assert Template(file.text, "999999999999", "ap-northeast-1").resources() == {}
    assert Template(file.text, "222222222222", "us-east-1").resources() == {}
    assert set(Template(file.text, "222222222222", "ap-northeast-1").resources()) == {"Role", "BucketPolicy"}


def test_bucket_policies_can_be_left_to_others() -> None:
    made = template(hostile_plan(), "destination", ManageBucketPolicies="false")
    assert set(made.resources()) == {"Role"}


def test_what_it_does_not_make_is_said_with_the_document() -> None:
    made = template(hostile_plan(**{"bucket.kms_key_arn": KEY}), "destination")
    assert [left["Target"] for left in made.by_hand()] == [KEY]
    source = template(hostile_plan(), "source")
    assert "Data,Reader" in source.by_hand()[0]["What"]


def test_guards_that_can_lock_everybody_out_ask_for_the_buckets_name() -> None:
    plan = hostile_plan(**{"guards.organization_id": "o-a1b2c3d4e5"})
    assert "BucketPolicy" not in template(plan, "destination").resources()
    named = template(plan, "destination", ConfirmLockout="s3-crossaccount-bucket01")
    assert "BucketPolicy" in named.resources()


def test_the_header_gives_what_has_no_default() -> None:
    files = render(hostile_plan(**{"guards.organization_id": "o-a1b2c3d4e5"}), "cloudformation")
    texts = {file.path: file.text for file in files}
    assert "--parameter-overrides ConfirmLockout=BUCKET" in texts["reports-destination.yaml"]
    assert "--parameters ParameterKey=ConfirmLockout,ParameterValue=BUCKET" in texts["reports-destination.yaml"]
    assert "--parameter" not in texts["reports-source.yaml"]


def test_a_dynamic_reference_in_a_prefix_is_refused() -> None:
    with pytest.raises(BadInputError, match="resolve"):
        render(hostile_plan(**{"bucket.prefix": "{{resolve:ssm:/secret}}/"}), "cloudformation")


ODD = ["yes", "no", "null", "~", "1", "1.5", "2012-10-17", "a: b", "- a", "#", "'", '"', "\\", "{a}", "[a]", "*", "&a"]
ODDER = [
    "!Ref x",
    "%",
    "@",
    "`",
    "日本語",
    "\u2028",
    "\x85",
    " edge ",
    "",
    "y",
    "on",
    "a#b",
    "a:b",
    "s3:Get*",
    "|",
    ">",
]


@pytest.mark.parametrize("value", [*ODD, *ODDER])
def test_every_text_is_read_back_as_it_is(value: str) -> None:
    assert yaml.safe_load(dump({"A": {"B": [value, {value or "C": value}]}})) == {
        "A": {"B": [value, {value or "C": value}]}
    }
