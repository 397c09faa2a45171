"""What may be written into a config file: names and values that botocore reads back as they are."""

from __future__ import annotations

import re
import shlex
import unicodedata

from wizard.errors import BadInputError
from wizard.profiles.ini import DEFAULT, Kind, parse
from wizard.text import _

_KEY = re.compile(r"[a-z][a-z0-9_]*")
# AWS's own SDKs other than botocore take ` #` and ` ;` for the start of a comment.
_COMMENT = re.compile(r"\s[#;]")
_FORBIDDEN = ("Cc", "Zl", "Zp", "Cs")


def require_name(name: str) -> None:
    """Raise BadInputError unless a profile of this name is read back from both files."""
    if any(_is_control(sign) for sign in name):
        raise _bad_name(ascii(name), _("It has a line break or a control character."))
    if not name or name != name.strip():
        raise _bad_name(repr(name), _("It is empty, or a blank stands at its edge."))
    for kind in Kind:
        if not _is_read_back(kind, name):
            raise _bad_name(name, _("botocore would not read it back from the {kind} file.").format(kind=kind.value))


def require_setting(key: str, value: str, *, secret: bool = False) -> None:
    """Raise BadInputError unless `key = value` is read back as it is; a secret value is never shown."""
    if not _KEY.fullmatch(key):
        raise BadInputError(_("{key} is no name of a setting.").format(key=ascii(key)))
    why = ""
    if not value:
        why = _("It is empty.")
    elif any(_is_control(sign) for sign in value):
        why = _("It has a line break or a control character.")
    elif value != value.strip():
        why = _("A blank stands at its edge: it would be lost.")
    elif _COMMENT.search(value) or value.endswith((" #", " ;")):
        why = _("“ #” and “ ;” start a comment for some of AWS's tools, and are part of the value for others.")
    if why:
        shown = "" if secret else f" ({value!a})"
        raise BadInputError(
            _("The value of {key} can't be written{value}.").format(key=key, value=shown),
            why=why,
            mend=_("Give a value of one line without them."),
        )


def header(kind: Kind, name: str) -> str:
    """Return the section header of a profile: bare in the credentials file, quoted if need be in the config file."""
    if kind is Kind.CREDENTIALS or name == DEFAULT:
        return f"[{name}]"
    return f"[profile {_quoted(name)}]"


def _quoted(name: str) -> str:
    if _words(name) == [name]:
        return name
    return shlex.quote(name) if re.search(r'["\\]', name) else f'"{name}"'


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _is_read_back(kind: Kind, name: str) -> bool:
    text = f"{header(kind, name)}\nregion = x\n"
    try:
        found = parse(text.encode(), kind, where="")
    except BadInputError:
        return False
    return list(found.profiles) == [name] and dict(found.profile(name) or {}) == {"region": "x"}


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in _FORBIDDEN


def _bad_name(shown: str, why: str) -> BadInputError:
    return BadInputError(
        _("{name} can't be the name of a profile.").format(name=shown),
        why=why,
        mend=_("Use letters, digits, and . _ - @ + between them."),
    )
