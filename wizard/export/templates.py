"""The texts in the folders beside this file that exports are filled into, in the language in use."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.text import language

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).parent


def template(name: str) -> str:
    """Return a text (`shell/steps.sh`) as it is shipped, what people read in it in the language in use."""
    return _template(name, language())


@cache
def _template(name: str, chosen: str) -> str:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    for known, said in translations(chosen):
        text = text.replace(known, said)
    return text


@cache
def translations(chosen: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of an English text of the templates and what stands for it in a language."""
    path = _FOLDER / f"templates.{chosen}.toml"
    if not path.is_file():
        return ()
    import tomllib

    pairs = tomllib.loads(path.read_text(encoding="utf-8"))["text"]
    return tuple((pair["en"], pair["ja"]) for pair in pairs)


def filled(text: str, values: Mapping[str, object]) -> str:
    """Fill a text's `@@NAMES@@` in one pass: what is filled in is never looked through again."""
    return re.sub(r"@@([A-Z_]+)@@", lambda match: str(values.get(match[1], match[0])), text)
