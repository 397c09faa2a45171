"""One document under check: its statements read into values, for the rules to look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from wizard.policy.checks.vocabulary import PRINCIPALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.policy.checks.finding import Context, DocumentType
    from wizard.policy.checks.node import Member, Node
    from wizard.policy.checks.sheet import Sheet

# A document of another resource (a queue, a topic, a secret) is checked as far as all policies are alike.
CaseType = Literal["identity", "bucket", "trust", "key", "session", "scp", "resource"]

OPERATORS = {
    "StringEquals": "String", "StringNotEquals": "String", "StringEqualsIgnoreCase": "String",
    "StringNotEqualsIgnoreCase": "String", "StringLike": "String", "StringNotLike": "String",
    "NumericEquals": "Numeric", "NumericNotEquals": "Numeric", "NumericLessThan": "Numeric",
    "NumericLessThanEquals": "Numeric", "NumericGreaterThan": "Numeric", "NumericGreaterThanEquals": "Numeric",
    "DateEquals": "Date", "DateNotEquals": "Date", "DateLessThan": "Date", "DateLessThanEquals": "Date",
    "DateGreaterThan": "Date", "DateGreaterThanEquals": "Date", "Bool": "Bool", "BinaryEquals": "Binary",
    "IpAddress": "IPAddress", "NotIpAddress": "IPAddress", "ArnEquals": "ARN", "ArnLike": "ARN",
    "ArnNotEquals": "ARN", "ArnNotLike": "ARN", "Null": "Null",
}  # fmt: skip
_OPERATOR = re.compile(r"(ForAnyValue:|ForAllValues:)?(\w+?)(IfExists)?")


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator: `ForAnyValue:StringNotLikeIfExists` in its three parts."""

    name: str
    quantifier: str
    if_exists: bool

    @property
    def family(self) -> str:
        """The type of the values: String, Numeric, Date, Bool, Binary, IPAddress, ARN or Null."""
        return OPERATORS[self.name]

    @property
    def negated(self) -> bool:
        """Whether it is true when the key is absent."""
        return "Not" in self.name


def operator(text: str) -> Operator | None:
    """Read an operator; None where AWS has none of that name (it compares case-sensitively here)."""
    match = _OPERATOR.fullmatch(text)
    if match is None or match.group(2) not in OPERATORS:
        return None
    if match.group(2) == "Null" and match.group(3):
        return None
    return Operator(match.group(2), (match.group(1) or "").rstrip(":"), bool(match.group(3)))


@dataclass(slots=True, eq=False)
class Test:
    """One key of one operator: `{operator: {key: values}}`."""

    operator: Operator
    key: Member
    values: list[Node]

    @property
    def name(self) -> str:
        """The key in lower case, as AWS compares it."""
        return self.key.key.lower()

    @property
    def requires(self) -> bool:
        """Whether the key must be there, and equal or like one of the values, for the statement to match."""
        single = not self.operator.if_exists and self.operator.quantifier != "ForAllValues"
        return single and not self.operator.negated and self.operator.family != "Null"


@dataclass(slots=True, eq=False)
class Statement:
    """A statement. `elements` are by their right names, misspelt ones too.

    `partial`: it is a piece, or broken: what isn't in it is not missed.
    """

    node: Node
    partial: bool
    elements: dict[str, Member] = field(default_factory=dict)
    effect: Literal["Allow", "Deny", ""] = ""
    tests: list[Test] = field(default_factory=list)

    def value(self, name: str) -> Node | None:
        """Return the value of an element, None where it isn't there."""
        member = self.elements.get(name)
        return member.node if member else None

    def strings(self, *names: str) -> list[Node]:
        """Return the strings of these elements."""
        found: list[Node] = []
        for name in names:
            node = self.value(name)
            if node is not None:
                found.extend(node.strings())
        return found

    def principals(self, *names: str) -> Iterator[tuple[str, Node]]:
        """Yield each principal with its type; a plain `"*"` is of type AWS."""
        for name in names or ("Principal", "NotPrincipal"):
            node = self.value(name)
            if node is None:
                continue
            if node.kind == "string":
                yield "AWS", node
            for member in node.members:
                kind = next((word for word in PRINCIPALS if word.lower() == member.key.lower()), member.key)
                for string in member.node.strings():
                    yield kind, string

    @property
    def for_everybody(self) -> Node | None:
        """The `"*"` of its Principal, None where it has none."""
        for kind, node in self.principals("Principal"):
            if kind == "AWS" and node.value == "*":
                return node
        return None


@dataclass(slots=True, eq=False)
class Case:
    """A document with all that the rules need. `version` is None where there is none, or an unknown one.

    `shut` has the places of conditions that are said to shut everybody out: nothing milder is said of them.
    """

    sheet: Sheet
    root: Node
    context: Context
    type: CaseType
    statements: list[Statement]
    version: str | None = None
    guesses: int = 40
    broken: set[int] = field(default_factory=set)
    unchecked: dict[str, Node] = field(default_factory=dict)
    examples: set[str] = field(default_factory=set)
    likely: set[int] = field(default_factory=set)
    shut: set[int] = field(default_factory=set)

    @property
    def document_type(self) -> DocumentType | None:
        """The type as the contract names it."""
        return None if self.type == "resource" else self.type

    @property
    def is_iam(self) -> bool:
        """Whether IAM stores it (and its rules for characters and Sids hold)."""
        return self.type in ("identity", "session", "trust", "scp")

    @property
    def attached(self) -> bool:
        """Whether it is attached to its principal, and so names none."""
        return self.type in ("identity", "session", "scp")

    def give_up(self, node: Node) -> None:
        """Note that a value is wrong in itself: no other rule needs to say so again."""
        self.broken.add(node.start)

    def is_sound(self, node: Node) -> bool:
        """Whether nothing was found wrong with a value itself."""
        return node.start not in self.broken

    def guess(self) -> bool:
        """Whether another name may be guessed: guessing costs time, and a hundred guesses help nobody."""
        self.guesses -= 1
        return self.guesses >= 0
