"""The wizard in Japanese at 80×24: wide characters fit everywhere, and nothing is cut off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from tests.tui.conftest import ASSUME_ROLE, BUCKET_POLICY, IAM_USER, home, screen_text
from wizard import text
from wizard.questions.catalogue import BY_KEY, STEPS
from wizard.text import _
from wizard.tui import actions, helping
from wizard.tui.session import REVIEW
from wizard.tui.values import label, sentence
from wizard.tui.wizard_app import WizardApp

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["home"]  # the fixture that keeps the wizard away from everybody's files
KEY = "arn:aws:kms:ap-northeast-1:222222222222:key/11111111-2222-3333-4444-555555555555"
FULL = {**BUCKET_POLICY, "guards.require_tls": True, "bucket.kms_key_arn": KEY}
ANSWERS = [{}, ASSUME_ROLE, FULL, IAM_USER]


@pytest.fixture(autouse=True)
def japanese() -> Iterator[None]:
    text.use("ja")
    yield
    text.use("en")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("raw", ANSWERS, ids=lambda raw: raw.get("method", "nothing answered"))
async def test_no_step_is_cut_off(raw: dict[str, Any], size: tuple[int, int]) -> None:
    app = WizardApp(raw, origin="answers.toml")
    async with app.run_test(size=size, notifications=True) as pilot:
        for key in [*(question.key for question in app.session.walk()), REVIEW]:
            app.wizard.go(key)
            await pilot.pause()
            seen = screen_text(app)
            assert all(cell_len(line) <= size[0] for line in seen.splitlines()), key
            for step in STEPS:
                assert _(step.title) in seen.splitlines()[0], (key, step.title)
            for action in actions.in_footer(app.session):
                assert f"{action.key_label} {_(action.short)}" in seen, (key, action.id)
            if key != REVIEW:
                question = BY_KEY[key]
                if size[0] < 120:  # from there on the prompt has its explanation beside it, line by line
                    assert "".join(sentence(app.session, question.prompt).split()) in "".join(seen.split()), key
                for choice in question.choices:
                    assert _(choice.label) in seen, (key, choice.value)
                for one in app.session.of_step(app.session.step):
                    assert len(app.session.of_step(app.session.step)) == 1 or label(one.key) in seen, (key, one.key)
            for name in ("#rail", "#keys", "#path", "#documents"):
                assert app.screen.query_one(name).region.bottom <= size[1], (key, name)
            assert app.screen.query_one("#documents").region.height >= 4, key


@pytest.mark.parametrize("raw", ANSWERS[1:], ids=lambda raw: raw["method"])
async def test_the_review_names_every_value_and_every_action_whole(raw: dict[str, Any]) -> None:
    app = WizardApp(raw, origin="answers.toml")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.wizard.go(REVIEW)
        await pilot.pause()
        review = app.wizard.review
        values = [str(option.prompt) for option in review.values.options]
        for question in app.session.walk():
            assert any(line.startswith(label(question.key) + " ") for line in values), question.key
        room = review.values.scrollable_content_region.width
        assert all(cell_len(line) <= room for value in values for line in value.splitlines())
        doing = ["".join(str(option.prompt).split()) for option in review.doing.options]
        assert doing == ["".join(f"{one.key_label}{_(one.title)}".split()) for one in actions.in_review(app.session)]


async def test_help_is_in_japanese_and_wraps_within_80_columns() -> None:
    app = WizardApp(ASSUME_ROLE, origin="answers.toml")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for step in STEPS:
            app.wizard.go(app.session.of_step(step.id)[0].key if step.id != REVIEW else REVIEW)
            rows = helping.help_rows(app.session, 72)
            assert max(sum(piece.width for piece in row) for row in rows) <= 72
            words = "".join(piece.text for row in rows for piece in row)
            assert all(_(action.title) in words for action in actions.ACTIONS)
            assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,} [a-z]{3,}", words), step.id
        await pilot.press("f1")
        await pilot.pause()
        assert "Esc で閉じる" in screen_text(app)
