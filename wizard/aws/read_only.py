"""Read-only by S3_CROSSACCOUNT_READ_ONLY: a call that could change something is refused before it leaves."""

from __future__ import annotations

import re
from typing import Any

from wizard.errors import BadInputError
from wizard.state.read_only import OPTION, VARIABLE, is_on
from wizard.text import _

# What only reads, by the names that AWS gives its operations; all other operations count as changes.
_READING = re.compile(r"(?:BatchGet|Check|Describe|Get|Head|List|Lookup|Search|Simulate|Validate)[A-Z]\w*")
# Credentials are had by these, and nothing of an account changes.
_SIGNING_IN = frozenset(("sts", "sso", "sso-oidc", "signin"))


def keep(session: Any) -> None:
    """Let a botocore session's clients refuse, with BadInputError, every call that could change something."""
    session.register("before-call", _refuse)


def _refuse(model: Any = None, **_more: Any) -> None:
    name = str(getattr(model, "name", ""))
    service = getattr(getattr(model, "service_model", None), "service_name", "")
    # Asked at each call: whoever holds a session may have begun before the variable was set.
    if is_on() and not _READING.fullmatch(name) and service not in _SIGNING_IN and name != "CreateSession":
        raise BadInputError(
            _("{operation} would change something, and this run may only read.").format(operation=name),
            where=f"{OPTION}, {VARIABLE}",
            why=_("Nothing was sent."),
        )
