"""A role that is known by its session alone: its ARN with the path, or said that the path may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.diagnose_world import ARN, BUCKET, DST, ROLE, SRC, SUMMARY, World, allow, kinds, why
from wizard.aws.diagnose import roles as diagnose_roles
from wizard.aws.diagnose.decide import decide
from wizard.aws.diagnose.evidence import BUCKET as BUCKET_PAPER
from wizard.aws.diagnose.evidence import BucketSeen, Evidence, ObjectSeen, Paper, Start, Who
from wizard.aws.diagnose.run import Ask, collect
from wizard.aws.diagnose.split import split
from wizard.aws.diagnose.start import Switch
from wizard.aws.diagnose.told import text_of
from wizard.profiles.read import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

ETL, PATHLESS = f"arn:aws:iam::{SRC}:role/data/etl", f"arn:aws:iam::{SRC}:role/etl"
NIGHTLY = f"arn:aws:iam::{SRC}:user/batch/nightly"
GET = ("s3:GetObject", f"{ARN}/reports/*")
# Nobody may look at the role etl: its own session mayn't, and no profile of the source is given.
ASK = {"profile": "etl", "source_profile": ""}


@pytest.fixture
def world(clients: Clients, own_credentials: Path) -> World:
    world = World(clients, own_credentials)
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    clients("source-admin", "iam").put_role_policy(RoleName="etl", PolicyName="s3", PolicyDocument=policy)
    world.bucket(allow(*GET, Principal={"AWS": NIGHTLY}))
    return world


@pytest.mark.usefixtures("world")
def test_where_iam_can_not_be_read_the_mend_says_that_the_path_may_be_missing() -> None:
    found = why(**ASK)

    (cause,) = [one for one in found.causes if one.kind == "bucket-allow-missing"]
    assert not cause.certain
    assert f'"{PATHLESS}"' in cause.changes[0].diff
    assert "iam:GetRole" in cause.mend
    assert "aws iam get-role --role-name etl --query Role.Arn" in cause.mend
    assert SRC in cause.mend
    assert cause.mend in "\n".join(text_of(found))


@pytest.mark.usefixtures("world")
def test_where_iam_can_be_read_the_arn_is_whole_and_nothing_is_said() -> None:
    found = why(profile="etl")

    assert kinds(found) == ["bucket-allow-missing"]
    assert found.causes[0].certain
    assert f'"{ETL}"' in found.causes[0].changes[0].diff
    assert "iam:GetRole" not in found.causes[0].mend


def test_a_role_arn_of_the_config_file_tells_the_path(world: World) -> None:
    world.profile("nightly-etl", role_arn=ETL, source_profile="nightly")

    found = why(**ASK)

    assert f'"{ETL}"' in found.causes[0].changes[0].diff
    assert "iam:GetRole" not in found.causes[0].mend


def test_a_policy_that_names_the_role_tells_the_path(world: World) -> None:
    world.bucket(allow("s3:GetObject", f"{ARN}/logs/*", Principal={"AWS": [NIGHTLY, ETL]}))

    found = why(**ASK)

    assert f'"{ETL}"' in found.causes[0].changes[0].diff
    assert "iam:GetRole" not in found.causes[0].mend


def test_a_policy_that_lets_the_role_in_by_its_path_does_so(world: World) -> None:
    world.bucket(allow(*GET, Principal={"AWS": ETL}))

    assert why(**ASK).works is True


def test_the_profiles_of_the_call_itself_come_before_others(world: World) -> None:
    world.profile("a", role_arn=ROLE, source_profile="cliuser")
    world.profile("b", role_arn=f"arn:aws:iam::{DST}:role/elsewhere/RoleA", source_profile="cliuser")
    world.profile("c", role_arn="RoleA", source_profile="cliuser")

    assert diagnose_roles.known(read(), (), {}).get((DST, "RoleA")) is None
    assert diagnose_roles.known(read(), (Switch("a", ROLE, {}),), {})[DST, "RoleA"] == ROLE
    assert diagnose_roles.known(read(), (), {"AWS_ROLE_ARN": ROLE})[DST, "RoleA"] == ROLE


def test_a_role_that_a_profile_switches_to_keeps_its_path_where_nobody_may_look_at_it(world: World) -> None:
    world.identity(allow("sts:AssumeRole", ROLE))
    world.role(allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{SRC}:user/cliuser"}))
    world.switching()

    evidence = collect(Ask(BUCKET, SUMMARY, profile="crossaccount"))

    assert evidence.who is not None
    assert (evidence.who.principal_arn, evidence.who.path_known) == (ROLE, True)


def test_an_arn_that_may_lack_its_path_is_never_applied() -> None:
    evidence = Evidence(
        Start("etl"),
        "s3:GetObject",
        BucketSeen(
            BUCKET,
            exists=True,
            owner=DST,
            policy=Paper("resource", BUCKET_PAPER, "", ARN, DST, {"Version": "2012-10-17", "Statement": []}),
        ),
        ObjectSeen(SUMMARY, exists=True),
        who=Who(f"arn:aws:sts::{SRC}:assumed-role/etl/x", PATHLESS, SRC, identity=(), path_known=False),
    )

    mend = split(evidence, decide(evidence), {DST: "destination", SRC: "source"})

    assert [change.target for change in mend.made] == [PATHLESS]  # by its name alone: put-role-policy takes no path
    assert [left.change.document for left in mend.left] == ["bucket"]
