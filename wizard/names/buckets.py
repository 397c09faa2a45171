"""S3 bucket names and prefixes."""

from __future__ import annotations

import re

from wizard.errors import BadInputError
from wizard.names.accounts import printable
from wizard.names.understood import Understood, half_width, has_control
from wizard.text import _, mark

_MAX_NAME = 63
_MIN_NAME = 3
_MAX_KEY_BYTES = 1024
_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")

# Each rule of the page below: a pattern that a name breaks it by, and the rule in words.
_RULES: tuple[tuple[str, str], ...] = (
    (r"[A-Z]", mark("A bucket name has no upper-case letters.")),
    (r"_", mark("A bucket name has no underscores.")),
    (
        r"[^a-z0-9.-]",
        mark("A bucket name consists of lower-case letters, digits, periods and hyphens."),
    ),
    (r"\A[^a-z0-9]|[^a-z0-9]\Z", mark("A bucket name begins and ends with a letter or a digit.")),
    (r"\.\.", mark("A bucket name has no two periods in a row.")),
    (r"\A\d{1,3}(?:\.\d{1,3}){3}\Z", mark("A bucket name is not written like an IP address.")),
)


def bucket_name(text: str) -> Understood[str]:
    """Read a general purpose bucket's name, also out of `s3://NAME/…` or its ARN.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    """
    plain = half_width(text)
    value, note = plain.value, plain.note
    inside = re.match(r"(?:s3://|arn:aws[a-z-]*:s3:::)([^/]+)", value)
    if inside:
        value = inside[1]
        note = _("The bucket name {name} was taken out of what you typed.").format(name=value)
    why = _broken_rule(value)
    if why:
        raise BadInputError(
            _("{value} is no bucket name.").format(value=printable(value) or "''"),
            why=why,
            mend=_("List your buckets with `aws s3 ls` in the destination account."),
        )
    return Understood(value, note)


def _broken_rule(value: str) -> str:
    if not _MIN_NAME <= len(value) <= _MAX_NAME:
        return _("A bucket name has 3 to 63 characters; this has {count}.").format(count=len(value))
    for pattern, rule in _RULES:
        if re.search(pattern, value):
            return _(rule)
    for reserved in _RESERVED_PREFIXES:
        if value.startswith(reserved):
            return _("A bucket name does not begin with {reserved}.").format(reserved=reserved)
    for reserved in _RESERVED_SUFFIXES:
        if value.endswith(reserved):
            return _("A bucket name does not end with {reserved}: that is not a general purpose bucket.").format(
                reserved=reserved
            )
    return ""


def prefix(text: str) -> Understood[str]:
    """Read a prefix: it ends with `/` (one is added, and said) and does not begin with one; empty means none.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
    """
    value = text.strip()
    notes = []
    inside = re.match(r"s3://[^/]+/?", value)
    if inside:
        value = value[inside.end() :]
        notes.append(_("The prefix {prefix} was taken out of what you typed.").format(prefix=value))
    if has_control(value):
        raise BadInputError(
            _("The prefix holds a control character: {value}").format(value=printable(value)),
            mend=_("Type it without line breaks and invisible characters."),
        )
    if value.startswith("/"):
        raise BadInputError(
            _("The prefix {value} begins with a slash.").format(value=printable(value)),
            why=_("An object's key rarely does: s3://BUCKET/reports/ has the prefix reports/."),
            mend=_("Write {value}.").format(value=printable(value.lstrip("/")) or "''"),
        )
    if value.endswith("*"):
        value = value.rstrip("*")
        notes.append(
            _("The wildcard at the end is added where it belongs: the prefix is {prefix}").format(prefix=value)
        )
    if value and not value.endswith("/"):
        value += "/"
        notes.append(_("A slash was added: {prefix}").format(prefix=value))
    if len(value.encode()) > _MAX_KEY_BYTES:
        raise BadInputError(_("The prefix is longer than an object's key may be (1,024 bytes)."))
    return Understood(value, " ".join(notes))


def literal(text: str) -> str:
    """Escape what a Resource or a StringLike condition would read as a wildcard or a variable.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    return re.sub(r"[$*?]", lambda match: f"${{{match[0]}}}", text)
