"""The answers file at random: any answers, files damaged or of noise, deep ones, a megabyte of anything."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.fuzz.running import Target
from tests.fuzz.texts import DEEP, LARGE, Repeated, repeated
from tests.generated_setups import raw_answers
from wizard.answers.build import build
from wizard.answers.file import read, read_raw, write
from wizard.errors import BadInputError
from wizard.plan import plan
from wizard.questions.catalogue import BY_KEY

if TYPE_CHECKING:
    from tests.fuzz.running import Watch

FILES = [
    path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parents[1] / "data" / "setups").glob("*.toml"))
]
WORDS = [
    *"[]{}=\"'#,.\n \\", '"""', "'''", "[[", "]]", "true", "nan", "-inf", "1e400", "0x", "1979-05-27", "\x00", "\ufeff",
    "１", "「", "method = ", "[source]\n", "[[buckets]]\n", 'principals = ["root"]\n', "[destination]\n", "a.b.c = 1\n",
    "[access]\n", 'level = "custom"\n', '"assume-role"', "\\u0000", "\\U0010FFFF", "name = ", "\r\n", "é",
]  # fmt: skip
VALUES = st.recursive(
    st.text(max_size=20) | st.integers() | st.booleans() | st.floats() | st.none() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
RAW = st.dictionaries(st.sampled_from([*BY_KEY, "buckets", "source.accounts", "unknown", "source.x"]), VALUES)
HEADS = [
    "", 'method = "assume-role"\n', "a = ", 'a = "', "[source]\nprincipals = [", "[source]\naccounts = [", "[x]\n",
    "[[buckets]]\n", '[access]\nlevel = "custom"\nactions = [', "[guards]\nexempt_principals = [",
]  # fmt: skip
PIECES = [
    '"role/r#",', '"role/r",', '"111111111111",', '"s3:Get#",', '"s3:GetObject",', "k# = 1\n", "k = 1\n", "[t#]\n",
    '[[buckets]]\nname = "bucket-#"\nregion = "eu-west-1"\n', "[[a]]\n", "a.", "[", "{a=", '"a" = ', " ", "\n", "#\n",
    "x", "9", "\\", "'", '"', "é", '"arn:aws:iam::111111111111:role/r#",', "\\u0041", "\t",
]  # fmt: skip
TAILS = ["", "]", '"', "\n", "]\n", "}", "1", "]]"]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Damage an answers file in a few places, or cut it off."""
    text = draw(st.sampled_from(FILES)) if draw(st.booleans()) else write(draw(raw_answers()))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at] + draw(st.sampled_from(WORDS) | st.just("")) + text[at + draw(st.sampled_from([0, 1, 5, 40])) :]
        )
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


def _file(content: bytes, watch: Watch) -> None:
    number, name = tempfile.mkstemp(suffix=".toml")
    path = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        for reader in (read, read_raw):
            watch.time(_read, content, path, reader)
    finally:
        path.unlink()


def _read(_content: bytes, path: Path, reader: Any) -> None:
    try:
        reader(path)
    except BadInputError as error:
        assert str(path) in str(error)  # noqa: PT017 -- it may be refused, and then says where


def _text(text: str, watch: Watch) -> None:
    _file(text.encode("utf-8", "replace"), watch)


def _repeated(case: Repeated, watch: Watch) -> None:
    _text(case.text(), watch)


def _raw(raw: dict[str, Any], watch: Watch) -> None:
    built = watch.time(build, raw)
    assert all(problem.error.what for problem in built.problems)
    assert watch.time(plan, built.setup).documents


TARGETS = [
    Target("answers-damaged", damaged(), _text),
    Target(
        "answers-noise",
        st.binary(max_size=400) | st.lists(st.sampled_from(WORDS)).map(lambda w: "".join(w).encode("utf-8", "replace")),
        _file,
    ),
    Target("answers-raw", RAW, _raw),
    Target("answers-deep", repeated(HEADS, ["[", "{a=", "a.", "[[", '"a".', "[a,"], TAILS, DEEP), _repeated),
    Target("answers-large", repeated(HEADS, PIECES, TAILS, LARGE), _repeated),
]
