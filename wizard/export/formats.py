"""The formats of an export, each a pure function of what is handed over."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wizard.export.files import ExportFile
from wizard.export.handover import handover
from wizard.export.limits import too_large
from wizard.text import _

if TYPE_CHECKING:
    from wizard.plan import Plan

# The module of each format; only the one that is asked for is imported.
FORMATS = {
    "shell": "shell.render",
    "terraform": "terraform.render",
    "cloudformation": "cloudformation.render",
    "json": "documents",
    "runbook": "runbook.render",
}


def render(plan: Plan, export_format: str, side: str = "") -> tuple[ExportFile, ...]:
    """Return the files of a format (of FORMATS); `side` is `source` or `destination`, or empty for both.

    Of a fleet whose documents are beyond AWS's limits none is made: each way on has a folder of its own, with what
    can be applied, and a README says with the arithmetic what each means. Raises BadInputError.
    """
    module = import_module(f"wizard.export.{FORMATS[export_format]}")
    if not too_large(plan):
        files: tuple[ExportFile, ...] = module.render(handover(plan, side))
        return files
    from wizard.export import roads

    ways = roads.roads(plan)
    if not ways:
        return tuple(module.render(handover(plan, side)))
    out = [
        ExportFile(f"{way.name}/{file.path}", file.text, file.executable)
        for way in ways
        if way.takes(export_format)
        for file in module.render(handover(way.plan, side, way.points))
    ]
    if not out:
        raise roads.refusal(plan)
    return (roads.readme(plan, ways, export_format), *out)


def makes_ways_on(plan: Plan) -> bool:
    """Whether an export makes a fleet's ways on in place of documents that are beyond AWS's limits."""
    from wizard.export.roads import roads

    return bool(roads(plan))


def notes(plan: Plan, export_format: str, _side: str, files: tuple[ExportFile, ...]) -> tuple[str, ...]:
    """Say what a person must know of an export: documents beyond AWS's limits, templates that must go by S3."""
    out = list(too_large(plan))
    if out:
        from wizard.export import roads

        out += [_("{folder}/: {what}").format(folder=way.name, what=way.title) for way in roads.roads(plan)]
    if export_format == "cloudformation":
        out += [_template(file) for file in files if file.path.endswith(".yaml")]
    return tuple(filter(None, out))


def _template(file: ExportFile) -> str:
    """Say that a template is too large to be given directly, or at all."""
    from wizard.export.cloudformation.render import BODY_BYTES, S3_BYTES

    size = len(file.text.encode())
    if size > S3_BYTES:
        said = _("{file} has {size} bytes, and CloudFormation takes at most {limit}: split the setup by its buckets.")
        return said.format(file=file.path, size=size, limit=S3_BYTES)
    if size > BODY_BYTES:
        said = _("{file} has {size} bytes: over {limit} CloudFormation takes a template only by way of S3.")
        return said.format(file=file.path, size=size, limit=BODY_BYTES)
    return ""
