"""The formats of an export, each a pure function of what is handed over."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wizard.export.handover import handover

if TYPE_CHECKING:
    from wizard.export.files import ExportFile
    from wizard.plan import Plan

# The module of each format; only the one that is asked for is imported.
FORMATS = {
    "shell": "shell",
    "terraform": "terraform",
    "cloudformation": "cloudformation",
    "json": "documents",
    "runbook": "runbook",
}


def render(plan: Plan, export_format: str, side: str = "") -> tuple[ExportFile, ...]:
    """Return the files of a format (of FORMATS); `side` is `source` or `destination`, or empty for both."""
    module = import_module(f"wizard.export.{FORMATS[export_format]}")
    files: tuple[ExportFile, ...] = module.render(handover(plan, side))
    return files
