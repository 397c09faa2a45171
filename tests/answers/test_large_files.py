"""A file of a megabyte is read or refused within a second, and a key's line is found wherever it stands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from wizard.answers.file import read, read_raw
from wizard.answers.places import line_of
from wizard.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

LARGE = {
    "blank lines": "\n" * 1_000_000,
    "blank lines after a method": 'method = "assume-role"\n' + "\n" * 900_000,
    "comments": "# x\n" * 249_000,
    "tables": "".join(f"[t{number}]\n" for number in range(100_000)),
    "buckets": "[[buckets]]\n" * 80_000,
    "keys": "".join(f"k{number} = 1\n" for number in range(80_000)),
    "keys of a bucket": "[[buckets]]\n" + "".join(f"k{number} = 1\n" for number in range(80_000)),
}


@pytest.mark.parametrize("name", LARGE)
def test_an_answers_file_of_a_megabyte_takes_less_than_a_second(tmp_path: Path, name: str) -> None:
    path = tmp_path / "large.toml"
    path.write_text(LARGE[name])
    for reader in (read, read_raw):
        times = []
        for _ in range(2):
            start = time.process_time()
            try:
                reader(path)
            except BadInputError as error:
                assert str(path) in str(error)  # noqa: PT017 -- it may be refused, and then says where
            times.append(time.process_time() - start)
        assert min(times) < 1


def test_a_fleet_that_is_too_large_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    bucket = '[[buckets]]\nname = "bucket-{}"\nregion = "eu-west-1"\n'
    path.write_text("".join(bucket.format(number) for number in range(5_000)))
    with pytest.raises(BadInputError, match=r"buckets has 5000 members"):
        read(path)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('method = "x"\n[source]\naccount_id = "1"\n', "source.account_id", 3),
        ('\n\n  [ source ]\r\n\t"account_id"= "1"\n', "source.account_id", 4),
        ("source.account_id = 1\n", "source.account_id", 1),
        ("[destination]\naccount_id = 1\n[source]\n'account_id' = 2\n", "source.account_id", 4),
        ("[[buckets]]\nname = 1\n", "buckets", 1),
        ("buckets = []\n", "buckets", 1),
        ("[x]\nbuckets = []\n", "buckets", 2),
        ("# [source]\n[source] # account_id = 1\n", "source.account_id", None),
        ("[source]\n", "source.account_id", None),
    ],
)
def test_the_line_of_a_key(text: str, key: str, line: int | None) -> None:
    assert line_of(text, key) == line
