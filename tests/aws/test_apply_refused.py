"""What apply refuses before the first change, and what it asks for first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import (
    BUCKET,
    DST,
    ENCRYPTED,
    SRC,
    THEIRS,
    accounts,
    answers,
    apply,
    put_theirs,
    run,
    written,
)
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("practice_environment", "fresh_practice")


@pytest.fixture(autouse=True)
def _own_state(practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice_environment
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))


def test_credentials_of_the_wrong_account_are_refused_before_the_first_change(clients: Clients, tmp_path: Path) -> None:
    file = written(tmp_path, answers("assume-role"))
    before = accounts(clients)
    swapped = ("--source-profile", "destination-admin", "--destination-profile", "source-admin")

    status, _out, err = run("apply", file, "--side", "both", *swapped, "--yes")

    assert status == 2
    assert SRC in err
    assert DST in err
    assert accounts(clients) == before
    assert journal.runs() == ()


def test_the_difference_of_every_document_is_shown_and_a_dry_run_changes_nothing(
    clients: Clients, tmp_path: Path
) -> None:
    before = accounts(clients)

    status, out, _err = run(
        "apply", written(tmp_path, answers("assume-role")), "--side", "both", "--dry-run",
        "--source-profile", "source-admin", "--destination-profile", "destination-admin",
    )  # fmt: skip

    assert status == 0
    for word in (
        "S3xReportsTrust",
        "S3xReportsAssumeRole",
        "S3xReportsObjects",
        "S3xReportsKey",
        "S3xReportsRequireTls",
    ):
        assert word in out
    assert accounts(clients) == before
    assert journal.runs() == ()


def test_without_a_terminal_and_without_yes_nothing_changes(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    file = written(tmp_path, answers("assume-role"))

    status, out, err = run("apply", file, "--side", "destination", "--destination-profile", "destination-admin")

    assert status == 2
    assert "S3xReportsTrust" in out
    assert "--yes" in err
    assert accounts(clients) == before


def test_a_bucket_policy_that_would_be_too_large_is_said_before_the_first_call(
    clients: Clients, tmp_path: Path
) -> None:
    many = [{**THEIRS["Statement"][0], "Sid": f"Theirs{n}"} for n in range(120)]
    put_theirs(clients, {"Version": "2012-10-17", "Statement": many})
    before = accounts(clients)

    status, _out, err = apply(written(tmp_path, answers("bucket-policy")))

    assert status == 2
    assert "20480" in err
    assert accounts(clients) == before
    assert journal.runs() == ()


def test_a_role_of_the_same_name_that_is_not_ours_gets_nothing_unless_it_is_confirmed(
    clients: Clients, tmp_path: Path
) -> None:
    file = written(tmp_path, answers("assume-role", role={"name": "ops/backup"}))
    arn = f"arn:aws:iam::{DST}:role/ops/backup"
    before = accounts(clients)

    status, out, err = apply(file)
    assert status == 2
    assert "--use-existing" in err
    assert "read-all" in out
    assert accounts(clients) == before

    assert apply(file, "--use-existing", arn)[0] == 0
    trust = accounts(clients)[arn]["trust"]["Statement"]
    assert trust[0] == before[arn]["trust"]["Statement"][0]
    assert trust[1]["Sid"] == "S3xReportsTrust"
    assert "nothing to change" in apply(file)[1]
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_a_guard_that_shuts_out_its_own_applier_is_refused(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    admin = f"arn:aws:iam::{DST}:user/admin"
    for guards in (
        {"vpc_endpoint_ids": ["vpce-0a1b2c3d4e5f60718"]},
        {"vpc_endpoint_ids": ["vpce-0a1b2c3d4e5f60718"], "exempt_principals": [f"arn:aws:iam::{DST}:user/analyst"]},
        {"organization_id": "o-somebodyelse"},
    ):
        status, _out, err = apply(
            written(tmp_path, answers("bucket-policy", guards=guards)), "--confirm-lockout", ENCRYPTED
        )
        assert status == 2
        assert admin in err
        assert accounts(clients) == before

    spared = {"vpc_endpoint_ids": ["vpce-0a1b2c3d4e5f60718"], "exempt_principals": [admin]}
    assert apply(written(tmp_path, answers("bucket-policy", guards=spared)))[0] == 0
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_yes_does_not_stand_for_the_typed_name_of_the_bucket(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    file = written(tmp_path, answers("bucket-policy", guards={"organization_id": "o-practice01"}))

    assert apply(file)[0] == 2
    assert apply(file, "--confirm-lockout", BUCKET)[0] == 2
    assert accounts(clients) == before
    assert apply(file, "--confirm-lockout", ENCRYPTED)[0] == 0


def test_a_source_principal_that_does_not_exist_is_said_before_the_first_change(
    clients: Clients, tmp_path: Path
) -> None:
    told = answers("bucket-policy")
    told["source"]["principals"] = ["role/no-such-role"]
    before = accounts(clients)

    status, _out, err = apply(written(tmp_path, told))

    assert status == 2
    assert "role/no-such-role" in err
    assert accounts(clients) == before


def test_a_deleted_principal_in_the_policy_is_found_before_and_its_removal_is_offered(
    clients: Clients, tmp_path: Path
) -> None:
    gone = {**THEIRS["Statement"][0], "Sid": "Gone", "Principal": {"AWS": "AIDACKCEVSQ6C2EXAMPLE"}}
    put_theirs(clients, {"Version": "2012-10-17", "Statement": [gone, THEIRS["Statement"][1]]})
    file = written(tmp_path, answers("bucket-policy"))
    before = accounts(clients)

    status, _out, err = apply(file)
    assert status == 2
    assert "AIDACKCEVSQ6C2EXAMPLE" in err
    assert accounts(clients) == before

    assert apply(file, "--drop-deleted-principals")[0] == 0
    assert next(one["Sid"] for one in accounts(clients)[f"{DST} {ENCRYPTED}"]["Statement"]) == "S3xReportsListList"


def test_who_may_not_read_what_is_there_writes_nothing_over_it(clients: Clients, tmp_path: Path) -> None:
    before = accounts(clients)
    file = written(tmp_path, answers("bucket-policy"))

    status, _out, err = run("apply", file, "--side", "destination", "--destination-profile", "analyst", "--yes")

    assert status == 2
    assert "AccessDenied" in err
    assert accounts(clients) == before


def test_what_others_statements_do_to_the_access_is_said_before(clients: Clients, tmp_path: Path) -> None:
    denied = {
        "Sid": "NoApp",
        "Effect": "Deny",
        "Principal": {"AWS": f"arn:aws:iam::{SRC}:role/app-ec2"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{ENCRYPTED}/*",
    }
    never = {
        "Sid": "NeverMatches",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{SRC}:group/ops"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{ENCRYPTED}/*",
    }
    put_theirs(clients, {"Version": "2012-10-17", "Statement": [denied, never]})

    status, _out, err = apply(written(tmp_path, answers("bucket-policy")), "--dry-run")

    assert status == 0
    assert "not proven to work" in err
    assert "role/app-ec2" in err
    assert "has a mistake" in err
    assert "group" in err


def test_a_profile_that_is_not_there_and_an_endpoint_that_does_not_answer_are_said(tmp_path: Path) -> None:
    file = written(tmp_path, answers("assume-role"))

    status, _out, err = run("apply", file, "--side", "source", "--source-profile", "nobody", "--yes")
    assert status == 2
    assert "no profile nobody" in err

    closed = ("--endpoint-url", "http://127.0.0.1:9")
    status, _out, err = run("apply", file, "--side", "source", "--source-profile", "source-admin", "--yes", *closed)
    assert status == 3
    assert "--endpoint-url" in err


def test_a_policy_that_s3_calls_public_is_said_to_keep_the_source_out_before_anything_is_applied(
    clients: Clients, tmp_path: Path
) -> None:
    wild = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{ENCRYPTED}/pub/*",
        "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    }
    s3 = clients("destination-admin", "s3")
    block = partial(s3.put_public_access_block, Bucket=ENCRYPTED)
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block(PublicAccessBlockConfiguration=dict.fromkeys(names, False))
    put_theirs(clients, {"Version": "2012-10-17", "Statement": [wild]})
    block(PublicAccessBlockConfiguration=dict.fromkeys(names, True))

    status, _out, err = apply(written(tmp_path, answers("bucket-policy")), "--dry-run")

    assert status == 0
    assert "is public by statement 1, and RestrictPublicBuckets is on" in err
    assert "is public by statement 1, and BlockPublicPolicy is on" in err
    assert "is not allowed: RestrictPublicBuckets is on, and the bucket policy is public" in err
