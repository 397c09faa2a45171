"""An endpoint that is no URL: where it was set (flag, variable, or a profile's line), and what was likely meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wizard.errors import BadInputError
from wizard.names.accounts import printable
from wizard.redact import redact
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.aws.clients import Place

_BOTOCORES = "Invalid endpoint: "
_VARIABLE = "AWS_ENDPOINT_URL"
_SCHEMES = ("http://", "https://")


def told_by(error: ValueError) -> str | None:
    """Return the endpoint that botocore refuses in an error, or None where the error is about something else."""
    said = str(error)
    if said.startswith(_BOTOCORES):
        return said.removeprefix(_BOTOCORES)
    # The standard library's, at a port that is none or a bracket without its other: the value isn't in them.
    return "" if said.startswith(("Port ", "Invalid IPv6 ", "netloc ")) else None


def require_url(url: str, place: Place) -> None:
    """Refuse what botocore takes and can't send anything to (ftp://…). Raises BadInputError."""
    if not url.lower().startswith(_SCHEMES):
        raise unusable(url, place)


def unusable(value: str, place: Place) -> BadInputError:
    """Return the error for an endpoint that is no URL; "": the one of those that are set that can't be read."""
    found = next(
        (one for one in _set(place) if one[1] == value or (not value and not _is_readable(one[1]))), ("", value)
    )
    meant = _meant(found[1])
    return BadInputError(
        _("The endpoint {value} is no URL that can be called.").format(value=redact(printable(found[1])) or "''"),
        where=found[0],
        why=_("An endpoint begins with http:// or https://, then a host, and a port if it needs one."),
        mend=_("Did you mean {name}?").format(name=meant) if meant else "",
    )


def _is_readable(url: str) -> bool:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).port != -1
    except ValueError:
        return False


def _meant(value: str) -> str:
    """Return the URL that a value becomes with a scheme; "" where that is none either."""
    from urllib.parse import urlsplit

    from botocore.utils import is_valid_endpoint_url

    _scheme, _marks, rest = value.strip().rpartition("//")
    host = rest.partition("/")[0].partition(":")[0]
    local = host == "localhost" or host.replace(".", "").isdigit()
    url = f"{'http' if local else 'https'}://{rest}"
    try:
        return url if rest and is_valid_endpoint_url(url) and urlsplit(url).port != -1 else ""
    except ValueError:
        return ""


def _set(place: Place) -> Iterator[tuple[str, str]]:
    """Yield where an endpoint is set, and the value, in the order in which botocore takes them.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    from wizard.profiles.read import read

    if place.endpoint_url:
        yield "--endpoint-url", place.endpoint_url
    names = sorted((name for name in os.environ if name.startswith(_VARIABLE)), key=len, reverse=True)
    for name in names:
        yield name, os.environ[name]
    files = read()
    for profile in (place.profile or os.environ.get("AWS_PROFILE", "default"), *files.names):
        found = files.profile(profile)
        value = found.get("endpoint_url") if found else None
        if value is not None:
            yield _("{place}: endpoint_url of the profile {name}").format(place=value.place, name=profile), value.text
    for section, values in files.config.sections.items():
        if section.startswith("services"):
            for text in values.values():
                for line in text.splitlines():
                    key, _equals, url = line.partition("=")
                    if key.strip() == "endpoint_url":
                        yield (
                            _("{file}: endpoint_url in [{section}]").format(file=files.paths.config, section=section),
                            url.strip(),
                        )
