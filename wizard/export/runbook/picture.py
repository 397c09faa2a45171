"""Draws the access path as an SVG picture that takes its colours from the page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from wizard.access_path import SIGNS, WORDS
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.access_path import AccessPath, PathHop
    from wizard.methods.method import Node

_WIDTH = 960
_MARGIN, _PADDING, _TOP = 2, 16, 56
_LINE, _CHARACTER = 19, 7.6
_GAPS = {2: 300, 3: 190}


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a node stands: its left edge and its width."""

    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width


def draw(path: AccessPath) -> str:
    """Return the picture: accounts as frames, nodes as boxes, links on the arrows between them."""
    nodes = [path.hops[0].start, *(hop.end for hop in path.hops)]
    columns = _columns(nodes)
    names = [_wrapped(node.label, column.width - 24) for node, column in zip(nodes, columns, strict=True)]
    indents = [_PADDING + 8 if hop.start.account_id != hop.end.account_id else 8 for hop in path.hops]
    links = [
        list(_links(hop, columns[n + 1].left - columns[n].right - 2 * indents[n])) for n, hop in enumerate(path.hops)
    ]
    tall = max(len(lines) for lines in names) * _LINE + 46
    below = max((len(lines) for lines in links), default=0) * _LINE
    height = _TOP + max(tall, tall / 2 + below + 14) + 2 * _PADDING
    out = [f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(_spoken(path))}">']
    out += _accounts(nodes, columns, height)
    top = _TOP + _PADDING
    for number, (node, column) in enumerate(zip(nodes, columns, strict=True)):
        out += _node(node, column, names[number], top, tall)
        if number < len(path.hops):
            out += _arrow(column.right, columns[number + 1].left, top + tall / 2, links[number], indents[number])
    return "".join([*out, "</svg>"])


def _columns(nodes: Sequence[Node]) -> list[_Column]:
    gap = _GAPS.get(len(nodes), 120)
    width = (_WIDTH - 2 * (_MARGIN + _PADDING) - gap * (len(nodes) - 1)) / len(nodes)
    return [_Column(_MARGIN + _PADDING + place * (width + gap), width) for place in range(len(nodes))]


def _accounts(nodes: Sequence[Node], columns: Sequence[_Column], height: float) -> Iterator[str]:
    for account, group in groupby(range(len(nodes)), key=lambda place: nodes[place].account_id):
        places = list(group)
        left = columns[places[0]].left - _PADDING
        width = columns[places[-1]].right + _PADDING - left
        said = _("Source account") if places[0] == 0 else _("Destination account")
        yield f'<rect class="account" x="{left:.0f}" y="10" width="{width:.0f}" height="{height - 20:.0f}" rx="12"/>'
        yield f'<text class="whose" x="{left + 14:.0f}" y="32">{escape(said)}</text>'
        yield f'<text class="whose" x="{left + 14:.0f}" y="51">{escape(account)}</text>'


def _node(node: Node, column: _Column, lines: Sequence[str], top: float, tall: float) -> Iterator[str]:
    kinds = {"caller": _("caller"), "role": _("role"), "user": _("user"), "bucket": _("bucket and prefix")}
    css = "node from" if node.id == "caller" else "node"
    size = f'width="{column.width:.0f}" height="{tall:.0f}"'
    yield f'<rect class="{css}" x="{column.left:.0f}" y="{top:.0f}" {size} rx="9"/>'
    middle = column.left + column.width / 2
    kind = escape(kinds.get(node.id, ""))
    yield f'<text class="kind" x="{middle:.0f}" y="{top + 24:.0f}" text-anchor="middle">{kind}</text>'
    for number, line in enumerate(lines, start=1):
        y = top + 26 + number * _LINE
        yield f'<text class="name" x="{middle:.0f}" y="{y:.0f}" text-anchor="middle">{escape(line)}</text>'


def _arrow(left: float, right: float, y: float, lines: Sequence[str], indent: int) -> Iterator[str]:
    yield f'<path class="arrow" d="M{left + 5:.0f} {y:.0f}H{right - 12:.0f}"/>'
    yield f'<path class="head" d="M{right - 5:.0f} {y:.0f}l-11 -5v10z"/>'
    for number, line in enumerate(lines, start=1):
        yield f'<text class="link" x="{left + indent:.0f}" y="{y + 4 + number * _LINE:.0f}">{escape(line)}</text>'


def _links(hop: PathHop, width: float) -> Iterator[str]:
    for link in hop.links:
        yield from _wrapped(f"{SIGNS[link.state]} {link.link.what} ({_(WORDS[link.state])})", width)


def _spoken(path: AccessPath) -> str:
    places = [path.hops[0].start.label, *(hop.end.label for hop in path.hops)]
    return f"{_('Access path')}: {' → '.join(places)}"


def _wrapped(text: str, width: float) -> list[str]:
    """Break a text at blanks and after slashes, and where a piece is too long anywhere; wide characters count twice."""
    most = max(int(width / _CHARACTER), 4)
    lines, line = [], ""
    for piece in _pieces(text, most):
        if line and _cells(line + piece.rstrip()) > most:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, most: int) -> Iterator[str]:
    piece = ""
    for character in text:
        piece += character
        if character in " /-,、。" or _cells(piece) >= most or east_asian_width(character) in "WF":
            yield piece
            piece = ""
    if piece:
        yield piece


def _cells(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
