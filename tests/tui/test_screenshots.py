"""The pictures of the README: drawn by the app, and compared with those in screenshots/, so that they are never stale.

`UPDATE_SCREENSHOTS=1 pytest tests/tui/test_screenshots.py` draws them anew; look at them before you commit them.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from tests.tui.acting import agree, looked, offers, until
from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, IAM_USER
from wizard import text
from wizard.answers.build import build
from wizard.answers.file import read_raw
from wizard.answers.handed import handed_over
from wizard.tui.screens.asked import AskedScreen
from wizard.tui.screens.exporting import Exporting
from wizard.tui.screens.sides import ChoosingSides
from wizard.tui.screens.verifying import Verifying
from wizard.tui.session import REVIEW
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wizard.demo import Practice

FOLDER = Path(__file__).parents[2] / "screenshots"
WIDE, MIDDLE, SMALL = (160, 45), (100, 30), (80, 24)
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/11111111-2222-3333-4444-555555555555"
GUARDED = {**BUCKET_POLICY, "guards.require_tls": True, "bucket.kms_key_arn": KEY}
PICTURES: dict[str, tuple[Mapping[str, Any], str, tuple[int, int]]] = {
    "method-160x45": ({}, "method", WIDE),
    "method-80x24": ({}, "method", SMALL),
    "callers-160x45": (ASSUME_ROLE, "source.principals", WIDE),
    "callers-100x30": (ASSUME_ROLE, "source.principals", MIDDLE),
    "access-80x24": (BUCKET_POLICY, "access.level", SMALL),
    "guards-160x45": (GUARDED, "guards.require_tls", WIDE),
    "profile-160x45": (ASSUME_ROLE, "profile.name", WIDE),
    "review-160x45": (ASSUME_ROLE, REVIEW, WIDE),
    "review-80x24": (IAM_USER, REVIEW, SMALL),
    "ja-method-160x45": ({}, "method", WIDE),
    "ja-callers-160x45": (ASSUME_ROLE, "source.principals", WIDE),
}
IN_THE_ACCOUNTS = ("accounts-160x45", "apply-160x45", "verified-160x45")
HANDED = {"asked-80x24": "en", "ja-asked-80x24": "ja"}
EXPORT = "export-160x45"
_TEXT = re.compile(r'<text class="([^"]+)" x="([\d.]+)" y="([\d.]+)" textLength="[^"]+"([^>]*)>([^<]+)</text>')
_RUN = re.compile(r"[\u1100-\uffdc]+|[^\u1100-\uffdc]+")
_CELL = 12.2  # what Rich makes a cell wide, in pixels


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Begin and end in the language of the other tests."""
    text.use("en")
    yield
    text.use("en")


@pytest.mark.parametrize("name", PICTURES)
async def test_the_picture_is_what_the_app_draws(name: str) -> None:
    raw, key, size = PICTURES[name]
    text.use("ja" if name.startswith("ja-") else "en")
    app = WizardApp(raw, origin="answers.toml")
    async with app.run_test(size=size) as pilot:
        app.wizard.panel.text_field.cursor_blink = False
        if app.session.key != key:
            app.wizard.go(key)
        await until(pilot, lambda: app.session.evidence is not None and not app.session.stale)
        await pilot.pause()
        drawn = normalised(app.export_screenshot(title="s3-crossaccount", simplify=True))
    compare(name, drawn)


@pytest.mark.parametrize(("name", "language"), HANDED.items())
async def test_the_picture_of_what_a_file_asks_is_what_the_app_draws(name: str, language: str, tmp_path: Path) -> None:
    text.use(language)
    path = tmp_path / "reports-destination.toml"
    path.write_text(handed_over(build({**ASSUME_ROLE, "name": "reports"}).setup, "destination"), encoding="utf-8")
    app = WizardApp(read_raw(path), origin=str(path))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: isinstance(app.screen, AskedScreen))
        await pilot.pause()
        drawn = normalised(app.export_screenshot(title="s3-crossaccount", simplify=True))
    compare(name, drawn)


async def test_the_picture_of_an_export_is_what_the_app_draws() -> None:
    app = WizardApp({**ASSUME_ROLE, "name": "reports"}, origin="answers.toml")
    async with app.run_test(size=WIDE) as pilot:
        app.wizard.go(REVIEW)
        await until(pilot, lambda: app.session.evidence is not None and not app.session.stale)
        await pilot.press("ctrl+e")
        await until(pilot, lambda: isinstance(app.screen, Exporting) and app.screen.preview is not None)
        await pilot.pause()
        drawn = normalised(app.export_screenshot(title="s3-crossaccount", simplify=True))
    compare(EXPORT, drawn)


async def test_the_pictures_of_the_practice_accounts_are_what_the_app_draws(
    fresh_practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in fresh_practice.environment.items():
        monkeypatch.setenv(variable, value)
    app = WizardApp(ASSUME_ROLE, origin="answers.toml", practice=lambda: fresh_practice)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: looked(app) and not app.session.stale)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, ChoosingSides))
        await pilot.pause()
        compare("accounts-160x45", normalised(app.export_screenshot(title="s3-crossaccount", simplify=True)))
        await pilot.press("escape", "ctrl+x")
        await until(pilot, lambda: offers(app, "apply"))
        await pilot.pause()
        compare("apply-160x45", normalised(app.export_screenshot(title="s3-crossaccount", simplify=True)))
        await agree(pilot, app, "apply")
        await until(pilot, lambda: offers(app, "verify"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Verifying))
        await pilot.press("enter")
        await until(pilot, lambda: offers(app, "close"))
        await pilot.press("escape")
        await pilot.pause()
        compare("verified-160x45", normalised(app.export_screenshot(title="s3-crossaccount", simplify=True)))


def compare(name: str, drawn: str) -> None:
    """Compare a picture with the one that is kept, or keep it."""
    path = FOLDER / f"{name}.svg"
    if os.environ.get("UPDATE_SCREENSHOTS"):
        path.write_text(drawn)
    assert path.read_text() == drawn, "UPDATE_SCREENSHOTS=1 draws it anew"


def test_every_picture_is_drawn_by_a_test() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == {*PICTURES, *IN_THE_ACCOUNTS, *HANDED, EXPORT}


def normalised(svg: str) -> str:
    """Return a picture without the number that Rich derives from its content, and with wide characters as two cells.

    Rich gives a text the width of its characters' number, so that a browser squeezes Japanese into half its room.
    """
    return _TEXT.sub(_in_cells, re.sub(r"terminal-\d+", "terminal", svg)).rstrip() + "\n"


def _in_cells(match: re.Match[str]) -> str:
    looks, x, y, clip, content = match.groups()
    shown = html.unescape(content)
    if cell_len(shown) == len(shown):
        return match[0]
    out, at = [], float(x)
    for run in _RUN.findall(shown):
        width = cell_len(run) * _CELL
        written = html.escape(run).replace(" ", "&#160;").replace("\xa0", "&#160;")
        out.append(f'<text class="{looks}" x="{at:g}" y="{y}" textLength="{width:g}"{clip}>{written}</text>')
        at += width
    return "".join(out)
