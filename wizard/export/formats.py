"""The formats of an export, each a pure function of what is handed over."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wizard.export.handover import handover
from wizard.export.limits import too_large
from wizard.text import _

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


def notes(plan: Plan, export_format: str, side: str, files: tuple[ExportFile, ...]) -> tuple[str, ...]:
    """Say what a person must know of an export: documents beyond AWS's limits, templates that must go by S3."""
    given = handover(plan, side)
    out = list(too_large(given.plan))
    if export_format == "cloudformation":
        from wizard.export.cloudformation import BODY_BYTES

        out += [
            _("{file} has {size} bytes: over {limit} CloudFormation takes a template only by way of S3.").format(
                file=file.path, size=len(file.text.encode()), limit=BODY_BYTES
            )
            for file in files
            if len(file.text.encode()) > BODY_BYTES
        ]
    return tuple(out)
