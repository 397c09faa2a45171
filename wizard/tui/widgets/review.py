"""The review: what is wrong, what to know, every value with its origin, and what can be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wizard.questions.catalogue import STEPS
from wizard.text import _
from wizard.tui.actions import in_review
from wizard.tui.explain import origin_words
from wizard.tui.narrowing import WIDER
from wizard.tui.paint import fit, wrap
from wizard.tui.session import Origin
from wizard.tui.values import label, shown

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wizard.methods.question import Question
    from wizard.tui.session import Session

CONFIRM = "confirm"
_WIDEST, _TITLE = 48, 28
# In a narrower terminal the values have the whole width: the footer has every action anyway.
ACTIONS_BESIDE = 100


class Review(Container):
    """The upper part of the screen in the last step."""

    class Changing(Message):
        """A row was chosen: its value is to be changed."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Doing(Message):
        """An action was chosen."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, session: Session) -> None:
        super().__init__(id="review")
        self.session = session
        self.mismatches: list[str] = []
        self.values = OptionList(id="values", markup=False)
        self.doing = OptionList(id="doing", markup=False)

    def compose(self) -> ComposeResult:
        """Make the list of values, and the list of what can be done."""
        yield self.values
        yield self.doing

    def on_mount(self) -> None:
        """Name the lists."""
        self.values.border_title = _("Review · Enter changes a value")

    def on_resize(self) -> None:
        """Fit the columns to another width."""
        self.follow()

    def follow(self) -> None:
        """Show the answers as they are."""
        width = self.values.scrollable_content_region.width - 2
        narrow = self.doing.size.width < _TITLE
        self.doing.border_title = _("To do now") if narrow else _("What can be done now")
        if not self.display or width <= 0:
            return
        if self.doing.has_focus and not self.doing.display:
            self.values.focus()
        at = self.values.highlighted
        self.values.clear_options()
        self.values.add_options(self._rows(width))
        first = next((n for n, one in enumerate(self.values.options) if not one.disabled), 0)
        self.values.highlighted = first if at is None else min(at, self.values.option_count - 1)
        room = self.doing.scrollable_content_region.width - 2
        chosen = self.doing.highlighted
        self.doing.clear_options()
        for action in in_review(self.session):
            name = wrap(_(action.title), max(room - 5, 8), hang=0)
            text: list[str | tuple[str, str]] = [
                (f"{action.key_label:<4} ", "$accent"),
                name[0],
                *(f"\n     {line}" for line in name[1:]),
            ]
            self.doing.add_option(Option(Content.assemble(*text), id=action.id))
        self.doing.highlighted = chosen or 0

    def _rows(self, width: int) -> list[Option | None]:
        rows: list[Option | None] = [*self._problems(width), *self._warnings(width)]
        if rows:
            rows.append(None)
        asked = [*(question for step in STEPS for question in self.session.of_step(step.id))]
        column = max(cell_len(label(question.key)) for question in asked) + 2
        origins = max(cell_len(origin_words(self.session, question.key)) for question in asked)
        rows += [self._value(question, width, column, origins) for question in asked]
        if self.session.raw.get("buckets"):
            count = len(self.session.built.setup.buckets)
            rows.append(Option(Content(_("{count} buckets, from the answers file").format(count=count)), disabled=True))
        return rows

    def _value(self, question: Question, width: int, column: int, origins: int) -> Option:
        value = shown(self.session, question)
        room = min(max(width - column - origins - 2, 8), _WIDEST)
        lines = wrap(value, room)
        origin = self.session.origin(question.key)
        look = "$calm" if origin is Origin.DEFAULT else "$foreground"
        if self.session.problem(question.key) is not None:
            look = "$error"
        text: list[str | tuple[str, str]] = [
            (set_cell_size(label(question.key), column), "$calm"),
            (set_cell_size(lines[0], room + 2), look),
            (origin_words(self.session, question.key), "$calm"),
        ]
        text += [("\n" + " " * column + line, look) for line in lines[1:]]
        return Option(Content.assemble(*text), id=question.key)

    def _problems(self, width: int) -> list[Option]:
        out = []
        for problem in self.session.open_problems():
            missing = self.session.is_missing(problem.key)
            what = _("is missing") if missing else problem.error.what
            text = fit(f"{label(problem.key)}: {what}", width - 2).rstrip()
            sign = ("○ ", "$warning") if missing else ("✗ ", "$error")
            out.append(Option(Content.assemble(sign, (text, sign[1])), id=f"problem:{problem.key}"))
        wrong = (*self.session.plan.problems, *self.mismatches)
        out += [
            Option(Content.assemble(("✗ " + "\n  ".join(wrap(text, width - 2)), "$error")), disabled=True)
            for text in wrong
        ]
        if self.session.over:
            more = _("More than the file asks (Enter answers): {what}").format(what="; ".join(self.session.over))
            out.append(Option(Content.assemble(("! " + "\n  ".join(wrap(more, width - 2)), "$warning")), id=WIDER))
        if self.session.waits_for_confirmation:
            told = _("The guards can lock everybody out: Enter confirms them by the bucket's name.")
            out.append(Option(Content.assemble(("✗ " + "\n  ".join(wrap(told, width - 2)), "$error")), id=CONFIRM))
        return out

    def _warnings(self, width: int) -> list[Option]:
        return [
            Option(Content.assemble(("! " + "\n  ".join(wrap(one, width - 2)), "$warning")), disabled=True)
            for one in self.session.plan.warnings
        ]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on a row."""
        event.stop()
        key = event.option_id or ""
        if event.option_list is self.doing:
            self.post_message(self.Doing(key))
        else:
            self.post_message(self.Changing(key.removeprefix("problem:")))
