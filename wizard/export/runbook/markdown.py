"""The runbook in Markdown: the same sections, with the access path in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wizard.access_path import SIGNS, WORDS
from wizard.export.runbook.page import Copyable, Facts, Listing, Paragraph, Picture, Step
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.access_path import AccessPath
    from wizard.export.runbook.page import Page, Part

_MARKS = {"warning": "**⚠** ", "note": "*ⓘ* "}


def render(page: Page) -> str:
    """Return a page as CommonMark (with tables)."""
    lines = [f"# {escaped(page.title)}", "", escaped(page.lead)]
    for section in page.sections:
        lines += ["", f"## {escaped(section.title)}"]
        for part in section.parts:
            lines += ["", *_part(part)]
    return "\n".join(lines) + "\n"


def escaped(value: str) -> str:
    """Escape what Markdown or HTML would read as more than text."""
    return re.sub(r"([\\`*_\[\]<>#|~$&])", r"\\\1", value)


def _part(part: Part) -> Iterator[str]:
    match part:
        case Paragraph():
            yield _MARKS.get(part.kind, "") + escaped(part.text)
        case Listing():
            if part.lead:
                yield f"{escaped(part.lead)}:"
                yield ""
            yield from (f"- {escaped(item)}" for item in part.items)
        case Facts():
            yield "| | |"
            yield "|---|---|"
            yield from (f"| {escaped(name)} | {escaped(value)} |" for name, value in part.rows)
        case Copyable():
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", part.text)), default=0))
            yield f"{escaped(part.title)}:"
            yield ""
            yield f"{fence}{part.language}"
            yield from part.text.rstrip("\n").split("\n")
            yield fence
        case Picture():
            yield from _path(part.path)
        case Step():
            yield f"### {part.number}. {escaped(part.title)}"
            yield ""
            yield f"*{escaped(part.who)}*"
            for inner in part.parts:
                yield ""
                yield from _part(inner)


def _path(path: AccessPath) -> Iterator[str]:
    for hop in path.hops:
        places = [f"{node.label} ({_('account')} {node.account_id})" for node in (hop.start, hop.end)]
        yield f"- **{escaped(places[0])}** → **{escaped(places[1])}**"
        for link in hop.links:
            yield f"  - {SIGNS[link.state]} {escaped(link.link.what)} ({_(WORDS[link.state])})"
