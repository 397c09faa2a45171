"""The answers file that goes with every export: each side can read what it is asked, in one screen, and narrow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.answers.file import SIDES
from wizard.answers.handed import handed_over
from wizard.export.files import ExportFile
from wizard.export.formats import render

if TYPE_CHECKING:
    from wizard.plan import Plan


def answers(plan: Plan, side: str = "") -> tuple[ExportFile, ...]:
    """Return an answers file for a side (`source` or `destination`), or one for each; named as the side's script is."""
    name = plan.setup.name
    return tuple(ExportFile(f"{name}-{one}.toml", handed_over(plan.setup, one)) for one in ((side,) if side else SIDES))


def handed(plan: Plan, export_format: str, side: str = "") -> tuple[ExportFile, ...]:
    """Return what is written: the files of a format, and for each side the answers file that it reads first."""
    files = render(plan, export_format, side)
    return (*files, *answers(plan, side)) if files else ()
