"""What the app says at its end about the answers: a draft is promised only where it outlives the practice accounts."""

from __future__ import annotations

import pytest

from wizard.tui import app


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/home/me/state", "the next start offers to go on"),
        ("/tmp/s3-crossaccount-demo-x/state", "only saved files stay"),
    ],
)
def test_what_is_said_is_true(folder: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_CROSSACCOUNT_STATE", folder)
    assert said in app._kept()
