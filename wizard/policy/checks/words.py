"""Reads what stands in a JSON text without quotes: numbers, literals, and strings that should have some."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from wizard.policy.checks.node import Node
from wizard.policy.checks.scanner import Scanner, Word
from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.node import NodeKind

DIGITS = str.maketrans("０１２３４５６７８９．－", "0123456789.-")
_WORD = re.compile(r"""[^\s"“”＂{}\[\],，、｛｝［］]+""")
_KEY = re.compile(r"""[^\s"“”＂{}\[\],，、｛｝［］:：=]+""")
_BARE_PLACEHOLDER = re.compile(r"\$\{[^}\n]{0,200}\}[^\s,\]}]{0,200}|<[^>\n]{0,200}>|\{\{[\w .-]{1,100}\}\}|\.\.\.|…")
_REST_OF_STRING = re.compile(r'[^"\n\r{}\[\],]{0,200}"')
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_NUMBER_LIKE = re.compile(r"[-+－]?[0-9０-９][0-9０-９.．_]*")
_LITERALS: dict[str, tuple[NodeKind, str]] = {
    "true": ("true", "true"), "false": ("false", "false"), "null": ("null", "null"), "none": ("null", "null"),
}  # fmt: skip


class Words(Scanner):
    """Reads bare words: keys and values."""

    def bare_key(self) -> Word | None:
        """Read a key that has no quotes; None where there is none here."""
        match = _KEY.match(self.text, self.pos)
        if match is None:
            return None
        end = match.end()
        start = self.pos
        if self.text[end : end + 1] == '"':
            self.found("unclosed-string", start, start + 1, _("The opening quote of this string is missing."), '"')
            self.sheet.edit(start, start, '"')
            self.pos = end + 1
        else:
            self._bare(match.group(), start, end)
            self.pos = end
        return Word(match.group(), start, self.pos)

    def _bare(self, word: str, start: int, end: int) -> None:
        self.found("unquoted-text", start, end, _("{word} needs double quotes.").format(word=quoted(word)), f'"{word}"')
        self.sheet.edit(start, end, json.dumps(word, ensure_ascii=False))

    def bare_value(self) -> Node | None:
        """Read a number, a literal, or a string that has no quotes; None where there is none here."""
        start = self.pos
        placeholder = _BARE_PLACEHOLDER.match(self.text, start)
        if placeholder:
            message = _("{text} is a placeholder: put the real value there, in quotes.")
            self.found("placeholder", start, placeholder.end(), message.format(text=quoted(placeholder.group())))
            self.sheet.certain = False
            self.pos = placeholder.end()
            return Node("cut", start, self.pos)
        match = _WORD.match(self.text, start)
        if match is None:
            return None
        word, end = match.group(), match.end()
        if self.text[end : end + 1] == '"' or (
            not _NUMBER_LIKE.fullmatch(word) and word.lower() not in _LITERALS and self._quote_follows(end)
        ):
            rest = _REST_OF_STRING.match(self.text, start)
            end = rest.end() if rest else end + 1
            self.found("unclosed-string", start, start + 1, _("The opening quote of this string is missing."), '"')
            self.sheet.edit(start, start, '"')
            self.pos = end
            return Node("string", start, end, self.text[start : end - 1])
        self.pos = end
        return self._classify(word, start, end)

    def _quote_follows(self, end: int) -> bool:
        """Whether the words up to the next quote are one string that lost its opening quote."""
        match = _REST_OF_STRING.match(self.text, end)
        return match is not None and self.text[match.end() : match.end() + 1] in (",", "]", "}", "\n", "\r")

    def _classify(self, word: str, start: int, end: int) -> Node:
        if _NUMBER.fullmatch(word):
            return Node("number", start, end, word)
        literal = _LITERALS.get(word.lower())
        if literal:
            kind, plain = literal
            if word != plain:
                message = _("JSON writes {plain}, not {word}.").format(plain=plain, word=quoted(word))
                self.found("wrong-literal", start, end, message, plain)
                self.sheet.edit(start, end, plain)
            return Node(kind, start, end, plain)
        if _NUMBER_LIKE.fullmatch(word):
            return self._odd_number(word, start, end)
        self._bare(word, start, end)
        return Node("string", start, end, word)

    def _odd_number(self, word: str, start: int, end: int) -> Node:
        plain = word.translate(DIGITS)
        if plain != word:
            message = _("Full-width digits: write {plain}.").format(plain=plain)
            self.found("full-width-digit", start, end, message, plain)
            self.sheet.edit(start, end, plain)
            return Node("number", start, end, plain)
        message = _("{word} is no number that JSON knows; an account id or a version is a string.")
        self.found("bad-json-number", start, end, message.format(word=quoted(word)), f'"{word}"')
        self.sheet.edit(start, end, f'"{word}"')
        return Node("string", start, end, word)
