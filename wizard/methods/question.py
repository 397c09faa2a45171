"""A question: one value of the answers file, with its rule, and how a person is asked for it.

Both front ends ask from these, and `wizard.answers` reads files by them: one declaration for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wizard.names.understood import Understood

# What is understood so far: the valid values of the questions before, by key. A key that is not in it was
# not answered or not valid, so that a rule which compares with it has nothing to say.
Values = Mapping[str, Any]
# The rule of one value: takes what was typed or read, and what is understood so far; raises BadInputError.
Rule = Callable[[Any, Values], Understood[Any]]


class Required:
    """The default of a question that has none: it must be answered."""


REQUIRED = Required()


class Kind(StrEnum):
    """The shape of an answer: what TOML type it has, and which field asks for it."""

    CHOICE = "choice"  # one of `choices`, a string
    TEXT = "text"  # a string
    LIST = "list"  # strings, in any number
    FLAG = "flag"  # yes or no
    NUMBER = "number"  # a whole number


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its value in the answers file, its label and one sentence on when it is right (both marked)."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Texts are marked for translation (`wizard.text.mark`) and looked up when they are shown.

    `prompt`, `why` and `help` may name understood values in braces, as in `{source.account_id}`.
    `default` is a value, REQUIRED, or a function of the values so far. `when` says whether the question
    arises at all; `needed` whether the wizard stops at it by itself (else its default is shown, and it is
    reached on request). `pane` is the id of the document that it is about. `found` names the kind of thing
    found in the accounts that is suggested. `stand_in` (a marked message) labels the placeholder in documents.
    """

    key: str
    step: str
    kind: Kind
    prompt: str
    why: str
    help: str
    rule: Rule
    default: Any = REQUIRED
    choices: tuple[Choice, ...] = ()
    when: Callable[[Values], bool] = lambda _values: True
    needed: bool = False
    pane: str = "bucket"
    found: str = ""
    stand_in: str = ""
    example: str = ""

    def default_for(self, values: Values) -> Any:
        """Return the default, or REQUIRED."""
        return self.default(values) if callable(self.default) else self.default


def text_rule(read: Callable[[str], Understood[Any]]) -> Rule:
    """Make a rule of a reader that needs nothing but the text itself."""
    return lambda raw, _values: read(raw)


def kept(raw: Any, _values: Values) -> Understood[Any]:
    """Take a value as it is (its type was already looked at)."""
    return Understood(raw)


def fill(message: str, values: Mapping[str, str]) -> str:
    """Put values into a prompt's braces (`{source.account_id}`); what isn't known stays a placeholder."""
    out = message
    for key, value in values.items():
        out = out.replace("{" + key + "}", value)
    return out
