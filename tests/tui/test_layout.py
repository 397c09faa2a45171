"""Wrapping and laying out: every text keeps its characters, no row is wider than its room, wide characters count."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.conftest import ASSUME_ROLE, screen_text
from wizard.tui import lines, sheets
from wizard.tui.paint import wrap
from wizard.tui.session import Origin, Session
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from wizard.tui.paint import Row

TEXT = st.text("ab -/:日本語、。「」ー<>", max_size=120)


def plain(row: Row) -> str:
    return "".join(piece.text for piece in row)


@given(TEXT, st.integers(8, 60), st.integers(0, 4))
@settings(max_examples=200, deadline=None)
def test_wrapped_text_keeps_its_characters_and_its_room(text: str, width: int, hang: int) -> None:
    rows = wrap(text, width, hang=hang)
    assert all(cell_len(line) <= width for line in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())


@given(st.text('abc:/-<role>日本"\\', max_size=90), st.integers(20, 70), st.integers(0, 8))
@settings(max_examples=200, deadline=None)
def test_a_line_of_json_keeps_its_characters_and_its_room(text: str, width: int, depth: int) -> None:
    for line in (
        " " * depth + f'"Resource": {json.dumps(text, ensure_ascii=False)},',
        " " * depth + json.dumps(text, ensure_ascii=False),
    ):
        rows = lines.layout(line, width, "json")
        assert all(cell_len(plain(row)) <= width + 1 for row in rows)  # a comma may stand past a full row
        assert "".join("".join(map(plain, rows)).split()) == "".join(line.split())


def test_a_comma_never_has_a_line_of_its_own() -> None:
    line = '        "Sid": "S3xS3CrossaccountBuckX42777dList",'
    for width in range(36, 60):
        rows = [plain(row) for row in lines.layout(line, width, "json")]
        assert "," not in map(str.strip, rows), (width, rows)


def test_a_long_string_goes_on_under_its_own_indentation() -> None:
    rows = [plain(row) for row in lines.layout('        "Resource": "arn:aws:s3:::' + "b" * 63 + '/*"', 50, "json")]
    assert rows[0] == '        "Resource":'
    assert all(row.startswith(" " * 10) for row in rows[1:])


def test_a_placeholder_is_marked_by_sign_and_look() -> None:
    (row,) = lines.layout('  "AWS": "arn:aws:iam::<source account>:root"', 80, "json")
    assert [piece.text for piece in row if piece.look == "open"] == ["<source account>"]


def test_only_what_an_answer_changed_is_marked() -> None:
    before = '{\n  "A": [\n    "x"\n  ]\n}'
    after = '{\n  "A": [\n    "x",\n    "y"\n  ]\n}'
    assert sheets.changed_lines(before, after) == frozenset({3})
    assert sheets.changed_lines(before, before) == frozenset()


def test_switching_the_method_keeps_the_answers_of_the_other() -> None:
    session = Session(dict(ASSUME_ROLE))
    session.put("method", "bucket-policy")
    assert "role.name" not in [question.key for question in session.walk()]
    session.put("method", "assume-role")
    assert session.built.problems == ()


def test_an_answer_that_says_the_default_is_a_default() -> None:
    session = Session(dict(ASSUME_ROLE))
    session.put("role.session_seconds", 7200)
    session.put("role.session_seconds", 3600)
    assert "role.session_seconds" not in session.raw
    assert session.origin("role.session_seconds") is Origin.DEFAULT


async def test_a_fleet_and_odd_types_of_a_file_are_taken_without_a_crash() -> None:
    fleet = {
        "method": "assume-role",
        "source.accounts": ["111111111111", "333333333333"],
        "destination.account_id": "222222222222",
        "source.principals": ["root"],
        "role.name": "RoleA",
        "buckets": [{"name": "one-bucket", "region": "eu-west-1"}, {"name": "two-bucket", "region": "eu-west-1"}],
    }
    odd = {**ASSUME_ROLE, "bucket.name": 5, "access.level": dt.date(2026, 1, 1), "role.require_mfa": "yes"}
    for raw in (fleet, odd):
        app = WizardApp(raw, origin="answers.toml")
        async with app.run_test(size=(100, 30)) as pilot:
            for question in app.session.walk():
                app.wizard.go(question.key)
                await pilot.pause()
            await pilot.press("ctrl+r", "f9")
            await pilot.pause()
    assert app.session.problem("access.level") is not None


LONG = {
    **ASSUME_ROLE,
    "bucket.name": "a" + "23456789-" * 6 + "12345678",
    "bucket.prefix": "year=2026/" * 12 + "日本/",
    "role.name": "division/data-platform/" + "R" * 64,
}


async def test_the_longest_names_leave_the_review_its_lines_at_80_columns() -> None:
    app = WizardApp(LONG, origin="answers.toml")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not app.session.built.problems
        assert app.wizard.review.size.height >= 9
        rows = [plain(row) for row in app.wizard.path.rows(78)]
        assert len(rows) == 4
        assert all(cell_len(row) <= 79 for row in rows), "no name goes over the edge"
        assert [row.count("…") for row in rows] == [0, 1, 1, 0]
        await pilot.press("f9")
        await pilot.pause()
        shown = "".join(screen_text(app).replace("│", "").split())
        assert "R" * 20 in shown
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        shown = "".join(screen_text(app).replace("│", "").split())
        assert "日本/" in shown, "F9 has them whole"


async def test_names_stay_whole_where_there_is_room() -> None:
    app = WizardApp(LONG, origin="answers.toml")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert not any("…" in plain(row) for row in app.wizard.path.rows(98)[:-1])
