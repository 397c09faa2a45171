"""Evaluates the HCL expressions that the export writes, as Terraform does: an independent reader for the tests."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from itertools import product
from typing import Any

TOKEN = re.compile(r'\s*(?:(?P<word>[A-Za-z_][\w-]*)|(?P<number>\d+)|(?P<sign>==|=>|[\[\]{}(),.:="]))')


class Reader:
    """Reads one expression. `names` has what stands behind var, local, each and the loops' own names."""

    def __init__(self, text: str, names: dict[str, Any]) -> None:
        self.text, self.place, self.names = text, 0, names

    def peek(self) -> str:
        match = TOKEN.match(self.text, self.place)
        return match[0].strip() if match else ""

    def take(self, wanted: str = "") -> str:
        match = TOKEN.match(self.text, self.place)
        assert match, f"unreadable at {self.text[self.place :]!r}"
        found = match[0].strip()
        assert wanted in {"", found}, f"{wanted} expected at {self.text[self.place :]!r}"
        self.place = match.end()
        return found

    def expression(self) -> Any:
        left = self.operand()
        if self.peek() == "==":
            self.take()
            return left == self.operand()
        return left

    def operand(self) -> Any:
        token = self.peek()
        if token == '"':
            return self.template()
        if token == "[":
            return self.sequence()
        if token == "{":
            return self.table()
        if token.isdigit():
            return int(self.take())
        name = self.take()
        if self.peek() == "(":
            return self.call(name)
        value: Any = {"true": True, "false": False, "null": None}.get(name, self.names.get(name))
        while self.peek() in {".", "["}:
            if self.take() == ".":
                value = value[self.take()]
            else:
                value = value[self.expression()]
                self.take("]")
        return value

    def template(self) -> str:
        """Read a quoted template: escapes, `$${` for a literal `${`, and interpolations."""
        self.take('"')
        out, raw = [], ""
        while self.text[self.place] != '"':
            if self.text.startswith(("$${", "%%{"), self.place):
                raw += self.text[self.place + 1 : self.place + 3]
                self.place += 3
            elif self.text.startswith("${", self.place):
                out.append(json.loads(f'"{raw}"'))
                raw = ""
                self.place += 2
                out.append(str(self.expression()))
                self.take("}")
            elif self.text[self.place] == "\\":
                raw += self.text[self.place : self.place + 2]
                self.place += 2
            else:
                raw += self.text[self.place]
                self.place += 1
        self.place += 1
        return "".join([*out, json.loads(f'"{raw}"')])

    def sequence(self) -> Any:
        self.take("[")
        if self.peek() == "for":
            return self.loop()
        out = []
        while self.peek() != "]":
            out.append(self.expression())
            if self.peek() == ",":
                self.take()
        self.take("]")
        return out

    def loop(self) -> list[Any]:
        self.take("for")
        names = [self.take()]
        if self.peek() == ",":
            self.take()
            names.append(self.take())
        self.take("in")
        over = self.expression()
        self.take(":")
        pairs = list(over.items() if isinstance(over, dict) else enumerate(over))
        out, start = [], self.place
        for key, value in pairs:
            self.place = start
            bound = dict(zip(names, (key, value) if len(names) == 2 else (value,), strict=True))
            inner = Reader(self.text, self.names | bound)
            inner.place = start
            made = inner.expression()
            if inner.peek() == "if":
                inner.take()
                kept = inner.expression()
            else:
                kept = True
            self.place = inner.place
            out += [made] if kept else []
        if not pairs:  # nothing was read: find the end
            self.place = self.text.index("]", start)
        self.take("]")
        return out

    def table(self) -> dict[str, Any]:
        self.take("{")
        if self.peek() == "for":
            return self.mapping()
        out = {}
        while self.peek() != "}":
            key = self.operand() if self.peek() == '"' else self.take()
            self.take("=")
            out[key] = self.expression()
            if self.peek() == ",":
                self.take()
        self.take("}")
        return out

    def mapping(self) -> dict[str, Any]:
        """Read `{for NAME in LIST : KEY => VALUE}`."""
        self.take("for")
        name = self.take()
        self.take("in")
        over = self.expression()
        self.take(":")
        out, start = {}, self.place
        for member in over:
            inner = Reader(self.text, self.names | {name: member})
            inner.place = start
            key = inner.expression()
            inner.take("=>")
            out[key] = inner.expression()
            self.place = inner.place
        if not over:  # nothing was read: it is the whole expression
            self.place = len(self.text) - 1
        self.take("}")
        return out

    def call(self, name: str) -> Any:
        self.take("(")
        given = []
        while self.peek() != ")":
            given.append(self.expression())
            if self.peek() == ",":
                self.take()
        self.take(")")
        functions: dict[str, Any] = {
            "toset": lambda one: sorted(set(one)),
            "setproduct": lambda *many: [list(one) for one in product(*many)],
            "lookup": lambda table, key, other: table.get(key, other),
            "keys": sorted,
            "values": lambda table: [table[key] for key in sorted(table)],
            "contains": lambda many, one: one in many,
            "alltrue": all,
            "can": lambda value: value is not None,
            "regex": re.search,
            "join": lambda sign, many: sign.join(many),
            "sha256": lambda text: sha256(text.encode()).hexdigest(),
            "substr": lambda text, start, length: text[start : start + length],
            "setintersection": lambda one, other: sorted(set(one) & set(other)),
        }
        return functions[name](*given)


def value(raw: Any, names: dict[str, Any]) -> Any:
    """Return what an attribute means, as the parser library hands it over (`${…}`, or a quoted template)."""
    if isinstance(raw, list):
        return [value(one, names) for one in raw]
    if isinstance(raw, dict):
        return {unquoted(key): value(one, names) for key, one in raw.items() if key != "__is_block__"}
    if not isinstance(raw, str):
        return raw
    text = raw[2:-1] if raw.startswith("${") and not raw.startswith("$${") else raw
    reader = Reader(text, names)
    out = reader.expression()
    assert not text[reader.place :].strip(), text
    return out


def unquoted(name: str) -> str:
    return name.strip('"')
