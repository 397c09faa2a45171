"""Lines between the prompts: no part is wider than the terminal, words and Japanese are broken where they may be."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.plain.say import wrapped


def cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def test_english_breaks_between_words_alone() -> None:
    text = "Attached to arn:aws:iam::222222222222:role/aws-reserved/a-very-long-name, in account 222222222222."
    lines = wrapped(text, 40)
    assert " ".join(lines) == text
    assert [line for line in lines if cells(line) > 40] == [
        "arn:aws:iam::222222222222:role/aws-reserved/a-very-long-name,"
    ]


def test_japanese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    text = "接続元アカウントは、バケットを必要とする人がいるアカウントです。「信頼ポリシー」にその名前が入ります。"
    for width in range(10, 60):
        lines = wrapped(text, width)
        assert "".join(lines) == text
        assert not any(line.startswith(("、", "。", "」", "ー", "ッ")) or line.endswith("「") for line in lines)
        assert max(map(cells, lines)) <= width + 2  # a full stop stays with its character


@pytest.mark.parametrize("text", ["", " ", "one"])
def test_what_needs_no_break_stays(text: str) -> None:
    assert wrapped(text, 40) == [text]


@given(st.text(st.sampled_from("ab 　日本、。「」ー.-/:"), max_size=200), st.integers(10, 80))
def test_nothing_is_lost_but_blanks(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
