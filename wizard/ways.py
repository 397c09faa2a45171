"""How a person does what a message asks for, in the words of the front end in use: the message itself is one."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.text import _, mark

if TYPE_CHECKING:
    from collections.abc import Mapping


class Way(StrEnum):
    """Something that a person can do about what a message says; each front end has its own words for each."""

    USE_EXISTING = "use-existing"
    DROP_DELETED = "drop-deleted"
    OWN_STATEMENTS = "own-statements"
    APPLY_AGAIN = "apply-again"
    UNDO = "undo"
    HAND_OVER = "hand-over"
    ENDPOINT = "endpoint"
    PROFILES = "profiles"
    SOURCE_PROFILE = "source-profile"
    DESTINATION_PROFILE = "destination-profile"
    CALLER = "caller"
    WRITE_TEST = "write-test"
    KEYS_TO = "keys-to"


COMMANDS: Mapping[Way, str] = {
    Way.USE_EXISTING: "--use-existing {arn}",
    Way.DROP_DELETED: "--drop-deleted-principals",
    Way.OWN_STATEMENTS: "--own-statements",
    Way.APPLY_AGAIN: mark("the same apply again"),
    Way.UNDO: "s3-crossaccount undo {run}",
    Way.HAND_OVER: mark("`documents` and `export` print what they need"),
    Way.ENDPOINT: mark("--endpoint-url or AWS_ENDPOINT_URL"),
    Way.PROFILES: "--source-profile, --destination-profile",
    Way.SOURCE_PROFILE: "--source-profile",
    Way.DESTINATION_PROFILE: "--destination-profile",
    Way.CALLER: "--source-profile P",
    Way.WRITE_TEST: "--write-test",
    Way.KEYS_TO: "--keys-to FILE",
}
"""The words of the commands: what holds where no other front end has given its own."""

_in_use = COMMANDS


def how(way: Way, **values: str) -> str:
    """Return how it is done, in the words of the front end in use; `values` fill the words' placeholders."""
    return _(_in_use[way]).format(**values)


def use(words: Mapping[Way, str] = COMMANDS) -> None:
    """Use a front end's words from here on: all of `Way`, untranslated."""
    global _in_use  # noqa: PLW0603 -- as the language's: the one switch of the process, thrown by the front end
    _in_use = words
