"""`--demo`: the practice accounts of the wizard's own process, and the environment as before at the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands import wizard as command
from wizard.state.folders import state_folder

if TYPE_CHECKING:
    import pytest

    from wizard.demo import Practice


def test_every_aws_call_stays_in_them_and_the_environment_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    before, own = dict(os.environ), state_folder()
    practising = command._Practising()
    try:
        practice: Practice = practising.begin()
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_ENDPOINT_URL"] == practice.endpoint_url
        assert state_folder() == practice.folder / "state"
    finally:
        practising.end()
    assert dict(os.environ) == before
    assert state_folder() == own, "a bug report goes where it stays"
    assert not Path(practice.folder).exists()
