"""`--demo`: the practice accounts of the wizard's own process, and the environment as before at the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.plain.plain_person import Person
from wizard.commands import wizard as command
from wizard.state.folders import state_folder

if TYPE_CHECKING:
    from wizard.demo import Practice

ROOT = Path(__file__).parents[2]


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


@pytest.mark.terminal
def test_plain_mode_wraps_the_known_gaps_and_promises_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person(tmp_path, monkeypatch)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    terminal = person.terminal("--plain", "--demo", TERM="dumb")
    terminal.answer("How should the source account reach the bucket?", "1")
    terminal.wait_for("Which account connects?")
    assert terminal.status(stop="\x03") == 130
    assert max(map(len, terminal.text.splitlines())) <= 80
    assert "The practice ends, and its answers with it" in " ".join(terminal.text.split())
    assert "the next start" not in terminal.text
