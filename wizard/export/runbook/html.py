"""The runbook as one HTML file: nothing is loaded from anywhere, and what it may run is named by its hash."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from wizard.export.runbook.page import Copyable, Facts, Listing, Paragraph, Picture, Step
from wizard.export.runbook.picture import draw
from wizard.export.templates import template
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.export.runbook.page import Page, Part, Section

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?')


def render(page: Page) -> str:
    """Return a page as HTML."""
    style, script = template("runbook/page.css"), template("runbook/page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    body = "\n".join(line for section in page.sections for line in _section(section))
    contents = "".join(f'<li><a href="#{one.id}">{escape(one.title)}</a></li>' for one in page.sections)
    return f"""<!doctype html>
<html lang="{page.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{escape(page.title)}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{escape(page.title)}</h1>
<p class="lead">{escape(page.lead)}</p>
<nav aria-label="{escape(_("Contents"))}"><ol>{contents}</ol></nav>
</header>
<main>
{body}
</main>
<p id="told" role="status" aria-live="polite"></p>
<script>{script}</script>
</body>
</html>
"""


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _section(section: Section) -> Iterator[str]:
    yield f'<section id="{section.id}" class="{section.id}">'
    yield f"<h2>{escape(section.title)}</h2>"
    for part in section.parts:
        yield from _part(part)
    yield "</section>"


def _part(part: Part) -> Iterator[str]:
    match part:
        case Paragraph():
            css = f' class="{part.kind}"' if part.kind else ""
            yield f"<p{css}>{escape(part.text)}</p>"
        case Listing():
            items = "".join(f"<li>{escape(item)}</li>" for item in part.items)
            lead = f"<h3>{escape(part.lead)}</h3>" if part.lead else ""
            yield f'<div class="listing">{lead}<ul>{items}</ul></div>'
        case Facts():
            rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in part.rows)
            yield f'<dl class="facts">{rows}</dl>'
        case Copyable():
            yield from _copyable(part)
        case Picture():
            yield f'<figure class="picture">{draw(part.path)}</figure>'
        case Step():
            yield f'<article class="step" id="step-{part.number}"><span class="number">{part.number}</span>'
            yield f'<h3>{escape(part.title)}</h3><p class="who">{escape(part.who)}</p>'
            for inner in part.parts:
                yield from _part(inner)
            yield "</article>"


def _copyable(part: Copyable) -> Iterator[str]:
    copied, failed = escape(_("Copied")), escape(_("Press Ctrl+C: it is selected"))
    yield '<figure class="copyable"><figcaption>'
    yield f"<span>{escape(part.title)}</span>"
    yield f'<button type="button" data-copied="{copied}" data-failed="{failed}">{escape(_("Copy"))}</button>'
    yield "</figcaption>"
    shown = _coloured(part.text) if part.language == "json" else escape(part.text.rstrip("\n"), quote=False)
    yield f'<pre tabindex="0"><code class="{part.language}">{shown}</code></pre></figure>'


def _coloured(text: str) -> str:
    """Mark keys and texts of JSON; what is shown and copied stays the same characters."""
    out, end = [], 0
    for match in _TOKEN.finditer(text):
        kind = "key" if match[2] else "text"
        out.append(escape(text[end : match.start()], quote=False))
        out.append(f'<i class="{kind}">{escape(match[1], quote=False)}</i>{match[2] or ""}')
        end = match.end()
    return "".join(out) + escape(text[end:], quote=False)
