"""Rotating an access key while others change the user's keys, or while somebody leaves at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.test_rotate import PROFILE, SELF, USER, USER_ARN, allow, caller, go, in_profile, user_keys, yes
from wizard.aws.rotate.look import look
from wizard.aws.rotate.run import rotate
from wizard.aws.watch import Watch
from wizard.errors import BadInputError
from wizard.profiles import write as profiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Clients = Callable[[str, str], Any]

pytestmark = pytest.mark.usefixtures("own_credentials")


@pytest.fixture(autouse=True)
def _may_rotate(own_credentials: Path, clients: Clients) -> None:
    assert own_credentials.exists()
    allow(clients, [*SELF, "iam:GetAccessKeyLastUsed"])


def test_a_key_that_was_not_shown_is_never_deleted_to_make_room(clients: Clients) -> None:
    iam = clients("source-admin", "iam")
    shown = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    rotation = look(PROFILE)
    iam.delete_access_key(UserName=USER, AccessKeyId=shown)
    colleagues = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    before = user_keys(clients)

    with pytest.raises(BadInputError, match="two access keys") as caught:
        rotate(rotation, Watch(), may_delete=yes, delete_other=True)

    assert colleagues in str(caught.value)
    assert user_keys(clients) == before


def test_leaving_at_once_when_the_key_is_written_keeps_the_key_that_the_profile_holds(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = in_profile()

    def cut_off(planned: profiles.Planned) -> profiles.Applied:
        written(planned)
        raise KeyboardInterrupt

    written = profiles.apply
    with monkeypatch.context() as patched:
        patched.setattr(profiles, "apply", cut_off)
        with pytest.raises(KeyboardInterrupt):
            rotate(look(PROFILE), Watch(), may_delete=yes)
    new = in_profile()
    assert user_keys(clients) == {old: "Active", new: "Active"}
    assert caller() == USER_ARN

    assert go().new == new
    assert user_keys(clients) == {new: "Active"}
