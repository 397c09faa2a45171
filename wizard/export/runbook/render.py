"""The format runbook: who does what in which console or shell, in order, as one HTML file and the same in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.export.files import ExportFile
from wizard.export.runbook import html as runbook_html
from wizard.export.runbook import markdown as runbook_markdown
from wizard.export.runbook.content import content

if TYPE_CHECKING:
    from wizard.export.handover import Handover


def render(handover: Handover) -> tuple[ExportFile, ...]:
    """Return the runbook of the sides that were asked for, in both forms."""
    page = content(handover)
    stem = f"{handover.name}-runbook"
    return (
        ExportFile(f"{stem}.html", runbook_html.render(page)),
        ExportFile(f"{stem}.md", runbook_markdown.render(page)),
    )
