"""The texts beside this file that exports are filled into."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).parent


@cache
def template(name: str) -> str:
    """Return a text as it is shipped."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def filled(text: str, values: Mapping[str, object]) -> str:
    """Fill a text's `@@NAMES@@` in one pass: what is filled in is never looked through again."""
    return re.sub(r"@@([A-Z_]+)@@", lambda match: str(values.get(match[1], match[0])), text)
