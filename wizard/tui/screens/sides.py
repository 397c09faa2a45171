"""The dialog in which the person says with which profile each account is looked at, or that somebody else has it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.text import _
from wizard.tui.paint import Piece, Row, unbroken, wrap
from wizard.tui.screens.dialogs import Dialog, Text
from wizard.tui.sides import SIDES, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.tui.sides import Sides

_OTHERS, _DEFAULT = "others", "default"


class ChoosingSides(Dialog[bool]):
    """Two lists, one for each account. Enter takes a profile, and what is there is looked at in the background."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+l", "close", show=False),
        Binding("left,right,tab,shift+tab", "other", show=False, priority=True),
        Binding("d", "denied", show=False),
    ]

    def __init__(self, sides: Sides, profiles: Sequence[str], titles: dict[str, str], *, goes_on: bool = False) -> None:
        super().__init__(classes="dialog")
        self.goes_on = goes_on
        self.sides = sides
        self.profiles = tuple(profiles)
        self.titles = titles
        self._lists_denied = False

    def compose(self) -> ComposeResult:
        """Make a column for each side."""
        with Vertical(classes="frame reading full") as frame:
            frame.border_title = self.titled(_("The accounts"))
            keys = _("Enter chooses · Tab: the other account · Esc closes")
            frame.border_subtitle = _("Enter chooses · Tab: the other account · Esc goes on") if self.goes_on else keys
            said = _(
                "Which of your profiles may look into each account? What is there is then suggested; nothing changes."
            )
            yield Static(said, markup=False, classes="paragraph")
            with Horizontal(classes="columns"):
                for name in SIDES:
                    with Vertical(classes="column"):
                        yield Static(self.titles[name], markup=False, classes="column-title")
                        yield OptionList(id=f"side-{name}", markup=False)
                        with VerticalScroll(classes="side-state", can_focus=False):
                            yield Text(partial(self._state, name))

    def on_mount(self) -> None:
        """Fill the lists."""
        for name in SIDES:
            options = self.query_one(f"#side-{name}", OptionList)
            options.add_option(Option(_("Somebody else administers it"), id=_OTHERS))
            options.add_options(Option(profile, id=f"profile-{profile}") for profile in self.profiles)
            options.add_option(Option(_("AWS's default credentials"), id=_DEFAULT))
            side = self.sides.all[name]
            first = 0 if side.others else 1
            at = self.profiles.index(side.profile) + 1 if side.profile in self.profiles else first
            options.highlighted = min(at, options.option_count - 1)
        # The other side of a hand-over is somebody else's already.
        open_ones = [name for name in SIDES if not (self.sides.all[name].ours or self.sides.all[name].others)]
        self.query_one(f"#side-{(open_ones or SIDES)[0]}").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a profile for a side, then go on to the other one."""
        event.stop()
        name = (event.option_list.id or "").removeprefix("side-")
        chosen = event.option_id or ""
        profile = {_OTHERS: None, _DEFAULT: ""}.get(chosen, chosen.removeprefix("profile-"))
        self.sides.choose(name, profile)
        self.follow()
        other = self.sides.all[SIDES[1 - SIDES.index(name)]]
        if not (other.ours or other.others):
            self.query_one(f"#side-{other.name}").focus()

    def follow(self) -> None:
        """Show what is known by now."""
        for text in self.query(Text):
            text.redraw()
            text.refresh(layout=True)

    def _state(self, name: str, width: int) -> list[Row]:
        side = self.sides.all[name]
        rows: list[Row] = []
        for line, look in state_of(side):
            rows += unbroken(line, width, look, hang=2)
        if self._lists_denied and side.snapshot is not None:
            for denied in side.snapshot.denied:
                rows += [(Piece(part, "dim"),) for part in wrap(f"· {denied}", width, hang=2)]
        return rows

    def action_other(self) -> None:
        """Go to the other account's list."""
        focused = self.app.focused
        at = 1 if focused is not None and focused.id == f"side-{SIDES[0]}" else 0
        self.query_one(f"#side-{SIDES[at]}").focus()

    def action_denied(self) -> None:
        """List what was denied, or no longer."""
        self._lists_denied = not self._lists_denied
        self.follow()

    def action_close(self) -> None:
        """Close it; what is looked at goes on."""
        self.answer(True)
