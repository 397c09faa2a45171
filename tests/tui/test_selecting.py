"""Selecting with the mouse: it shows, it is copied unwrapped, and Ctrl+C copies before it quits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Offset
from textual.selection import Selection
from textual.widgets import TextArea

from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, paste, screen_text
from wizard import clipboard
from wizard.clipboard import Copied, How
from wizard.tui import lines, selecting
from wizard.tui.paint import GOES_ON, Piece, Row, unbroken
from wizard.tui.screens.checking import Checking
from wizard.tui.screens.dialogs import Reading, Text
from wizard.tui.widgets.document_pane import DocumentPane

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from textual.pilot import Pilot
    from textual.widget import Widget

    from wizard.tui.wizard_app import WizardApp

ALL = Selection(None, None)


def remember(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep what is copied, in place of a clipboard."""
    texts: list[str] = []

    def copy(text: str, **_named: object) -> Copied:
        texts.append(text)
        return Copied(certain=True, how=How.SYSTEM)

    monkeypatch.setattr(clipboard, "copy", copy)
    return texts


async def drag(pilot: Pilot[Any], widget: Widget, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag over a widget's content from one cell to another."""
    content = widget.content_region.offset - widget.region.offset
    await pilot.mouse_down(widget, offset=content + start)
    await pilot.hover(widget, offset=content + end)
    await pilot.mouse_up(widget, offset=content + end)
    await pilot.pause()


def pane_of(app: WizardApp, name: str) -> DocumentPane:
    return app.wizard.query_one(f"#pane-{name}", DocumentPane)


def reversed_text(app: WizardApp) -> str:
    """Return the text on the screen that is shown as selected, which differs from what is reversed otherwise."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(
        text
        for strip in strips
        if (text := "".join(segment.text for segment in strip if segment.style and segment.style.reverse))
    )


@given(st.lists(st.text('ab:/-{"日本', max_size=70), min_size=1, max_size=6), st.integers(14, 60))
@settings(max_examples=150, deadline=None)
def test_all_of_a_text_is_copied_as_it_was_before_it_was_wrapped(told: list[str], width: int) -> None:
    rows: list[Row] = [row for line in told for row in unbroken(line or " ", width, hang=2)]
    assert selecting.text_of(rows, ALL).split("\n") == [line.rstrip() for line in told]


@given(st.text('ab:/-{"日本', min_size=1, max_size=120), st.integers(20, 50), st.integers(0, 6))
@settings(max_examples=150, deadline=None)
def test_a_wrapped_line_of_json_is_copied_as_one_line(text: str, width: int, depth: int) -> None:
    line = " " * depth + f'"Resource": {json.dumps(text, ensure_ascii=False)},'
    gutter = [Piece("  ", source=line), Piece("  ", source=GOES_ON)]
    laid = lines.layout(line, width, "json")
    rows = [(gutter[number > 0], *part) for number, part in enumerate(laid)]
    assert selecting.text_of(rows, ALL) == line
    # From the start of the value on, over however many rows it goes.
    start = len("".join(piece.text for piece in rows[0]).rstrip()) - 1
    part = selecting.text_of(rows, Selection(Offset(start, 0), None))
    assert line.endswith(part)
    assert part


async def test_dragging_over_a_document_selects_it_visibly_and_ctrl_c_copies_the_plain_json(
    open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = remember(monkeypatch)
    app = open_at(BUCKET_POLICY)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.wizard.go("bucket.name")
        await pilot.pause()
        pane = pane_of(app, "bucket")
        first = next(y for y, row in enumerate(pane.shown_rows()) if "Resource" in "".join(p.text for p in row))
        pane.scroll_to(y=max(first - 2, 0), animate=False)
        await pilot.pause()
        y = first - pane.scroll_offset.y
        more = next(n for n, row in enumerate(pane.shown_rows()[first + 1 :]) if row[0].source != GOES_ON)
        assert more
        await drag(pilot, pane, (2, y), (pane.content_region.width - 1, y + more))
        assert "Resource" in reversed_text(app)
        assert pane.scroll_offset.y == max(first - 2, 0), "a drag is no click and scrolls nothing"
        await pilot.press("ctrl+c")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.is_running
        assert "Copied" in screen_text(app)
        assert "Resource" not in reversed_text(app)
        await pilot.press("ctrl+q")
    assert copied
    source = next(line for line in (pane.sheet.text if pane.sheet else "").split("\n") if '"Resource"' in line)
    assert copied == [source], "one line of JSON, though it is shown as several"


async def test_a_double_click_takes_the_whole_document_and_not_what_is_said_of_it(
    open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = remember(monkeypatch)
    app = open_at({**ASSUME_ROLE, "source.account_id": "123456789012"})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
        pane = pane_of(app, "trust")
        await pilot.click(pane, offset=(6, 3), times=2)
        await pilot.press("ctrl+c")
        await app.workers.wait_for_complete()
        assert pane.sheet is not None
        assert copied == [pane.sheet.text]


async def test_a_selection_stays_in_its_pane_and_goes_when_the_document_changes(
    open_at: Callable[..., WizardApp],
) -> None:
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(160, 45)) as pilot:
        app.wizard.go("source.account_id")
        await pilot.pause()
        pane, other = pane_of(app, "trust"), pane_of(app, "iam")
        await pilot.mouse_down(pane, offset=(6, 3))
        await pilot.hover(other, offset=(9, 5))
        await pilot.mouse_up(other, offset=(9, 5))
        assert pane.selected is not None
        assert other.selected is None
        await paste(pilot, "333333333333")
        assert pane.selected is None


async def test_ctrl_c_copies_what_a_field_has_selected_and_the_next_one_quits(
    open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = remember(monkeypatch)
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.wizard.go("bucket.name")
        await pilot.pause()
        await pilot.press("ctrl+c")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert copied == ["s3-crossaccount-bucket01"]
        assert app.is_running
        assert app.session.raw["bucket.name"] == "s3-crossaccount-bucket01"
        await pilot.press("ctrl+c")
    assert app.return_value == 130


async def test_help_is_copied_unwrapped(open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch) -> None:
    copied = remember(monkeypatch)
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(80, 24)) as pilot:
        app.wizard.go("source.account_id")
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, Reading)
        text = app.screen.query_one(Text)
        await drag(pilot, text, (0, 0), (60, 1))
        await pilot.press("ctrl+c")
        await app.workers.wait_for_complete()
        rows = ["".join(piece.text for piece in row).strip() for row in text.shown_rows()[:2]]
    assert "\n" not in copied[0], "one paragraph over two rows"
    assert copied[0].startswith(rows[0])


async def test_ctrl_c_copies_from_a_policy_that_is_checked(
    open_at: Callable[..., WizardApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = remember(monkeypatch)
    app = open_at(ASSUME_ROLE)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.3)
        await pilot.press("f12", "end", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Checking)
        area = app.screen.query_one(TextArea)
        area.load_text('{"Version": "2012-10-17"}')
        area.select_all()
        await pilot.press("ctrl+c")
        await app.workers.wait_for_complete()
        assert app.is_running
    assert copied == ['{"Version": "2012-10-17"}']
