"""Reads what stands at the top of a text: a document, a fragment of one, or something else altogether."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wizard.policy.checks import vocabulary
from wizard.policy.checks.node import Node
from wizard.policy.checks.reader import Reader
from wizard.policy.checks.scanner import QUOTES
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.sheet import Sheet

# AWS takes no document above 32 KB; what goes on far beyond that is no policy, and isn't read to its end.
MAX_CHARS = 96 * 1024

# What the tree is: a document, statements without the document round them, or less than a statement.
Shape = Literal["document", "statements", "fragment", "nothing"]

_YAML = re.compile(
    r"\A\s*(?:---|(?:- )?(?:Version|Statement|Id|Effect|Sid|Action|Resource|Principal|Condition|Resources)"
    r"\s*:(?!\s*[\"'“{\[]))"
)
_TERRAFORM = re.compile(
    r"\A\s*(?:(?:data|resource|locals|module|variable)\b[^{\n]*\{|statement\s*\{"
    r"|[+~-]/?[+-]?\s+\w+\s*=\s*jsonencode\()"  # a piece of what `terraform plan` shows
)
_DOCUMENT = '{"Version": "2012-10-17", "Statement": '
_BARE_ELEMENT = re.compile(r"(\w+)\s*[:=]")
_BRACKET = re.compile(r"[{\[]")
_CONTINUES = re.compile(r'\s{0,200},\s{0,200}"[^"\n]{0,80}"\s{0,40}:')


@dataclass(frozen=True, slots=True)
class Tree:
    """What was read: the tree, what it is, and (for a document inside a string) the text of that string."""

    root: Node | None
    shape: Shape
    inner: str | None = None


def read(sheet: Sheet) -> Tree:
    """Read a whole text; what is wrong with it as JSON goes to the sheet."""
    text = sheet.text
    if len(text) > MAX_CHARS:
        message = _("The text goes on: only the first {count} characters are read. AWS takes no policy above 32 KB.")
        sheet.add("document-too-long", MAX_CHARS - 1, MAX_CHARS, message.format(count=MAX_CHARS))
        sheet.certain = False
        text = text[:MAX_CHARS]
    reader = Reader(sheet, text)
    reader.ended = len(sheet.text) > MAX_CHARS
    char = reader.next()
    if char == "":
        sheet.add("empty-document", 0, 1, _("There is nothing in it."))
        return Tree(None, "nothing")
    if char not in ("{", "[") and not _begin(reader, char):
        return Tree(None, "nothing")
    root, braces = _read_root(reader)
    reader.close_all()
    if root is None:
        return Tree(None, "nothing")
    inner = _inner(root)
    if inner is not None:
        message = _("The policy is inside a string: it is the text in it that is checked.")
        sheet.about("document-in-string", _string_of(root), message)
        return Tree(root, "nothing", inner)
    return Tree(root, _shape(sheet, root, braces=braces))


def _begin(reader: Reader, char: str) -> bool:
    """Judge a text that doesn't begin with a bracket; False where it holds no JSON."""
    text, sheet, start = reader.text, reader.sheet, reader.pos
    after = text[start + 1 :].lstrip()
    if char == '"' and (not after.startswith("{") or after.startswith('{\\"')):
        return True
    if char in QUOTES and not after.startswith(("{", "[")) and not text.startswith("```", start):
        return True
    if _YAML.match(text):
        sheet.add("not-json", start, start + 1, _("This reads like YAML: AWS takes policies as JSON."))
        return False
    if _TERRAFORM.match(text):
        message = _("This reads like Terraform: check the JSON that it makes (terraform show -json).")
        sheet.add("not-json", start, start + 1, message)
        return False
    word = _BARE_ELEMENT.match(text, start)
    if word and word.group(1) in vocabulary.ELEMENTS:
        return True
    match = _BRACKET.search(text, start)
    if match is None:
        sheet.add("not-json", start, start + 1, _("This is no JSON: a policy begins with { and ends with }."))
        return False
    sheet.add("text-before-document", start, match.start(), _("Text before the document: take it out."))
    sheet.edit(start, match.start(), "")
    reader.pos = match.start()
    return True


def _read_root(reader: Reader) -> tuple[Node | None, bool]:
    """Return the root, and whether it had its own brackets."""
    char = reader.next()
    if char in ("{", "["):
        root = reader.container(char, None, "", 0)
        if reader.next() in (",", "{") and _is_statement(root) and not _CONTINUES.match(reader.text, reader.pos):
            return _siblings(reader, root), False
        _rest(reader, root)
        return root, True
    start, edits = reader.pos, len(reader.sheet.edits)
    first = reader.value(None, "", 0) if char == '"' else None
    after = reader.next()
    if first is not None and after not in (":", "=", ",", '"', "{"):
        _after(reader)
        return first, True
    reader.pos = start
    del reader.sheet.edits[edits:]
    return _pieces(reader, is_list=after == ","), False


