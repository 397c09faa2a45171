"""The looks of drawn text, made from the theme's colours: one table, no style sheet to match at each widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Look:
    """A colour of the theme by name, and attributes; `over` is laid over the background, `tint` of it (0 to 1)."""

    color: str = "foreground"
    bold: bool = False
    reverse: bool = False
    over: str = ""
    tint: float = 1.0


# Every look that stands for a state also has a sign or a word beside it: colour alone tells not everybody.
LOOKS = {
    "text": Look(),
    "dim": Look("calm"),
    "strong": Look(bold=True),
    "accent": Look("accent", bold=True),
    "good": Look("success"),
    "warn": Look("warning"),
    "bad": Look("error", bold=True),
    "gone": Look("error"),
    "note": Look("secondary"),
    "property": Look("primary"),
    "string": Look("leaf"),
    "number": Look("secondary"),
    "open": Look("warning", bold=True, over="warning", tint=0.12),
    "open-sign": Look("warning"),
    "line": Look("faint"),
    "marked": Look("accent", bold=True),
    "key": Look("accent", bold=True),
    "tab": Look("accent", bold=True, reverse=True),
    "badge": Look("background", bold=True, over="warning"),
    "allow": Look("success", bold=True),
    "deny": Look("error", bold=True),
}

_made: dict[tuple[str, Color], dict[str, Style]] = {}


def styles_of(widget: Widget) -> dict[str, Style]:
    """Return every look on a widget's background, in the theme in use."""
    background = widget.background_colors[1]
    key = (widget.app.theme, background)
    styles = _made.get(key)
    if styles is None:
        variables = widget.app.theme_variables
        styles = _made[key] = {name: _make(look, background, variables) for name, look in LOOKS.items()}
    return styles


def _make(look: Look, background: Color, variables: Mapping[str, str]) -> Style:
    if look.over:
        over = Color.parse(variables[look.over])
        # The terminal's own colours can't be mixed: there the attributes have to do.
        mixable = background.ansi is None and over.ansi is None
        background = background.blend(over, look.tint) if mixable else over if look.tint == 1 else background
    color = Color.parse(variables[look.color])
    return Style(
        color=color.rich_color,
        bgcolor=background.rich_color,
        bold=look.bold or None,
        reverse=look.reverse or None,
    )
