"""Draws the access path as rows of text: accounts as frames, links as arrows with sign and word."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from wizard.access_path import SIGNS, WORDS, State
from wizard.text import _
from wizard.tui.paint import Piece, Row, fit, labelled, padded, paragraph, row, width_of, wrap
from wizard.tui.sheets import OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.access_path import AccessPath, PathHop, PathLink
    from wizard.methods.method import Node

_LOOKS = {
    State.PLANNED: "accent",
    State.PROVEN: "good",
    State.VERIFIED: "good",
    State.BROKEN: "bad",
    State.UNKNOWN: "warn",
}
_LONGEST_LABEL = 44
_UNDER = 34
_FEW = 2
_INDENT = 14
_ARROW = 16  # what the state of a link takes behind a name
_SHORTEST = 24


def picture(path: AccessPath, width: int) -> list[Row]:
    """Return the generous picture where it fits, else the chain that has a line or two for each account."""
    return framed(path, width) or chain(path, width, words=True)


def framed(path: AccessPath, width: int) -> list[Row]:
    """Return the path between frames, one for each account; nothing if it is wider than `width`."""
    # Words under the arrows: the picture then keeps its shape while ids and names are typed. Many links are long
    # enough as they are.
    most = max(len(hop.links) for hop in path.hops)
    for lines in ((2, 2),) if most <= _FEW else ((1, 1), (1, 2), (2, 1), (2, 2)):
        blocks = _blocks(path, lines)
        if sum(block.width for block in blocks) <= width:
            return _drawn(blocks, width)
    return []


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the picture: an account with its frame, or the links between two accounts (no title)."""

    rows: list[Row]
    title: str = ""

    @property
    def width(self) -> int:
        inner = max(map(width_of, self.rows))
        return max(inner + 4, cell_len(self.title) + 6) if self.title else inner + 2


def _blocks(path: AccessPath, lines: tuple[int, ...]) -> list[_Block]:
    out: list[_Block] = []
    for account, group in groupby(enumerate(_nodes(path)), key=lambda pair: pair[1].account_id):
        inner: list[Row] = []
        after: list[Row] = []
        for number, node in group:
            inner = _beside(inner, [_marked(line, "strong") for line in wrap(node.label, _LONGEST_LABEL)])
            if number < len(path.hops):
                hop = path.hops[number]
                arrows = _arrows(hop, lines[number])
                if hop.end.account_id == account:
                    inner = _beside(inner, arrows)
                else:
                    after = arrows
        out.append(_Block(inner, _title(account, first=not out)))
        if after:
            out.append(_Block(after))
    return out


def _beside(left: list[Row], right: list[Row]) -> list[Row]:
    """Set rows to the right of others, a blank between them."""
    if not left:
        return right
    width = max(map(width_of, left)) + 1
    count = max(len(left), len(right))
    return [
        (*padded(left[n] if n < len(left) else (), width), *(right[n] if n < len(right) else ())) for n in range(count)
    ]


def _drawn(blocks: list[_Block], width: int) -> list[Row]:
    height = max(len(block.rows) for block in blocks)
    spare = min(width - sum(block.width for block in blocks), 24)
    columns = [_framed(block, height) if block.title else _free(block, height, spare) for block in blocks]
    return [tuple(piece for column in columns for piece in column[line]) for line in range(height + 2)]


def _framed(block: _Block, height: int) -> list[Row]:
    inner = block.width - 4
    rest = "─" * (block.width - 5 - cell_len(block.title)) + "╮"
    body = [block.rows[n] if n < len(block.rows) else () for n in range(height)]
    return [
        (Piece("╭─ ", "line"), *_marked(block.title, "dim"), Piece(" " + rest, "line")),
        *((Piece("│ ", "line"), *padded(line, inner), Piece(" │", "line")) for line in body),
        (Piece("╰" + "─" * (block.width - 2) + "╯", "line"),),
    ]


def _free(block: _Block, height: int, spare: int) -> list[Row]:
    width = block.width + spare
    body = [block.rows[n] if n < len(block.rows) else () for n in range(height)]
    blank: Row = padded((), width)
    return [blank, *(padded((Piece(" "), *_longer(line, spare)), width) for line in body), blank]


def _longer(pieces: Row, spare: int) -> Row:
    """Make an arrow longer; the words under it stay where they are."""
    if pieces and pieces[-1].text.endswith("▶"):
        return (*pieces[:-1], Piece(pieces[-1].text.replace("─", "─" * (spare + 1), 1), pieces[-1].look))
    return pieces


def _arrows(hop: PathHop, lines: int) -> list[Row]:
    """Return a hop's links as arrows of one length: what lets each pass stands in it, or under it."""
    words = [(_LOOKS[link.state], _state(link), link.link.what) for link in hop.links]
    longest = max(state.width + (cell_len(what) + 1) * (lines == 1) for _look, state, what in words)
    under = [wrap(what, _UNDER) if lines > 1 else [] for _look, _state, what in words]
    longest = max([longest, *(cell_len(line) - 3 for lines in under for line in lines)])
    out: list[Row] = []
    for (look, state, what), below in zip(words, under, strict=True):
        said = (Piece(f" {what}"),) if lines == 1 else ()
        line = "─" * (longest - state.width - sum(piece.width for piece in said))
        out.append((Piece("── ", look), state, *said, Piece(f" {line}─▶", look)))
        out += [row(Piece(f"   {text}", "dim")) for text in below]
    return out


def _title(account: str, *, first: bool) -> str:
    whose = _("source account") if first else _("destination account")
    return f"{whose} {account}"


def _nodes(path: AccessPath) -> list[Node]:
    return [path.hops[0].start, *(hop.end for hop in path.hops)]


