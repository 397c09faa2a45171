"""Prompts by questionary: lists for the arrow keys, lines that can be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import questionary
from prompt_toolkit.key_binding import KeyBindings

from wizard.plain.prompts import Wish, wish
from wizard.plain.say import say
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prompt_toolkit.key_binding import KeyPressEvent

    from wizard.plain.prompts import Option

_MOST_SHORTCUTS = 36  # as many as there are digits and letters
_WISHES = {"<": Wish.BACK, "＜": Wish.BACK, "?": Wish.HELP, "？": Wish.HELP}


class QuestionaryPrompts:
    """Asks with questionary's own prompts; `<` and `?` are keys in lists, and answers in lines."""

    def choose(self, message: str, options: Sequence[Option], default: str | None = None) -> str | Wish:
        """Print the hints, then let one option be chosen with the arrow keys or its number."""
        for option in options:
            if option.hint:
                say(f"{option.label}: {option.hint}", indent=2)
        question = questionary.select(
            message,
            [questionary.Choice(option.label, value=option.value) for option in options],
            default=default,
            qmark="",
            use_shortcuts=len(options) <= _MOST_SHORTCUTS,
            use_jk_keys=False,
            style=questionary.Style([("selected", "noreverse")]),  # else the default looks as if it were pointed at
            instruction=_("(arrow keys, Enter)"),
        )
        _add_keys(question)
        answer = question.unsafe_ask()
        return answer if isinstance(answer, Wish) else wish(str(answer))

    def line(self, message: str, *, typed: str = "", default: str | None = None, wrong: str = "") -> str | Wish:
        """Let a line be typed; what was typed before stands there to be changed."""
        if default is not None and not typed:
            message = f"{message} [{default or _('none')}]"
        before = wrong or typed
        text = str(questionary.text(message, default=before, qmark="").unsafe_ask())
        # A wish is typed behind what stands there already, too.
        added = wish(text.removeprefix(before))
        return added if isinstance(added, Wish) else wish(text)

    def secret(self, message: str) -> str | Wish:
        """Let a line be typed that is shown as asterisks."""
        return wish(str(questionary.password(message, qmark="").unsafe_ask()))


def _add_keys(question: questionary.Question) -> None:
    """Let a list, which ignores other keys, take the wishes and Ctrl-D."""
    bindings = question.application.key_bindings
    if not isinstance(bindings, KeyBindings):  # pragma: no cover -- questionary makes these
        raise TypeError(bindings)

    @bindings.add("c-d", eager=True)
    def _end(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError, style="class:aborting")

    for key, meant in _WISHES.items():

        @bindings.add(key, eager=True)
        def _leave(event: KeyPressEvent, meant: Wish = meant) -> None:
            event.app.exit(result=meant)
