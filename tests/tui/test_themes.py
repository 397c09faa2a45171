"""The themes: all text is readable on every background that it stands on, and they follow the terminal."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.color import Color

from wizard.tui import background, looks, themes

if TYPE_CHECKING:
    from textual.theme import Theme

# What the style sheets lay beneath text: the screen, dialogs, the rail and the footer, and a row in hand.
BACKGROUNDS = ("background", "surface", "panel", "raised")
# Lines of the access path's picture, and a button that can't be pressed: no text that says something.
NO_TEXT = frozenset(("line",))
LEAST = 4.5  # WCAG 2.2, success criterion 1.4.3
HERE = Path(themes.__file__).parent


def variables(theme: Theme) -> dict[str, str]:
    names = ("primary", "secondary", "accent", "warning", "error", "success", *BACKGROUNDS[:3], "foreground")
    return {name: getattr(theme, name) for name in names} | theme.variables


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours, as WCAG defines it."""

    def luminance(color: Color) -> float:
        parts = [value / 255 for value in color.rgb]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("beneath", BACKGROUNDS)
def test_every_look_is_readable_on_every_background(theme: Theme, beneath: str) -> None:
    known = variables(theme)
    background = Color.parse(known[beneath])
    for name, look in looks.LOOKS.items():
        over = background
        if look.over:
            over = background.blend(Color.parse(known[look.over]), look.tint)
        if name not in NO_TEXT:
            assert contrast(Color.parse(known[look.color]), over) >= LEAST, name


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_what_the_style_sheets_write_is_readable(theme: Theme) -> None:
    known = variables(theme)
    text = ("foreground", "calm", "accent", "warning", "error", "success", "leaf", "primary", "secondary")
    for color, beneath in product(text, BACKGROUNDS):
        assert contrast(Color.parse(known[color]), Color.parse(known[beneath])) >= LEAST, (color, beneath)
    assert contrast(Color.parse(known["background"]), Color.parse(known["accent"])) >= LEAST, "a button in hand"


def test_what_is_faint_is_never_text_that_says_something() -> None:
    used = [
        line.strip()
        for path in (*HERE.rglob("*.py"), *HERE.rglob("*.tcss"))
        for line in path.read_text().splitlines()
        if "$faint" in line or '"faint"' in line
    ]
    allowed = ('"line": Look("faint")', "Button:disabled", '"faint": "ansi_bright_black"', "variables={")
    assert all(any(one in line for one in allowed) for line in used), used


@pytest.mark.parametrize(
    ("said", "theme"),
    [("15;0", "s3-dark"), ("0;15", "s3-light"), ("0;default;7", "s3-light"), ("12;8", "s3-dark"), ("", "s3-dark")],
)
def test_the_theme_follows_what_the_terminal_says_of_its_background(said: str, theme: str) -> None:
    assert themes.chosen({"COLORFGBG": said}, no_color=False) == theme
    assert themes.chosen({"COLORFGBG": said}, no_color=True).startswith("ansi-")


@pytest.mark.parametrize(
    ("said", "light"),
    [
        (("ffff", "ffff", "ffff"), True),
        (("f", "f", "f"), True),
        (("fd", "f6", "e3"), True),
        (("0", "0", "0"), False),
        (("1e1e", "1e1e", "2e2e"), False),
        (("000", "2b2", "363"), False),
    ],
)
def test_a_background_is_light_or_dark(said: tuple[str, str, str], *, light: bool) -> None:
    assert background.is_light(*said) is light


ANSWERS = ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]11;rgb:ff/ff/ff\x07", "\x1b]11;rgba:ffff/ffff/ffff/ffff\x1b\\")


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_terminals_answer_is_never_typed_wherever_the_reads_cut_it(answer: str) -> None:
    text = "1" + answer + "2"
    for cut in range(4, len(text)):  # a lone ESC, or ESC and ], may be keys
        parser = background._Parser()
        got = [message for part in (text[:cut], text[cut:]) for message in parser.feed(part)]
        keys = [message.character for message in got if isinstance(message, events.Key)]
        assert keys == ["1", "2"], cut
        assert [message.is_light for message in got if isinstance(message, background.Background)] == [True]


def test_keys_and_pasted_texts_pass_as_they_are() -> None:
    keys = "abc\x1b[A\x1b]1x\x1b[200~\x1b]9;what was copied\x07\x1b[201~\x1b"
    own, theirs = background._Parser(), XTermParser()
    for one in keys:
        got, expected = list(own.feed(one)), list(theirs.feed(one))
        if one not in "]1":  # what an answer could begin with comes with the next key
            assert [repr(message) for message in got[-1:]] == [repr(message) for message in expected[-1:]]


@pytest.mark.parametrize(
    ("environ", "no_color", "asked"),
    [
        ({"TERM": "xterm-256color"}, False, True),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, False, False),
        ({"TERM": "xterm-256color"}, True, False),
        ({"TERM": "linux"}, False, False),
        ({}, False, False),
    ],
)
def test_a_terminal_is_asked_where_nothing_else_says_its_background(
    environ: dict[str, str], *, no_color: bool, asked: bool
) -> None:
    assert themes.is_to_be_asked(environ, no_color=no_color) is asked
