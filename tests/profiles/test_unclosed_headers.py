"""A section's header without its closing bracket: told as that, wherever in the file it stands."""

from __future__ import annotations

import pytest

from wizard.errors import BadInputError
from wizard.profiles.ini import Kind, parse


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[default\nregion = x\n", 1),
        ("# mine\n  [default\n", 2),
        ("[default]\nregion = x\n[profile b\n", 3),
        ("[default]\n[profile b\nregion = x\n", 2),
    ],
)
def test_the_missing_bracket_is_named_at_its_line(text: str, line: int) -> None:
    with pytest.raises(BadInputError) as caught:
        parse(text.encode(), Kind.CONFIG, where="config")
    assert caught.value.why == "The closing ] of this section's header is missing."
    assert caught.value.where == f"config, line {line}"


def test_other_lines_are_told_as_before() -> None:
    with pytest.raises(BadInputError, match="can't read") as caught:
        parse(b"region = x\n", Kind.CONFIG, where="config")
    assert caught.value.why == "Text stands before the first [section]."
    with pytest.raises(BadInputError, match="can't read") as caught:
        parse(b"[default]\nregion\n", Kind.CONFIG, where="config")
    assert "neither a [section]" in caught.value.why
