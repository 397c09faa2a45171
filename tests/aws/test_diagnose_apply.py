"""`diagnose --apply` on the practice accounts: what is made, what is never made, and how it is put back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.apply_world import accounts, answers, run, written
from tests.aws.diagnose_world import ARN, BUCKET, CLIUSER, DST, KEY, READS, ROLE, SRC, SUMMARY, World, allow, deny
from wizard.state import journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

GET = ("s3:GetObject", f"{ARN}/reports/*")
TARGET = f"s3://{BUCKET}/{SUMMARY}"
SOURCE, DESTINATION = ("--source-profile", "source-admin"), ("--destination-profile", "destination-admin")
BOTH = (*SOURCE, *DESTINATION)
ENCRYPTED = "s3-crossaccount-encrypted01"
NIGHTLY = f"arn:aws:iam::{SRC}:user/batch/nightly"
OTHERS = allow(*GET, Sid="Theirs", Principal={"AWS": NIGHTLY})


@pytest.fixture(autouse=True)
def world(clients: Clients, own_credentials: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path / "state"))
    return World(clients, own_credentials)


def mend(*more: str, target: str = TARGET, profile: str = "cliuser") -> tuple[int, str, str]:
    return run("diagnose", target, "--profile", profile, "--apply", *more)


def applied(*more: str, **ask: str) -> tuple[int, dict[str, Any]]:
    status, out, _err = mend("--yes", "--json", *more, **ask)
    return status, json.loads(out)


def statements(policy: Any) -> list[Any]:
    return list(policy["Statement"])


def test_what_both_sides_lack_is_added_the_call_works_and_undo_puts_all_back(world: World, clients: Clients) -> None:
    world.bucket(OTHERS)
    before = accounts(clients)

    status, out, err = mend("--yes", *BOTH)

    assert status == 0
    assert "The call works now." in out
    assert "[2/2]" in err
    after = accounts(clients)
    theirs, ours = statements(after[f"{DST} {BUCKET}"])
    assert theirs == OTHERS
    assert ours["Sid"].startswith("S3xS3CrossaccountBucket01X")
    assert (ours["Action"], ours["Resource"], ours["Principal"]) == (GET[0], f"{ARN}/{SUMMARY}", {"AWS": CLIUSER})
    (done,) = journal.runs()
    assert (done.state, done.about["method"], len(done.steps)) == ("complete", "diagnose", 2)
    assert done.setup_name in run("runs")[1]
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


@pytest.mark.parametrize("broken", ["trust", "role", "kms"])
def test_the_other_links_are_mended_too(world: World, clients: Clients, broken: str) -> None:
    target, profile = TARGET, "crossaccount"
    if broken == "kms":
        target, profile = f"s3://{ENCRYPTED}/{SUMMARY}", "cliuser"
        world.bucket(OTHERS, name=ENCRYPTED)
    else:
        world.identity(allow("sts:AssumeRole", ROLE))
        names = CLIUSER if broken == "role" else f"arn:aws:iam::{SRC}:user/admin"
        rights = [allow(*GET)] if broken == "trust" else []
        world.role(allow("sts:AssumeRole", Principal={"AWS": names}), *rights)
        world.switching()
    before = accounts(clients)

    status, told = applied(*BOTH, target=target, profile=profile)

    assert (status, told["works"]) == (0, True)
    assert told["applied"]["left"] == []
    assert told["applied"]["before"]["works"] is False
    after = accounts(clients)
    touched = {one for one in after if after[one] != before[one]}
    assert (
        touched
        == {
            "trust": {ROLE},
            "role": {ROLE},
            "kms": {KEY, CLIUSER, f"{DST} {ENCRYPTED}"},
        }[broken]
    )
    assert run("undo", "--yes")[0] == 0
    assert accounts(clients) == before


def test_all_that_a_role_can_is_shown_before_somebody_is_let_into_it(world: World) -> None:
    world.identity(allow("sts:AssumeRole", ROLE))
    world.role(allow("sts:AssumeRole", Principal={"AWS": NIGHTLY}), allow(*GET, Sid="ReadsReports"))
    world.switching()

    out = mend("--dry-run", *BOTH, profile="crossaccount")[1]

    assert "Whoever is let in can do all that the role can" in out
    assert out.index('"ReadsReports"') < out.index("S3xS3CrossaccountBuck", out.index("To be applied"))


@pytest.mark.parametrize(("more", "ends"), [((), 2), (("--dry-run", "--yes"), 1)])
def test_without_a_yes_the_difference_is_shown_and_nothing_changes(
    world: World, clients: Clients, more: tuple[str, ...], ends: int
) -> None:
    world.bucket(OTHERS)
    before = accounts(clients)

    status, out, err = mend(*BOTH, *more)

    assert status == ends
    assert f'+      "Resource": "{ARN}/{SUMMARY}"' in out
    assert ("--yes" in err) is (ends == 2)
    assert accounts(clients) == before
    assert journal.runs() == ()


@pytest.mark.parametrize(("typed", "ends"), [("n", 130), ("y", 0)])
def test_in_a_terminal_it_is_asked_after_the_difference_was_shown(
    world: World, clients: Clients, monkeypatch: pytest.MonkeyPatch, typed: str, ends: int
) -> None:
    world.bucket(OTHERS)
    before = accounts(clients)
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return typed

    monkeypatch.setattr("wizard.commands.confirm.has_terminal", lambda: True)
    monkeypatch.setattr("wizard.commands.confirm.ask", ask)

    status, out, _err = mend(*BOTH)

    assert status == ends
    assert len(asked) == 1
    assert f'+      "Resource": "{ARN}/{SUMMARY}"' in out
    assert (accounts(clients) == before) is (typed == "n")


def test_read_only_only_shows_it(clients: Clients) -> None:
    before = accounts(clients)

    assert run("--read-only", "diagnose", TARGET, "--profile", "cliuser", "--apply", "--yes", *BOTH)[0] == 1

    assert accounts(clients) == before


@pytest.mark.parametrize(
    ("source", "destination", "says"),
    [
        ("destination-admin", "destination-admin", "--source-profile"),
        ("source-admin", "source-admin", "doesn't own"),
    ],
)
def test_credentials_of_another_account_are_refused_before_the_first_change(
    clients: Clients, source: str, destination: str, says: str
) -> None:
    before = accounts(clients)

    status, _out, err = mend("--yes", "--source-profile", source, "--destination-profile", destination)

    assert status == 2
    assert says in err
    assert accounts(clients) == before
    assert journal.runs() == ()


def test_the_other_sides_half_stays_a_hand_over_with_the_policy_to_send(world: World, clients: Clients) -> None:
    world.bucket(OTHERS)
    world.identity(allow(*GET))
    before = accounts(clients)
    status, told = applied(*SOURCE)

    assert (status, told["works"], told["applied"]["run"]) == (1, False, "")

    clients("source-admin", "iam").delete_user_policy(UserName="cliuser", PolicyName="own-bucket")
    status, out, _err = mend("--yes", *SOURCE)

    assert status == 1
    assert "Diagnosed again" in out
    assert "The next broken link: policy and settings of" in out
    after = accounts(clients)
    assert after[f"{DST} {BUCKET}"] == before[f"{DST} {BUCKET}"]
    assert [run.state for run in journal.runs()] == ["complete"]


def test_what_is_left_to_others_is_there_whole_as_text_and_as_json(world: World, clients: Clients) -> None:
    world.identity(allow(*GET))
    world.bucket(
        allow(*GET, Principal={"AWS": CLIUSER}), deny("s3:*", f"{ARN}/reports/*", Sid="NoReports", Principal="*")
    )
    before = accounts(clients)

    status, out, _err = mend("--yes", *BOTH)
    _status, told = applied(*BOTH)

    assert status == 1
    assert "NoReports" in out[out.index("Left to others") :]
    assert "Nothing of it is applied from here." in out
    (left,) = told["applied"]["left"]
    assert "NoReports" in left["why"]
    assert left["after"]["Statement"][1]["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": CLIUSER}}
    assert accounts(clients) == before


@pytest.mark.parametrize("case", ["own deny", "public", "boundary", "recreated", "list", "profile", "root"])
def test_what_takes_away_or_gives_more_than_was_asked_for_is_never_applied(
    world: World, clients: Clients, case: str
) -> None:
    world.both_sides()
    target, profile = TARGET, "cliuser"
    match case:
        case "own deny":
            world.identity(allow(*GET), deny("s3:GetObject", f"{ARN}/*", Sid="Stop"))
        case "public":
            everybody = allow("s3:GetObject", f"{ARN}/public/*", Principal="*", Sid="Everybody")
            world.bucket(allow(*GET, Principal={"AWS": CLIUSER}), everybody, public=True)
        case "boundary":
            world.boundary(allow("s3:ListBucket", "*"))
        case "recreated":
            world.bucket(allow(*GET, Principal={"AWS": "AIDAEXAMPLEOLD000001"}))
        case "list":
            world.identity(allow(*GET))
            world.bucket(allow(*GET, Principal={"AWS": NIGHTLY}), deny("s3:*", f"{ARN}/*", Principal={"AWS": CLIUSER}))
        case "profile":
            world.identity(allow("sts:AssumeRole", ROLE))
            asks = {"StringEquals": {"sts:ExternalId": "ticket-42"}}
            world.role({**allow("sts:AssumeRole", Principal={"AWS": CLIUSER}), "Condition": asks}, allow(*GET))
            world.switching()
            profile = "crossaccount"
        case "root":
            with world.credentials.open("a", encoding="utf-8") as file:
                file.write(f"\n[root]\naws_access_key_id = {SRC}\naws_secret_access_key = x\n")
            profile = "root"
    before = accounts(clients)
    config = world.credentials.with_name("config").read_text()

    status, told = applied(*BOTH, target=target, profile=profile)

    assert status == 1
    assert told["applied"]["run"] == ""
    assert all(left["why"] for left in told["applied"]["left"])
    assert told["applied"]["left"]
    assert accounts(clients) == before
    assert world.credentials.with_name("config").read_text() == config


def test_a_statement_of_ours_may_be_taken_away_again(world: World, clients: Clients) -> None:
    world.bucket(OTHERS)
    assert applied(*BOTH)[0] == 0
    mine = statements(accounts(clients)[f"{DST} {BUCKET}"])[1]
    world.bucket(OTHERS, mine, {**mine, "Effect": "Deny", "Sid": f"{mine['Sid']}2"})

    status, told = applied(*BOTH)

    assert (status, told["works"]) == (0, True)


def test_a_mend_of_a_setups_statement_carries_its_name_so_that_applying_it_again_finds_it(
    world: World, clients: Clients, tmp_path: Path
) -> None:
    setup = answers("bucket-policy", source={"account_id": SRC, "principals": ["user/cliuser"]}, guards={})
    setup["bucket"] = {"name": BUCKET, "region": "ap-northeast-1"}
    setup["access"] = {"level": "read"}
    file = written(tmp_path, setup)
    assert run("apply", file, "--side", "both", *BOTH, "--yes")[0] == 0
    whole = accounts(clients)
    world.bucket(*[one for one in statements(whole[f"{DST} {BUCKET}"]) if not one["Sid"].endswith("Objects")])

    status, told = applied(*BOTH)

    assert (status, told["works"]) == (0, True)
    assert journal.runs()[0].setup_name == "reports"
    assert {one["Sid"] for one in statements(accounts(clients)[f"{DST} {BUCKET}"])} >= {"S3xReportsObjects"}
    assert run("apply", file, "--side", "both", *BOTH, "--yes")[0] == 0
    assert accounts(clients) == whole


def test_a_mend_beside_a_setup_has_a_name_of_its_own_and_stays_when_the_setup_is_applied_again(
    clients: Clients, tmp_path: Path
) -> None:
    setup = answers("bucket-policy", source={"account_id": SRC, "principals": ["role/app-ec2"]}, guards={})
    setup["bucket"] = {"name": BUCKET, "region": "ap-northeast-1"}
    file = written(tmp_path, setup)
    assert run("apply", file, "--side", "both", *BOTH, "--yes")[0] == 0

    assert applied(*BOTH)[0] == 0
    mended = accounts(clients)
    assert run("apply", file, "--side", "both", *BOTH, "--yes")[0] == 0

    assert journal.runs()[0].setup_name != "reports"
    assert accounts(clients) == mended


def test_what_works_already_is_left_alone(world: World, clients: Clients) -> None:
    world.both_sides()
    before = accounts(clients)

    assert mend("--yes", *BOTH)[0] == 0

    assert accounts(clients) == before
    assert journal.runs() == ()


def test_json_has_the_call_as_it_is_now_and_nothing_else_on_standard_output(world: World) -> None:
    world.bucket(OTHERS)

    status, out, err = mend("--yes", "--json", *BOTH)

    told = json.loads(out)
    assert (status, told["works"], told["causes"]) == (0, True, [])
    assert told["applied"]["run"] == journal.runs()[0].id
    assert len(told["applied"]["changed"]) == 2
    assert "S3xS3CrossaccountBuck" in err


def test_reads_are_never_granted_for_a_folder_or_a_bucket(world: World, clients: Clients) -> None:
    world.bucket(*(allow(action, resource, Principal={"AWS": NIGHTLY}) for action, resource in READS))

    assert applied(*BOTH)[0] == 0

    s3 = world.clients("cliuser", "s3")
    assert s3.get_object(Bucket=BUCKET, Key=SUMMARY)
    for key in ("reports/2026/09/summary.csv", "logs/2026-10-01.log"):
        with pytest.raises(s3.exceptions.ClientError):
            s3.get_object(Bucket=BUCKET, Key=key)
    assert clients("destination-admin", "s3").head_object(Bucket=BUCKET, Key="logs/2026-10-01.log")
