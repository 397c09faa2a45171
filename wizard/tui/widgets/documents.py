"""The documents: three panes side by side or one behind tabs; which is in hand, and what the last answer changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Horizontal

from wizard.text import _
from wizard.tui.narrowing import of_side
from wizard.tui.paint import Piece, Row, width_of
from wizard.tui.sheets import PAGES, PANES, SHORT, pane_of, position_of, sheet
from wizard.tui.widgets.document_pane import DocumentPane
from wizard.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from wizard.policy.check import Finding
    from wizard.tui.session import Session
    from wizard.tui.sheets import Sheet

SIDE_BY_SIDE = 120


class Tabs(Drawn):
    """The names of the panes in one line; the one in hand is marked, those that aren't needed are dim."""

    def __init__(self, documents: Documents) -> None:
        super().__init__(id="tabs")
        self.documents = documents

    def draw(self, width: int) -> list[Row]:
        """Return the tabs, closer together where the line is short."""
        rows = [self._tabs(gap) for gap in ("  ", " ")]
        return [rows[0] if width_of(rows[0]) <= width else rows[1]]

    def _tabs(self, gap: str) -> Row:
        out: list[Piece] = []
        for pane in PANES:
            in_hand = pane == self.documents.in_hand
            needed = self.documents.sheets[pane].needed
            sign = "▸" if in_hand else " "
            name = _(SHORT[pane]) if needed else f"{_(SHORT[pane])} –"
            look = "tab" if in_hand else "text" if needed else "dim"
            out += [Piece(f"{sign}{name}", look, pane), Piece(gap)]
        return tuple(out)


class Documents(Container):
    """Everything that the setup leads to, live."""

    def __init__(self, session: Session) -> None:
        super().__init__(id="documents")
        self.session = session
        self.in_hand = "trust"
        self.positions: dict[str, int] = {}
        self.sheets: dict[str, Sheet] = {pane: sheet(session.plan, pane) for pane in PANES}
        self._before: dict[str, dict[str, str]] = {}
        self._panes = {pane: DocumentPane(pane) for pane in PANES}
        self._tabs = Tabs(self)
        self._changing = ""
        self._findings: Mapping[str, tuple[Finding, ...]] = {}

    def show_findings(self, by_text: Mapping[str, tuple[Finding, ...]]) -> None:
        """Show what check says of the documents, each by its text."""
        self._findings = by_text
        self.follow()

    def compose(self) -> ComposeResult:
        """Make the tabs and all panes; only those in use are displayed."""
        yield self._tabs
        with Horizontal(id="panes"):
            yield from (self._panes[pane] for pane in PAGES[0])

    def on_mount(self) -> None:
        """Show what is there."""
        self.follow()

    def ask_about(self, document_id: str) -> None:
        """Take the pane in hand that the question in hand is about, with the document that it names."""
        position = position_of(self.session.plan, document_id)
        pane = pane_of(document_id)
        if not self.sheets[pane].needed and self.sheets["iam"].needed:
            pane = "iam"  # what the question is about shows there with this method
        if position >= 0 and pane == pane_of(document_id) and self.sheets[pane].document_id != document_id:
            self.positions[pane] = position
        self.take(pane)

    def take(self, pane: str) -> None:
        """Take a pane in hand."""
        self.in_hand = pane
        self.follow()

    def take_next(self) -> None:
        """Take the next pane in hand."""
        self.take(PANES[(PANES.index(self.in_hand) + 1) % len(PANES)])

    def show_other(self) -> Sheet | None:
        """Show the next of several documents in the pane in hand, or in the IAM pane; None if there is no other."""
        for pane in (self.in_hand, "iam"):
            if self.sheets[pane].count > 1:
                self.positions[pane] = self.sheets[pane].position + 1
                self.take(pane)
                return self.sheets[pane]
        return None

    def answer_changes(self, key: str) -> None:
        """Remember the documents before an answer is changed; what follows is marked against them."""
        if key != self._changing:
            self._changing = key
            self._before = {} if key == "method" else self._texts()

    def _texts(self) -> dict[str, dict[str, str]]:
        texts: dict[str, dict[str, str]] = {}
        for pane in PANES:
            count = self.sheets[pane].count
            shown = [sheet(self.session.plan, pane, position) for position in range(count)]
            texts[pane] = {f"{one.document_id}/{one.thing}": one.text for one in shown}
        return texts

    def follow(self) -> None:
        """Show the documents as the answers make them now."""
        for pane in PANES:
            one = sheet(self.session.plan, pane, self.positions.get(pane, self._default(pane)))
            self.sheets[pane] = of_side(self.session, one)
        if not self.is_mounted:
            return
        page = next(page for page in PAGES if self.in_hand in page)
        wide = self.app.size.width >= SIDE_BY_SIDE
        for pane, widget in self._panes.items():
            shown = pane in page if wide else pane == self.in_hand
            if shown and not widget.is_attached:
                # The second page is made when it is first looked at: the first frame is sooner there.
                mounting = self.query_one("#panes").mount(widget)
                del mounting  # not awaited: it shows its sheet when it has a size
            if widget.display != shown:
                widget.display = shown
            widget.set_class(pane == self.in_hand, "-in-hand")
            if shown:
                shown_now = self.sheets[pane]
                widget.show(shown_now, self._text_before(pane), self._findings.get(shown_now.text, ()))
        self._tabs.redraw()

    def _text_before(self, pane: str) -> str | None:
        if not self._changing or not self._before:
            return None
        shown = self.sheets[pane]
        known = self._before.get(pane, {})
        exact = known.get(f"{shown.document_id}/{shown.thing}")
        if exact is not None:
            return exact
        # Its name is what changed: the one of the same kind, or nothing at all.
        return next((text for name, text in known.items() if name.startswith(f"{shown.document_id}/")), "")

    def _default(self, pane: str) -> int:
        """Return which IAM policy is shown while no question named one: the one with the S3 actions."""
        if pane != "iam":
            return 0
        return max(position_of(self.session.plan, "destination-identity"), 0)

    def on_resize(self) -> None:
        """Side by side, or tabs."""
        self.follow()

    def scroll_in_hand(self, pages: int) -> None:
        """Scroll the pane in hand by pages."""
        pane = self._panes[self.in_hand]
        pane.scroll_to(y=pane.scroll_offset.y + pages * max(pane.size.height - 3, 1), animate=False)

    def on_document_pane_taken(self, event: DocumentPane.Taken) -> None:
        """Take the pane in hand that was clicked."""
        event.stop()
        self.take(event.pane)

    def on_drawn_clicked(self, event: Drawn.Clicked) -> None:
        """Take the pane in hand whose tab was clicked."""
        event.stop()
        self.take(event.target)

    def show_change(self) -> None:
        """Scroll the panes that are shown to what the last answer changed."""
        for pane in self._panes.values():
            if pane.display:
                pane.show_row_of_change()
