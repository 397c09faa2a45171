"""How things are done: every front end has words for everything, and takes its words with it when it ends."""

from __future__ import annotations

from string import Formatter

import pytest

from wizard.tui.ways import IN_THE_APP
from wizard.tui.wizard_app import WizardApp
from wizard.ways import COMMANDS, Way, how

VALUES = {"arn": "arn:aws:iam::222222222222:role/RoleA", "run": "20261124-1"}


def placeholders(words: str) -> set[str]:
    return {name for _text, name, _format, _conversion in Formatter().parse(words) if name}


@pytest.mark.parametrize("way", Way)
def test_each_front_end_has_words_for_everything(way: Way) -> None:
    assert placeholders(IN_THE_APP[way]) <= placeholders(COMMANDS[way]) <= set(VALUES)
    assert how(way, **VALUES)


async def test_the_app_names_keys_and_buttons_and_the_commands_their_options_again() -> None:
    async with WizardApp({}).run_test():
        assert how(Way.UNDO, **VALUES) == "Ctrl+U"
        assert not how(Way.USE_EXISTING, **VALUES).startswith("--")
    assert how(Way.UNDO, **VALUES) == "s3-crossaccount undo 20261124-1"
    assert how(Way.USE_EXISTING, **VALUES) == f"--use-existing {VALUES['arn']}"
