"""Masks secrets in any text: AWS secret keys, session tokens, signatures, and registered secrets."""

from __future__ import annotations

import html
import json
import re
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "********"

# Shorter ones would mask half of every text.
SHORTEST_REMEMBERED = 6

# The names under which AWS, its CLI and SDKs, and environments keep what must stay secret.
_NAMES = (
    r"(?:aws[_-]?)?secret[ _-]?access[ _-]?key|(?:aws[_-]?)?secret[_-]key|"
    r"(?:aws[_-]?)?(?:session|security)[ _-]?token|x-amz-security-token|x-amz-signature|"
    r"(?:aws[_-])?container[_-]authorization[_-]token|"
    r"client[_-]?secret|access[_-]?token|refresh[_-]?token|signin[_-]?token|password"
)
_NAME = rf"(?<![A-Za-z])(?:{_NAMES})"

# NAME = value, up to the end of its line: a config file (also one in a diff, also a continued value),
# an environment. A value that starts with `$` is a shell's reference to one.
_ASSIGNED = re.compile(
    rf"(?im)^(?P<head>[ \t+\-]*(?:export[ \t]+|set[ \t]+|\$env:)?(?:{_NAMES})[ \t]*=[ \t]*"
    r"(?:\r?\n[+\- ]?[ \t]+)?)(?P<value>(?![ \t\"'$])[^\r\n]*[^\s])"
)
# NAME, a separator, a quoted value: JSON (also inside a JSON string), Python, TOML, YAML, shell.
_QUOTED = re.compile(
    rf"(?i)(?P<head>{_NAME}\\*[\"']?\s{{0,20}}(?:[=:]>?|,)?\s{{0,20}}b?(?P<quote>\\*[\"']))"
    r"(?P<value>(?!\$)(?:(?!(?P=quote))[^\r\n])+)"
)
# NAME=value or NAME: value in the middle of a line: URLs, headers, YAML, repr, environments.
_BARE = re.compile(rf"(?i)(?P<head>{_NAME}(?:=|%3D|[ \t]*:[ \t]*))(?P<value>(?!\$)[^\s\"'<>&,;|(){{}}\[\]\\]{{8,}})")
# NAME and a value after blanks: arguments, `aws configure set`, the CLI's tables. No word of a sentence.
_SPACED = re.compile(
    rf"(?i)(?P<head>{_NAME}[ \t|]+(?:\r?\n[ \t|]*)?)"
    r"(?P<value>(?=[A-Za-z/+]*[0-9/+]|[A-Za-z]{40})[A-Za-z0-9/+=]{16,})"
)
_ELEMENT = re.compile(r"(?i)(?P<head><(?P<tag>SecretAccessKey|SessionToken|Password)>)(?P<value>[^<]+)")
# Signature=… of an Authorization header, and …&Signature=… of an old presigned URL.
_SIGNATURE = re.compile(r"(?P<head>[&?, ]Signature=)(?P<value>[A-Za-z0-9%/+=]{16,})")
_HEADED = (_ASSIGNED, _QUOTED, _BARE, _SPACED, _ELEMENT, _SIGNATURE)

_HEADER_CELL = re.compile(r"(?i)\s*[\"']?\ufeff?(?:secret[ _]?access[ _]?key|session[ _]?token|password)[\"']?\s*")

# A secret access key is 40 characters of base64. After an access key id anything of that shape is one.
# Elsewhere it must mix cases and digits (or +), and be no part of a path, an ARN or a URL.
_KEY = r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
_KEY_AFTER_ID = re.compile(
    rf"(?P<head>(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{{12,28}}(?![A-Z0-9])(?s:.{{0,160}}?)(?<![A-Za-z0-9/+]))"
    rf"(?P<value>(?![0-9a-f]{{40}}){_KEY})"
)
_KEY_ALONE = re.compile(
    r"(?<![A-Za-z0-9/+:._~%@-])"
    r"(?=[^a-z]{0,39}[a-z])(?=[^A-Z]{0,39}[A-Z])(?=[A-Za-z/]{0,39}[0-9+])" + _KEY + r"(?!-|_|\.\w)"
)
# Session tokens are long base64; those of STS start with a fixed header, so a cut one is known too.
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9/+%_-])(?:(?:FwoG|FQoG|FQoD|IQoJ|AQoD|AQoE)[A-Za-z0-9/+=%]{12,}|"
    r"(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z/+]*[0-9])[A-Za-z0-9/+]{100,}={0,2})"
)
_SECRET_FLAG = re.compile(r"(?i)--?[\w-]*(?:secret|token|password|signature)[\w-]*")

