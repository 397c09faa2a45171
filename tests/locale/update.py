"""Brings the Japanese catalogue up to date: extracts the messages, keeps their translations, compiles.

`python -m tests.locale.update [FILE.json…]`; each file is an object {message: translation} to be taken in. Messages
that are no longer in the program are dropped, new ones stand in the catalogue without a translation and are counted.
"""

from __future__ import annotations

import ast
import io
import json
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wizard.text import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WIZARD = Path(__file__).parents[2] / "wizard"
PO = WIZARD / "locale" / "ja" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO = PO.with_suffix(".mo")


def messages() -> dict[str, tuple[str, ...]]:
    """Return every message that the program can show, with the files that it stands in, in the order of the files."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file, message in _extracted():
        if message:
            found[message].add(file)
    ordered = sorted(found.items(), key=lambda item: min(item[1]))
    return {message: tuple(sorted(files)) for message, files in ordered}


def _extracted() -> Iterator[tuple[str, str]]:
    for path in sorted(WIZARD.rglob("*.py")):
        for message in _python(path):
            yield path.relative_to(WIZARD.parent).as_posix(), message
    for file, read_data in _DATA.items():
        for message in read_data(WIZARD / file):
            yield f"wizard/{file}", message


def _python(path: Path) -> Iterator[str]:
    """Read a module by its syntax tree: Babel's reader sees no call inside an f-string before Python 3.12."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id in {"_", "mark"}:
            text = call.args[0]
            assert not isinstance(text, ast.JoinedStr), f"{path}:{call.lineno}: an f-string can't be translated"
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def _help(path: Path) -> Iterator[str]:
    for step in tomllib.loads(path.read_text()).values():
        yield from step.get("about", ())
        for term, meaning in step.get("terms", {}).items():
            yield from (term, meaning)


def _kinds(path: Path) -> Iterator[str]:
    for _severity, _page, sentence in json.loads(path.read_text())["kinds"].values():
        yield sentence


def _causes(path: Path) -> Iterator[str]:
    for _link, _side, _page, sentence in json.loads(path.read_text())["causes"].values():
        yield sentence


def _argparse(path: Path) -> Iterator[str]:
    """Read argparse's own messages: a list, because they differ a little between the versions of Python."""
    yield from (line.replace("\\n", "\n") for line in path.read_text().splitlines())


# The data files whose sentences the program looks up when it shows them.
_DATA = {
    "aws/diagnose/causes.json": _causes,
    "locale/argparse.txt": _argparse,
    "policy/checks/data/kinds.json": _kinds,
    "tui/help.toml": _help,
}


def catalogue() -> Catalog:
    """Return the catalogue as it is committed."""
    return read(PO.read_bytes()) if PO.exists() else Catalog(locale="ja", project=DOMAIN, domain=DOMAIN, fuzzy=False)


def read(po: bytes) -> Catalog:
    """Read a catalogue."""
    return read_po(io.BytesIO(po), locale="ja", domain=DOMAIN)


def merged(old: Catalog, taken: Mapping[str, str]) -> Catalog:
    """Return a catalogue of today's messages with the translations that are there or that are taken in."""
    new = Catalog(
        locale="ja",
        project=DOMAIN,
        domain=DOMAIN,
        fuzzy=False,
        header_comment="# Japanese messages of s3-crossaccount; python -m tests.locale.update keeps this file.",
        creation_date=old.creation_date,
        revision_date=old.creation_date,
        version="1",
        last_translator=DOMAIN,
        language_team="ja",
        msgid_bugs_address=DOMAIN,
    )
    for message, files in messages().items():
        kept = old.get(message)
        translation = taken.get(message) or (kept.string if kept is not None and not kept.fuzzy else "")
        new.add(message, translation, locations=[(file, 0) for file in files])
    return new


def written(made: Catalog) -> tuple[bytes, bytes]:
    """Return a catalogue as the bytes of its .po and of its .mo."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, made, width=0, include_lineno=False, ignore_obsolete=True)
    write_mo(mo, made)
    return po.getvalue(), mo.getvalue()


def main(files: list[str]) -> None:
    """Update both files, and say what is missing."""
    taken: dict[str, str] = {}
    for file in files:
        taken |= json.loads(Path(file).read_text())
    made = merged(catalogue(), taken)
    po, mo = written(made)
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po)
    MO.write_bytes(mo)
    missing = [str(message.id) for message in made if message.id and not message.string]
    unknown = [message for message in taken if made.get(message) is None]
    sys.stdout.write(f"{len(made)} messages, {len(missing)} without a translation, {len(unknown)} taken for nothing\n")


if __name__ == "__main__":
    main(sys.argv[1:])
