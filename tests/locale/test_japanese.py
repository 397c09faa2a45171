"""The Japanese catalogue: complete, with every placeholder, compiled, and spoken by every command."""

from __future__ import annotations

import gettext
import io
import re
import subprocess
import sys
from collections import Counter

import pytest
from rich.cells import cell_len

from tests.locale.update import MO, PO, catalogue, messages, written
from wizard import cli, text

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"\{[a-z_.]+(?::[^}]*)?\}|%\(\w+\)[a-z]|%[a-z](?![a-z])")
VERBS: tuple[list[str], ...] = (
    [],
    ["documents"],
    ["profile"],
    ["profile", "write"],
    ["profile", "remove"],
    ["profile", "show"],
    ["export"],
    ["apply"],
    ["undo"],
    ["runs"],
    ["verify"],
    ["rotate-keys"],
    ["check"],
    ["explain"],
    ["demo"],
    ["diagnose"],
    ["completion"],
    ["report"],
)


def pairs() -> list[tuple[str, str]]:
    return [(str(one.id), str(one.string)) for one in catalogue() if one.id and one.string]


def test_every_message_has_its_translation() -> None:
    known = dict(pairs())
    missing = [f"{files[0]}: {message}" for message, files in messages().items() if not known.get(message)]
    assert not missing, "python -m tests.locale.update, then translate"
    assert not [one.id for one in catalogue() if one.id and one.fuzzy]


def test_every_translation_keeps_its_placeholders() -> None:
    wrong = [
        (message, said)
        for message, said in pairs()
        if Counter(PLACEHOLDER.findall(message)) != Counter(PLACEHOLDER.findall(said))
    ]
    assert not wrong


def test_every_translation_keeps_its_marks_and_its_edges() -> None:
    for message, said in pairs():
        assert message.count("`") == said.count("`"), (message, said)
        assert message.count("\n") == said.count("\n"), (message, said)
        assert re.match(r"\s*", message)[0] == re.match(r"\s*", said)[0], (message, said)  # type: ignore[index] # both match
        assert (message[-1:] == " ") == (said[-1:] == " ") or message == ", ", (message, said)


def test_every_sentence_is_in_japanese() -> None:
    english = re.compile(r"(?:(?<= )|^)(?:[A-Z]?[a-z]+[ ,.]+){3}")
    assert not [(message, said) for message, said in pairs() if english.search(message) and not JAPANESE.search(said)]


def test_translations_use_the_terms_of_the_console() -> None:
    for message, said in pairs():
        for wrong in (
            "ソースアカウント",
            "宛先アカウント",
            "トラストポリシー",
            "ユーザ ",
            "フォルダ ",
            "パーミッション",
            "，",
            "．",
        ):
            assert wrong not in said, (message, said)


def test_the_compiled_catalogue_is_what_the_texts_compile_to() -> None:
    compiled = gettext.GNUTranslations(io.BytesIO(written(catalogue())[1]))
    committed = gettext.GNUTranslations(io.BytesIO(MO.read_bytes()))
    for message in messages():
        assert committed.gettext(message) == compiled.gettext(message), "python -m tests.locale.update"
    assert MO.parent == PO.parent


def test_the_language_falls_back_to_english() -> None:
    text.use("xx")
    assert text._("Cancelled: nothing was changed.") == "Cancelled: nothing was changed."
    text.use("ja")
    assert text._("Cancelled: nothing was changed.") != "Cancelled: nothing was changed."
    text.use("en")
    assert text._("Cancelled: nothing was changed.") == "Cancelled: nothing was changed."


@pytest.fixture
def _english_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_language", "en")
    monkeypatch.setattr(text, "_translate", text._english)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.usefixtures("_english_afterwards")
@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_the_help_of_every_command_is_in_japanese_and_fits_80_columns(
    verb: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.dispatch(["--lang", "ja", *verb, "--help"])
    assert end.value.code == 0
    out, _heading, examples = capsys.readouterr().out.partition("\n例:\n")
    assert "s3-crossaccount" in examples
    assert out.startswith("使い方: ")
    assert "このヘルプを表示して終了する" in out
    assert not [line for line in out.splitlines() if cell_len(line) > 80]
    assert not [line for line in out.splitlines() if re.match(r"\s*[)、。」]", line)]
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", out.partition("\n\n")[2])


def test_every_command_has_been_looked_at() -> None:
    assert {verb[0] for verb in VERBS if verb} == set(cli._commands())


@pytest.mark.usefixtures("_english_afterwards")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["aply"], "選択肢にない値です: 'aply'"),
        (["apply"], "次の引数は必須です: FILE, --side"),
        (["runs", "--nothing"], "不明な引数です: --nothing"),
        (["export", "a.toml", "--format"], "引数 --format: 値を 1 つ指定してください"),
        (["verify", "a.toml", "--wait", "soon"], "seconds の値として正しくありません: 'soon'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_told_in_japanese(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.dispatch(["--lang", "ja", *arguments])
    assert end.value.code == 2
    err = capsys.readouterr().err
    assert ": エラー: " in err
    assert said in err


def test_the_locale_chooses_japanese_and_english_stays_english() -> None:
    def said(locale: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "wizard", "runs", "--help"],
            capture_output=True,
            encoding="utf-8",
            check=True,
            env={"LC_ALL": locale, "PYTHONUTF8": "1", "COLUMNS": "80"},
        )
        return done.stdout

    assert said("ja_JP.UTF-8").startswith("使い方: ")
    assert said("en_US.UTF-8").startswith("usage: ")
