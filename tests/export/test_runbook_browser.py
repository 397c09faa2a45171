"""The runbook in a real browser: copy buttons work from a file, nothing is fetched, it prints, light and dark."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.export.browser import Tab, chromium
from tests.export.hostile import PREFIX, hostile_plan
from wizard.export.formats import render
from wizard.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUTTON = "document.querySelectorAll('button[data-copied]')"
READ = "navigator.clipboard.readText()"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed over, ja 日本")
    file = next(file for file in render(hostile_plan(), "runbook") if file.path.endswith(".html"))
    path = folder / file.path
    path.write_text(file.text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory, page: Path) -> Iterator[Tab]:
    with chromium(tmp_path_factory.mktemp("profile")) as one:
        one.open(page)
        yield one


def told(tab: Tab, number: int) -> str:
    """Return a button's label once it says something new."""
    wait = f"new Promise(done => setTimeout(() => done({BUTTON}[{number}].textContent), 150))"
    return str(tab.run(wait))


def test_a_click_copies_the_document_as_it_is(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.ask("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    shown = tab.run("[...document.querySelectorAll('code')].map(code => code.textContent)")
    for number in (0, len(shown) - 1):
        tab.click(f"{BUTTON}[{number}]")
        assert told(tab, number) == "Copied"
        assert tab.run(READ) == shown[number]
    policies = [json.loads(text) for text in shown if text.startswith("{")]
    wanted = [one.policy.to_json() for one in hostile_plan().needed() if one.policy and one.id != "bucket"]
    assert all(policy in policies for policy in wanted)


def test_a_click_copies_where_the_browser_has_no_clipboard_for_files(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.run("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true}), 1")
    tab.click(f"{BUTTON}[1]")
    assert told(tab, 1) == "Copied"
    shown = tab.run(f"{BUTTON}[1].closest('figure').querySelector('code').textContent")
    assert tab.run("getSelection().toString()") == shown


def test_where_nothing_can_be_copied_the_text_is_selected_and_it_says_so(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.run("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true}), 1")
    tab.run("(document.execCommand = () => false, 1)")
    tab.click(f"{BUTTON}[0]")
    assert "Ctrl+C" in told(tab, 0)


def test_no_request_leaves_the_page_and_nothing_is_refused(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.click(f"{BUTTON}[0]")
    tab.run("new Promise(done => setTimeout(() => done(1), 300))")
    assert tab.requests() == [page.as_uri()]
    assert not [event for event in tab.events if event.get("method") == "Log.entryAdded"]


def test_the_pages_own_policy_stops_requests_and_foreign_scripts(tab: Tab, page: Path) -> None:
    tab.open(page)
    assert tab.run("fetch('https://example.com/').then(() => 'sent', () => 'refused')") == "refused"
    tab.run("(document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned=1\">'), 1)")
    tab.run(
        "(() => { const s = document.createElement('script'); s.text = 'window.pwned=1'; document.body.append(s);"
        " return 1; })()"
    )
    assert tab.run("new Promise(done => setTimeout(() => done(String(window.pwned)), 200))") == "undefined"


def test_odd_names_stand_on_the_page_as_text(tab: Tab, page: Path) -> None:
    tab.open(page)
    assert tab.run("document.querySelectorAll('script').length") == 1
    assert PREFIX in tab.run("document.body.textContent")
    assert tab.run("document.querySelectorAll('svg').length") == 1
    assert tab.run("document.title") == "Cross-account S3 access: reports"


def test_it_prints_every_step_and_no_buttons(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.ask("Emulation.setEmulatedMedia", media="print")
    hidden = f"[...{BUTTON}].every(button => getComputedStyle(button).display === 'none')"
    assert tab.run(hidden) is True
    assert (
        tab.run("[...document.querySelectorAll('pre')].every(pre => pre.scrollHeight <= pre.clientHeight + 1)") is True
    )
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    tab.ask("Emulation.setEmulatedMedia", media="")
    pdf = base64.b64decode(tab.ask("Page.printToPDF", preferCSSPageSize=True)["data"])
    assert pdf.startswith(b"%PDF-")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_light_and_dark(tab: Tab, page: Path, scheme: str) -> None:
    tab.open(page)
    tab.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    found = tab.run(COLOURS)
    assert len(found) > 10
    faint = [one for one in found if contrast(one["ink"], one["paper"]) < 4.5]
    assert not faint
    paper = tab.run("getComputedStyle(document.body).backgroundColor")
    assert (luminance(channels(paper)) > 0.5) is (scheme == "light")


# Each text's colour, and the colour of what lies under it (for the picture: its box, or the page).
COLOURS = """(() => {
  const under = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const paper = getComputedStyle(one).backgroundColor;
      if (paper !== 'rgba(0, 0, 0, 0)') return paper;
    }
  };
  const kinds = 'h1, h2, h3, p, dt, dd, li, a, button, code, code i, figcaption span, .number';
  const texts = [...document.querySelectorAll(kinds)];
  const drawn = [...document.querySelectorAll('svg text')];
  return [
    ...texts.map((one) => ({ ink: getComputedStyle(one).color, paper: under(one), what: one.outerHTML.slice(0, 60) })),
    ...drawn.map((one) => ({ ink: getComputedStyle(one).fill, paper: under(one), what: one.textContent })),
  ];
})()"""


def channels(colour: str) -> tuple[float, ...]:
    return tuple(float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3])


def luminance(rgb: tuple[float, ...]) -> float:
    """Return the relative luminance of WCAG 2."""
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, paper: str) -> float:
    one, other = sorted((luminance(channels(ink)), luminance(channels(paper))))
    return (other + 0.05) / (one + 0.05)


def test_it_fits_a_narrow_window(tab: Tab, page: Path) -> None:
    tab.ask("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=True)
    tab.open(page)
    assert tab.run("document.documentElement.scrollWidth") <= 400
    tab.ask("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("suffix", [".html", ".md"])
def test_no_secret_has_a_place_in_it(suffix: str) -> None:
    changes: dict[str, Any] = {"method": "iam-user", "user.name": "cli-b", "source.principals": []}
    file = next(file for file in render(hostile_plan(**changes), "runbook") if file.path.endswith(suffix))
    assert redact(file.text) == file.text
    assert "aws iam create-access-key" in file.text