def _marked(text: str, look: str) -> Row:
    """Give the placeholders in a text their own look."""
    out: list[Piece] = []
    end = 0
    for match in OPEN.finditer(text):
        out += [Piece(text[end : match.start()], look), Piece(match[0], "open")]
        end = match.end()
    return tuple(piece for piece in (*out, Piece(text[end:], look)) if piece.text)


def _state(link: PathLink) -> Piece:
    return Piece(f"{SIGNS[link.state]} {_(WORDS[link.state])}", _LOOKS[link.state])


def chain(path: AccessPath, width: int, *, words: bool) -> list[Row]:
    """Return the path with a line for each account; `words`: with what lets each link pass, and names in full."""
    rows: list[Row] = []
    nodes = _nodes(path)
    longest = max(width_of(item) for hop in path.hops for item in _arrow(hop, words=True))
    room = 0 if words else width - _INDENT - _ARROW
    words = words and longest + _INDENT < width
    for account, group in groupby(enumerate(nodes), key=lambda pair: pair[1].account_id):
        items: list[Row] = []
        for number, node in group:
            items.append(_marked(_middle_out(_short(node.label, width), room), "strong"))
            if number < len(path.hops):
                items += _arrow(path.hops[number], words=words)
        head = _marked(account, "dim")
        rows += _flowing(head, items, width)
    return rows


def _short(label: str, width: int) -> str:
    """Return a list of callers as its first and how many more where it would fill the line."""
    first, *others = label.split(", ")
    if others and cell_len(label) > width // 3:
        return _("{first} and {count} more").format(first=first, count=len(others))
    return label


def _middle_out(label: str, room: int) -> str:
    """Return a name that would take lines with an ellipsis for its middle: the step in hand needs them more.

    Without a `room` for that it stays whole.
    """
    if room < _SHORTEST or cell_len(label) <= room or OPEN.search(label):
        return label
    tail = room // 3
    return fit(label, room - tail) + set_cell_size(label[::-1], tail)[::-1]


def _arrow(hop: PathHop, *, words: bool) -> list[Row]:
    out: list[Row] = []
    for number, link in enumerate(hop.links):
        look = _LOOKS[link.state]
        what = (Piece(f" {link.link.what}"),) if words else ()
        end = (Piece("─▶", look),) if number == len(hop.links) - 1 else ()
        out.append((Piece("─ ", look), _state(link), *what, *((Piece(" "), *end) if end else ())))
    return out


def _flowing(head: Row, items: Sequence[Row], width: int) -> list[Row]:
    rows: list[Row] = []
    indent = min(width_of(head) + 2, _INDENT)
    current: Row = (*head, Piece("  "))
    for item in items:
        used = width_of(current)
        if used > indent and used + width_of(item) + 1 > width:
            rows.append(current)
            current = (Piece(" " * indent),)
        while width_of(item) > width - width_of(current) and len(item) == 1 and width > indent + 8:
            room = width - width_of(current)
            text = item[0].text
            rows.append((*current, Piece(text[:room], item[0].look)))
            current, item = (Piece(" " * indent),), (Piece(text[room:], item[0].look),)  # noqa: PLW2901 -- what is left
        current = (*current, *item, Piece(" "))
    return [*rows, current]


def ladder(path: AccessPath, width: int) -> list[Row]:
    """Return the path from top to bottom, with every word and evidence: it fits every width."""
    rows: list[Row] = []
    before = ""
    for number, node in enumerate(_nodes(path)):
        if node.account_id != before:
            rows += [_marked(line, "dim") for line in wrap(_title(node.account_id, first=not before), width)]
            before = node.account_id
        rows += [row("  ", *_marked(line, "strong")) for line in wrap(node.label, width - 2)]
        if number < len(path.hops):
            for link in path.hops[number].links:
                said = f"{link.link.what} {link.evidence}".rstrip()
                first, *rest = wrap(said, width - 18)
                stem = Piece("  │ ", "line")
                rows.append((stem, *padded((_state(link),), 13), Piece(first)))
                rows += [(stem, Piece(" " * 13), Piece(line)) for line in rest]
            rows.append((Piece("  ▼", "line"),))
    return rows


def notes(path: AccessPath, width: int, *, brief: bool) -> list[Row]:
    """Return what is possible, what stays out and what nobody could see; `brief`: in one line."""
    possible = " · ".join(path.possible)
    if brief:
        words = _(", ").join(one.partition(":")[0] for one in path.possible) or "–"
        text = _("possible: {possible} · F9: what stays out, what is unseen").format(possible=words)
        if path.let_in:
            said = _("✗ let in by what is there: {what} · F9: why").format(what=_(", ").join(path.let_in))
            return paragraph(said, width, "bad")
        return paragraph(text, width, "dim")
    open_doors = ((_("✗ let in"), " · ".join(path.let_in), "bad"),) if path.let_in else ()
    table = (
        *open_doors,
        (_("possible"), possible, "good"),
        (_("stays out"), " · ".join(path.stays_out), "dim"),
        (_("not seen"), " · ".join(path.unseen), "dim"),
    )
    column = max(cell_len(label) for label, _text, _look in table) + 2
    out: list[Row] = []
    for label, text, look in table:
        out += labelled(set_cell_size(label, column), text, width, column=column, looks=(look, "text"))
    return out


def as_old(rows: list[Row]) -> list[Row]:
    """Mark the states in rows as those of the answers before: `…` for the sign, and no colour."""
    heads = {f"{SIGNS[state]} {_(WORDS[state])}": state for state in State if state is not State.PLANNED}
    return [
        tuple(
            Piece(f"… {_(WORDS[heads[piece.text]])}", "dim", piece.target) if piece.text in heads else piece
            for piece in pieces
        )
        for pieces in rows
    ]
