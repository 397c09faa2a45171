"""Access keys as AWS hands them out: the console's CSV, the CLI's JSON, or two lines; secrets stay masked."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard import redact
from wizard.errors import BadInputError
from wizard.text import _

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

# Far above any of the three forms: more is the wrong file.
_LARGEST_BYTES = 64 * 1024
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
_ID = re.compile(r"[A-Z0-9_]{16,128}", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9/+=]{40}")
_SECRET_LENGTH = 40
_ID_COLUMN, _SECRET_COLUMN = "access key id", "secret access key"


class Secret:
    """A secret text: every way of printing it shows a mask; `reveal` is for the one place that writes it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text
        redact.remember(text)

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({redact.MASK!r})"

    def __str__(self) -> str:
        return redact.MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A long-lived access key of an IAM user. Its id names it and may be shown."""

    id: str
    secret: Secret


def load(path: Path) -> AccessKey:
    """Read an access key from a file, in any of its forms. Raises BadInputError, which never shows the secret."""
    try:
        with path.open("rb") as file:
            return read(file, where=str(path))
    except OSError as error:
        raise BadInputError(
            _("The file of the access key can't be read."), where=str(path), why=error.strerror or ""
        ) from None


def read(stream: BinaryIO, *, where: str) -> AccessKey:
    """Read an access key from an open stream (standard input); raises as `load` does."""
    data = stream.read(_LARGEST_BYTES + 1)
    if len(data) > _LARGEST_BYTES:
        raise _unknown(where, _("It is larger than {count} bytes.").format(count=_LARGEST_BYTES))
    return parse(_text(data, where), where=where)


def parse(text: str, *, where: str = "") -> AccessKey:
    """Read an access key from a text: the console's CSV, `aws iam create-access-key`'s JSON, or two lines."""
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise _unknown(where, _("It is empty."))
    if text.startswith(("{", "[")):
        found = _from_json(text, where)
    elif "," in text.splitlines()[0]:
        found = _from_csv(text, where)
    else:
        found = _from_lines(text, where)
    return access_key(*found, where=where)


def access_key(identity: str, secret: str, *, where: str = "") -> AccessKey:
    """Check the two halves of a key, as they are typed into two fields, and return it. Blanks around are dropped.

    Raises BadInputError; it says what is wrong with the secret without showing it.
    """
    identity, secret = identity.strip(), secret.strip()
    if _SECRET.fullmatch(identity) and _ID.fullmatch(secret) and not _ID.fullmatch(identity):
        redact.remember(identity)
        raise BadInputError(
            _("The access key id and the secret access key are the wrong way round."),
            where=where,
            mend=_("Give the id first: it begins with AKIA."),
        )
    redact.remember(secret)
    if not _ID.fullmatch(identity):
        redact.remember(identity)
        raise BadInputError(
            _("This is no access key id."),
            where=where,
            why=_("An id has at least 16 capital letters and digits; this has {count} characters.").format(
                count=len(identity)
            ),
            mend=_("Copy the id again: it begins with AKIA."),
        )
    if identity.startswith("ASIA"):
        raise BadInputError(
            _("{id} is a temporary access key.").format(id=identity),
            where=where,
            why=_("It ends within hours, and works only with its session token."),
            mend=_("Give the access key of an IAM user: its id begins with AKIA."),
        )
    if not _SECRET.fullmatch(secret):
        raise BadInputError(
            _("The secret access key of {id} is not whole.").format(id=identity),
            where=where,
            why=_secret_problem(secret),
            mend=_("Copy it again; when it is lost, make a new access key."),
        )
    return AccessKey(identity, Secret(secret))


def _from_json(text: str, where: str) -> tuple[str, str]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        # The parser's own message is left out: it may hold a piece of the text.
        raise _unknown(where, _("It begins like JSON, but isn't valid.")) from None
    if isinstance(found, dict) and isinstance(found.get("Credentials"), dict):
        found = found["Credentials"]
    if isinstance(found, dict) and isinstance(found.get("AccessKey"), dict):
        found = found["AccessKey"]
    if not isinstance(found, dict):
        raise _unknown(where, _("The JSON is not an object."))
    pair = found.get("AccessKeyId"), found.get("SecretAccessKey")
    if not all(isinstance(half, str) for half in pair):
        raise _unknown(where, _("The JSON has no AccessKeyId with its SecretAccessKey."))
    return str(pair[0]), str(pair[1])


def _from_csv(text: str, where: str) -> tuple[str, str]:
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if any(cell.strip() for cell in row)]
    except csv.Error:
        raise _unknown(where, _("It looks like CSV, but its quotes don't match.")) from None
    names = [name.strip().lower() for name in rows[0]]
    if _ID_COLUMN not in names or _SECRET_COLUMN not in names:
        raise _unknown(where, _("Its first line doesn't name the columns Access key ID and Secret access key."))
    if len(rows) != 2:  # noqa: PLR2004 -- the header and one key
        raise _unknown(where, _("It has {count} keys; one is needed.").format(count=len(rows) - 1))
    places = names.index(_ID_COLUMN), names.index(_SECRET_COLUMN)
    if len(rows[1]) <= max(places):
        raise _unknown(where, _("Its second line has too few columns."))
    return rows[1][places[0]], rows[1][places[1]]


def _from_lines(text: str, where: str) -> tuple[str, str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) != 2:  # noqa: PLR2004 -- the id and the secret
        raise _unknown(where, _("It has {count} lines; two are needed.").format(count=len(lines)))
    return lines[0], lines[1]


def _text(data: bytes, where: str) -> str:
    # PowerShell's `>` writes UTF-16 with a byte order mark.
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise _unknown(where, _("It is not text.")) from None


def _secret_problem(secret: str) -> str:
    if len(secret) != _SECRET_LENGTH:
        return _("A secret access key has 40 characters; this has {count}.").format(count=len(secret))
    return _("It has a character that no secret access key has: only letters, digits, / + and = occur.")


def _unknown(where: str, why: str) -> BadInputError:
    return BadInputError(
        _("No access key was found."),
        where=where,
        why=why,
        mend=_(
            "Give the console's CSV, the JSON of “aws iam create-access-key”, or two lines: "
            "the access key id, then the secret access key."
        ),
    )