def _pieces(reader: Reader, *, is_list: bool) -> Node:
    """Read a text that begins in the middle: members or items without the brackets round them."""
    root = Node("array" if is_list else "object", reader.pos, reader.pos)
    reader.open_root = root
    if is_list:
        reader.items(root, 0, "")
    else:
        reader.members(root, 0, "")
    rest = reader.text[reader.pos : reader.last]
    if not rest.strip(" \t\r\n]},"):
        if root.get("Statement") is None:
            reader.sheet.edit(root.end, reader.last, "")
        elif reader.text[root.end : reader.pos].strip() != "}":
            reader.sheet.edit(reader.last, reader.last, "}")
        return root
    reader.sheet.certain = False
    return _siblings(reader, root)


def _is_statement(node: Node) -> bool:
    keys = {member.key for member in node.members}
    return not keys.isdisjoint(vocabulary.STATEMENT) and keys.isdisjoint(vocabulary.TOP)


def _siblings(reader: Reader, first: Node) -> Node:
    """Read statements that stand one after the other with nothing round them: a list of them."""
    whole = Node("array", first.start, first.end, items=[first])
    first.parent, first.step = whole, "0"
    reader.open_root = whole
    while reader.next() != "":
        before = reader.pos
        reader.items(whole, 0, "")
        if reader.pos == before:
            break
    return whole


def _rest(reader: Reader, root: Node) -> None:
    """Judge what follows the root."""
    while reader.next() != "" and root.kind == "object":
        if not _CONTINUES.match(reader.text, reader.pos) or reader.text[root.end - 1] != "}":
            break
        at = root.end - 1
        reader.found(
            "extra-bracket", at, at + 1, _("A {bracket} too many: the document goes on after it.").format(bracket='"}"')
        )
        reader.sheet.edit(at, at + 1, "")
        reader.members(root, 0, "}")
    _after(reader)


def _after(reader: Reader) -> None:
    char = reader.next()
    if char == "":
        return
    start, rest = reader.pos, reader.text[reader.pos :]
    if not rest.strip(" \t\r\n]}"):
        reader.found("extra-bracket", start, start + 1, _("A {bracket} too many.").format(bracket=f'"{char}"'))
    else:
        reader.found("text-after-document", start, reader.last, _("Text after the end of the document."))
    if "{" in rest:
        reader.sheet.certain = False
    reader.sheet.edit(start, len(reader.text.rstrip()), "")


def _inner(root: Node) -> str | None:
    """Return the text of a policy that stands in a string, as `aws s3api get-bucket-policy` prints it."""
    node = _string_of(root)
    return node.value if node.kind == "string" and node.value.lstrip().startswith("{") else None


def _string_of(root: Node) -> Node:
    if root.kind == "object" and len(root.members) == 1 and root.members[0].key not in vocabulary.ELEMENTS:
        return root.members[0].node
    return root


def _shape(sheet: Sheet, root: Node, *, braces: bool) -> Shape:
    if root.kind == "array":
        return _list_shape(sheet, root, braces=braces)
    if root.kind != "object":
        if root.kind != "cut":
            sheet.about("not-a-policy", root, _("A policy is an object: it begins with { and ends with }."))
        return "nothing"
    keys = {member.key for member in root.members}
    if not braces:
        return _fragment(sheet, root, keys)
    if "Statement" in keys or not keys & set(vocabulary.STATEMENT):
        return "document"
    message = _("This is one statement: a document puts it into {text}.")
    sheet.about("bare-statement", root, message.format(text='{"Version": "2012-10-17", "Statement": [ … ]}'))
    if keys & {"Version", "Id"}:
        sheet.certain = False
    _wrap(sheet, root, "[", "]")
    return "statements"


def _list_shape(sheet: Sheet, root: Node, *, braces: bool) -> Shape:
    is_statements = any(item.kind == "object" for item in root.items)
    if not is_statements and not root.whole:
        return "nothing"
    if not is_statements and braces:
        sheet.about("not-a-policy", root, _("A policy is an object: it begins with { and ends with }."))
        return "nothing"
    if not is_statements:
        sheet.about("fragment", root, _("This is a piece of a policy: only its JSON is checked."))
        return "fragment"
    message = _("These are statements: a document puts them into {text}.")
    sheet.about("bare-statement", root, message.format(text='{"Version": "2012-10-17", "Statement": [ … ]}'))
    _wrap(sheet, root, *(("", "") if braces else ("[", "]")))
    return "statements"


def _wrap(sheet: Sheet, root: Node, opener: str, closer: str) -> None:
    sheet.edit(root.start, root.start, _DOCUMENT + opener)
    sheet.edit(root.end, root.end, closer + "}")


def _fragment(sheet: Sheet, root: Node, keys: set[str]) -> Shape:
    start = sheet.text[: root.start].rstrip()
    at = root.start
    if "Statement" in keys:
        sheet.add("fragment", at, at + 1, _("The document's first { is missing."), path="", suggestion="{")
        sheet.edit(len(start), len(start), "{")
        return "document"
    message = _("This is a piece of a policy: its elements are checked, and what is not in it isn't missed.")
    sheet.add("fragment", at, at + 1, message, path="")
    is_statement = "Effect" in keys and bool(keys & {"Action", "NotAction"})
    opener, closer = (f"{_DOCUMENT}[", "]}") if is_statement else ("", "")
    sheet.edit(at, at, opener + "{")
    sheet.edit(root.end, root.end, "}" + closer)
    return "fragment"