_lock = threading.Lock()
_forms: set[str] = set()
_remembered: re.Pattern[str] | None = None


def remember(secret: str) -> None:
    """Mask `secret` from here on wherever it stands, also as URLs, JSON, XML and `repr` write it.

    Secrets of fewer than SHORTEST_REMEMBERED characters are not remembered.
    """
    global _remembered  # noqa: PLW0603 -- one register for the process: a secret is secret everywhere
    secret = secret.strip()
    if len(secret) < SHORTEST_REMEMBERED:
        return
    with _lock:
        _forms.update(_written_forms(secret))
        longest_first = sorted(_forms, key=len, reverse=True)
        _remembered = re.compile("|".join(re.escape(form) for form in longest_first))


def forget_all() -> None:
    """Forget the registered secrets."""
    global _remembered  # noqa: PLW0603 -- the other half of `remember`
    with _lock:
        _forms.clear()
        _remembered = None


def redact(text: str) -> str:
    """Return `text` with every secret masked by MASK; access key ids stay, because they name the key.

    For what is shown, logged or reported. It may mask too much, never write into a file with it what
    must be read back (a journal's documents hold no secrets in the first place).
    """
    if _remembered is not None:
        text = _remembered.sub(MASK, text)
    for pattern in _HEADED:
        text = pattern.sub(_keep_head, text)
    text = _redact_columns(text)
    text = _redact_after_ids(text)
    text = _KEY_ALONE.sub(MASK, text)
    return _TOKEN.sub(MASK, text)


def arguments(argv: Iterable[str]) -> list[str]:
    """Return a command line with its secrets masked: also the value after a flag that names a secret."""
    out: list[str] = []
    masks_next = False
    for argument in argv:
        if masks_next and not argument.startswith("--"):
            out.append(MASK)
            masks_next = False
            continue
        name, equals, _value = argument.partition("=")
        secret_flag = _SECRET_FLAG.fullmatch(name) is not None
        out.append(f"{name}={MASK}" if secret_flag and equals else redact(argument))
        masks_next = secret_flag and not equals
    return out


def _keep_head(match: re.Match[str]) -> str:
    return match["head"] + MASK


def _redact_after_ids(text: str) -> str:
    """Mask keys after an access key id; again until none is left, for several keys after one id."""
    while True:
        text, count = _KEY_AFTER_ID.subn(_keep_head, text)
        if not count:
            return text


def _redact_columns(text: str) -> str:
    """Mask the column of a CSV whose header names a secret (the console's download of access keys)."""
    lines = text.split("\n")
    columns: list[int] = []
    width = 0
    for number, line in enumerate(lines):
        cells = line.split(",")
        named = [index for index, cell in enumerate(cells) if _HEADER_CELL.fullmatch(cell)]
        if named and len(cells) > 1:
            columns, width = named, len(cells)
        elif columns and len(cells) == width:
            for index in columns:
                cells[index] = MASK + ("\r" if cells[index].endswith("\r") else "")
            lines[number] = ",".join(cells)
        else:
            columns = []
    return "\n".join(lines)


def _written_forms(secret: str) -> set[str]:
    once = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    once |= {re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in once}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    escaped |= {form.replace("/", "\\/") for form in escaped}
    escaped |= {json.dumps(form)[1:-1] for form in escaped}
    return {secret, *once, *escaped, *(quote(form, safe="") for form in once), html.escape(secret)}
