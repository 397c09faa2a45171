"""The colours: a dark and a light theme of our own, and the terminal's own colours where no colour is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

DARK = Theme(
    name="s3-dark",
    primary="#6ea8fe",
    secondary="#8fbcbb",
    accent="#ffa24c",
    warning="#e7c664",
    error="#f2727f",
    success="#7fd08a",
    foreground="#d8dce4",
    background="#14171c",
    surface="#191d23",
    panel="#21262e",
    dark=True,
    variables={"calm": "#98a1b0", "faint": "#5d6674", "leaf": "#a9c9a4", "edge": "#3a414c", "raised": "#2c323c"},
)
LIGHT = Theme(
    name="s3-light",
    primary="#1f5fbf",
    secondary="#28656a",
    accent="#994600",
    warning="#6f4e00",
    error="#b3202f",
    success="#17692d",
    foreground="#22272e",
    background="#fbfbf9",
    surface="#f3f3f0",
    panel="#e8e8e3",
    dark=False,
    variables={"calm": "#555d68", "faint": "#9aa1ab", "leaf": "#3d6b3a", "edge": "#c4c7c0", "raised": "#dde2ea"},
)
THEMES = (DARK, LIGHT)
# The colours of COLORFGBG that are light backgrounds: white and bright white.
_LIGHT = frozenset({"7", "15"})
# These terminals draw the question for their background, or know nothing of it.
_MUTE = frozenset({"", "dumb", "linux", "unknown"})


def chosen(environ: Mapping[str, str], *, no_color: bool) -> str:
    """Return the theme to start with. Without colour the terminal's own: Textual then sends no colour at all.

    COLORFGBG says how the terminal is set (rxvt, Konsole, iTerm2, and others that are told to). Where it is not set
    the terminal is asked, see `wizard.tui.background`.
    """
    light = environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT
    if no_color:
        return "ansi-light" if light else "ansi-dark"
    return LIGHT.name if light else DARK.name


def is_to_be_asked(environ: Mapping[str, str], *, no_color: bool) -> bool:
    """Return whether the terminal is asked for its background: nothing else says it, and it knows the question."""
    return not (no_color or environ.get("COLORFGBG") or environ.get("TERM", "") in _MUTE)


# What Textual's own themes don't have: quiet text, quieter lines, the strings of documents.
DEFAULTS = {
    "calm": "ansi_bright_black",
    "faint": "ansi_bright_black",
    "leaf": "ansi_green",
    "edge": "ansi_bright_black",
    "raised": "ansi_default",
}
