"""Fixtures of the tests that verify setups on the practice accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.verify_world import arrange, hand_over_key, own_files, setup_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.demo import Practice
    from wizard.setup import Setup

    Clients = Callable[[str, str], Any]


@pytest.fixture
def own_credentials(
    fresh_practice: Practice, practice_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The practice accounts as at their start, with config, credentials and state of the test's own."""
    assert practice_environment
    return own_files(fresh_practice, tmp_path / "aws", monkeypatch)


@pytest.fixture
def arranged(clients: Clients, own_credentials: Path) -> Callable[..., Setup]:
    """Make a setup of a method, and put its documents into the practice accounts."""

    def arrange_it(method: str, **tables: Any) -> Setup:
        setup = setup_of(method, **tables)
        arrange(setup, clients)
        if method == "iam-user":
            hand_over_key(own_credentials, clients, "reader", "crossaccount")
        return setup

    return arrange_it
