"""Reads what stands between the values of a JSON text that may be broken, and its strings."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from wizard.policy.checks.sheet import quoted
from wizard.text import _

if TYPE_CHECKING:
    from wizard.policy.checks.sheet import Sheet

# What an input method or a web page puts in place of JSON's own punctuation.
PUNCTUATION = {
    "，": ",", "、": ",", "﹐": ",", "､": ",", ";": ",", "；": ",", "：": ":", "﹕": ":", "＝": "=",
    "｛": "{", "｝": "}", "［": "[", "］": "]", "【": "[", "】": "]", "〔": "[", "〕": "]",
}  # fmt: skip
DOUBLE = "“”„‟″＂〝〞〟«»「」『』"
SINGLE = "'‘’‚‛`´＇"
QUOTES = frozenset(DOUBLE + SINGLE)

_BLANK = re.compile(r"[ \t\r\n]*")
_ODD_BLANK = re.compile(
    r"[\u00a0\u0085\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff\v\f\x00-\x08\x0e-\x1f\x7f]+"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_COMMENT = re.compile(r"//[^\r\n]*|#[^\r\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r)[ \t]*(?://|\#)[^\r\n]*)+")
_LINE = re.compile(r"[^\n\r]*")
_STRING = re.compile(r'"([^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*)"')
_AFTER = frozenset(',:]}" \t\r\n')
# Each looks a bounded way ahead, so that a long line costs no more than its length.
_TO_STRUCTURE = re.compile(r'"([^\n\r]{0,400}?)"(?=[ \t]{0,40}(?:[,\]}:]|[\r\n]|\Z))')
_OVER_LINES = re.compile(
    r'"([^"\n\r]{0,400}[^"\n\r,{\[\s])[ \t]{0,40}(?:\r\n|\n|\r)[ \t]{0,200}([^"\n\r]{0,400})"(?=\s{0,200}[,\]}:])'
)
_UNSOUND_ESCAPE = re.compile(r'\\(?:u(?![0-9a-fA-F]{4})|[^"\\/bfnrtu])')


MOST_OF_A_KIND = 50
MOST = 2000


class Word(NamedTuple):
    """A string or bare word as it was read: its value, its place, and whether it was all there."""

    value: str
    start: int
    end: int
    whole: bool = True


class Scanner:
    """A place in a text, and what can be read there."""

    def __init__(self, sheet: Sheet, text: str) -> None:
        self.sheet = sheet
        self.text = text
        self.pos = 0
        self.ended = False
        self.last = len(text.rstrip())
        self._noted: set[int] = set()
        self._escaped = False
        self._times: dict[str, int] = {}
        self._all = 0
        self.stopped = False

    def found(self, kind: str, start: int, end: int, message: str, suggestion: str | None = None) -> None:
        """Record a finding about the text itself.

        A text that is full of one mistake (all quotes are smart ones) is mended all the same, but the mistake
        isn't told a thousand times; one that is full of mistakes isn't read to its end.
        """
        times = self._times.get(kind, 0) + 1
        self._times[kind] = times
        self._all += 1
        if self._all > MOST:
            self._stop()
        elif times > MOST_OF_A_KIND:
            self.sheet.more = True
        else:
            self.sheet.add(kind, start, end, message, suggestion=suggestion)

    def _stop(self) -> None:
        self.stopped = self.ended = self.sheet.more = True
        self.sheet.certain = False

    def next(self) -> str:
        """Skip what stands between two words; return the next character as JSON's own, "" at the end."""
        if self.stopped:
            self.pos = len(self.text)
        while True:
            match = _BLANK.match(self.text, self.pos)
            self.pos = match.end() if match else self.pos
            char = self.text[self.pos : self.pos + 1]
            if char in ('"', ",", ":", "}", "{", "]", "[", ""):
                return char
            if char in "/#":
                comment = _COMMENT.match(self.text, self.pos)
                if comment is None:
                    return char
                self._comment(comment)
            elif odd := _ODD_BLANK.match(self.text, self.pos):
                self._odd_blank(odd)
            elif char in PUNCTUATION:
                return self._punctuation(char)
            else:
                return char

    def _comment(self, match: re.Match[str]) -> None:
        end = match.end()
        if not match.group().startswith("/*") and (more := _LINES.match(self.text, end)):
            end = more.end()
        self.found("comment", self.pos, match.end(), _("JSON has no comments: take this one out."))
        self.sheet.edit(self.pos, end, "")
        self.pos = end

    def _odd_blank(self, match: re.Match[str]) -> None:
        start, end = match.span()
        codes = ", ".join(f"U+{ord(char):04X}" for char in sorted(set(match.group())))
        if start == 0 and match.group().startswith("\ufeff"):
            message = _("A byte order mark (U+FEFF) stands before the document: save the file without it.")
            self.found("byte-order-mark", 0, 1, message)
        else:
            kind = "control-character" if _CONTROL.search(match.group()) else "no-break-space"
            message = _("A blank that JSON doesn't know ({codes}): use a plain space.").format(codes=codes)
            self.found(kind, start, end, message)
        self.sheet.edit(start, end, "" if "\ufeff" in match.group() else " ")
        self.pos = end

    def _punctuation(self, char: str) -> str:
        plain = PUNCTUATION[char]
        if self.pos not in self._noted:
            self._noted.add(self.pos)
            if char == ";":
                message = _('";" stands where JSON has a comma.')
            else:
                message = _('A full-width "{char}" stands where JSON has "{plain}".').format(char=char, plain=plain)
            self.found("full-width-punctuation", self.pos, self.pos + 1, message, plain)
            self.sheet.edit(self.pos, self.pos + 1, plain)
        return plain

    def string(self) -> Word:
        """Read the string that begins with a plain quote here."""
        start = self.pos
        match = _STRING.match(self.text, start)
        if match is None:
            return self._unclosed(start)
        raw, end = match.group(1), match.end()
        if end < len(self.text) and self.text[end] not in _AFTER and self.text[end] not in "=/#；，、：］｝;)'`":
            return self._wrong_end(start, raw)
        self.pos = end
        return Word(self._value(raw, start), start, end)

    def _value(self, raw: str, start: int) -> str:
        if "\\" not in raw and raw.isprintable():
            return raw
        if bad := _UNSOUND_ESCAPE.search(raw):
            at = start + 1 + bad.start()
            message = _("{escape} is no escape that JSON knows; a backslash itself is written twice.").format(
                escape=quoted(bad.group())
            )
            self.found("bad-escape", at, at + 2, message)
            self.sheet.certain = False
            return raw
        control = re.search(r"[\x00-\x1f]", raw)
        if control:
            at = start + 1 + control.start()
            message = _("A control character (U+{code:04X}) stands in the string.").format(code=ord(control.group()))
            self.found("control-character", at, at + 1, message)
            self.sheet.certain = False
        value: str = json.loads(f'"{raw}"', strict=False)
        return value

    def _smart_end(self, raw: str, start: int) -> Word | None:
        """Take a string that begins with a plain quote and ends with a smart one."""
        at = next((index for index, char in enumerate(raw) if char in DOUBLE), None)
        if at is None:
            return None
        end = start + 1 + at + 1
        self._smart(end - 1, end, raw[at])
        self.sheet.edit(end - 1, end, '"')
        self.pos = end
        return Word(raw[:at], start, end)

    def _smart(self, start: int, end: int, char: str) -> None:
        if char in "'`´":
            message = _("JSON's strings stand in double quotes, not in {char}.").format(char=char)
            self.found("single-quote", start, end, message, '"')
        else:
            message = _("A smart or full-width quote {char} stands where JSON has a plain one.").format(char=char)
            self.found("smart-quote", start, end, message, '"')

    def _close_at(self, start: int, end: int) -> Word:
        """Take a string whose closing quote is missing at `end`."""
        self.found("unclosed-string", end - 1, end, _("The closing quote of this string is missing."), '"')
        self.sheet.edit(end, end, '"')
        self.pos = end
        return Word(self.text[start + 1 : end], start, end)

    def _wrong_end(self, start: int, raw: str) -> Word:
        """Take a string whose closing quote is followed by what can't follow a string."""
        smart = self._smart_end(raw, start)
        if smart:
            return smart
        content = raw.rstrip()
        if len(content) > 1 and content[-1] in ",:，：、":
            return self._close_at(start, start + 1 + len(content[:-1].rstrip()))
        match = _TO_STRUCTURE.match(self.text, start)
        end = match.end() if match else start + len(raw) + 2
        content = self.text[start + 1 : end - 1]
        inner = start + 1 + content.find('"')
        self.found("stray-quote", inner, inner + 1, _("A quote in the middle of a string."))
        self.sheet.certain = False
        self.pos = end
        return Word(content.strip('"'), start, end, content.strip('"').count('"') == 0)

    def _unclosed(self, start: int) -> Word:
        """Take a string that has no closing quote on its line."""
        over = _OVER_LINES.match(self.text, start)
        if over:
            at = over.end(1)
            self.found("control-character", at, at + 1, _("The string goes over the end of a line."))
            self.sheet.edit(start, over.end(), f'"{over.group(1)}{over.group(2)}"')
            self.pos = over.end()
            return Word(over.group(1) + over.group(2), start, over.end())
        match = _LINE.match(self.text, start + 1)
        line = match.group() if match else ""
        smart = self._smart_end(line, start)
        if smart:
            return smart
        if start + 1 + len(line) >= self.last:
            self.pos = len(self.text)
            self.unfinished(certain=False)
            return Word(line, start, len(self.text), whole=False)
        content = line.rstrip(" \t,]}")
        return self._close_at(start, start + 1 + len(content))

    def unfinished(self, *, certain: bool = True) -> None:
        """Record that the text ended too early, once."""
        if not certain:
            self.sheet.certain = False
        if not self.ended:
            self.ended = True
            at = max(0, self.last - 1)
            self.found("unfinished-document", at, at + 1, _("The document ends here, and isn't finished."))

    def odd_string(self) -> Word | None:
        """Read a string in quotes that JSON doesn't have; None where there is none here."""
        for mark in ('\\"', "&quot;"):
            if self.text.startswith(mark, self.pos):
                return self._marked(mark)
        char = self.text[self.pos : self.pos + 1]
        if char not in QUOTES:
            return None
        start = self.pos
        closers = DOUBLE + SINGLE if char not in "'`´" else char
        pattern = re.compile(f'[^{re.escape(closers)}"\\n\\r]*')
        match = pattern.match(self.text, start + 1)
        end = match.end() if match else start + 1
        content = self.text[start + 1 : end]
        closed = end < len(self.text) and self.text[end] in closers + '"'
        if not closed:
            content = content.rstrip(" \t,]}:")
            end = start + 1 + len(content)
        self._smart(start, end + closed, char)
        self.sheet.edit(start, end + closed, json.dumps(content, ensure_ascii=False))
        self.pos = end + closed
        return Word(content, start, self.pos)

    def _marked(self, mark: str) -> Word:
        start = self.pos
        stop = self.text.find(mark, start + len(mark))
        if stop < 0:
            stop = len(self.text)
            self.sheet.certain = False
        content = self.text[start + len(mark) : stop]
        if not self._escaped:
            self._escaped = True
            message = _("The quotes are written as {mark}: the text was escaped for something else than JSON.")
            self.found("escaped-quotes", start, start + len(mark), message.format(mark=mark), '"')
        self.pos = min(len(self.text), stop + len(mark))
        self.sheet.edit(start, self.pos, json.dumps(content, ensure_ascii=False))
        return Word(content, start, self.pos)
