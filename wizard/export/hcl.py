"""Writes HCL as `terraform fmt` would leave it: blocks, attributes, and expressions of texts and lists."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NARROW = 100


@dataclass(frozen=True, slots=True)
class Code:
    """An expression as it is to be written; anything else is a literal."""

    text: str


Value = Code | str | int | bool | list[str]


@dataclass
class Block:
    """A block with its attributes, blocks and comments in order. `header`: `resource "aws_iam_role" "this"`."""

    header: str
    items: list[tuple[str, Value] | Block | str] = field(default_factory=list)

    def set(self, name: str, value: Value) -> Block:
        """Add an attribute."""
        self.items.append((name, value))
        return self

    def add(self, *blocks: Block) -> Block:
        """Add blocks; a blank line stands before each."""
        self.items.extend(blocks)
        return self

    def comment(self, text: str) -> Block:
        """Add a comment on lines of its own."""
        self.items.append(text)
        return self


def document(*blocks: Block | str) -> str:
    """Return a file of blocks and comments (texts), a blank line between them."""
    return "\n\n".join("\n".join(_comment(one) if isinstance(one, str) else _block(one)) for one in blocks) + "\n"


def text(value: str) -> str:
    """Return a literal as a quoted template, in which nothing is interpolated."""
    quoted = json.dumps(value, ensure_ascii=False)
    return re.sub(r"([$%])\{", r"\1\1{", quoted)


def literal(value: Value) -> str:
    """Return a value as an expression on one line."""
    if isinstance(value, Code):
        return value.text
    if isinstance(value, list):
        return f"[{', '.join(text(member) for member in value)}]"
    return text(value) if isinstance(value, str) else json.dumps(value)


def _comment(value: str) -> list[str]:
    return [f"# {line}".rstrip() for line in value.splitlines()]


def _block(block: Block) -> list[str]:
    return [f"{block.header} {{", *(f"  {line}".rstrip() for line in _body(block.items)), "}"]


def _body(items: Sequence[tuple[str, Value] | Block | str]) -> Iterator[str]:
    """Yield a body's lines: one-line attributes that stand together are aligned, as `terraform fmt` does."""
    run: list[tuple[str, str]] = []
    first = True
    for item in items:
        lines = _lines(item[1]) if isinstance(item, tuple) else []
        if isinstance(item, tuple) and len(lines) == 1:
            run.append((item[0], lines[0]))
            first = False
            continue
        yield from _aligned(run)
        run = []
        if isinstance(item, tuple):
            yield f"{item[0]} = {lines[0]}"
            yield from lines[1:]
        elif isinstance(item, Block):
            if not first:
                yield ""
            yield from _block(item)
        else:
            yield from _comment(item)
        first = False
    yield from _aligned(run)


def _aligned(run: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _value in run), default=0)
    for name, value in run:
        yield f"{name:<{width}} = {value}"


def _lines(value: Value) -> list[str]:
    line = literal(value)
    if isinstance(value, list) and len(line) > _NARROW and value:
        return ["[", *(f"  {text(member)}," for member in value), "]"]
    return line.split("\n")
