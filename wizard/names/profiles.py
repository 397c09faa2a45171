"""Names of AWS profiles and of setups."""

from __future__ import annotations

import re

from wizard.errors import BadInputError
from wizard.names.accounts import printable
from wizard.names.understood import Understood, has_control
from wizard.text import _

_MAX_SETUP_NAME = 32


def profile_name(text: str) -> Understood[str]:
    """Read a profile's name: whatever botocore reads back from `[profile NAME]`, with quotes if need be.

    Blanks at an edge, line breaks, control characters and signs that would end or split the section's header are
    refused.
    """
    value = text.strip()
    if not value:
        raise BadInputError(_("The profile's name is empty."))
    if value != text:
        raise BadInputError(
            _("A profile's name has no blanks at its edges."),
            why=_("The config file would not be read back with them."),
            mend=_("Use {value}.").format(value=printable(value)),
        )
    bad = re.search(r"[\]\[\"'\\]", value)
    if has_control(value) or bad:
        raise BadInputError(
            _("{value} can't be a profile's name.").format(value=printable(value)),
            why=_("The config file would not be read back: brackets, quotes, backslashes and control characters."),
            mend=_("Use letters, digits, and . _ - @ + between them."),
        )
    if value == "DEFAULT":
        raise BadInputError(
            _("DEFAULT can't be a profile's name."),
            why=_("In an INI file [DEFAULT] gives its values to every other section."),
            mend=_("The default profile is written in lower case: default."),
        )
    return Understood(value)


def setup_name(text: str) -> Understood[str]:
    """Read a setup's name: lower-case words of letters and digits with hyphens between, at most 32 characters."""
    value = text.strip()
    if len(value) <= _MAX_SETUP_NAME and re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", value):
        return Understood(value)
    raise BadInputError(
        _("{value} can't name a setup.").format(value=printable(value) or "''"),
        why=_(
            "The name becomes part of Sids, policy names and tags: lower-case letters, digits and "
            "single hyphens, 1 to 32."
        ),
        mend=_("For example: {name}.").format(name=whole_words(slug(value, len(value)), _MAX_SETUP_NAME) or "reports"),
    )


def whole_words(name: str, limit: int) -> str:
    """Return as many whole words of a slug as fit; "" where not even the first one does."""
    return name if len(name) <= limit else name[: limit + 1].rpartition("-")[0]


def slug(text: str, limit: int) -> str:
    """Return the nearest text of lower-case letters, digits and single hyphens, at most `limit` long."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:limit].rstrip("-")
