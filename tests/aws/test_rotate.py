"""Rotating an access key: the profile never stands without a working one, whatever happens on the way."""

from __future__ import annotations

import argparse
import json
import stat
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.aws.fault_host import answer
from tests.aws.verify_world import own_files
from wizard.aws import clients as aws_clients
from wizard.aws.errors import CallError
from wizard.aws.rotate.facts import KeyFacts, LastUse
from wizard.aws.rotate.look import look
from wizard.aws.rotate.run import rotate
from wizard.aws.watch import Watch
from wizard.commands import rotate_keys
from wizard.errors import AwsError, BadInputError, CancelledError
from wizard.profiles.read import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.demo import Practice

    Clients = Callable[[str, str], Any]

USER, PROFILE = "cliuser", "cliuser"
USER_ARN = "arn:aws:iam::111111111111:user/cliuser"
SELF = ["iam:CreateAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey", "iam:DeleteAccessKey"]


@pytest.fixture(autouse=True)
def accounts(
    fresh_practice: Practice,
    practice_environment: dict[str, str],
    clients: Clients,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Practice:
    """The practice accounts with a user who may rotate its own keys; the fixture's files are left alone."""
    assert practice_environment
    own_files(fresh_practice, tmp_path / "aws", monkeypatch)
    allow(clients, [*SELF, "iam:GetAccessKeyLastUsed"])
    return fresh_practice


def allow(clients: Clients, actions: list[str]) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    clients("source-admin", "iam").put_user_policy(
        UserName=USER, PolicyName="own-keys", PolicyDocument=json.dumps(policy)
    )


def user_keys(clients: Clients) -> dict[str, str]:
    found = clients("source-admin", "iam").list_access_keys(UserName=USER)["AccessKeyMetadata"]
    return {one["AccessKeyId"]: one["Status"] for one in found}


def in_profile() -> str:
    return (read().settings(PROFILE) or {})["aws_access_key_id"]


def caller() -> str:
    one = aws_clients.Clients(aws_clients.Place(PROFILE))
    try:
        return str(one.call("sts", "get_caller_identity")["Arn"])
    finally:
        one.close()


def yes(_old: KeyFacts) -> str:
    return ""


def no(_old: KeyFacts) -> str:
    return "not now"


def go(patience: float = 5.0, **options: Any) -> Any:
    return rotate(look(PROFILE), Watch(patience=patience), may_delete=yes, **options)


def test_the_profile_has_a_new_key_that_works_and_the_old_one_is_gone(clients: Clients) -> None:
    old = in_profile()

    done = go()

    assert done.old == old
    assert done.deleted
    assert in_profile() == done.new != old
    assert user_keys(clients) == {done.new: "Active"}
    assert caller() == USER_ARN
    assert stat.S_IMODE(read().paths.credentials.stat().st_mode) == 0o600


def test_the_old_key_is_kept_inactive_when_somebody_says_so_and_deleted_by_the_next_run(clients: Clients) -> None:
    old = in_profile()

    first = rotate(look(PROFILE), Watch(), may_delete=no)

    assert (first.deleted, first.why) == (False, "not now")
    assert user_keys(clients) == {old: "Inactive", first.new: "Active"}
    again = look(PROFILE)
    assert (again.resumed, again.old, again.new) == (True, old, first.new)
    second = rotate(again, Watch(), may_delete=yes)
    assert (second.new, second.deleted) == (first.new, True)
    assert user_keys(clients) == {first.new: "Active"}
    assert not look(PROFILE).resumed


def test_two_keys_are_said_and_one_is_chosen(clients: Clients) -> None:
    other = clients("source-admin", "iam").create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    before = user_keys(clients)

    with pytest.raises(BadInputError, match="two access keys") as caught:
        go()
    assert other in str(caught.value)
    assert "--delete-other" in caught.value.mend
    assert user_keys(clients) == before

    done = go(delete_other=True)
    assert user_keys(clients) == {done.new: "Active"}


def test_somebody_else_may_administer_the_user(clients: Clients) -> None:
    clients("source-admin", "iam").delete_user_policy(UserName=USER, PolicyName="own-keys")

    with pytest.raises(AwsError, match="may not change the access keys") as caught:
        look(PROFILE)
    assert "--destination-profile" in caught.value.mend

    done = rotate(look(PROFILE, administrator="source-admin"), Watch(), may_delete=yes)
    assert user_keys(clients) == {done.new: "Active"}
    assert caller() == USER_ARN


@pytest.mark.parametrize(
    ("profile", "what"),
    [("nobody", "no profile"), ("etl", "temporary"), ("default", "temporary"), ("switched", "assumes a role")],
)
def test_only_the_key_of_an_iam_user_is_rotated(profile: str, what: str) -> None:
    with read().paths.config.open("a", encoding="utf-8") as file:
        file.write("\n[profile switched]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = cliuser\n")
    with pytest.raises(BadInputError, match=what) as caught:
        look(profile)
    if profile == "switched":
        assert "rotate-keys cliuser" in caught.value.mend


def on_each(monkeypatch: pytest.MonkeyPatch, event: str, hook: Callable[..., None]) -> None:
    """Call `hook` at each event of the AWS calls that are made from here on."""
    monkeypatch.setattr(aws_clients, "on_session", lambda session: session.register(event, hook))


def unknown_key(**_event: Any) -> None:
    raise ClientError({"Error": {"Code": "InvalidClientTokenId", "Message": "no"}}, "GetCallerIdentity")


def test_a_create_call_without_an_answer_is_not_repeated_blindly(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def answered(event_name: str, **_more: Any) -> None:
        seen.append(event_name.rpartition(".")[2])
        if seen[-1] == "CreateAccessKey" and seen.count("CreateAccessKey") == 1:
            raise ReadTimeoutError(endpoint_url="https://iam")

    rotation = look(PROFILE)
    on_each(monkeypatch, "after-call.*", answered)

    done = rotate(rotation, Watch(patience=2), may_delete=yes)

    first, second = (number for number, name in enumerate(seen) if name == "CreateAccessKey")
    assert "ListAccessKeys" in seen[:first]
    assert {"ListAccessKeys", "DeleteAccessKey"} <= set(seen[first:second])
    assert user_keys(clients) == {done.new: "Active"}


def test_a_refused_call_deletes_no_key_that_a_colleague_made_meanwhile(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, theirs = in_profile(), list[str]()
    iam = clients("source-admin", "iam")
    rotation = look(PROFILE)

    def sending(request: Any, **_more: Any) -> Any:
        theirs.append(iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"])
        return answer(request, 409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")

    with monkeypatch.context() as patched:
        on_each(patched, "before-send.iam.CreateAccessKey", sending)
        with pytest.raises(CallError, match="LimitExceeded"):
            rotate(rotation, Watch(patience=1), may_delete=yes)

    assert user_keys(clients) == {old: "Active", theirs[0]: "Active"}
    assert in_profile() == old
    with pytest.raises(BadInputError, match="two access keys"):
        go()
    assert set(user_keys(clients)) == {old, theirs[0]}, "nor does the next run"


def test_a_new_key_that_never_works_leaves_everything_as_it_was(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = in_profile()
    rotation = look(PROFILE)
    with monkeypatch.context() as patched:
        on_each(patched, "before-send.sts.GetCallerIdentity", unknown_key)
        with pytest.raises(AwsError, match="doesn't work yet") as caught:
            rotate(rotation, Watch(patience=0.3), may_delete=yes)

    assert "back in the profile" in caught.value.why
    assert in_profile() == old
    assert user_keys(clients) == {old: "Active"}
    assert caller() == USER_ARN
    assert go().deleted


def test_a_file_that_can_not_be_written_leaves_no_orphan(clients: Clients) -> None:
    old = in_profile()
    rotation = look(PROFILE)
    read().paths.credentials.chmod(0o400)
    with pytest.raises(BadInputError):
        rotate(rotation, Watch(), may_delete=yes)
    read().paths.credentials.chmod(0o600)

    assert user_keys(clients) == {old: "Active"}
    assert in_profile() == old


def test_a_denied_step_is_told_and_gone_on_with_later(clients: Clients) -> None:
    allow(clients, [one for one in SELF if one != "iam:UpdateAccessKey"])
    with pytest.raises(CallError, match="UpdateAccessKey"):
        go()
    new = in_profile()
    assert user_keys(clients)[new] == "Active"

    allow(clients, SELF)
    done = go()
    assert (done.new, done.deleted) == (new, True)


def test_a_rotation_of_a_profile_that_changed_meanwhile_is_refused(clients: Clients) -> None:
    rotation = look(PROFILE)
    go()
    keys = user_keys(clients)
    with pytest.raises(BadInputError, match="another key meanwhile"):
        rotate(rotation, Watch(), may_delete=yes)
    assert user_keys(clients) == keys


def options(**more: Any) -> argparse.Namespace:
    flags = {"delete_other": False, "dry_run": False, "yes": False}
    return argparse.Namespace(**{"name": PROFILE, "destination_profile": None, "endpoint_url": None, **flags, **more})


def test_the_command_shows_its_steps_and_changes_nothing_without_a_yes(clients: Clients) -> None:
    before = user_keys(clients), read().paths.credentials.read_bytes()

    for more, status in (({"dry_run": True}, 0), ({}, 2)):
        result = rotate_keys.run(options(**more))
        assert result.status == status
        assert f"deactivate {in_profile()}" in result.text
        assert (user_keys(clients), read().paths.credentials.read_bytes()) == before


def test_the_command_rotates_and_no_output_or_file_but_the_credentials_has_the_secrets(
    clients: Clients, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old_secret = (read().settings(PROFILE) or {})["aws_secret_access_key"]

    result = rotate_keys.run(options(yes=True))

    new_secret = (read().settings(PROFILE) or {})["aws_secret_access_key"]
    assert result.status == 0
    assert result.data["old_key_deleted"] is True
    said = capsys.readouterr()
    everything = result.text + json.dumps(result.data) + said.out + said.err + "".join(result.notes)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "credentials":
            everything += path.read_text(encoding="utf-8", errors="replace")
    assert new_secret not in everything
    assert old_secret not in everything
    assert new_secret != old_secret
    assert user_keys(clients) == {in_profile(): "Active"}


def test_yes_never_chooses_between_two_keys(clients: Clients) -> None:
    clients("source-admin", "iam").create_access_key(UserName=USER)
    before = user_keys(clients)
    for more in ({"yes": True}, {"dry_run": True}):
        with pytest.raises(BadInputError, match="two access keys"):
            rotate_keys.run(options(**more))
    assert user_keys(clients) == before
    assert rotate_keys.run(options(yes=True, delete_other=True)).status == 0


def test_another_profile_with_the_same_key_is_told() -> None:
    with read().paths.credentials.open("a", encoding="utf-8") as file:
        mine = read().settings(PROFILE) or {}
        file.write(f"\n[twin]\naws_access_key_id = {mine['aws_access_key_id']}\naws_secret_access_key = x\n")
    result = rotate_keys.run(options(dry_run=True))
    assert any("twin" in note for note in result.notes)


def test_a_key_that_something_else_still_uses_is_not_deleted_by_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime, timedelta

    from wizard.aws.rotate import facts as rotate_facts

    later = datetime.now(UTC) + timedelta(minutes=1)
    monkeypatch.setattr(rotate_facts, "_last_use", lambda _clients, _id: LastUse(later, "s3"))

    result = rotate_keys.run(options(yes=True))

    assert result.data["old_key_deleted"] is False
    assert "inactive and still there" in result.text


def test_stopping_while_aws_does_not_know_the_key_yet_goes_on_later(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(patience=30)
    rotation = look(PROFILE)

    def stopping(**_event: Any) -> None:
        watch.stop()
        unknown_key()

    with monkeypatch.context() as patched:
        on_each(patched, "before-send.sts.GetCallerIdentity", stopping)
        with pytest.raises(CancelledError, match="Stopped") as caught:
            rotate_keys._rotate(rotation, yes, watch, delete_other=False)

    assert "rotate-keys cliuser again" in caught.value.mend
    assert caller() == USER_ARN
    assert go().deleted
    assert len(user_keys(clients)) == 1


def test_credentials_of_another_account_are_refused_and_its_user_of_the_same_name_is_left_alone(
    clients: Clients,
) -> None:
    other = clients("destination-admin", "iam")
    other.create_user(UserName=USER)
    there = [other.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"] for _number in range(2)]
    before = in_profile()
    for more in ({}, {"delete_other": True}):
        with pytest.raises(BadInputError, match="destination-admin is in the account 222222222222") as caught:
            rotate_keys.run(options(destination_profile="destination-admin", yes=True, **more))
        assert caught.value.exit_status == 2
    left = other.list_access_keys(UserName=USER)["AccessKeyMetadata"]
    assert sorted(one["AccessKeyId"] for one in left) == sorted(there)
    assert in_profile() == before


def test_a_user_that_was_made_again_is_not_the_one_whose_key_the_profile_holds(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(clients, [])
    monkeypatch.setattr("wizard.aws.rotate.look.facts_of", lambda *_given: ())
    with pytest.raises(BadInputError, match="is not among those of"):
        look(PROFILE, administrator="source-admin")
