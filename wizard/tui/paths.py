"""Paths as a message shows them: `~` for the home folder, and short enough for a line."""

from __future__ import annotations

import os
from pathlib import Path

from rich.cells import cell_len

from wizard.tui.paint import fit


def at_home(path: Path) -> str:
    """Return a path as a shell takes it, with `~` for the home folder."""
    home = os.path.expanduser("~")  # noqa: PTH111 -- Path.home() raises where there is none
    text = str(path)
    return "~" + text[len(home) :] if len(home) > 1 and text.startswith(home + os.sep) else text


def short(path: Path, room: int) -> str:
    """Return a path in at most `room` cells: whole, or without the folders in front, or cut."""
    text = at_home(path)
    if cell_len(text) <= room:
        return text
    return fit(str(Path("…", *path.parts[-2:])), room).rstrip()
