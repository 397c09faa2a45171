"""One document pane: a sheet with its title, its open and changed lines marked in the gutter, scrolled by rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from wizard.text import _
from wizard.tui import lines
from wizard.tui.paint import GOES_ON, Piece, Row, wrap
from wizard.tui.sheets import OPEN, changed_lines, is_provisional
from wizard.tui.widgets.drawn import Selectable, changed_regions, strip_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.strip import Strip

    from wizard.policy.check import Finding
    from wizard.tui.sheets import Sheet

_GUTTER = 2
_SAID = {"error": ("✗", "bad"), "warning": ("!", "warn"), "suggestion": ("·", "dim")}
_CHANGED, _OPEN = "▎", "?"
_CHANGED_ON, _ON = Piece(f"{_CHANGED} ", "marked", source=GOES_ON), Piece("  ", source=GOES_ON)


class DocumentPane(ScrollView, Selectable, can_focus=False):
    """Shows one sheet. Rows are made when the sheet or the width changes, and painted as they scroll into view."""

    SOURCES_ONLY = True  # what is copied is the plain JSON: neither the wrapped view nor what is said of it

    class Taken(Message):
        """The pane was clicked: it is the one in hand."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, pane: str) -> None:
        super().__init__(id=f"pane-{pane}", classes="pane")
        self.pane = pane
        self.sheet: Sheet | None = None
        self._before = ""
        self._changed: frozenset[int] = frozenset()
        self._made: tuple[object, ...] = ()
        self._made_width = 0
        self._rows: list[Row] = []
        self._strips: dict[int, Strip] = {}
        self._heads = ("", "")
        self._findings: tuple[Finding, ...] = ()

    def show(self, sheet: Sheet, before: str | None, findings: tuple[Finding, ...] = ()) -> None:
        """Show a sheet; `before` is its text before the last answer (None: nothing is marked as changed)."""
        changed = changed_lines(before, sheet.text) if before is not None and sheet.text else frozenset()
        if sheet == self.sheet and changed == self._changed and findings == self._findings:
            return
        self._findings = findings
        moved = self.sheet is not None and sheet.document_id != self.sheet.document_id
        self.sheet, self._changed = sheet, changed
        self.set_class(not sheet.needed, "-not-needed")
        self._remake()
        if moved:
            self.scroll_to(y=0, animate=False)

    def show_row_of_change(self) -> None:
        """Scroll so that the first changed line is in sight."""
        if not self._changed:
            return
        first = next((n for n, pieces in enumerate(self._rows) if pieces[0].text.startswith(_CHANGED)), 0)
        height = self.scrollable_content_region.height
        if not self.scroll_offset.y <= first < self.scroll_offset.y + height:
            self.scroll_to(y=max(first - height // 3, 0), animate=False)

    def on_resize(self) -> None:
        """Wrap anew for another width."""
        self._remake()

    def notify_style_update(self) -> None:
        """Forget what was painted in another theme."""
        super().notify_style_update()
        self._strips.clear()

    def _remake(self) -> None:
        sheet = self.sheet
        width = self.scrollable_content_region.width
        if sheet is None or width <= 0:
            return
        before = self._make(width)
        if before is not None:
            self.forget_selection()
        self._head(sheet)
        size = Size(width, len(self._rows))
        if size != self.virtual_size:
            self.virtual_size = size
        changed = changed_regions(before, self._rows, width) if before is not None else []
        for region in changed:
            self._strips.pop(region.y, None)
        if changed:
            self.refresh(*(region.translate((0, -self.scroll_offset.y)) for region in changed))

    def _make(self, width: int) -> list[Row] | None:
        """Make the rows, and return those before; None where nothing changed. Painting may be first to ask."""
        sheet = self.sheet
        made = (sheet, self._changed, self._findings, width)
        if sheet is None or made == self._made:
            return None
        self._made, self._made_width = made, width
        before, self._rows = self._rows, self._body(sheet, width - _GUTTER)
        return before

    def _body(self, sheet: Sheet, width: int) -> list[Row]:
        if not sheet.needed:
            return [(Piece("  "), *pieces) for pieces in lines.prose(sheet.reason, width)]
        rows: list[Row] = []
        for number, line in enumerate(sheet.text.split("\n")):
            source = line or " "
            sign = Piece("  ", source=source)
            if number in self._changed:
                sign = Piece(f"{_CHANGED} ", "marked", source=source)
            elif OPEN.search(line) or is_provisional(line):
                sign = Piece(f"{_OPEN} ", "open-sign", source=source)
            for part in lines.layout(line, width, sheet.language):
                rows.append((sign, *part))
                sign = _CHANGED_ON if number in self._changed else _ON
            rows += self._said_of(number + 1, width)
        rows.append((Piece("  "),))
        rows += [(Piece("  "), *pieces) for pieces in lines.prose(sheet.reason, width)]
        return rows

    def _said_of(self, line: int, width: int) -> list[Row]:
        """Return what check says of a line (from 1), to stand beneath it."""
        rows: list[Row] = []
        for finding in self._findings:
            if finding.line == line or (line == 1 and finding.line is None):
                from wizard.tui.analyzing import told  # not before the first frame: nothing is found by then

                sign, look = _SAID[finding.severity]
                first, *rest = wrap(told(finding), width)
                rows.append((Piece(f"{sign} ", look), Piece(first, look)))
                rows += [(Piece("  "), Piece(part, look)) for part in rest]
        return rows

    def _head(self, sheet: Sheet) -> None:
        """Write the title and the subtitle, as much as the frame has room for."""
        room = self.size.width - 6
        where = _("in {account}").format(account=sheet.account) if sheet.account else ""
        name = f"{sheet.title} · {sheet.thing}" if sheet.thing else sheet.title
        full = f"{name} {where}" if sheet.thing and where else " · ".join(part for part in (name, where) if part)
        title = next((text for text in (full, name) if cell_len(text) <= room), sheet.title)
        parts = [] if title == full else [where] if title == name else [sheet.thing, where]
        count = len(sheet.open_values)
        if sheet.count > 1:
            said = _("{n} of {count} · F6 {other}")
            parts.append(said.format(n=sheet.position + 1, count=sheet.count, other=sheet.other))
        elif title == full:
            parts.append(sheet.phrase)
        if count:
            parts.append(_("{count} open").format(count=count))
        if self._findings:
            parts.append(_("{count} findings").format(count=len(self._findings)))
        while len(parts) > 1 and cell_len(" · ".join(parts)) > room:
            parts.pop(0)
        heads = (_escaped(title), _escaped(" · ".join(part for part in parts if part)))
        if heads != self._heads:
            self._heads = heads
            self.border_title, self.border_subtitle = heads

    def render_line(self, y: int) -> Strip:
        """Return one line, as the scroll position has it."""
        number = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if self._made_width != width:
            self._make(width)
        strip = self._strips.get(number)
        if strip is None or strip.cell_length != width:
            pieces = self._rows[number] if number < len(self._rows) else ()
            strip = self._strips[number] = strip_of(self, pieces, width)
        return self.with_selection(strip, number)

    def shown_rows(self) -> Sequence[Row]:
        """Return the document's rows, with what is said of it."""
        return self._rows

    def on_click(self, event: events.Click) -> None:
        """Take the pane in hand."""
        event.stop()
        self.post_message(self.Taken(self.pane))


def _escaped(text: str) -> str:
    """Write a title so that nothing in it is taken for markup."""
    return text.replace("[", "\\[")


def heading(sheet: Sheet, width: int) -> list[str]:
    """Return what a sheet is, in which account and on what, in full, for narrow screens and copies."""
    parts = [sheet.title, sheet.thing, _("in {account}").format(account=sheet.account) if sheet.account else ""]
    return wrap(" · ".join(part for part in parts if part), width)
