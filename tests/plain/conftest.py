"""The person at the plain front end, for each test a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plain.plain_person import Person

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody with a home, a state folder, a working folder and AWS files of their own."""
    return Person(tmp_path, monkeypatch)
