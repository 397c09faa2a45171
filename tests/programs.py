"""Programs that tests run besides Python: skipped where they are missing, but never in CI, which installs them."""

from __future__ import annotations

import os
import shutil

import pytest


def installed(*names: str) -> str:
    """Return the path of the first of these programs that is installed; skip the test where none is."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        assert not os.environ.get("CI"), f"{names[0]} is missing: .ci/run installs it"
        pytest.skip(f"needs {names[0]}")
    return found
