"""Reads a JSON text that may be broken into a tree, and goes on after every mistake.

Each mistake is found once, at its place, with the edit that mends it where that is certain.
"""

from __future__ import annotations

from wizard.policy.checks import vocabulary
from wizard.policy.checks.brackets import Brackets, end_of
from wizard.policy.checks.node import Member, Node
from wizard.policy.checks.scanner import Word
from wizard.policy.checks.sheet import quoted
from wizard.text import _

MAX_DEPTH = 64


class Reader(Brackets):
    """Reads values, objects and lists. A closing bracket that is missing or wrong is judged by what follows."""

    def value(self, parent: Node | None, step: str, depth: int) -> Node | None:
        """Read one value; None where none stands here."""
        char = self.next()
        if char in ("{", "[") and not self.text.startswith("{{", self.pos):
            return self.container(char, parent, step, depth)
        if char == "{":
            return self.bare_value() or self.container(char, parent, step, depth)
        word = self.string() if char == '"' else self.odd_string()
        if word is not None:
            return Node("string" if word.whole else "cut", word.start, word.end, word.value, parent, step)
        if char in (",", ":", "}", "]", ""):
            return None
        node = self.bare_value()
        if node is not None:
            node.parent, node.step = parent, step
        return node

    def container(self, char: str, parent: Node | None, step: str, depth: int) -> Node:
        """Read the object or list that opens here."""
        node = Node("object" if char == "{" else "array", self.pos, self.pos + 1, "", parent, step)
        self.pos += 1
        if depth >= MAX_DEPTH:
            message = _("More than {count} brackets inside each other: the rest is not read.").format(count=MAX_DEPTH)
            self.found("nesting-too-deep", node.start, node.end, message)
            self.sheet.certain = False
            self.ended, node.whole, self.pos = True, False, len(self.text)
        elif char == "{":
            self.members(node, depth, "}")
        else:
            self.items(node, depth, "]")
        return node

    # -- objects ------------------------------------------------------------------------------------------

    def members(self, node: Node, depth: int, closer: str) -> None:
        """Read members up to the bracket that closes the object."""
        comma = -1
        while True:
            char = self.next()
            if char in (closer, "}", ""):
                self.close(node, char or closer, comma, ended=char == "")
                return
            if char == ",":
                comma = self.comma(comma, empty=not node.members)
            elif char == "]":
                if self.other_closer(node, closer, comma):
                    return
            elif char in ("{", "["):
                if self._without_key(node, depth, closer, comma):
                    return
                comma = -1
            elif char == ":":
                self.unexpected()
            else:
                if not self._member(node, depth, closer, comma):
                    return
                comma = -1

    def _member(self, node: Node, depth: int, closer: str, comma: int) -> bool:
        """Read one member; False where the object ended before it."""
        start, edits = self.pos, len(self.sheet.edits)
        word = self.string() if self.text[start] == '"' else self.odd_string() or self.bare_key()
        if word is None:
            self.unexpected()
            return True
        if not word.whole:
            node.whole = False
            return True
        after = self.next()
        if after not in (",", "}", "]", "") and not self.well_formed and vocabulary.ends(node, word.value):
            del self.sheet.edits[edits:]
            self.missing_bracket(node, closer)
            self.pos = comma if comma >= 0 else start
            return False
        if after in (",", "}", "]", ""):
            return self._lone_key(node, word, after, depth, closer, comma)
        if comma < 0 and node.members:
            self.missing_comma(end_of(node))
        self._colon(word, after)
        self._add(node, word, depth)
        return True

    def _colon(self, word: Word, after: str) -> None:
        if after == ":":
            self.pos += 1
            while self.next() == ":":
                self.found("unexpected-character", self.pos, self.pos + 1, _("A colon too many."))
                self.sheet.edit(self.pos, self.pos + 1, "")
                self.pos += 1
            return
        message = _("A colon is missing after {key}.").format(key=quoted(word.value))
        self.found("missing-colon", word.end - 1, word.end, message, ":")
        if after == "=":
            end = self.pos + (2 if self.text.startswith("=>", self.pos) else 1)
            self.sheet.edit(self.pos, end, ":")
            self.pos = end
        else:
            self.sheet.edit(word.end, word.end, ":")

    def _add(self, node: Node, word: Word, depth: int) -> None:
        first = node.get(word.value)
        value = self.value(node, word.value, depth + 1)
        if value is not None and value.kind == "string" and self.next() == ":" and depth < MAX_DEPTH:
            value = self._open_object(value, depth + 1)
        if value is None:
            value = Node("cut", self.pos, self.pos, "", node, word.value)
            if self.next() == "":
                self.unfinished(certain=False)
            else:
                self._no_value(word)
        node.add(Member(word.value, word.start, word.end, value))
        if first is not None and not self.sheet.full:
            line, _column = self.sheet.place(first.start)
            message = _("{key} stands here again (first on line {line}): only one of the two counts.")
            text = message.format(key=quoted(word.value), line=line)
            self.sheet.add("duplicate-key", word.start, word.end, text, path=value.pointer)
            self.sheet.certain = False

    def _open_object(self, key: Node, depth: int) -> Node:
        """Read `"Principal": "AWS": "…"`: an object without its brackets."""
        node = Node("object", key.start, key.end, "", key.parent, key.step)
        message = _("The brackets are missing: {example}.").format(example=f"{{{quoted(key.value)}: …}}")
        self.sheet.add("missing-bracket", key.start, key.end, message, path=node.pointer)
        self.sheet.edit(key.start, key.start, "{")
        word = Word(key.value, key.start, key.end)
        self._colon(word, ":")
        self._add(node, word, depth)
        node.end = end_of(node)
        self.sheet.edit(node.end, node.end, "}")
        return node

    def _no_value(self, word: Word) -> None:
        message = _("{key} has no value.").format(key=quoted(word.value))
        self.found("missing-value", word.start, word.end, message)
        self.sheet.certain = False

    def _lone_key(self, node: Node, word: Word, after: str, depth: int, closer: str, comma: int) -> bool:
        """Judge a string that stands where a key should, and has no colon."""
        if after == "":
            node.whole = False
            self.unfinished(certain=False)
            return True
        if not node.members:
            self.turn(node, "[")
            node.items.append(Node("string", word.start, word.end, word.value, node, "0"))
            self.items(node, depth, closer)
            return False
        previous = node.members[-1].node
        if comma >= 0 and previous.kind == "array" and self.text[previous.end - 1] == "]":
            self.extra_bracket(previous.end - 1)
            step = str(len(previous.items))
            previous.items.append(Node("string", word.start, word.end, word.value, previous, step))
            self.items(previous, depth + 1, "]")
        elif previous.kind == "string":
            if comma < 0:
                self.sheet.edit(previous.end, previous.end, ",")
            self._open_list(node.members[-1], word)
        else:
            self._no_value(word)
        return True

    def _open_list(self, member: Member, word: Word) -> None:
        """Read `"Action": "a", "b"`: a list without its brackets."""
        first = member.node
        node = Node("array", first.start, word.end, "", first.parent, first.step)
        message = _("Several values stand in a list: [ … ].")
        self.sheet.add("missing-bracket", first.start, first.end, message, path=node.pointer)
        first.parent, first.step = node, "0"
        node.items = [first, Node("string", word.start, word.end, word.value, node, "1")]
        while self.next() == ",":
            back, edits = self.pos, len(self.sheet.edits)
            self.pos += 1
            more = self.string() if self.next() == '"' else None
            if more is None or not more.whole or self.next() == ":":
                del self.sheet.edits[edits:]
                self.pos = back
                break
            node.items.append(Node("string", more.start, more.end, more.value, node, str(len(node.items))))
            node.end = more.end
        self.sheet.edit(first.start, first.start, "[")
        if self.next() == "]":
            self.pos += 1
            node.end = self.pos
        else:
            self.sheet.edit(node.end, node.end, "]")
        member.node = node

    def _without_key(self, node: Node, depth: int, closer: str, comma: int) -> bool:
        """Judge a value that stands where a key should; True where the object ended before it."""
        in_list = node.parent is not None and node.parent.kind == "array"
        if in_list and node.members and self.text[self.pos] == "{":
            self.missing_bracket(node, closer)
            if comma >= 0:
                self.pos = comma
            return True
        if not node.members:
            self.turn(node, "[")
            self.items(node, depth, closer)
            return True
        self.found("missing-key", self.pos, self.pos + 1, _("A value without a key: an object has only members."))
        self.sheet.certain = False
        self.value(node, "", depth + 1)
        return False

    # -- lists --------------------------------------------------------------------------------------------

    def items(self, node: Node, depth: int, closer: str) -> None:
        """Read items up to the bracket that closes the list."""
        comma = before = -1
        while True:
            char = self.next()
            if char in (closer, "]", ""):
                self.close(node, char or closer, comma, ended=char == "")
                return
            if char == ",":
                comma = self.comma(comma, empty=not node.items)
            elif char == "}":
                if node is self.open_root:
                    self.pos += 1
                elif self.other_closer(node, closer, comma):
                    return
            elif char == ":":
                if self._was_key(node, depth, closer, before):
                    return
            else:
                self._item(node, depth, comma)
                before, comma = comma, -1

    def _item(self, node: Node, depth: int, comma: int) -> None:
        end = end_of(node)
        item = self.value(node, str(len(node.items)), depth + 1)
        if item is None:
            self.unexpected()
            return
        # With a colon after it, it is a key, and not a comma is missing but a bracket.
        if comma < 0 and node.items and not (item.kind == "string" and self.next() == ":"):
            self.missing_comma(end)
        node.items.append(item)

    def _open_item(self, node: Node, word: Word, depth: int) -> None:
        """Read an object of a list whose opening bracket is missing."""
        item = Node("object", word.start, word.end, "", node, str(len(node.items)))
        message = _("{opener} is missing before this.").format(opener=quoted("{"))
        self.found("missing-bracket", word.start, word.end, message, "{")
        self.sheet.edit(word.start, word.start, "{")
        node.items.append(item)
        self._colon(word, ":")
        self._add(item, word, depth + 1)
        self.members(item, depth + 1, "}")

    def _was_key(self, node: Node, depth: int, closer: str, comma: int) -> bool:
        """Judge a colon after an item: the item was a key. True where this list is done."""
        last = node.items.pop() if node.items and node.items[-1].kind == "string" else None
        if last is None:
            self.unexpected()
            return False
        word = Word(last.value, last.start, last.end)
        if not node.items and self.next_unmatched() == "}":
            self._open_item(node, word, depth)
            return False
        if not node.items:
            self.turn(node, "{")
            self._colon(word, ":")
            self._add(node, word, depth)
            self.members(node, depth, closer)
            return True
        before = node.items[-1]
        if before.kind == "object" and last.value in vocabulary.STATEMENT:
            # The object before it was closed too early: it goes on here.
            self.extra_bracket(before.end - 1)
            if comma < 0:
                self.missing_comma(before.end)
            self._colon(word, ":")
            self._add(before, word, depth + 1)
            self.members(before, depth + 1, "}")
            return False
        self.missing_bracket(node, closer)
        self.pos = comma if comma >= 0 else last.start
        return True
