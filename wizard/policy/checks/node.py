"""The tree that the reader makes of a text: JSON values with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from wizard.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

# `cut` is a value that isn't all there (or a bare placeholder): nothing more is to be said about it.
NodeKind = Literal["object", "array", "string", "number", "true", "false", "null", "cut"]

NAMES = {
    "object": mark("an object"),
    "array": mark("a list"),
    "string": mark("a string"),
    "number": mark("a number"),
    "true": "true",
    "false": "false",
    "null": "null",
    "cut": mark("nothing"),
}


@dataclass(slots=True, eq=False)
class Node:
    """One JSON value: `text[start:end]`.

    `value` is the text of a string, number or word. `whole` is False where the text ended, or was broken,
    inside it: then nothing can be called missing. `extra` is a place where its members go on after a bracket
    that closed it too early.
    """

    kind: NodeKind
    start: int
    end: int
    value: str = ""
    parent: Node | None = None
    step: str = ""
    members: list[Member] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    index: dict[str, Member] = field(default_factory=dict)
    whole: bool = True

    @property
    def pointer(self) -> str:
        """The JSON pointer (RFC 6901) of the value."""
        steps: list[str] = []
        node: Node = self
        while node.parent is not None:
            steps.append(node.step)
            node = node.parent
        return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in reversed(steps))

    def get(self, key: str) -> Member | None:
        """Return the last member of that name, as JSON readers take it; None where there is none."""
        return self.index.get(key)

    def add(self, member: Member) -> None:
        """Add a member at the end."""
        self.members.append(member)
        self.index[member.key] = member

    def plain(self) -> object:
        """Return the value as `json.loads` would; a number as its text, which is how a policy's are compared."""
        if self.kind == "object":
            return {member.key: member.node.plain() for member in self.members}
        if self.kind == "array":
            return [item.plain() for item in self.items]
        if self.kind in ("true", "false"):
            return self.kind == "true"
        return self.value if self.kind in ("string", "number") else None

    def strings(self) -> Iterator[Node]:
        """Yield the string itself, or the strings of a list of them."""
        if self.kind == "string":
            yield self
        elif self.kind == "array":
            for item in self.items:
                if item.kind == "string":
                    yield item


@dataclass(slots=True, eq=False)
class Member:
    """One `"key": value` of an object; the key's place is `text[start:end]`."""

    key: str
    start: int
    end: int
    node: Node
