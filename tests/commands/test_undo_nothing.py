"""`undo` where there is nothing to put back: no failure, as `apply` where everything is in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_it_says_so_and_ends_with_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", str(tmp_path))
    assert main(["undo"]) == 0
    assert capsys.readouterr().out == "There is no run to undo: nothing to change.\n"
    assert main(["undo", "20260101-000000-nope"]) == 2
